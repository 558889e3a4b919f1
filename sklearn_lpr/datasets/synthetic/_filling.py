"""Fill a region of an image with one colour."""

import numpy as np
import numpy.typing as npt

__all__ = ["fill"]


def fill(region: npt.NDArray[np.float32], colour: npt.ArrayLike) -> None:
    """Fill a region of shape (height, width, 3) with one colour, in place."""
    # Filling whole rows is faster than filling pixel by pixel.
    region[:] = np.tile(colour, (region.shape[1], 1))
