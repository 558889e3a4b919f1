"""Validation of plate texts."""

import unicodedata
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import to_array

__all__ = ["check_texts", "normalize"]

# Added to the error for whole numbers.
_ENCODED = (
    " LabelEncoder, and scikit-learn's wrappers of classifiers such as VotingClassifier, replace "
    "texts by numbers: pass the texts, and use VotingRecognizer, CalibratedRecognizerCV or "
    "RejectingRecognizerCV of this package instead of such wrappers."
)


def normalize(text: str) -> str:
    """Return a text in Unicode NFC, the form in which texts are compared."""
    return unicodedata.normalize("NFC", text)


def check_texts(y: Any, *, name: str = "y", allow_empty: bool = False) -> npt.NDArray[np.str_]:
    """Check plate texts and normalize them to Unicode NFC.

    Parameters
    ----------
    y : array-like of str of shape (n_samples,)
    name : str, default="y"
        The name of the parameter in error messages.
    allow_empty : bool, default=False
        Whether ``""``, the prediction where no text is recognized, is allowed.

    Returns
    -------
    ndarray of shape (n_samples,), dtype str

    Raises
    ------
    ValueError
        If `y` is missing, is not one-dimensional, or contains anything but non-empty strings of
        printable characters. The message names the index.
    """
    if y is None:
        raise ValueError(
            f"{name} is None: the texts of the plates are required "
            "(requires y to be passed, but the target y is None)."
        )
    if isinstance(y, str):
        raise ValueError(f"{name} is one text, {y!r}; pass a list of texts: [text].")
    array = to_array(y)
    # Each item is checked before the conversion to an array, which turns None into "None".
    if isinstance(array, np.ndarray) and array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; pass one text per plate.")
    if not isinstance(array, (np.ndarray, Sequence)):
        raise ValueError(f"{name} is a {type(y).__name__}; pass a list or array of texts.")
    items = list(array)
    for index, text in enumerate(items):
        if hasattr(text, "text"):  # a PlateReading, whose repr is long
            raise ValueError(
                f"{name}[{index}] is a {type(text).__name__}, and texts are needed here; pass "
                "[prediction.text for prediction in predictions]."
            )
        if not isinstance(text, str):
            raise ValueError(
                f"{name}[{index}] is {text!r} of type {type(text).__name__}; texts of plates are "
                "strings. Load labels as text, or leave out the plates without a label."
                + (_ENCODED if isinstance(text, Integral) else "")
            )
        if not text and not allow_empty:
            raise ValueError(
                f"{name}[{index}] is an empty text; leave out plates whose text is unknown."
            )
        if not text.isprintable():
            raise ValueError(
                f"{name}[{index}] is {text!r}, with a character that cannot be printed; write the "
                "rows of a plate one after the other, without a line break."
            )
    return np.asarray([normalize(text) for text in items], dtype=str)
