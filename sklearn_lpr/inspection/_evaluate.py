"""What a reader gets wrong, and where."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from .._random import seed_from_random_state
from .._sklearn_compat import Interval, validate_params
from .._texts import check_texts
from ..metrics import area_under_risk_coverage, plate_accuracy_score, plate_calibration_error
from ._bootstrap import Bootstrap
from ._confusions import character_pairs, count_errors
from ._evaluation import PlateEvaluation
from ._rates import Rates
from ._readings import split_readings

__all__ = ["evaluate_plates"]


@validate_params(
    {
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "n_resamples": [Interval(Integral, 1, None, closed="left")],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
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
    """Tell how well plates are read, which characters are confused, and where it fails.

    Every rate comes with its count and an interval. Intervals are drawn by the bootstrap over
    plates: frames of one plate are alike, so that all readings with the same true text are drawn
    together. A hundred frames of ten vehicles tell as much as ten vehicles do.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts; ``""`` where there is no plate.
    y_pred : array-like of str or of PlateReading of shape (n_samples,)
        The readings: texts as `predict` gives them, or what `read_plates` gives. The latter add
        how far their confidence can be trusted. ``""`` is a plate that was not read, or rejected:
        the report tells how many were read, and how many of these exactly.
    groups : array-like of shape (n_samples,), or dict or DataFrame of such, default=None
        What to tell apart, such as province, layout or data set: a table by each.
    n_bins : int, default=15
        The bins of `plate_calibration_error`.
    n_resamples : int, default=1000
        How often plates are drawn for the intervals.
    confidence_level : float, default=0.95
        Of the intervals, between 0 and 1.
    random_state : int, RandomState instance or None, default=None
        An int gives the same intervals each time.

    Returns
    -------
    PlateEvaluation
        Its tables are DataFrames; ``print`` it for a summary.

    Raises
    ------
    ValueError
        If texts are no strings, the lengths differ, there is no plate, a confidence is no number
        from 0 to 1, or `groups` are of another length or have the same name.
    TypeError
        If `y_pred` mixes texts and readings.

    See Also
    --------
    sklearn_lpr.metrics : The scores one by one.

    Notes
    -----
    Characters are compared along an alignment with as few differences as the edit distance. Where
    several have as few, always the same one counts: of equal characters in a row the first ones
    are kept, and two characters that changed places are one that is not there and one that was
    not read.

    An interval tells what other plates of the same kind would give, not other kinds. It is
    missing where all readings are of one plate, and too narrow where there are few, or all are
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
    PlateEvaluation(4 readings of 3 plates, 50.0% exact)
    >>> report.scores.loc["plate_accuracy"].round(3).to_dict()
    {'value': 0.5, 'low': 0.0, 'high': 1.0, 'n': 4.0}
    >>> report.by_group["lighting"]["plate_accuracy"].to_dict()
    {'day': 1.0, 'night': 0.0}
    >>> report.confusions[["true", "read", "count"]].values.tolist()
    [['0', 'D', 1]]
    >>> report.deletions[["true", "count", "share"]].values.tolist()
    [['B', 1, 0.5]]
    """
    texts, confidence = split_readings(y_pred)
    plate_accuracy_score(y_true, texts)  # refuses what is no pair of texts
    true: list[str] = check_texts(y_true, allow_empty=True).tolist()
    read: list[str] = check_texts(texts, allow_empty=True).tolist()
    columns = _check_groups(groups, len(true))
    bootstrap = Bootstrap(n_resamples, confidence_level, seed_from_random_state(random_state))

    # Pictures without a plate are not all of one plate.
    plate, plates = pd.factorize(
        np.array([text or index for index, text in enumerate(true)], dtype=object)
    )
    rates = Rates.count_up(true, read, confidence, plate, bootstrap)
    scores = rates.scores()
    if confidence is not None:
        # Both grow when plates are drawn twice, so that the bootstrap has no interval for them.
        scores.loc["plate_calibration_error"] = [
            plate_calibration_error(true, read, confidence, n_bins=n_bins),
            *(np.nan, np.nan, len(true)),
        ]
        scores.loc["area_under_risk_coverage"] = [
            area_under_risk_coverage(true, read, confidence),
            *(np.nan, np.nan, len(true)),
        ]
    pairs = character_pairs(true, read, plate)
    errors = count_errors(pairs)
    lost, invented = errors["read"] == "", errors["true"] == ""
    lengths = pd.Series([len(text) for text in true])
    return PlateEvaluation(
        scores=scores.astype({"n": int}),
        by_length=rates.table(lengths, "length"),
        by_position=_by_position(pairs, bootstrap),
        by_group={name: rates.table(values, name) for name, values in columns.items()},
        confusions=errors[~lost & ~invented].reset_index(drop=True),
        deletions=errors[lost].drop(columns="read").reset_index(drop=True),
        insertions=errors[invented].drop(columns="true").reset_index(drop=True),
        n_samples=len(true),
        n_plates=sum(isinstance(key, str) for key in plates),
        confidence_level=confidence_level,
    )


def _by_position(pairs: pd.DataFrame, bootstrap: Bootstrap) -> pd.DataFrame:
    """Give the share of characters that are right, by their position in the true text."""
    rows = {}
    for position, part in pairs[pairs["true"] != ""].groupby("position"):
        right = np.array(part["true"] == part["read"], dtype=np.float64)
        low, high = bootstrap.intervals(
            right[:, np.newaxis], np.ones((len(part), 1)), part["plate"].to_numpy()
        )
        rows[position] = [len(part), right.mean(), low[0], high[0]]
    columns = ["n", "accuracy", "low", "high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("position").astype({"n": int})


def _check_groups(groups: Any, n_samples: int) -> dict[str, pd.Series]:
    """Give each column of groups by its name."""
    if groups is None:
        return {}
    if isinstance(groups, (Mapping, pd.DataFrame)):
        named = [(str(name), values) for name, values in groups.items()]
    else:
        named = [(str(getattr(groups, "name", None) or "group"), groups)]
    columns: dict[str, pd.Series] = {}
    for name, values in named:
        if name in columns:
            raise ValueError(f"groups has two columns named {name!r}; rename one of them.")
        if not isinstance(values, (pd.Series, pd.Categorical)):
            values = np.asarray(values, dtype=object)
        if values.shape != (n_samples,):
            raise ValueError(
                f"groups[{name!r}] has shape {values.shape}; pass one value for each of the "
                f"{n_samples} readings, and several columns as a dict or DataFrame."
            )
        columns[name] = pd.Series(values).reset_index(drop=True)
    return columns
