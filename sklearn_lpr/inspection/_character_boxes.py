"""Draw characters in figures, even if Matplotlib's font lacks them."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..datasets.synthetic._glyphs import CAP_HEIGHT, OVERHANG, TYPEFACES, draw_glyph

__all__ = ["Character", "character_box", "place_box", "text_box"]

# Font families in order of preference; the first installed one with the character is used.
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
# The factor by which a glyph is enlarged before its outline is traced.
_MAGNIFICATION = 4


class Character(NamedTuple):
    """A character of a plate and its style."""

    text: str
    color: str = "black"
    bold: bool = False


def character_box(character: Character, size: float) -> Any:
    """Build the box of a character.

    The character is drawn with a font of Matplotlib or an installed font. If none of them has the
    character, the outline of OpenCV's glyph is used (OpenCV 5 has Chinese glyphs), otherwise the
    code point, such as ``U+4EAC``.

    Parameters
    ----------
    character : Character
    size : float
        The font size in points.

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
    """Build the box of a text of one line."""
    from matplotlib.offsetbox import TextArea

    weight = "bold" if bold else "normal"
    # A dollar sign does not start a formula.
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
    """Add a box to axes, with its point `alignment` at `xy`, shifted by `offset` points."""
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
    """Return a font family that has a character, or None."""
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
    """Trace the outlines of OpenCV's glyph, in units of the cap height; None without a glyph.

    Each outline is closed and has shape (n_points, 2), with x to the right and y upwards from the
    baseline. Holes have the opposite orientation.
    """
    try:
        glyph = draw_glyph(character, TYPEFACES[0])
    except ValueError:
        return None
    large = cv2.resize(
        glyph, None, fx=_MAGNIFICATION, fy=_MAGNIFICATION, interpolation=cv2.INTER_CUBIC
    )
    mask = cv2.copyMakeBorder(large, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0) > 127
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    unit = _MAGNIFICATION * CAP_HEIGHT
    baseline = unit * (1 + OVERHANG)
    return tuple(
        np.column_stack([points[:, 0, 0], baseline - points[:, 0, 1]]) / unit for points in contours
    )


def _outline_box(outline: tuple[npt.NDArray[np.float64], ...], color: str, size: float) -> Any:
    from matplotlib.offsetbox import DrawingArea
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    # A capital is about 0.73 font sizes high; Chinese characters are slightly higher.
    scale = 0.8 * size
    paths = [Path(scale * np.vstack([points, points[:1]]), closed=True) for points in outline]
    path = Path.make_compound_path(*paths)
    width = max(np.asarray(path.vertices)[:, 0].max(), 0.6 * size)
    # As high as a line of text, so that both can be placed next to each other.
    area = DrawingArea(width, size, 0, 0.24 * size)
    area.add_artist(PathPatch(path, facecolor=color, linewidth=0))
    return area
