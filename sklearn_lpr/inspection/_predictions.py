"""Extract texts and confidences from predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._arrays import to_array
from ..decoding import PlateReading

__all__ = ["require_confidence", "split_predictions"]


def split_predictions(y_pred: Any) -> tuple[Any, npt.NDArray[np.float64] | None]:
    """Return texts, and confidences if the predictions have them.

    Parameters
    ----------
    y_pred : array-like of str or of PlateReading of shape (n_samples,)

    Returns
    -------
    texts : array-like of shape (n_samples,)
        The texts of the predictions. Input without `PlateReading` objects is returned unchecked.
    confidence : ndarray of shape (n_samples,), dtype float64, or None

    Raises
    ------
    TypeError
        If only some items are `PlateReading` objects.
    """
    items = to_array(y_pred)
    if not isinstance(items, (Sequence, np.ndarray)) or isinstance(items, str):
        return y_pred, None
    is_prediction = [isinstance(item, PlateReading) for item in items]
    if not any(is_prediction):
        return y_pred, None
    if not all(is_prediction):
        index = is_prediction.index(False)
        raise TypeError(
            f"y_pred[{index}] is {items[index]!r} and others are PlateReading objects; pass either "
            "texts or PlateReading objects."
        )
    confidence = np.array([prediction.confidence for prediction in items], dtype=np.float64)
    return [prediction.text for prediction in items], confidence


def require_confidence(y_pred: Any) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return texts and confidences; raise an error if there are no confidences."""
    texts, confidence = split_predictions(y_pred)
    if confidence is None:
        raise TypeError(
            "y_pred holds no PlateReading objects, and texts alone have no confidence; pass the "
            "output of read_plates."
        )
    return texts, confidence
