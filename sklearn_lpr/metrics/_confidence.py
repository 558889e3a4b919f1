"""Metrics of confidences: Brier score and expected calibration error (ECE)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._validation import check_confidences, check_params

__all__ = ["plate_brier_score", "plate_calibration_curve", "plate_calibration_error"]

Floats = npt.NDArray[np.float64]


@check_params
def plate_brier_score(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the mean squared difference between confidence and outcome (Brier score).

    The outcome is 1 if the whole text is predicted exactly and 0 otherwise. Unlike
    `plate_calibration_error`, the score is strictly proper [1]_: its expectation is lowest for
    the true probability. It measures both calibration and how well confidences separate right
    from wrong predictions. Images without a plate and without a predicted text, both ``""``, are
    left out: there is no text whose confidence could be judged.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The probability that the whole predicted text is right, from 0 to 1: the ``confidence``
        of `PlateReading`.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; lower is better. NaN if all plates are left out.

    Raises
    ------
    ValueError
        As for `plate_accuracy_score`, and if a confidence is not in [0, 1].

    References
    ----------
    .. [1] G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
       Weather Review 78(1), 1950.

    Examples
    --------
    One right and one wrong prediction: (0.1² + 0.3²) / 2.

    >>> from sklearn_lpr.metrics import plate_brier_score
    >>> round(plate_brier_score(["AB123", "CD456"], ["AB123", "CD45"], [0.9, 0.3]), 6)
    0.05
    """
    exact, confidence, weight = check_confidences(y_true, y_pred, confidence, sample_weight)
    if not exact.size:
        return np.nan
    return float(np.average((confidence - exact) ** 2, weights=weight))


@check_params
def plate_calibration_curve(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    n_bins: int = 15,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Compute the plate accuracy and mean confidence in bins of equal mass.

    Plates are sorted by confidence and divided into bins of equal weight, so that each point of
    the curve is based on the same number of plates. Plates of equal confidence are never split:
    all of them go to the bin of the middle one, and other bins may stay empty. Pairs of two texts
    ``""`` are left out, as in `plate_brier_score`.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The probability that the whole predicted text is right, from 0 to 1.
    n_bins : int, default=15
        The number of bins.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    accuracy : ndarray of shape (n_used,), dtype float64
        The fraction of exact predictions in each non-empty bin, by increasing confidence.
    mean_confidence : ndarray of shape (n_used,), dtype float64
        The mean confidence in each bin.
    fraction : ndarray of shape (n_used,), dtype float64
        The fraction of all plates in each bin; sums to 1. All arrays are empty if all plates are
        left out.

    Raises
    ------
    ValueError
        As for `plate_brier_score`, and if `n_bins` is below 1.

    See Also
    --------
    sklearn.calibration.calibration_curve : The same for binary classifiers. With
        ``strategy="quantile"`` it uses the same bins if `n_bins` divides the number of plates
        and no two confidences are equal.

    Examples
    --------
    >>> from sklearn_lpr.metrics import plate_calibration_curve
    >>> accuracy, mean_confidence, fraction = plate_calibration_curve(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D4"], [0.5, 0.25, 1.0, 0.75], n_bins=2
    ... )
    >>> accuracy.tolist(), mean_confidence.tolist(), fraction.tolist()
    ([0.5, 1.0], [0.375, 0.875], [0.5, 0.5])
    """
    exact, confidence, weight = check_confidences(y_true, y_pred, confidence, sample_weight)
    _, level = np.unique(confidence, return_inverse=True)
    mass = np.bincount(level, weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    # The small offset keeps rounding from deciding where a middle on a bin edge goes.
    bins = np.minimum(n_bins * middle + 1e-9, n_bins - 1).astype(np.intp)[level]
    mass, n_exact, total = (
        np.bincount(bins, values) for values in (weight, weight * exact, weight * confidence)
    )
    used = mass > 0
    return n_exact[used] / mass[used], total[used] / mass[used], mass[used] / mass.sum()


@check_params
def plate_calibration_error(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    n_bins: int = 15,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the expected calibration error (ECE).

    The ECE [1]_ is the mean, over the bins of `plate_calibration_curve`, of the absolute
    difference between plate accuracy and mean confidence, weighted by the number of plates in
    each bin. The bins have equal mass [2]_.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The predicted texts; ``""`` if no text was found.
    confidence : array-like of shape (n_samples,)
        The probability that the whole predicted text is right, from 0 to 1.
    n_bins : int, default=15
        The number of bins. More bins resolve finer errors, but add noise: with few plates, even
        perfectly calibrated confidences have an error above 0.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; 0 if the confidences are perfectly calibrated, NaN if all plates are left
        out. The ECE does not measure how well confidences separate right from wrong predictions;
        `area_under_risk_coverage` does.

    Raises
    ------
    ValueError
        As for `plate_calibration_curve`.

    References
    ----------
    .. [1] M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities
       using Bayesian binning", AAAI 2015.
    .. [2] K. Nguyen and B. O'Connor, "Posterior calibration and exploratory analysis for natural
       language processing models", EMNLP 2015.

    Examples
    --------
    The lower bin has accuracy 0.5 and mean confidence 0.375, the upper one 1 and 0.875:

    >>> from sklearn_lpr.metrics import plate_calibration_error
    >>> plate_calibration_error(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D4"], [0.5, 0.25, 1.0, 0.75], n_bins=2
    ... )
    0.125
    """
    accuracy, mean_confidence, fraction = plate_calibration_curve(
        y_true, y_pred, confidence, n_bins=n_bins, sample_weight=sample_weight
    )
    if not fraction.size:
        return np.nan
    return float(fraction @ np.abs(accuracy - mean_confidence))
