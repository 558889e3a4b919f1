"""What is gained by leaving the least confident readings out."""

from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, validate_params
from ._validation import check_confident_readings

__all__ = [
    "accuracy_at_coverage",
    "area_under_risk_coverage",
    "coverage_at_accuracy",
    "risk_coverage_curve",
]

Floats = npt.NDArray[np.float64]


def risk_coverage_curve(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Give the share of exact plates among the most confident readings, for each threshold.

    A reader that may abstain [1]_ accepts the readings whose confidence reaches a threshold. Its
    coverage is the share of plates whose reading is accepted, its risk the share of accepted
    readings that are wrong: 1 - accuracy. Readings of equal confidence are accepted together, as
    no threshold parts them.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        How sure each reading is as a whole, from 0 to 1. Only the order counts.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate; plates of weight 0 take no part.

    Returns
    -------
    coverage : ndarray of shape (n_thresholds,), dtype float64
        Rising; the last is 1.
    accuracy : ndarray of shape (n_thresholds,), dtype float64
        The share of accepted readings that are exact.
    thresholds : ndarray of shape (n_thresholds,), dtype float64
        Each confidence that occurs, falling: readings at or above it are accepted.

    Raises
    ------
    ValueError
        As by `plate_accuracy_score`, and if a confidence is no number from 0 to 1.

    References
    ----------
    .. [1] R. El-Yaniv and Y. Wiener, "On the foundations of noise-free selective
       classification", Journal of Machine Learning Research 11, 2010.

    Examples
    --------
    >>> from sklearn_lpr.metrics import risk_coverage_curve
    >>> coverage, accuracy, thresholds = risk_coverage_curve(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D"], [0.9, 0.6, 0.9, 0.2]
    ... )
    >>> coverage.tolist(), accuracy.round(3).tolist(), thresholds.tolist()
    ([0.5, 0.75, 1.0], [1.0, 0.667, 0.5], [0.9, 0.6, 0.2])
    """
    exact, confidence, weight = check_confident_readings(y_true, y_pred, confidence, sample_weight)
    rising, step = np.unique(confidence, return_inverse=True)
    accepted, right = (
        np.cumsum(np.bincount(step, values)[::-1]) for values in (weight, weight * exact)
    )
    return accepted / accepted[-1], right / accepted, rising[::-1]


def area_under_risk_coverage(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Give the mean risk over all coverages (AURC).

    The area under the risk over the coverage [1]_, as steps. Where no two confidences are equal
    it is the mean, over k, of the share of wrong readings among the k most confident ones.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        How sure each reading is as a whole, from 0 to 1. Only the order counts.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; less is better. It is the share of wrong plates where all confidences are
        equal, and less the better they tell right readings from wrong ones.

    Raises
    ------
    ValueError
        As by `risk_coverage_curve`.

    References
    ----------
    .. [1] Y. Geifman, G. Uziel and R. El-Yaniv, "Bias-reduced uncertainty estimation for deep
       neural classifiers", ICLR 2019.

    Examples
    --------
    Risks of 0, 0, 1/3 and 2/4 at coverages of 1/4, 2/4, 3/4 and 1:

    >>> from sklearn_lpr.metrics import area_under_risk_coverage
    >>> area_under_risk_coverage(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D"], [0.9, 0.6, 0.8, 0.2]
    ... )
    0.2083...
    """
    coverage, accuracy, _ = risk_coverage_curve(
        y_true, y_pred, confidence, sample_weight=sample_weight
    )
    # Rounding may carry the area a last bit above 1.
    return min(float(np.diff(coverage, prepend=0.0) @ (1 - accuracy)), 1.0)


@validate_params(
    {"coverage": [Interval(Real, 0, 1, closed="right")]}, prefer_skip_nested_validation=True
)
def accuracy_at_coverage(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    coverage: float,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Give the share of exact plates among the most confident readings of a given share.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        How sure each reading is as a whole, from 0 to 1. Only the order counts.
    coverage : float
        The least share of plates whose reading must be accepted, above 0 and at most 1. The
        highest threshold that accepts so many is taken; see `risk_coverage_curve`.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; with ``coverage=1`` it is `plate_accuracy_score`.

    Raises
    ------
    ValueError
        As by `risk_coverage_curve`, and if `coverage` is not in (0, 1].

    Examples
    --------
    >>> from sklearn_lpr.metrics import accuracy_at_coverage
    >>> accuracy_at_coverage(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D"], [0.9, 0.6, 0.8, 0.2], coverage=0.5
    ... )
    1.0
    """
    coverages, accuracy, _ = risk_coverage_curve(
        y_true, y_pred, confidence, sample_weight=sample_weight
    )
    return float(accuracy[np.searchsorted(coverages, coverage)])


@validate_params(
    {"accuracy": [Interval(Real, 0, 1, closed="both")]}, prefer_skip_nested_validation=True
)
def coverage_at_accuracy(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    accuracy: float,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Give the greatest share of plates that can be accepted at a given accuracy.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        How sure each reading is as a whole, from 0 to 1. Only the order counts.
    accuracy : float
        The least share of accepted readings that must be exact, from 0 to 1.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; 0 where no threshold reaches the accuracy.

    Raises
    ------
    ValueError
        As by `risk_coverage_curve`, and if `accuracy` is not in [0, 1].

    Examples
    --------
    >>> from sklearn_lpr.metrics import coverage_at_accuracy
    >>> coverage_at_accuracy(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D"], [0.9, 0.6, 0.8, 0.2], accuracy=0.6
    ... )
    0.75
    """
    coverage, accuracies, _ = risk_coverage_curve(
        y_true, y_pred, confidence, sample_weight=sample_weight
    )
    return float(coverage[accuracies >= accuracy].max(initial=0.0))
