"""Draw the parts of a plate besides its text: strips, border, bolts, stars and captions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._glyphs import TYPEFACES
from ._style import RGB, PlateStyle, Strip
from ._text_mask import draw_row

__all__ = ["draw_bolt_heads", "draw_border", "draw_stars", "draw_strip", "write_caption"]


def draw_strip(
    plate: npt.NDArray[np.float32], strip: Strip, thickness: int, style: PlateStyle
) -> None:
    regions = {
        "top": plate[:thickness],
        "bottom": plate[-thickness:],
        "left": plate[:, :thickness],
        "right": plate[:, -thickness:],
    }
    region = regions[strip.side]
    edges = np.linspace(0, len(region), len(strip.colours) + 1).round().astype(int)
    for colour, first, last in zip(strip.colours, edges[:-1], edges[1:], strict=True):
        region[first:last] = colour
    write_caption(region[-thickness:], strip.caption, strip.ink, style)


def draw_border(ink: npt.NDArray[np.uint8], size: float, border: float) -> None:
    height, width = ink.shape
    thickness = max(1, round(size * border))
    inset = round(size * 0.05) + thickness // 2
    corner = (width - 1 - inset, height - 1 - inset)
    frame = np.zeros((height, width), np.uint8)
    cv2.rectangle(frame, (inset, inset), corner, 255, thickness, cv2.LINE_AA)
    np.maximum(ink, frame, out=ink)


def draw_bolt_heads(
    plate: npt.NDArray[np.float32], bolts: tuple[tuple[float, float], ...], size: float
) -> None:
    height, width = plate.shape[:2]
    radius = max(1, round(size * 0.08))
    for x, y in bolts:
        centre = (round(x * width), round(y * height))
        cv2.circle(plate, centre, radius, (70, 70, 72), cv2.FILLED, cv2.LINE_AA)
        cv2.circle(plate, centre, radius // 2, (150, 150, 150), cv2.FILLED, cv2.LINE_AA)


def draw_stars(plate: npt.NDArray[np.float32], centre: tuple[int, int], radius: float) -> None:
    for angle in np.arange(0, 2 * np.pi, np.pi / 4):
        star = (
            round(centre[0] + radius * np.cos(angle)),
            round(centre[1] + radius * np.sin(angle)),
        )
        cv2.circle(plate, star, 1, (220, 196, 60), cv2.FILLED)


def write_caption(region: npt.NDArray[np.float32], text: str, ink: RGB, style: PlateStyle) -> None:
    """Write a caption, centred in a strip or at the foot of a band."""
    height, width = region.shape[:2]
    size = min(0.62 * height, 0.8 * width / max(0.8 * len(text), 1))
    if not text or size < 2:
        return
    # Files are the typefaces of the text, and may lack characters of the caption.
    from_file = isinstance(style.typeface.font, Path)
    typeface = TYPEFACES[0] if from_file else style.typeface
    look = replace(style, small=0, tail=0, fill=0.82, typeface=typeface)
    mask = draw_row(text, size, 0.8 * size, look)
    top, left = (height - len(mask)) // 2, (width - mask.shape[1]) // 2
    mask = mask[max(0, -top) :][:height]
    target = region[max(0, top) : max(0, top) + len(mask), left : left + mask.shape[1]]
    coverage = cv2.merge([mask.astype(np.float32) / 255] * 3)
    target += coverage * (np.tile(np.array(ink, np.float32), (target.shape[1], 1)) - target)
