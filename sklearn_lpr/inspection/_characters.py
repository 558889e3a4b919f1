"""Characters of plates in figures, also where Matplotlib's font lacks them."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..datasets.synthetic._glyphs import CAP_HEIGHT, OVERHANG, TYPEFACES, draw_glyph

__all__ = ["Character", "character_box", "place_box", "text_box"]

# Where Matplotlib's own fonts lack a character, the first of these that is installed and has it.
_FAMILIES = (
    "monospace",
    "sans-serif",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Arial Unicode MS",
)
# An outline is traced in a mask that is so many times as large as the glyph's own.
_MAGNIFIED = 4


class Character(NamedTuple):
    """A character of a plate and how it is drawn."""

    text: str
    color: str = "black"
    bold: bool = False


def character_box(character: Character, size: float) -> Any:
    """Draw a character, by the first means that has it.

    A font of Matplotlib's, or an installed one; else the outline of OpenCV's own glyph, for which
    OpenCV 5 knows Chinese; else its code point, as ``U+4EAC``.

    Parameters
    ----------
    character : Character
    size : float
        Of the font, in points.

    Returns
    -------
    matplotlib.offsetbox.OffsetBox
    """
    text = character.text
    family = find_family(text)
    if family is not None:
        return text_box(text, size, character.color, character.bold, family)
    outline = trace_outline(text)
    if outline is not None:
        return _outline_box(outline, character.color, size)
    return text_box(f"U+{ord(text):04X}", 0.6 * size, character.color)


def text_box(
    text: str,
    size: float,
    color: str = "black",
    bold: bool = False,
    family: str = "sans-serif",
) -> Any:
    """Put a text of one line into a box."""
    from matplotlib.offsetbox import TextArea

    weight = "bold" if bold else "normal"
    # A dollar sign is no formula here.
    style = {"size": size, "color": color, "weight": weight, "family": family, "parse_math": False}
    return TextArea(text, textprops=style)


def place_box(
    ax: Any,
    box: Any,
    xy: tuple[float, float],
    *,
    xycoords: Any,
    offset: tuple[float, float] = (0, 0),
    alignment: tuple[float, float] = (0.5, 0.5),
) -> Any:
    """Add a box to axes: the point `alignment` of it at `xy`, moved by `offset` points."""
    from matplotlib.offsetbox import AnnotationBbox

    return ax.add_artist(
        AnnotationBbox(
            box,
            xy,
            xybox=offset,
            xycoords=xycoords,
            boxcoords="offset points",
            box_alignment=alignment,
            frameon=False,
            pad=0,
            annotation_clip=False,
        )
    )


@lru_cache(maxsize=4096)
def find_family(character: str) -> str | None:
    """Give a font family that has a character, or None."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    for family in _FAMILIES:
        try:
            path = findfont(FontProperties(family=[family]), fallback_to_default=False)
        except ValueError:  # not installed
            continue
        if get_font(path).get_char_index(ord(character)):
            return family
    return None


@lru_cache(maxsize=4096)
def trace_outline(character: str) -> tuple[npt.NDArray[np.float64], ...] | None:
    """Give the outlines of OpenCV's glyph in units of a capital's height, or None.

    Each is closed, of shape (n_points, 2), x to the right and y upwards from the foot; holes run
    the other way round.
    """
    try:
        glyph = draw_glyph(character, TYPEFACES[0])
    except ValueError:
        return None
    large = cv2.resize(glyph, None, fx=_MAGNIFIED, fy=_MAGNIFIED, interpolation=cv2.INTER_CUBIC)
    mask = cv2.copyMakeBorder(large, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0) > 127
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    unit = _MAGNIFIED * CAP_HEIGHT
    foot = unit * (1 + OVERHANG)
    return tuple(
        np.column_stack([points[:, 0, 0], foot - points[:, 0, 1]]) / unit for points in contours
    )


def _outline_box(outline: tuple[npt.NDArray[np.float64], ...], color: str, size: float) -> Any:
    from matplotlib.offsetbox import DrawingArea
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    # A capital is about 0.73 of its font's size high; Chinese characters are a little higher.
    scale = 0.8 * size
    paths = [Path(scale * np.vstack([points, points[:1]]), closed=True) for points in outline]
    path = Path.make_compound_path(*paths)
    width = max(np.asarray(path.vertices)[:, 0].max(), 0.6 * size)
    # As high as a line of text, so that both may stand beside each other.
    area = DrawingArea(width, size, 0, 0.24 * size)
    area.add_artist(PathPatch(path, facecolor=color, linewidth=0))
    return area
