"""Metrics that count characters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from ._validation import check_params, check_predictions

__all__ = [
    "character_accuracy_score",
    "character_error_rate",
    "positional_character_accuracy_score",
]


@check_params
def character_error_rate(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Compute the character error rate (CER).

    The CER is the sum of the edit distances between true and predicted texts, divided by the
    number of characters in all true texts (micro average). The edit distance (Levenshtein
    distance [1]_) is the smallest number of insertions, deletions and substitutions of one
    character that turn one text into the other.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts. An empty text adds no characters, and every character predicted for it
        counts as an error.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's errors and characters.

    Returns
    -------
    float
        0 if all texts are right, 1 if all predicted texts are empty. Above 1 if the predictions
        have more errors than the true texts have characters.

    Raises
    ------
    ValueError
        As for `plate_accuracy_score`, and if the true texts with a weight above 0 have no
        characters, so that the error rate is not defined.

    See Also
    --------
    character_accuracy_score : 1 - CER, clipped at 0.

    References
    ----------
    .. [1] V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
       reversals", Soviet Physics Doklady 10(8), 1966.

    Examples
    --------
    One wrong and one missing character out of ten:

    >>> from sklearn_lpr.metrics import character_error_rate
    >>> character_error_rate(["AB123", "CD456"], ["AB128", "CD45"])
    0.2
    """
    return _per_character(Levenshtein.distance, y_true, y_pred, sample_weight)


@check_params
def character_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Compute the character accuracy: 1 - CER, clipped at 0.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's errors and characters.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As for `character_error_rate`.

    Examples
    --------
    >>> from sklearn_lpr.metrics import character_accuracy_score
    >>> character_accuracy_score(["AB123", "CD456"], ["AB128", "CD45"])
    0.8
    """
    return max(0.0, 1.0 - character_error_rate(y_true, y_pred, sample_weight=sample_weight))


@check_params
def positional_character_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Compute the fraction of true characters that are predicted at the same position.

    The texts are not aligned. If the first character is missing in a prediction, all following
    characters are at the wrong position and count as wrong. Published results often use this
    metric.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found. Missing positions count as wrong.
        Characters beyond the end of the true text are ignored, so all plates are right only if
        `length_accuracy_score` is 1 as well.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's characters.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As for `character_error_rate`.

    Examples
    --------
    The first prediction has one wrong character, the second lacks its first character:

    >>> from sklearn_lpr.metrics import positional_character_accuracy_score
    >>> positional_character_accuracy_score(["AB123", "CD456"], ["AB128", "D456"])
    0.4
    """
    return _per_character(_n_matching_positions, y_true, y_pred, sample_weight)


def _n_matching_positions(true: str, predicted: str) -> int:
    return sum(a == b for a, b in zip(true, predicted, strict=False))


def _per_character(
    count: Callable[[str, str], int], y_true: Any, y_pred: Any, sample_weight: Any
) -> float:
    """Sum a count over plates and divide it by the number of characters in the true texts."""
    true, predicted, weight = check_predictions(y_true, y_pred, sample_weight)
    n_characters = weight @ np.array([len(text) for text in true])
    if n_characters == 0:
        raise ValueError("y_true holds no character; the score is not defined.")
    return float(weight @ np.array(list(map(count, true, predicted))) / n_characters)
