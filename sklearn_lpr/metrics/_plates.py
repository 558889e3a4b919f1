"""Scores that count whole plates."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import check_readings

__all__ = ["length_accuracy_score", "plate_accuracy_score"]


def plate_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Give the share of plates that are read exactly.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1. Texts are compared in Unicode's composed form (NFC), letter case and
        spaces included.

    Raises
    ------
    ValueError
        If a text is not a string, if the lengths differ, if there is no plate, or if a weight
        is negative, not finite, or all are zero.

    Examples
    --------
    >>> from sklearn_lpr.metrics import plate_accuracy_score
    >>> plate_accuracy_score(["AB123", "CD456", "EF789"], ["AB123", "CD45", "EF789"])
    0.666...
    """
    true, read, weight = check_readings(y_true, y_pred, sample_weight)
    equal = [text == reading for text, reading in zip(true, read, strict=True)]
    return float(np.average(equal, weights=weight))


def length_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Give the share of plates for which the right number of characters was read.

    Where it is low, characters are lost or invented, as by a segmentation that fails; where it
    is high and the plate accuracy low, characters are mistaken for each other.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As by `plate_accuracy_score`.

    Examples
    --------
    >>> from sklearn_lpr.metrics import length_accuracy_score
    >>> length_accuracy_score(["AB123", "CD456"], ["AB128", "CD45"])
    0.5
    """
    true, read, weight = check_readings(y_true, y_pred, sample_weight)
    equal = [len(text) == len(reading) for text, reading in zip(true, read, strict=True)]
    return float(np.average(equal, weights=weight))
