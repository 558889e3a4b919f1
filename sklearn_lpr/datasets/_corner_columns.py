"""Read the corners of a plate from the columns of a CSV file."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from ..images import corners_from_box
from ..images._corners import CORNER_COLUMNS
from ._fields import parse_numbers, require_quad
from ._json_array import parse_json_corners

__all__ = ["find_corner_columns", "read_corners"]

# The columns of each form, and the format of the box; the first form that is complete is used.
_FORMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (CORNER_COLUMNS, "corners"),
    (CORNER_COLUMNS[:4], "xyxy"),
    (("xmin", "ymin", "xmax", "ymax"), "xyxy"),
    (("x_min", "y_min", "x_max", "y_max"), "xyxy"),
    (("left", "top", "right", "bottom"), "xyxy"),
    (("xtl", "ytl", "xbr", "ybr"), "xyxy"),
    (("x", "y", "w", "h"), "xywh"),
    (("x", "y", "width", "height"), "xywh"),
    (("left", "top", "width", "height"), "xywh"),
)
# Columns that tell where a plate is, but in a form that is not read, or incompletely.
_UNREAD = frozenset(
    {"xmin", "ymin", "xmax", "ymax", "x_min", "y_min", "x_max", "y_max"}
    | {"left", "top", "right", "bottom", "xtl", "ytl", "xbr", "ybr"}
    | {"x_center", "y_center", "x_centre", "y_centre", "xc", "yc", "cx", "cy"}
    | {"bbox", "box", "bounding_box", "points", "polygon", "quad", "segmentation"}
)
# Columns of a box if both "x" and "y" are among them. Without these, the others may be the size of
# the photo; alone, these may be the place of the camera.
_BOX_PARTS = frozenset({"x", "y", "w", "h", "width", "height"})


def find_corner_columns(columns: Iterable[str], place: str) -> tuple[tuple[str, ...], str] | None:
    """Find the columns that contain the corners of plates, ignoring case.

    Parameters
    ----------
    columns : iterable of str
    place : str
        The location of the header for error messages.

    Returns
    -------
    tuple of columns and format, or None
        The format is "json", "corners", "xyxy" or "xywh". None if there are no such columns.

    Raises
    ------
    ValueError
        If some of the columns ``x1`` to ``y4`` are missing, or the place of the plate is in columns
        of another form.
    """
    names = {name.lower(): name for name in columns}
    if "corners" in names:
        return (names["corners"],), "json"
    points = [name for name in CORNER_COLUMNS if name in names]
    if points and points not in (list(CORNER_COLUMNS), list(CORNER_COLUMNS[:4])):
        raise ValueError(
            f"{place}: the header has the columns {points}; corners need {list(CORNER_COLUMNS)}, "
            f"and a box needs {list(CORNER_COLUMNS[:4])}."
        )
    for form, kind in _FORMS:
        if all(name in names for name in form):
            return tuple(names[name] for name in form), kind
    present = _UNREAD & names.keys()
    parts = _BOX_PARTS & names.keys()
    if {"x", "y"} < parts:
        present |= parts
    unread = [names[name] for name in names if name in present]
    if unread:
        raise ValueError(
            f"{place}: the header has the columns {unread}, from which no corners can be read; "
            "write boxes in pixels into the columns 'x', 'y', 'w' and 'h', or rename the columns."
        )
    return None


def read_corners(
    values: Mapping[str, str],
    columns: tuple[str, ...],
    kind: str,
    place: str,
    *,
    min_thickness: float = 2,
) -> npt.NDArray[np.float64] | None:
    """Read the corners of a plate from a row.

    Parameters
    ----------
    values : mapping of str to str
        The values of the row by column.
    columns : tuple of str
    kind : {"json", "corners", "xyxy", "xywh"}
        As returned by `find_corner_columns`.
    place : str
        The location of the row for error messages.
    min_thickness : float, default=2
        The smallest width and height of the plate, in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64, or None where all columns are empty

    Raises
    ------
    ValueError
        If a value is not a number, or the corners do not bound a plate.
    """
    if kind == "json":
        return parse_json_corners(
            values[columns[0]],
            f"{place}: the column {columns[0]!r}",
            min_thickness=min_thickness,
        )
    cells = [values[name] for name in columns]
    if not any(cells):
        return None
    numbers = [
        parse_numbers(cell, f"{place}: the column {name!r}", "pixels")[0]
        for name, cell in zip(columns, cells, strict=True)
    ]
    where = f"{place}: the plate of columns {columns[0]!r} to {columns[-1]!r}"
    if kind == "corners":
        points = np.reshape(numbers, (4, 2))
        return require_quad(points, numbers, where, min_thickness=min_thickness)
    try:
        corners = corners_from_box(numbers, format=kind)
    except ValueError as error:
        raise ValueError(f"{where} is {numbers}. {error}") from error
    return require_quad(corners, numbers, where, min_thickness=min_thickness)
