"""Error analysis of predicted texts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .._arrays import to_array
from .._random import seed_from_random_state
from .._texts import check_texts
from ..metrics import area_under_risk_coverage, plate_accuracy_score, plate_calibration_error
from ._bootstrap import Bootstrap
from ._character_errors import character_pairs, count_errors
from ._evaluation import PlateEvaluation
from ._grouped_scores import GroupedScores
from ._predictions import split_predictions
from ._validation import check_params

__all__ = ["evaluate_plates"]


@check_params
def evaluate_plates(
    y_true: Any,
    y_pred: Any,
    *,
    groups: Any = None,
    n_bins: int = 15,
    n_resamples: int = 1000,
    confidence_level: float = 0.95,
    random_state: int | np.random.RandomState | None = None,
) -> PlateEvaluation:
    """Analyse the errors of predictions: scores by group, and confused characters.

    Each score has a count and a confidence interval. The intervals come from a bootstrap over
    plates: frames of one plate are alike, so all predictions with the same true text are resampled
    together. A hundred frames of ten vehicles carry as much information as ten vehicles.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts; ``""`` for an image without a plate.
    y_pred : array-like of str or of PlateReading of shape (n_samples,)
        The predictions: texts as returned by `predict`, or the output of `read_plates`, which
        adds scores of the confidences. ``""`` is a plate without a prediction, or a rejected
        one: the report has the coverage and the accuracy among the other predictions.
    groups : array-like of shape (n_samples,), or dict or DataFrame of such, default=None
        Groups to break the scores down by, such as province, layout or data set; one table each.
    n_bins : int, default=15
        The number of bins of `plate_calibration_error`.
    n_resamples : int, default=1000
        The number of bootstrap resamples.
    confidence_level : float, default=0.95
        The confidence level of the intervals, between 0 and 1.
    random_state : int, RandomState instance or None, default=None
        Pass an int for reproducible intervals.

    Returns
    -------
    PlateEvaluation
        Tables as DataFrames; ``print`` the report for a summary.

    Raises
    ------
    ValueError
        If a text is not a string, the lengths differ, there is no plate, a confidence is not in
        [0, 1], or `groups` have a different length or the same name twice.
    TypeError
        If `y_pred` mixes texts and `PlateReading` objects.

    See Also
    --------
    sklearn_lpr.metrics : The individual scores.

    Notes
    -----
    Characters are compared along an alignment with the fewest differences, as in the edit
    distance. If several alignments have the fewest, the choice is deterministic: the first of
    equal consecutive characters are matched, and two swapped characters count as one insertion
    and one deletion.

    The scores of confidences leave out images without a plate and without a predicted text, both
    ``""``: there is no text whose confidence could be judged.

    An interval describes other plates of the same kind, not other kinds. It is missing if all
    predictions are of one plate, and too narrow if there are few plates or all predictions are
    right.

    Examples
    --------
    >>> from sklearn_lpr.inspection import evaluate_plates
    >>> report = evaluate_plates(
    ...     ["AB12", "CD34", "EF50", "AB12"],
    ...     ["AB12", "CD34", "EF5D", "A12"],
    ...     groups={"lighting": ["day", "day", "night", "night"]},
    ...     random_state=0,
    ... )
    >>> report
    PlateEvaluation(4 predictions of 3 plates, plate accuracy 50.0%)
    >>> report.scores.loc["plate_accuracy"].round(3).to_dict()
    {'value': 0.5, 'low': 0.0, 'high': 1.0, 'n': 4.0}
    >>> report.by_group["lighting"]["plate_accuracy"].to_dict()
    {'day': 1.0, 'night': 0.0}
    >>> report.confusions[["true", "predicted", "count"]].values.tolist()
    [['0', 'D', 1]]
    >>> report.deletions[["true", "count", "fraction"]].values.tolist()
    [['B', 1, 0.5]]
    """
    texts, confidence = split_predictions(y_pred)
    plate_accuracy_score(y_true, texts)  # checks the texts
    true: list[str] = check_texts(y_true, allow_empty=True).tolist()
    predicted: list[str] = check_texts(texts, allow_empty=True).tolist()
    columns = _check_groups(groups, len(true))
    bootstrap = Bootstrap(n_resamples, confidence_level, seed_from_random_state(random_state))

    # Each image without a plate is a separate cluster.
    plate, plates = pd.factorize(
        np.array([text or index for index, text in enumerate(true)], dtype=object)
    )
    grouped = GroupedScores.from_predictions(true, predicted, confidence, plate, bootstrap)
    scores = grouped.overall()
    if confidence is not None:
        n_judged = sum(bool(text or read) for text, read in zip(true, predicted, strict=True))
        # Duplicate plates in a resample raise both scores, so there is no bootstrap interval.
        scores.loc["plate_calibration_error"] = [
            plate_calibration_error(true, predicted, confidence, n_bins=n_bins),
            *(np.nan, np.nan, n_judged),
        ]
        scores.loc["area_under_risk_coverage"] = [
            area_under_risk_coverage(true, predicted, confidence),
            *(np.nan, np.nan, n_judged),
        ]
    pairs = character_pairs(true, predicted, plate)
    errors = count_errors(pairs)
    deleted, inserted = errors["predicted"] == "", errors["true"] == ""
    lengths = pd.Series([len(text) for text in true])
    return PlateEvaluation(
        scores=scores.astype({"n": int}),
        by_length=grouped.by_group(lengths, "length"),
        by_position=_by_position(pairs, bootstrap),
        by_group={name: grouped.by_group(values, name) for name, values in columns.items()},
        confusions=errors[~deleted & ~inserted].reset_index(drop=True),
        deletions=errors[deleted].drop(columns="predicted").reset_index(drop=True),
        insertions=errors[inserted].drop(columns="true").reset_index(drop=True),
        n_samples=len(true),
        n_plates=sum(isinstance(key, str) for key in plates),
        confidence_level=confidence_level,
    )


def _by_position(pairs: pd.DataFrame, bootstrap: Bootstrap) -> pd.DataFrame:
    """Compute the fraction of right characters by position in the true text."""
    rows = {}
    for position, part in pairs[pairs["true"] != ""].groupby("position"):
        right = np.array(part["true"] == part["predicted"], dtype=np.float64)
        low, high = bootstrap.intervals(
            right[:, np.newaxis], np.ones((len(part), 1)), part["plate"].to_numpy()
        )
        rows[position] = [len(part), right.mean(), low[0], high[0]]
    columns = ["n", "accuracy", "low", "high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("position").astype({"n": int})


def _check_groups(groups: Any, n_samples: int) -> dict[str, pd.Series]:
    """Check the groups; return each column by its name."""
    if groups is None:
        return {}
    if isinstance(groups, (Mapping, pd.DataFrame)):
        named = [(str(name), values) for name, values in groups.items()]
    elif hasattr(groups, "to_pandas") and hasattr(groups, "columns"):  # of polars or pyarrow
        return _check_groups(groups.to_pandas(), n_samples)
    else:
        named = [(str(getattr(groups, "name", None) or "group"), groups)]
    columns: dict[str, pd.Series] = {}
    for name, values in named:
        if name in columns:
            raise ValueError(f"groups has two columns named {name!r}; rename one of them.")
        if not isinstance(values, (pd.Series, pd.Index, pd.Categorical)):
            values = to_array(values)
            if not isinstance(values, np.ndarray):
                values = np.asarray(values, dtype=object)
        if values.shape != (n_samples,):
            raise ValueError(
                f"groups[{name!r}] has shape {values.shape}; pass one value for each of the "
                f"{n_samples} predictions, and several columns as a dict or DataFrame."
            )
        columns[name] = pd.Series(values).reset_index(drop=True)
    return columns
