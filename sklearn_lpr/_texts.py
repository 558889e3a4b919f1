"""Plate texts: what a y may hold."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["check_texts"]


def check_texts(y: Any, *, name: str = "y", allow_empty: bool = False) -> npt.NDArray[np.str_]:
    """Check plate texts and bring them into one Unicode form (NFC).

    Parameters
    ----------
    y : array-like of str of shape (n_samples,)
    name : str, default="y"
        What messages call the texts.
    allow_empty : bool, default=False
        Whether ``""``, the reading of a plate that could not be read, is allowed.

    Returns
    -------
    ndarray of shape (n_samples,), dtype str

    Raises
    ------
    ValueError
        If `y` is missing, has more than one dimension, or holds anything but non-empty strings of
        printable characters; the message names the index.
    """
    if y is None:
        raise ValueError(
            f"{name} is None: the texts of the plates are required "
            "(requires y to be passed, but the target y is None)."
        )
    if isinstance(y, str):
        raise ValueError(f"{name} is one text, {y!r}; pass a list of texts: [text].")
    array = y.to_numpy() if hasattr(y, "to_numpy") else y
    # The items are looked at one by one before NumPy sees them: it would turn None into "None".
    if isinstance(array, np.ndarray) and array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; pass one text per plate.")
    if not isinstance(array, (np.ndarray, Sequence)):
        raise ValueError(f"{name} is a {type(y).__name__}; pass a list or array of texts.")
    items = list(array)
    for index, text in enumerate(items):
        if hasattr(text, "text"):  # a PlateReading, whose repr is long
            raise ValueError(
                f"{name}[{index}] is a {type(text).__name__}, and texts are needed here; pass "
                "[reading.text for reading in readings]."
            )
        if not isinstance(text, str):
            raise ValueError(
                f"{name}[{index}] is {text!r} of type {type(text).__name__}; texts of plates are "
                "strings. Read labels as text, or leave out the plates that have none."
            )
        if not text and not allow_empty:
            raise ValueError(
                f"{name}[{index}] is an empty text; leave out plates whose text is not known."
            )
        if not text.isprintable():
            raise ValueError(
                f"{name}[{index}] is {text!r}, with a character that cannot be printed; write the "
                "rows of a plate one after the other, without a break."
            )
    return np.asarray([unicodedata.normalize("NFC", text) for text in items], dtype=str)
