"""Selection of a confidence threshold."""

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from ..metrics import risk_coverage_curve
from ..metrics._risk_coverage import ROUNDING

__all__ = [
    "acceptance_curve",
    "max_risk",
    "min_predictions_for_accuracy",
    "threshold_for_accuracy",
    "threshold_for_coverage",
]

Floats = npt.NDArray[np.float64]

# One minus the confidence level of the bounds in warnings.
_ALPHA = 0.05


def acceptance_curve(
    outcomes: list[tuple[float, str, str, float]],
    total: float,
    confidence_level: float | None,
) -> dict[str, Floats]:
    """Return coverage and accuracy for each threshold.

    Parameters
    ----------
    outcomes : list of (float, str, str, float)
        Confidence, true text, predicted text and weight.
    total : float
        The weight of all plates or characters, including those without a predicted text. Coverages
        are fractions of it.
    confidence_level : float or None
        The level of the lower bounds of the accuracy, which holds for the threshold that
        `threshold_for_accuracy` selects.

    Returns
    -------
    dict of ndarray
        ``thresholds`` in increasing order, the ``coverage`` and the ``accuracy`` of the predictions
        at or above each of them, and with a confidence level ``accuracy_lower_bound``.
    """
    confidence, true, predicted, weight = zip(*outcomes, strict=True) if outcomes else ((),) * 4
    accepted_weight = sum(weight)
    coverage, accuracy, thresholds = np.empty((3, 0))
    if accepted_weight:
        coverage, accuracy, thresholds = risk_coverage_curve(
            true, predicted, confidence, sample_weight=weight
        )
        coverage = coverage * (accepted_weight / total)
    curve = {
        "thresholds": thresholds[::-1],
        "coverage": coverage[::-1],
        "accuracy": accuracy[::-1],
    }
    if confidence_level is not None:
        n_accepted = np.rint(curve["coverage"] * total)
        n_correct = np.rint(curve["accuracy"] * n_accepted)
        # Union bound over all thresholds that the search compares.
        alpha = (1 - confidence_level) / max(_n_searched(len(thresholds)), 1)
        curve["accuracy_lower_bound"] = _lower_bound(n_correct, n_accepted, alpha)
    return curve


def threshold_for_accuracy(
    curve: dict[str, Floats], target: float
) -> tuple[int | None, int | None]:
    """Return the lowest threshold that reaches an accuracy.

    With bounds, a binary search compares few thresholds, as in SGR (Geifman and El-Yaniv, 2017,
    algorithm 1). The fewer thresholds it compares, the tighter are bounds that hold for all.

    Returns
    -------
    index, best : int or None
        The index of the threshold, None if no threshold reaches the accuracy, and the index of the
        threshold with the best accuracy, None if there is no threshold.
    """
    if "accuracy_lower_bound" not in curve:
        accuracy = curve["accuracy"]
        (reaching,) = np.nonzero(accuracy >= target * (1 - ROUNDING))
        best = int(accuracy.argmax()) if accuracy.size else None
        return (int(reaching[0]) if reaching.size else None), best
    bound = curve["accuracy_lower_bound"]
    low, high = 0, len(bound)
    searched = []
    while low < high:
        middle = (low + high) // 2
        searched.append(middle)
        if bound[middle] >= target:
            high = middle
        else:
            low = middle + 1
    best = max(searched, key=bound.__getitem__, default=None)
    return (high if high < len(bound) else None), best


def threshold_for_coverage(curve: dict[str, Floats], target: float) -> int | None:
    """Return the index of the highest threshold that reaches a coverage, None if none does."""
    (reaching,) = np.nonzero(curve["coverage"] >= target * (1 - ROUNDING))
    return int(reaching[-1]) if reaching.size else None


def max_risk(n_predictions: int) -> float:
    """Return the upper 95 % bound of the error rate after n predictions without an error.

    It is about 3 / n, the rule of three.
    """
    n_correct = np.array([n_predictions])
    return 1 - float(_lower_bound(n_correct, n_correct, _ALPHA)[0])


def min_predictions_for_accuracy(accuracy: float) -> float:
    """Return the number of predictions without an error that show an accuracy at a 95 % level."""
    return math.ceil(math.log(_ALPHA) / math.log(accuracy)) if accuracy < 1 else math.inf


def _n_searched(n_thresholds: int) -> int:
    """Return the maximum number of steps of a binary search over n thresholds and "none"."""
    return n_thresholds.bit_length()


def _lower_bound(n_correct: Floats, n_accepted: Floats, alpha: float) -> Floats:
    """Return the exact lower bound of an accuracy at the level 1 - alpha (Clopper-Pearson)."""
    bound = np.zeros(n_correct.shape)
    some = n_correct > 0
    bound[some] = beta.ppf(alpha, n_correct[some], n_accepted[some] - n_correct[some] + 1)
    return bound
