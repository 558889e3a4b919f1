"""Draw one of several, some more often than others."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["choose", "cumulate"]


def cumulate(shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """Turn shares, which need not add up to 1, into what `choose` takes."""
    chances = np.array(shares) / np.sum(shares)
    cumulated = np.cumsum(chances)
    return cumulated / cumulated[-1]


def choose(cumulated: npt.NDArray[np.float64], rng: np.random.Generator) -> int:
    """Draw an index as ``rng.choice(n, p=shares)`` does, which is six times slower."""
    return int(cumulated.searchsorted(rng.random(), side="right"))
