"""Monotone maps from a recognizer's confidence to a probability, and how they are fitted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

__all__ = [
    "CHARACTER_MAPS",
    "FEWEST_READINGS",
    "PLATE_MAPS",
    "IsotonicMap",
    "LogisticMap",
    "PowerMap",
    "fit_map",
]

Floats = npt.NDArray[np.float64]

# Certainty, 0 or 1, has no logit.
_SMALLEST = 1e-12

# A slope or an exponent of 0 or below would lose the order of the readings, or turn it around.
_SLOPES = (1e-3, 1e3)

# What the recognizer's own confidence adds to an isotonic map's steps, so that they rise.
_TILT = 1e-6


@dataclass(frozen=True, slots=True)
class PowerMap:
    """p -> p ** exponent: the exponent is above 1 where the recognizer was too sure."""

    exponent: float = 1.0

    def __call__(self, confidence: Floats) -> Floats:
        return confidence**self.exponent


@dataclass(frozen=True, slots=True)
class LogisticMap:
    """p -> sigmoid(slope * logit(p) + intercept); the default changes nothing."""

    slope: float = 1.0
    intercept: float = 0.0

    @property
    def temperature(self) -> float:
        """What the logit is divided by: above 1 where the recognizer was too sure."""
        return 1 / self.slope

    def __call__(self, confidence: Floats) -> Floats:
        return expit(self.slope * _clipped_logit(confidence) + self.intercept)


@dataclass(frozen=True, slots=True)
class IsotonicMap:
    """The steps of an isotonic regression, tilted so that they keep the order."""

    regression: IsotonicRegression

    def __call__(self, confidence: Floats) -> Floats:
        return (1 - _TILT) * self.regression.predict(confidence) + _TILT * confidence


Map = PowerMap | LogisticMap | IsotonicMap


def _fit_power(confidence: Floats, right: Floats, weight: Floats) -> PowerMap:
    """Maximise the likelihood of Platt's targets, which is concave in the exponent."""
    surprise = -np.log(np.clip(confidence, _SMALLEST, 1 - _SMALLEST))
    targets = _platt_targets(right, weight)

    def loss(log_exponent: float) -> float:
        scaled = np.exp(log_exponent) * surprise
        return weight @ (targets * scaled - (1 - targets) * np.log(-np.expm1(-scaled)))

    found = minimize_scalar(loss, bounds=np.log(_SLOPES), method="bounded", options={"xatol": 1e-8})
    return PowerMap(float(np.exp(found.x)))


def _fit_temperature(confidence: Floats, right: Floats, weight: Floats) -> LogisticMap:
    return _fit_logistic(confidence, right, weight, intercepts=(0.0, 0.0))


def _fit_sigmoid(confidence: Floats, right: Floats, weight: Floats) -> LogisticMap:
    return _fit_logistic(confidence, right, weight, intercepts=(None, None))


def _fit_isotonic(confidence: Floats, right: Floats, weight: Floats) -> IsotonicMap:
    regression = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    return IsotonicMap(regression.fit(confidence, right, sample_weight=weight))


Fit = Callable[[Floats, Floats, Floats], Map]

# A character's confidence is a softmax's, of a network that adds logits. That of a text is the
# product over its columns: scaling its logarithm multiplies the chance of an error, to which all
# characters add, and leaves no probability where it was but 0 and 1.
PLATE_MAPS: dict[str, Fit] = {
    "temperature": _fit_power,
    "sigmoid": _fit_sigmoid,
    "isotonic": _fit_isotonic,
}
CHARACTER_MAPS: dict[str, Fit] = {**PLATE_MAPS, "temperature": _fit_temperature}

# How many readings of plates a map takes: 50 for each number that is fitted to them, of which an
# isotonic map has about twenty, its steps. The share of right ones among 50 is known to within 7
# percentage points (one standard error, at most 0.5 / sqrt(50)).
FEWEST_READINGS: dict[str, int] = {"temperature": 50, "sigmoid": 100, "isotonic": 1000}


def fit_map(fit: Fit, outcomes: Sequence[tuple[float, bool, float]]) -> Map:
    """Fit a map to what came true.

    Parameters
    ----------
    fit : callable
        One of `PLATE_MAPS` or `CHARACTER_MAPS`.
    outcomes : sequence of (float, bool, float)
        A confidence, whether it was right, and the weight of both.

    Returns
    -------
    PowerMap, LogisticMap or IsotonicMap
        One that changes nothing where there is no outcome with a weight.
    """
    confidence, right, weight = np.array(outcomes, dtype=np.float64).reshape(-1, 3).T
    used = weight > 0
    if not used.any():
        return PowerMap()
    return fit(confidence[used], right[used], weight[used])


def _platt_targets(right: Floats, weight: Floats) -> Floats:
    """Give probabilities in the place of outcomes, short of certainty where there are few."""
    n_right, n_wrong = weight @ right, weight @ (1 - right)
    return np.where(right > 0, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))


def _fit_logistic(
    confidence: Floats,
    right: Floats,
    weight: Floats,
    intercepts: tuple[float | None, float | None],
) -> LogisticMap:
    """Maximise the likelihood of Platt's targets, which is concave in slope and intercept."""
    scores = _clipped_logit(confidence)
    targets = _platt_targets(right, weight)
    total = weight.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope, intercept = parameters
        z = slope * scores + intercept
        rest = weight * (expit(z) - targets)
        value = weight @ (np.logaddexp(0, z) - targets * z)
        return value / total, np.array([rest @ scores, rest.sum()]) / total

    found = minimize(
        loss,
        np.array([1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[_SLOPES, intercepts],
        options={"gtol": 1e-8, "ftol": 1e-14},
    )
    return LogisticMap(*found.x.tolist())


def _clipped_logit(confidence: Floats) -> Floats:
    return logit(np.clip(confidence, _SMALLEST, 1 - _SMALLEST))
