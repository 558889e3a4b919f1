"""Draw one of several, some more often than others; draw grain."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from .._compat import cv2

__all__ = ["choose", "cumulate", "draw_normal"]

# 256 equally probable deviates.
_NORMAL = ndtri((np.arange(256) + 0.5) / 256).astype(np.float32)


def cumulate(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """Turn shares, which need not add up to 1, into what `choose` takes."""
    chances = np.array(shares) / np.sum(shares)
    cumulated = np.cumsum(chances)
    return cumulated / cumulated[-1]


def choose(cumulated: npt.NDArray[np.float64], rng: np.random.Generator) -> int:
    """Draw an index as ``rng.choice(n, p=shares)`` does, which is six times slower."""
    return int(cumulated.searchsorted(rng.random(), side="right"))


def draw_normal(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Draw standard normal deviates, for noise: a byte each, five times as fast as exact ones."""
    return cv2.LUT(rng.integers(0, 256, shape, dtype=np.uint8), _NORMAL)
