"""Draw characters as masks with OpenCV's fonts or font files, and cache them."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._font_files import draw_text_of_file, has_character

__all__ = [
    "CAP_HEIGHT",
    "CAP_WIDTH",
    "OVERHANG",
    "TYPEFACES",
    "Typeface",
    "capital_width",
    "draw_glyph",
    "draw_level_glyph",
]

# The height of a capital letter in a mask, in pixels.
CAP_HEIGHT = 64
# The approximate width of its ink in OpenCV's fonts.
CAP_WIDTH = 0.78 * CAP_HEIGHT
# The space above and below a capital, for accents and descenders, as a fraction of its height.
OVERHANG = 0.25

_LEFT, _BASELINE, _CANVAS = 60, 180, (260, 420)


class Typeface(NamedTuple):
    """A font, its weight, and the pixels by which the strokes are dilated.

    The weight of a named font of OpenCV 5 lies between 100 and 900. The weight of a numbered font
    of OpenCV is the thickness of the strokes in pixels. A font file has no weight. A negative
    `grow` erodes the strokes.
    """

    font: str | int | Path
    weight: int
    grow: int = 0


# On plates, the thickness of the strokes is a ninth to a fifth of the height of a capital.
TYPEFACES = (
    (
        Typeface("sans", 350),
        Typeface("sans", 400),
        Typeface("sans", 450),
        Typeface("sans", 500),
        Typeface("uni", 400),
        Typeface("uni", 400, grow=1),
    )
    if hasattr(cv2, "FontFace")
    else (
        Typeface(cv2.FONT_HERSHEY_SIMPLEX, 8),
        Typeface(cv2.FONT_HERSHEY_SIMPLEX, 11),
        Typeface(cv2.FONT_HERSHEY_SIMPLEX, 9, grow=1),
        Typeface(cv2.FONT_HERSHEY_SIMPLEX, 10, grow=-1),
        Typeface(cv2.FONT_HERSHEY_DUPLEX, 8),
        Typeface(cv2.FONT_HERSHEY_DUPLEX, 10, grow=-1),
    )
)


@lru_cache(maxsize=4096)
def draw_glyph(character: str, typeface: Typeface) -> npt.NDArray[np.uint8]:
    """Draw a character, cropped to its ink at the sides.

    Parameters
    ----------
    character : str
        One character. The mask of a space is empty.
    typeface : Typeface

    Returns
    -------
    ndarray of shape (CAP_HEIGHT * (1 + 2 * OVERHANG), width), dtype uint8
        255 where there is ink. Read-only, because it is cached.

    Raises
    ------
    ValueError
        If the font lacks the character.
    """
    size, top, foot = _measure(typeface)
    canvas = _put(character, typeface, size)
    if isinstance(typeface.font, Path):
        if character != " " and not has_character(typeface.font, character):
            raise ValueError(f"The typeface {str(typeface.font)!r} has no character {character!r}.")
    elif not character.isascii():
        # OpenCV draws a missing character as one question mark, or as one per byte.
        for n_marks in range(1, len(character.encode()) + 1):
            if np.array_equal(canvas, _put("?" * n_marks, typeface, size)):
                raise ValueError(
                    f"The fonts of OpenCV {cv2.__version__} have no character {character!r}; "
                    "remove it from the syntax"
                    + (", or install OpenCV 5." if int(cv2.__version__[0]) < 5 else ".")
                )
    if typeface.grow:
        change = cv2.dilate if typeface.grow > 0 else cv2.erode
        canvas = change(canvas, np.ones((3, 3), np.uint8), iterations=abs(typeface.grow))
    margin = round((foot - top) * OVERHANG)
    band = canvas[top - margin : foot + margin]
    columns = np.flatnonzero(band.any(axis=0))
    first, last = (columns[0], columns[-1]) if columns.size else (0, CAP_HEIGHT // 2)
    band = band[:, first : last + 1]
    rows = round(CAP_HEIGHT * (1 + 2 * OVERHANG))
    mask = cv2.resize(band, (band.shape[1], rows), interpolation=cv2.INTER_AREA)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=512)
def draw_level_glyph(character: str, typeface: Typeface) -> npt.NDArray[np.uint8]:
    """Draw a character as high and as wide as a capital, as Chinese plates show the province.

    Parameters
    ----------
    character : str
    typeface : Typeface

    Returns
    -------
    ndarray of shape (CAP_HEIGHT * (1 + 2 * OVERHANG), CAP_WIDTH), dtype uint8
        The mask, read-only as that of `draw_glyph`.
    """
    glyph = draw_glyph(character, typeface)
    lines = np.flatnonzero(glyph.any(axis=1))
    top, width = round(CAP_HEIGHT * OVERHANG), round(CAP_WIDTH)
    mask = np.zeros((len(glyph), width), np.uint8)
    mask[top : top + CAP_HEIGHT] = cv2.resize(
        glyph[lines[0] : lines[-1] + 1], (width, CAP_HEIGHT), interpolation=cv2.INTER_AREA
    )
    mask.flags.writeable = False
    return mask


@lru_cache
def capital_width(typeface: Typeface) -> float:
    """Return the width of a capital's ink in a mask, in pixels."""
    if isinstance(typeface.font, Path):
        return draw_glyph(_full_height(typeface.font), typeface._replace(grow=0)).shape[1]
    return CAP_WIDTH


@lru_cache
def _full_height(path: Path) -> str:
    """Return a character of a font file that is as high as the row of text, with flat ends.

    The letters of some countries are lower than the digits, and some fonts have no letters.
    """
    heights = {
        character: np.ptp(np.flatnonzero(_put(character, Typeface(path, 0), 64.0).any(axis=1)))
        for character in "HE7A"
        if has_character(path, character)
    }
    if not heights:
        raise ValueError(
            f"The typeface {str(path)!r} has none of H, E, 7 and A, which determine its size."
        )
    tallest = max(heights.values())
    return next(each for each, height in heights.items() if height > 0.95 * tallest)


@lru_cache
def _measure(typeface: Typeface) -> tuple[float, int, int]:
    """Compute the font size at which a capital is CAP_HEIGHT high, and its top and bottom rows."""
    size = float(CAP_HEIGHT)
    capital = _full_height(typeface.font) if isinstance(typeface.font, Path) else "H"
    for _ in range(3):
        rows = np.flatnonzero(_put(capital, typeface, size).any(axis=1))
        top, foot = int(rows[0]), int(rows[-1]) + 1
        size *= CAP_HEIGHT / (foot - top)
    rows = np.flatnonzero(_put(capital, typeface, size).any(axis=1))
    return size, int(rows[0]), int(rows[-1]) + 1


def _put(text: str, typeface: Typeface, size: float) -> npt.NDArray[np.uint8]:
    if isinstance(typeface.font, Path):
        return draw_text_of_file(text, typeface.font, round(size), _CANVAS, (_LEFT, _BASELINE))
    canvas, origin = np.zeros(_CANVAS, np.uint8), (_LEFT, _BASELINE)
    if isinstance(typeface.font, str):
        # A FontFace has state and must not be shared by threads; creating one takes no time.
        face = cv2.FontFace(typeface.font)
        cv2.putText(canvas, text, origin, 255, face, round(size), typeface.weight)
    else:
        # Hershey fonts are 32 pixels high at a scale of 1, line spacing included.
        scale = size / 32
        cv2.putText(canvas, text, origin, typeface.font, scale, 255, typeface.weight, cv2.LINE_AA)
    return canvas
