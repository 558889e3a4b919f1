"""Run a detector, which takes batches, on a single image."""

import reprlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..images import SampleError, check_corners, is_blank

__all__ = ["detect_in_image", "find_in_photo"]

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]


def detect_in_image(detector: Any, pixels: Pixels, owner: str) -> Corners | None:
    """Find the plate of an image.

    Parameters
    ----------
    detector : object
        Any object with a method ``detect``.
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    owner : str
        The name of the class or function whose parameter the detector is, for messages.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64, or None
        The corners of the plate; None if no plate is found.

    Raises
    ------
    ValueError
        If the detector refuses the image or its result is invalid; the message has no index.
    """
    found = _call(detector.detect, pixels, owner)
    if found is None:
        return None
    corners = _as_numbers(found)
    if corners is None or corners.shape != (4, 2) or not np.isfinite(corners).all():
        raise _invalid(owner, "corners of shape (4, 2) in finite numbers, or None,", found)
    return corners


def find_in_photo(detector: Any, pixels: Pixels, owner: str) -> tuple[list[Corners], list[float]]:
    """Find all plates of a photo, or one plate if the detector finds no more.

    A photo whose pixels are all equal shows no plate, and the detector is not called.

    Parameters
    ----------
    detector : object
        Any object with a method ``detect_all``, or ``detect`` alone.
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    owner : str
        The name of the class or function whose parameter the detector is, for messages.

    Returns
    -------
    corners : list of ndarray of shape (4, 2), dtype float64
        The corners of each plate, in the order of the detector.
    scores : list of float
        The score of each plate; nan if the detector has no method ``detect_all``.

    Raises
    ------
    ValueError
        If the detector refuses the photo, its result is invalid, or a plate lies outside the photo;
        the message has no index.
    """
    if is_blank(pixels):
        return [], []
    corners, scores = _detect_all(detector, pixels, owner)
    return [check_corners(quad, *pixels.shape[:2]) for quad in corners], scores


def _detect_all(detector: Any, pixels: Pixels, owner: str) -> tuple[list[Corners], list[float]]:
    if not hasattr(detector, "detect_all"):
        quad = detect_in_image(detector, pixels, owner)
        return ([], []) if quad is None else ([quad], [float("nan")])
    found = _call(detector.detect_all, pixels, owner)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise _invalid(owner, "a tuple (corners, scores)", found, method="detect_all")
    corners, scores = (_as_numbers(part) for part in found)
    if corners is not None and corners.size == 0:
        corners = corners.reshape(0, 4, 2)
    if corners is None or corners.shape[1:] != (4, 2) or not np.isfinite(corners).all():
        raise _invalid(
            owner,
            "corners of shape (n_plates, 4, 2) in finite numbers",
            found[0],
            method="detect_all",
        )
    if scores is None or scores.shape != (len(corners),) or not np.isfinite(scores).all():
        raise _invalid(
            owner, f"one finite score for each of {len(corners)} plates", found[1], "detect_all"
        )
    return list(corners), scores.tolist()


def _call(detect: Callable[[list[Pixels]], Sequence[Any]], pixels: Pixels, owner: str) -> Any:
    """Call a detector's method with one image and return what it finds there."""
    method = getattr(detect, "__name__", "detect")
    try:
        results = detect([pixels])
    except SampleError as error:
        # The index counts in a batch of one and means nothing to the caller.
        raise ValueError(error.reason) from error
    if not isinstance(results, (Sequence, np.ndarray)) or len(results) != 1:
        raise _invalid(owner, "a list with one item for each sample", results, method)
    return results[0]


def _as_numbers(values: Any) -> Corners | None:
    """Convert to an array of floats, or return None if that is not possible."""
    try:
        array = np.asarray(values)
        return array.astype(np.float64) if array.dtype.kind in "fiu" else None
    except (TypeError, ValueError):
        return None


def _invalid(owner: str, expected: str, found: Any, method: str = "detect") -> ValueError:
    return ValueError(
        f"The 'detector' parameter of {owner} must return {expected} for each sample from its "
        f"method {method}. Got {reprlib.repr(found)} instead."
    )
