"""Monotone calibration maps from a confidence to a probability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

__all__ = [
    "CHARACTER_MAPS",
    "MIN_PREDICTIONS",
    "PLATE_MAPS",
    "IsotonicMap",
    "LogisticMap",
    "PowerMap",
    "fit_map",
]

Floats = npt.NDArray[np.float64]

# Confidences are clipped before the logit, which is infinite at 0 and 1.
_EPSILON = 1e-12

# Bounds of slopes and exponents. They are positive, so that a map keeps the order of confidences.
_SLOPE_BOUNDS = (1e-3, 1e3)

# The weight of the original confidence in an isotonic map, which makes it strictly increasing.
_TILT = 1e-6


@dataclass(frozen=True, slots=True)
class PowerMap:
    """p -> p ** exponent. The exponent of an overconfident recognizer is above 1."""

    exponent: float = 1.0

    def __call__(self, confidence: Floats) -> Floats:
        return confidence**self.exponent


@dataclass(frozen=True, slots=True)
class LogisticMap:
    """p -> sigmoid(slope * logit(p) + intercept). The default is the identity."""

    slope: float = 1.0
    intercept: float = 0.0

    @property
    def temperature(self) -> float:
        """The divisor of the logit. That of an overconfident recognizer is above 1."""
        return 1 / self.slope

    def __call__(self, confidence: Floats) -> Floats:
        return expit(self.slope * _clipped_logit(confidence) + self.intercept)


@dataclass(frozen=True, slots=True)
class IsotonicMap:
    """Isotonic regression, mixed with the original confidence to be strictly increasing."""

    regression: IsotonicRegression

    def __call__(self, confidence: Floats) -> Floats:
        return (1 - _TILT) * self.regression.predict(confidence) + _TILT * confidence


Map = PowerMap | LogisticMap | IsotonicMap


def _fit_power(confidence: Floats, correct: Floats, weight: Floats) -> PowerMap:
    """Maximize the likelihood of Platt's targets, which is concave in the exponent."""
    negative_log = -np.log(np.clip(confidence, _EPSILON, 1 - _EPSILON))
    targets = _platt_targets(correct, weight)

    def loss(log_exponent: float) -> float:
        scaled = np.exp(log_exponent) * negative_log
        return weight @ (targets * scaled - (1 - targets) * np.log(-np.expm1(-scaled)))

    result = minimize_scalar(
        loss, bounds=np.log(_SLOPE_BOUNDS), method="bounded", options={"xatol": 1e-8}
    )
    return PowerMap(float(np.exp(result.x)))


def _fit_temperature(confidence: Floats, correct: Floats, weight: Floats) -> LogisticMap:
    return _fit_logistic(confidence, correct, weight, intercept_bounds=(0.0, 0.0))


def _fit_sigmoid(confidence: Floats, correct: Floats, weight: Floats) -> LogisticMap:
    return _fit_logistic(confidence, correct, weight, intercept_bounds=(None, None))


def _fit_isotonic(confidence: Floats, correct: Floats, weight: Floats) -> IsotonicMap:
    regression = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    return IsotonicMap(regression.fit(confidence, correct, sample_weight=weight))


Fit = Callable[[Floats, Floats, Floats], Map]

# The confidence of a character is that of a softmax, so that its temperature divides logits. The
# confidence of a text is a product over time steps. Scaling its logarithm multiplies the
# probability of an error, a sum over characters, and keeps the probabilities 0 and 1.
PLATE_MAPS: dict[str, Fit] = {
    "temperature": _fit_power,
    "sigmoid": _fit_sigmoid,
    "isotonic": _fit_isotonic,
}
CHARACTER_MAPS: dict[str, Fit] = {**PLATE_MAPS, "temperature": _fit_temperature}

# The number of predictions that a map needs: 50 per fitted parameter, where the steps of an
# isotonic map count as about twenty. The standard error of an accuracy on 50 predictions is at most
# 0.5 / sqrt(50), 7 percentage points.
MIN_PREDICTIONS: dict[str, int] = {"temperature": 50, "sigmoid": 100, "isotonic": 1000}


def fit_map(fit: Fit, outcomes: Sequence[tuple[float, bool, float]]) -> Map:
    """Fit a map to the correctness of predictions.

    Parameters
    ----------
    fit : callable
        One of `PLATE_MAPS` or `CHARACTER_MAPS`.
    outcomes : sequence of (float, bool, float)
        Confidence, correctness and weight of each prediction.

    Returns
    -------
    PowerMap, LogisticMap or IsotonicMap
        The identity if there is no outcome with a positive weight.
    """
    confidence, correct, weight = np.array(outcomes, dtype=np.float64).reshape(-1, 3).T
    positive = weight > 0
    if not positive.any():
        return PowerMap()
    return fit(confidence[positive], correct[positive], weight[positive])


def _platt_targets(correct: Floats, weight: Floats) -> Floats:
    """Return Platt's targets: smoothed outcomes, which differ from 0 and 1."""
    n_correct, n_errors = weight @ correct, weight @ (1 - correct)
    return np.where(correct > 0, (n_correct + 1) / (n_correct + 2), 1 / (n_errors + 2))


def _fit_logistic(
    confidence: Floats,
    correct: Floats,
    weight: Floats,
    intercept_bounds: tuple[float | None, float | None],
) -> LogisticMap:
    """Maximize the likelihood of Platt's targets, which is concave in slope and intercept."""
    scores = _clipped_logit(confidence)
    targets = _platt_targets(correct, weight)
    total = weight.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope, intercept = parameters
        z = slope * scores + intercept
        residual = weight * (expit(z) - targets)
        value = weight @ (np.logaddexp(0, z) - targets * z)
        return value / total, np.array([residual @ scores, residual.sum()]) / total

    result = minimize(
        loss,
        np.array([1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[_SLOPE_BOUNDS, intercept_bounds],
        options={"gtol": 1e-8, "ftol": 1e-14},
    )
    return LogisticMap(*result.x.tolist())


def _clipped_logit(confidence: Floats) -> Floats:
    return logit(np.clip(confidence, _EPSILON, 1 - _EPSILON))
