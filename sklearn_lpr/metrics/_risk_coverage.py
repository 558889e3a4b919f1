"""Risk–coverage metrics of selective prediction."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import check_confidences, check_params

__all__ = [
    "accuracy_at_coverage",
    "area_under_risk_coverage",
    "coverage_at_accuracy",
    "risk_coverage_curve",
]

Floats = npt.NDArray[np.float64]

# The relative error of a coverage or accuracy, which is a ratio of sums of up to a million weights:
# a value that is equal to a target reaches it.
ROUNDING = 1e-10


@check_params
def risk_coverage_curve(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Compute coverage and accuracy for each confidence threshold.

    In selective prediction [1]_, a recognizer accepts the predictions whose confidence reaches a
    threshold and rejects all others. The coverage is the fraction of accepted predictions. The
    risk is the fraction of wrong predictions among the accepted ones: 1 - accuracy. Predictions
    of equal confidence are accepted together, because no threshold separates them. Images without a
    plate and without a predicted text, both ``""``, are left out: there is no text to accept.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The confidence in each predicted text, from 0 to 1. Only its order matters.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate; plates of weight 0 are left out.

    Returns
    -------
    coverage : ndarray of shape (n_thresholds,), dtype float64
        Increasing; the last value is 1. All arrays are empty if all plates are left out.
    accuracy : ndarray of shape (n_thresholds,), dtype float64
        The fraction of exact predictions among the accepted ones.
    thresholds : ndarray of shape (n_thresholds,), dtype float64
        The distinct confidences, decreasing. Predictions at or above a threshold are accepted.

    Raises
    ------
    ValueError
        As for `plate_accuracy_score`, and if a confidence is not in [0, 1].

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
    exact, confidence, weight = check_confidences(y_true, y_pred, confidence, sample_weight)
    levels, level = np.unique(confidence, return_inverse=True)
    accepted, n_exact = (
        np.cumsum(np.bincount(level, values)[::-1]) for values in (weight, weight * exact)
    )
    return accepted / accepted[-1:], n_exact / accepted, levels[::-1]


@check_params
def area_under_risk_coverage(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the area under the risk–coverage curve (AURC).

    The area [1]_ is that of a step function. If no two confidences are equal, it is the mean,
    over k, of the fraction of wrong predictions among the k most confident ones.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The confidence in each predicted text, from 0 to 1. Only its order matters.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; lower is better. If all confidences are equal, it is the fraction of
        wrong predictions. It decreases the better the confidences separate right from wrong
        predictions. NaN if all plates are left out.

    Raises
    ------
    ValueError
        As for `risk_coverage_curve`.

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
    if not coverage.size:
        return np.nan
    # Rounding may raise the area slightly above 1.
    return min(float(np.diff(coverage, prepend=0.0) @ (1 - accuracy)), 1.0)


@check_params
def accuracy_at_coverage(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    coverage: float,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the accuracy of the most confident predictions at a given coverage.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The confidence in each predicted text, from 0 to 1. Only its order matters.
    coverage : float
        The minimum fraction of predictions to accept, above 0 and at most 1. The highest
        threshold with this coverage is used; see `risk_coverage_curve`.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; equal to `plate_accuracy_score` of the plates that are not left out if
        ``coverage=1``. NaN if all are.

    Raises
    ------
    ValueError
        As for `risk_coverage_curve`, and if `coverage` is not in (0, 1].

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
    if not coverages.size:
        return np.nan
    return float(accuracy[np.searchsorted(coverages, coverage * (1 - ROUNDING))])


@check_params
def coverage_at_accuracy(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    accuracy: float,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the highest coverage at which a given accuracy is reached.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The confidence in each predicted text, from 0 to 1. Only its order matters.
    accuracy : float
        The minimum fraction of exact predictions among the accepted ones, from 0 to 1.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; 0 if no threshold reaches the accuracy. NaN if all plates are left out.

    Raises
    ------
    ValueError
        As for `risk_coverage_curve`, and if `accuracy` is not in [0, 1].

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
    if not coverage.size:
        return np.nan
    return float(coverage[accuracies >= accuracy * (1 - ROUNDING)].max(initial=0.0))
