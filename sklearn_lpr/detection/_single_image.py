"""Run a detector, which takes batches, on a single image."""

import reprlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..images import SampleError

__all__ = ["detect_all_in_image", "detect_in_image"]

Pixels = npt.NDArray[np.uint8]


def detect_in_image(detect: Callable[[list[Pixels]], Sequence[Any]], pixels: Pixels) -> Any:
    """Call a detector's method with one image and return what it finds there.

    Raises
    ------
    ValueError
        If the detector refuses the image; the message has no index.
    """
    try:
        (found,) = detect([pixels])
    except SampleError as error:
        # The index counts in a batch of one and means nothing to the caller.
        raise ValueError(error.reason) from error
    return found


def detect_all_in_image(detector: Any, pixels: Pixels, owner: str) -> list[npt.NDArray[np.float64]]:
    """Find all plates of one image, or one plate if the detector finds no more.

    Parameters
    ----------
    detector : object
        Any object with a method ``detect_all``, or ``detect`` alone.
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    owner : str
        The name of the class or function whose parameter the detector is, for messages.

    Returns
    -------
    list of ndarray of shape (4, 2), dtype float64
        The corners of each plate, the most probable plate first.

    Raises
    ------
    ValueError
        If the detector refuses the image, or does not return corners and scores; the message
        has no index.
    """
    if not hasattr(detector, "detect_all"):
        quad = detect_in_image(detector.detect, pixels)
        return [] if quad is None else [quad]
    found = detect_in_image(detector.detect_all, pixels)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise ValueError(
            f"The 'detector' parameter of {owner} must return a tuple (corners, scores) for each "
            f"sample from its method detect_all. Got {reprlib.repr(found)} instead."
        )
    return list(found[0])
