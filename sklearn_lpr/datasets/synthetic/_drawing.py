"""Draw a licence plate in front view, and paste it into a scene."""

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._accessories import attach_accessories, draw_emblem, draw_picture
from ._filling import fill
from ._glyphs import OVERHANG
from ._ornaments import draw_bolt_heads, draw_border, draw_stars, draw_strip, write_caption
from ._style import RGB, PlateStyle
from ._text_mask import draw_text

__all__ = ["draw_plate", "paste_plate"]

_EURO_BAND: RGB = (18, 48, 150)


def draw_plate(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.float32]:
    """Draw a plate.

    Parameters
    ----------
    text : str
        The text, with a line break between rows.
    size : float
        The height of a capital letter in pixels, in the last row.
    style : PlateStyle

    Returns
    -------
    ndarray of shape (height, width, 3), dtype float32
        RGB, about 0 to 255. The plate, with its frame if it has one, fills the image.
    """
    text_mask = draw_text(text, size, style)
    margin = round(size * style.padding)
    side = margin if style.side is None else round(size * style.side)
    overhang = round(size * OVERHANG)
    strips = {strip.side: round(size * strip.size) for strip in style.strips}
    head, foot, left_strip, right = (
        strips.get(name, 0) for name in ("top", "bottom", "left", "right")
    )
    height = text_mask.shape[0] - 2 * overhang + 2 * margin + head + foot
    band = 0
    if style.band_width is not None:
        band = round(size * style.band_width)
    elif style.band:
        band = round(height * 0.3 / len(text.split("\n")))
    # Half a band takes no width from the text: the marks of the upper row leave room for it.
    inset = left_strip + (0 if style.half_band else band)
    width = max(text_mask.shape[1] + inset + right + 2 * side, round(style.aspect * height))

    ink = np.zeros((height, width), np.uint8)
    left = inset + (width - inset - right - text_mask.shape[1]) // 2
    # Accents and descenders may extend into the margin; they are cropped at the edge of the plate.
    above = head + margin - overhang
    cut = text_mask[max(0, -above) : height - above]
    top = max(0, above)
    ink[top : top + len(cut), left : left + cut.shape[1]] = cut
    if style.border:
        draw_border(ink[:, 0 if style.half_band else band :], size, style.border)

    plate = np.empty((height, width, 3), np.float32)
    fill(plate, style.background)
    if style.fade is not None:
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        plate += down * (np.array(style.fade, np.float32) - style.background)
    accessories = style.accessories
    if accessories is not None and accessories.picture is not None:
        draw_picture(plate, accessories.picture)
    band_foot = round(height * 0.52) if style.half_band else height
    plate[:band_foot, :band] = _EURO_BAND
    for strip in style.strips:
        draw_strip(plate, strip, strips[strip.side], style)
    draw_bolt_heads(plate, style.bolts, size)
    if accessories is not None and accessories.emblem is not None:
        draw_emblem(plate, accessories.emblem)
    # All operands have one shape: NumPy is slow at broadcasting along the last of three axes.
    coverage = cv2.merge([ink.astype(np.float32) / 255] * 3)
    plate += coverage * (np.tile(np.array(style.ink, np.float32), (width, 1)) - plate)
    if style.band:
        draw_stars(plate, (band // 2, round(band_foot * 0.33)), band * 0.28)
        caption_top = band_foot - round(band_foot * 0.42)
        write_caption(
            plate[caption_top:band_foot, :band], style.band_caption, (236, 238, 240), style
        )
    # Embossed characters are bright at the upper edge and cast a shadow below.
    plate += style.relief * (coverage - np.roll(coverage, 1, axis=0))
    return plate if accessories is None else attach_accessories(plate, accessories, style)


def paste_plate(
    scene: npt.NDArray[np.float32], plate: npt.NDArray[np.float32], left: int, top: int
) -> None:
    """Paste a plate with rounded corners into a scene.

    Parameters
    ----------
    scene : ndarray of shape (height, width, 3), dtype float32
        RGB, modified in place.
    plate : ndarray of shape (plate_height, plate_width, 3), dtype float32
    left, top : int
        The position of the upper left corner of the plate.
    """
    height, width = plate.shape[:2]
    radius = round(height * 0.09)
    inside = np.zeros((height, width), np.uint8)
    # A rectangle drawn with a thick line has rounded corners.
    corner = (width - 1 - radius, height - 1 - radius)
    cv2.rectangle(inside, (radius, radius), corner, 1, cv2.FILLED)
    cv2.rectangle(inside, (radius, radius), corner, 1, 2 * radius)
    cv2.copyTo(plate, inside, scene[top : top + height, left : left + width])
