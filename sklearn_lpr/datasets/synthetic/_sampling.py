"""Sample weighted choices and standard normal noise."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from ..._compat import cv2

__all__ = ["choose", "cumulate", "draw_normal"]

# The deviates at the middle of 256 equally probable intervals.
_NORMAL = ndtri((np.arange(256) + 0.5) / 256).astype(np.float32)


def cumulate(weights: Sequence[float]) -> npt.NDArray[np.float64]:
    """Compute the cumulative probabilities of weights, which need not sum to 1."""
    probabilities = np.array(weights) / np.sum(weights)
    cumulated = np.cumsum(probabilities)
    return cumulated / cumulated[-1]


def choose(cumulated: npt.NDArray[np.float64], rng: np.random.Generator) -> int:
    """Draw an index with the given cumulative probabilities.

    The result is that of ``rng.choice(n, p=probabilities)``, which takes six times as long.
    """
    return int(cumulated.searchsorted(rng.random(), side="right"))


def draw_normal(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Draw standard normal noise, quantized to 256 values, in a fifth of the usual time."""
    return cv2.LUT(rng.integers(0, 256, shape, dtype=np.uint8), _NORMAL)
