"""Scores that compare confidences with what came true."""

from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, validate_params
from ._validation import check_confident_readings

__all__ = ["plate_brier_score", "plate_calibration_curve", "plate_calibration_error"]

Floats = npt.NDArray[np.float64]

_CONSTRAINTS = {"n_bins": [Interval(Integral, 1, None, closed="left")]}


def plate_brier_score(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Give the mean squared difference between confidence and outcome (Brier score).

    The outcome is 1 where the whole plate is read exactly and 0 elsewhere. Unlike
    `plate_calibration_error` the score is proper [1]_: nobody gains by saying anything but the
    true probability, and telling right from wrong readings counts too.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        The probability that each reading is right as a whole, from 0 to 1: the ``confidence`` of
        `PlateReading`.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; less is better.

    Raises
    ------
    ValueError
        As by `plate_accuracy_score`, and if a confidence is no number from 0 to 1.

    References
    ----------
    .. [1] G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
       Weather Review 78(1), 1950.

    Examples
    --------
    One right and one wrong reading; (0.1² + 0.3²) / 2:

    >>> from sklearn_lpr.metrics import plate_brier_score
    >>> round(plate_brier_score(["AB123", "CD456"], ["AB123", "CD45"], [0.9, 0.3]), 6)
    0.05
    """
    exact, confidence, weight = check_confident_readings(y_true, y_pred, confidence, sample_weight)
    return float(np.average((confidence - exact) ** 2, weights=weight))


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def plate_calibration_curve(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    n_bins: int = 15,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Compare confidences with the share of exact plates, in bins of equal mass.

    Plates are sorted by confidence and cut into bins of equal weight, so that each point of the
    curve rests on as many plates. Plates of equal confidence are never parted: all of them go
    where the middle one belongs, and a bin may stay empty.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        The probability that each reading is right as a whole, from 0 to 1.
    n_bins : int, default=15
        The number of bins.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    accuracy : ndarray of shape (n_used,), dtype float64
        The share of plates read exactly in each bin that is not empty, by rising confidence.
    mean_confidence : ndarray of shape (n_used,), dtype float64
        The mean confidence in it.
    share : ndarray of shape (n_used,), dtype float64
        The share of all plates that it holds; they sum to 1.

    Raises
    ------
    ValueError
        As by `plate_brier_score`, and if `n_bins` is below 1.

    See Also
    --------
    sklearn.calibration.calibration_curve : The same for binary classifiers; with
        ``strategy="quantile"`` it gives the same bins where they divide the number of plates and
        no two confidences are equal.

    Examples
    --------
    >>> from sklearn_lpr.metrics import plate_calibration_curve
    >>> accuracy, mean_confidence, share = plate_calibration_curve(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D4"], [0.5, 0.25, 1.0, 0.75], n_bins=2
    ... )
    >>> accuracy.tolist(), mean_confidence.tolist(), share.tolist()
    ([0.5, 1.0], [0.375, 0.875], [0.5, 0.5])
    """
    exact, confidence, weight = check_confident_readings(y_true, y_pred, confidence, sample_weight)
    _, step = np.unique(confidence, return_inverse=True)
    mass = np.bincount(step, weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    # Just above: rounding must not decide where a middle lies that falls between two bins.
    bins = np.minimum(n_bins * middle + 1e-9, n_bins - 1).astype(np.intp)[step]
    mass, right, sure = (
        np.bincount(bins, values) for values in (weight, weight * exact, weight * confidence)
    )
    used = mass > 0
    return right[used] / mass[used], sure[used] / mass[used], mass[used] / mass.sum()


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def plate_calibration_error(
    y_true: Any,
    y_pred: Any,
    confidence: npt.ArrayLike,
    *,
    n_bins: int = 15,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Give the mean difference between confidence and the share of exact plates (ECE).

    The expected calibration error [1]_ over bins of equal mass [2]_: the absolute difference
    between mean confidence and share of exact plates in each bin of `plate_calibration_curve`,
    averaged by the plates that the bins hold.

    Parameters
    ----------
    y_true : array-like of str of shape (n_samples,)
        The true texts.
    y_pred : array-like of str of shape (n_samples,)
        The readings; ``""`` where nothing could be read.
    confidence : array-like of shape (n_samples,)
        The probability that each reading is right as a whole, from 0 to 1.
    n_bins : int, default=15
        The number of bins. More bins see finer errors, and more of the noise: even perfect
        confidences have an error above 0 on few plates.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each plate.

    Returns
    -------
    float
        Between 0 and 1; 0 where confidence means what it says. It says nothing of whether right
        readings are told from wrong ones: see `area_under_risk_coverage`.

    Raises
    ------
    ValueError
        As by `plate_calibration_curve`.

    References
    ----------
    .. [1] M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities
       using Bayesian binning", AAAI 2015.
    .. [2] K. Nguyen and B. O'Connor, "Posterior calibration and exploratory analysis for natural
       language processing models", EMNLP 2015.

    Examples
    --------
    The lower bin is half right and 37.5 % sure, the upper one all right and 87.5 % sure:

    >>> from sklearn_lpr.metrics import plate_calibration_error
    >>> plate_calibration_error(
    ...     ["A1", "B2", "C3", "D4"], ["A1", "B8", "C3", "D4"], [0.5, 0.25, 1.0, 0.75], n_bins=2
    ... )
    0.125
    """
    accuracy, mean_confidence, share = plate_calibration_curve(
        y_true, y_pred, confidence, n_bins=n_bins, sample_weight=sample_weight
    )
    return float(share @ np.abs(accuracy - mean_confidence))
