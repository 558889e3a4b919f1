"""Parse the fields of annotation files: texts, numbers, boxes and corners."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .._texts import check_texts, normalize
from ..images import box_corners, check_corners
from ._files import read_text
from ._invisible import check_visible, strip_invisible

__all__ = [
    "MAX_PIXELS",
    "Fields",
    "parse_box",
    "parse_corners",
    "parse_numbers",
    "parse_plate",
    "parse_text",
    "require_quad",
    "shorten",
    "sort_corners",
]

# Coordinates in pixels must be smaller than this.
MAX_PIXELS = 1_000_000

# The separators between the groups of a text are not part of the text.
_SEPARATORS = re.compile(r"[\s·•-]+")


class Fields:
    """The lines ``key: value`` of an annotation file, by key.

    Keys are compared in lower case and without spaces, because releases differ: ``char 1`` and
    ``char1`` are equal.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ValueError
        If a key occurs twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, tuple[int, str]] = {}
        # Both encodings occur in names of makes and models.
        lines = read_text(path, "utf-8-sig", "latin-1").splitlines()
        for number, line in enumerate(lines, start=1):
            key, colon, value = line.partition(":")
            key = "".join(key.lower().split())
            if not colon:
                continue
            if key in self._values:
                raise ValueError(
                    f"{str(path)!r}, line {number}: the field {key!r} occurs a second time."
                )
            self._values[key] = number, value.strip()

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, key: str) -> str:
        """Return the value of a field, or "" if the field is missing."""
        return self._values.get(key, (0, ""))[1]

    def require(self, key: str) -> tuple[str, str]:
        """Return the value of a required field, and its location for error messages."""
        if key not in self._values:
            raise ValueError(
                f"{str(self._path)!r}: there is no field {key!r}, only {list(self._values)}."
            )
        number, value = self._values[key]
        return value, f"{str(self._path)!r}, line {number}: the field {key!r}"

    def choice(self, key: str, choices: Mapping[str, str]) -> str:
        """Look up the value of a field, ignoring case."""
        value, where = self.require(key)
        if value.lower() not in choices:
            raise ValueError(f"{where} is {value!r}; it must be one of {sorted(choices)}.")
        return choices[value.lower()]

    def plate(self, key: str) -> str:
        """Return the text of a plate."""
        return parse_plate(*self.require(key))

    def box(self, key: str) -> npt.NDArray[np.float64]:
        """Return the corners of a box."""
        return parse_box(*self.require(key))

    def corners(self, key: str) -> npt.NDArray[np.float64]:
        """Return four corners."""
        return parse_corners(*self.require(key))

    def char_boxes(self) -> npt.NDArray[np.float64] | None:
        """Return the boxes of the characters (x, y, width, height), or None if there are none."""
        numbered = [(key, re.fullmatch(r"char(\d+)", key)) for key in self._values]
        keys = sorted((int(match[1]), key) for key, match in numbered if match)
        boxes = [parse_numbers(*self.require(key), "x y width height") for _, key in keys]
        return np.array(boxes) if boxes else None


def parse_plate(value: str, where: str) -> str:
    """Parse the text of a plate: remove spaces, dashes and dots, and normalize to NFC.

    Parameters
    ----------
    value : str
    where : str
        The location of the field for error messages: file, line and name.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the text is empty or contains an invisible character.
    """
    text = _SEPARATORS.sub("", normalize(strip_invisible(value)))
    if not text:
        raise ValueError(f"{where} is {value!r}; it must be the text of the plate.")
    return check_visible(text, where)


def parse_text(value: str, where: str) -> str:
    """Parse a text that is kept as it was written: strip it and normalize it to NFC.

    Parameters
    ----------
    value : str
    where : str
        The location of the field for error messages: file, line and name.

    Returns
    -------
    str
        The text, which may be empty.

    Raises
    ------
    ValueError
        If the text contains an invisible character.
    """
    text = check_visible(strip_invisible(value), where)
    return str(check_texts([text], name="text", allow_empty=True)[0])


def parse_numbers(value: str, where: str, form: str) -> list[float]:
    """Parse the numbers of a field, separated by white space, commas or semicolons.

    Parameters
    ----------
    value : str
    where : str
        The location of the field for error messages: file, line and name.
    form : str
        The names of the numbers, separated by spaces.

    Returns
    -------
    list of float

    Raises
    ------
    ValueError
        If there are more or fewer numbers, or if one is invalid, not finite or too large.
    """
    try:
        # float() accepts underscores between digits, which are typing errors here.
        fields = re.split(r"[\s,;]+", value.replace("_", "?").strip(" \t\r\n,;"))
        numbers = [float(number) for number in fields]
    except ValueError:
        numbers = []
    n_expected = len(form.split())
    if len(numbers) != n_expected or not all(abs(number) < MAX_PIXELS for number in numbers):
        raise ValueError(f"{where} is {shorten(value)}; it must be {n_expected} number(s): {form}.")
    return numbers


def parse_box(value: str, where: str) -> npt.NDArray[np.float64]:
    """Parse a box given as x, y, width and height, and return its corners.

    Parameters
    ----------
    value : str
    where : str
        The location of the field for error messages: file, line and name.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64

    Raises
    ------
    ValueError
        If the box is invalid.
    """
    x, y, width, height = parse_numbers(value, where, "x y width height")
    if width <= 0 or height <= 0:
        raise ValueError(f"{where} is {value!r}; its width and height must be positive.")
    return box_corners(x, y, width, height)


def parse_corners(value: str, where: str) -> npt.NDArray[np.float64]:
    """Parse four corners in the order top left, top right, bottom right, bottom left.

    Parameters
    ----------
    value : str
    where : str
        The location of the field for error messages: file, line and name.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64

    Raises
    ------
    ValueError
        If the corners do not bound a plate.
    """
    numbers = parse_numbers(value, where, "x1 y1 x2 y2 x3 y3 x4 y4")
    return require_quad(np.reshape(numbers, (4, 2)), value, where)


def require_quad(
    corners: npt.NDArray[np.float64],
    value: object,
    where: str,
    *,
    size: tuple[int, int] | None = None,
    min_thickness: float = 2,
) -> npt.NDArray[np.float64]:
    """Check that corners bound a plate.

    Parameters
    ----------
    corners : ndarray of shape (4, 2), dtype float64
    value : object
        The value of the field.
    where : str
        The location of the field for error messages: file, line and name.
    size : tuple of height and width, default=None
        The size of the image. None means that it is unknown, so that corners to the right of the
        image and below it are accepted.
    min_thickness : float, default=2
        The smallest width and height of the plate, in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64

    Raises
    ------
    ValueError
        If the corners do not bound a plate.
    """
    width, height = corners.max(axis=0)
    if size is not None:
        height, width = size
    try:
        return check_corners(corners, height, width, min_thickness=min_thickness)
    except ValueError as error:
        raise ValueError(f"{where} is {shorten(value)}. {error}") from error


def sort_corners(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sort the corners of an upright plate clockwise from top left.

    Parameters
    ----------
    points : ndarray of shape (4, 2), dtype float64
        The corners of a convex quadrilateral in any order.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64
        The corners, starting with that of the smallest sum of x and y. A plate rotated by more
        than 45 degrees starts at a wrong corner.
    """
    x, y = (points - points.mean(axis=0)).T
    clockwise = points[np.argsort(np.arctan2(y, x))]  # y points down
    return np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)


def shorten(value: object) -> str:
    """Format a value for an error message, abbreviated to 200 characters."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:150]}...{text[-40:]}"
