"""Parse arrays of numbers in JSON."""

import json
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ._fields import MAX_PIXELS, require_quad, shorten

__all__ = ["is_number", "parse_char_boxes", "parse_json_corners"]


def parse_json_corners(
    value: str, place: str, *, min_thickness: float = 2
) -> npt.NDArray[np.float64] | None:
    """Parse four corners given as JSON.

    Parameters
    ----------
    value : str
        JSON such as ``[[1, 2], [9, 2], [9, 5], [1, 5]]``, or "".
    place : str
        The location of the value for error messages.
    min_thickness : float, default=2
        The smallest width and height of the plate, in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64, or None where the value is empty

    Raises
    ------
    ValueError
        If the value is not valid, or the corners do not bound a plate.
    """
    form = "four points [x, y]"
    corners = _parse_rows(value, place, form)
    if corners is None:
        return None
    if corners.shape != (4, 2):
        _refuse(value, place, form)
    return require_quad(corners, value, place, min_thickness=min_thickness)


def parse_char_boxes(value: str, place: str) -> npt.NDArray[np.float64] | None:
    """Parse the boxes of characters given as JSON, one list of numbers per character.

    Parameters
    ----------
    value : str
        JSON such as ``[[0, 0.1, 0.5, 0.2, 0.9]]``, or "".
    place : str
        The location of the value for error messages.

    Returns
    -------
    ndarray of shape (n_characters, n_numbers), dtype float64, or None where the value is empty

    Raises
    ------
    ValueError
        If the value is not valid.
    """
    return _parse_rows(value, place, "one list of numbers per character")


def _parse_rows(value: str, place: str, form: str) -> npt.NDArray[np.float64] | None:
    if not value:
        return None
    try:
        rows = json.loads(value)
    except (ValueError, RecursionError):  # RecursionError: too many nested brackets
        _refuse(value, place, form)
    if not isinstance(rows, list) or not rows or not all(map(_is_row, rows)):
        _refuse(value, place, form)
    if len({len(row) for row in rows}) != 1:
        _refuse(value, place, form)
    return np.array(rows, dtype=np.float64)


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and all(map(is_number, row))


def is_number(item: Any) -> bool:
    """Return whether an item of JSON is a number that can be a coordinate in pixels."""
    # bool is a subclass of int. The comparison is False for NaN.
    return type(item) in (int, float) and abs(item) < MAX_PIXELS


def _refuse(value: str, place: str, form: str) -> NoReturn:
    raise ValueError(f"{place} is {shorten(value)}; it must be {form}, as JSON, or empty.")
