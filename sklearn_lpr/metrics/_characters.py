"""Scores that count characters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from ._validation import check_readings

__all__ = [
    "character_accuracy_score",
    "character_error_rate",
    "positional_character_accuracy_score",
]


def character_error_rate(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Give the number of wrong characters per character of the true texts (CER).

    The fewest insertions, deletions and substitutions of one character that turn each reading
    into its true text (the Levenshtein distance [1]_), summed over all plates and divided by the
    number of characters of all true texts (micro average).

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts. An empty one adds no characters, and every character read for it counts
        as an error.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's errors and characters.

    Returns
    -------
    float
        0 where all is right, 1 where nothing was read; more than 1 where more characters were
        invented than there are.

    Raises
    ------
    ValueError
        As by `plate_accuracy_score`, and if the true texts (those with a weight above 0) hold no
        character at all: a rate per character is then not defined.

    See Also
    --------
    character_accuracy_score : 1 - CER, but never below 0.

    References
    ----------
    .. [1] V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
       reversals", Soviet Physics Doklady 10(8), 1966.

    Examples
    --------
    One wrong and one missing character of ten:

    >>> from sklearn_lpr.metrics import character_error_rate
    >>> character_error_rate(["AB123", "CD456"], ["AB128", "CD45"])
    0.2
    """
    return _per_character(Levenshtein.distance, y_true, y_pred, sample_weight)


def character_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Give the share of characters that are read rightly: 1 - CER, but never below 0.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's errors and characters.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As by `character_error_rate`.

    Examples
    --------
    >>> from sklearn_lpr.metrics import character_accuracy_score
    >>> character_accuracy_score(["AB123", "CD456"], ["AB128", "CD45"])
    0.8
    """
    return max(0.0, 1.0 - character_error_rate(y_true, y_pred, sample_weight=sample_weight))


def positional_character_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Give the share of the true texts' characters that stand in their own place in the reading.

    The reading is not aligned: where its first character is missing, all that follow stand in
    the wrong place and count as wrong. Published figures are often of this kind.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read. Places that a reading lacks count as
        wrong; what it has beyond the end of the true text is not counted, so that 1 means right
        plates only together with `length_accuracy_score`.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate's characters.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As by `character_error_rate`.

    Examples
    --------
    The first reading has one wrong character, the second has lost its first:

    >>> from sklearn_lpr.metrics import positional_character_accuracy_score
    >>> positional_character_accuracy_score(["AB123", "CD456"], ["AB128", "D456"])
    0.4
    """
    return _per_character(_n_in_place, y_true, y_pred, sample_weight)


def _n_in_place(text: str, reading: str) -> int:
    return sum(a == b for a, b in zip(text, reading, strict=False))


def _per_character(
    count: Callable[[str, str], int], y_true: Any, y_pred: Any, sample_weight: Any
) -> float:
    """Sum a count over plates and divide it by the true texts' number of characters."""
    true, read, weight = check_readings(y_true, y_pred, sample_weight)
    n_characters = weight @ np.array([len(text) for text in true])
    if n_characters == 0:
        raise ValueError("y_true holds no character; a score per character is not defined.")
    return float(weight @ np.array(list(map(count, true, read))) / n_characters)
