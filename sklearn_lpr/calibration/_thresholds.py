"""Which threshold accepts what it should."""

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from ..metrics import risk_coverage_curve

__all__ = [
    "acceptance_curve",
    "highest_risk",
    "n_readings_to_show",
    "threshold_for_accuracy",
    "threshold_for_coverage",
]

Floats = npt.NDArray[np.float64]

# The chance of no error among so few readings that they are said to tell little.
_LUCK = 0.05


def acceptance_curve(
    outcomes: list[tuple[float, str, str, float]],
    total: float,
    confidence_level: float | None,
) -> dict[str, Floats]:
    """Give coverage and accuracy for each threshold.

    Parameters
    ----------
    outcomes : list of (float, str, str, float)
        A confidence, the true text, what was read, and the weight.
    total : float
        What coverages are a share of: the weight of the outcomes and of all that was not read.
    confidence_level : float or None
        The level at which lower bounds of the accuracy hold, for the one that
        `threshold_for_accuracy` finds.

    Returns
    -------
    dict of ndarray
        ``thresholds``, rising, with the ``coverage`` and the ``accuracy`` of what reaches them, and
        ``accuracy_lower_bound`` where there is a confidence level.
    """
    confidence, true, read, weight = zip(*outcomes, strict=True) if outcomes else ((),) * 4
    read_weight = sum(weight)
    coverage, accuracy, thresholds = np.empty((3, 0))
    if read_weight:
        coverage, accuracy, thresholds = risk_coverage_curve(
            true, read, confidence, sample_weight=weight
        )
        coverage = coverage * (read_weight / total)
    curve = {
        "thresholds": thresholds[::-1],
        "coverage": coverage[::-1],
        "accuracy": accuracy[::-1],
    }
    if confidence_level is not None:
        n_accepted = np.rint(curve["coverage"] * total)
        n_right = np.rint(curve["accuracy"] * n_accepted)
        # Each of the searched thresholds may be wrong: their chances of it sum to 1 - level.
        chance = (1 - confidence_level) / max(_n_searched(len(thresholds)), 1)
        curve["accuracy_lower_bound"] = _lower_bound(n_right, n_accepted, chance)
    return curve


def threshold_for_accuracy(
    curve: dict[str, Floats], target: float
) -> tuple[int | None, int | None]:
    """Find the lowest threshold that reaches an accuracy.

    With bounds a binary search looks at few thresholds, as in SGR (Geifman and El-Yaniv, 2017,
    algorithm 1): the fewer it looks at, the narrower bounds that hold for all of them may be.

    Returns
    -------
    index, best : int or None
        Of the threshold, None where none reaches the accuracy; and of the one that comes nearest
        to it, None where there is no threshold.
    """
    if "accuracy_lower_bound" not in curve:
        accuracy = curve["accuracy"]
        (reaching,) = np.nonzero(accuracy >= target)
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
    """Find the highest threshold that keeps a coverage; None where none does."""
    (keeping,) = np.nonzero(curve["coverage"] >= target)
    return int(keeping[-1]) if keeping.size else None


def highest_risk(n_readings: int) -> float:
    """Give the share of errors of which so many readings show none with a chance of 5 %.

    It is about 3 / n, the rule of three.
    """
    right = np.array([n_readings])
    return 1 - float(_lower_bound(right, right, _LUCK)[0])


def n_readings_to_show(accuracy: float) -> float:
    """Give the number of right readings, without a wrong one, that show an accuracy at 95 %."""
    return math.ceil(math.log(_LUCK) / math.log(accuracy)) if accuracy < 1 else math.inf


def _n_searched(n_thresholds: int) -> int:
    """Give the greatest number of steps of a binary search over so many and "none of them"."""
    return n_thresholds.bit_length()


def _lower_bound(n_right: Floats, n_accepted: Floats, chance: float) -> Floats:
    """Give the bound that exceeds the true accuracy with at most a chance (Clopper-Pearson)."""
    bound = np.zeros(n_right.shape)
    some = n_right > 0
    bound[some] = beta.ppf(chance, n_right[some], n_accepted[some] - n_right[some] + 1)
    return bound
