"""Metrics that count whole plates."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import check_params, check_predictions

__all__ = ["length_accuracy_score", "plate_accuracy_score"]


@check_params
def plate_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Compute the fraction of plates whose text is predicted exactly (exact match).

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1. Texts are compared in Unicode's composed form (NFC). Letter case and
        spaces matter.

    Raises
    ------
    ValueError
        If a text is not a string, the lengths differ, there is no plate, a weight is negative or
        not finite, or all weights are zero.

    Examples
    --------
    >>> from sklearn_lpr.metrics import plate_accuracy_score
    >>> plate_accuracy_score(["AB123", "CD456", "EF789"], ["AB123", "CD45", "EF789"])
    0.666...
    """
    true, predicted, weight = check_predictions(y_true, y_pred, sample_weight)
    exact = [text == prediction for text, prediction in zip(true, predicted, strict=True)]
    return float(np.average(exact, weights=weight))


@check_params
def length_accuracy_score(
    y_true: Any, y_pred: Any, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Compute the fraction of plates whose predicted text has the right length.

    If it is low, characters are missing or added, for example by a segmentation that fails. If it
    is high and the plate accuracy is low, characters are confused with each other.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As for `plate_accuracy_score`.

    Examples
    --------
    >>> from sklearn_lpr.metrics import length_accuracy_score
    >>> length_accuracy_score(["AB123", "CD456"], ["AB128", "CD45"])
    0.5
    """
    true, predicted, weight = check_predictions(y_true, y_pred, sample_weight)
    equal = [len(text) == len(prediction) for text, prediction in zip(true, predicted, strict=True)]
    return float(np.average(equal, weights=weight))
