"""Texts and confidences, out of what a user passes as readings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..decoding import PlateReading

__all__ = ["require_readings", "split_readings"]


def split_readings(y_pred: Any) -> tuple[Any, npt.NDArray[np.float64] | None]:
    """Give texts, and confidences where there are any.

    Parameters
    ----------
    y_pred : array-like of str or of PlateReading of shape (n_samples,)

    Returns
    -------
    texts : array-like of shape (n_samples,)
        What was passed, still to be checked, unless it holds readings.
    confidence : ndarray of shape (n_samples,), dtype float64, or None

    Raises
    ------
    TypeError
        If some items are readings and others are not.
    """
    items = y_pred.to_numpy() if hasattr(y_pred, "to_numpy") else y_pred
    if not isinstance(items, (Sequence, np.ndarray)) or isinstance(items, str):
        return y_pred, None
    is_reading = [isinstance(item, PlateReading) for item in items]
    if not any(is_reading):
        return y_pred, None
    if not all(is_reading):
        index = is_reading.index(False)
        raise TypeError(
            f"y_pred[{index}] is {items[index]!r} and others are PlateReading objects; pass either "
            "texts or readings."
        )
    confidence = np.array([reading.confidence for reading in items], dtype=np.float64)
    return [reading.text for reading in items], confidence


def require_readings(y_pred: Any) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Give texts and confidences, or say that texts alone are not enough."""
    texts, confidence = split_readings(y_pred)
    if confidence is None:
        raise TypeError(
            "y_pred holds no PlateReading objects, and texts alone have no confidence; pass what "
            "read_plates gives."
        )
    return texts, confidence
