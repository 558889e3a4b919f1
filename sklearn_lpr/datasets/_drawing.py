"""Draw a licence plate, seen straight from the front."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ._glyphs import CAP_HEIGHT, OVERHANG, TYPEFACES, Typeface, draw_glyph

__all__ = ["PlateStyle", "draw_plate", "draw_style", "paste_plate"]

_RGB = tuple[int, int, int]

# Name: background, ink, how often.
_SCHEMES: dict[str, tuple[_RGB, _RGB, float]] = {
    "black on white": ((228, 228, 224), (22, 22, 26), 0.36),
    "white on blue": ((28, 68, 168), (236, 238, 240), 0.20),
    "black on yellow": ((236, 188, 34), (24, 22, 20), 0.14),
    "white on green": ((14, 98, 66), (232, 236, 232), 0.08),
    "black on grey": ((168, 170, 170), (34, 34, 38), 0.08),
    "white on black": ((26, 26, 30), (226, 226, 224), 0.05),
    "white on red": ((168, 26, 32), (238, 234, 230), 0.04),
    "blue on white": ((228, 230, 232), (30, 52, 130), 0.05),
}
_SEPARATORS = ("none", "gap", "dot", "dash")
_EURO_BAND: _RGB = (18, 48, 150)


@dataclass(frozen=True)
class PlateStyle:
    """How a plate looks; lengths are fractions of the characters' height.

    `aspect` is the least ratio of width to height. Rows above the last have characters of the
    height `upper`; `gap` lies between rows.
    """

    scheme: str
    background: _RGB
    ink: _RGB
    typeface: Typeface
    pitch: float
    fill: float
    plain_zero: bool
    separator: str
    padding: float
    border: float
    band: bool
    bolts: tuple[tuple[float, float], ...]
    relief: float
    aspect: float = 1.9
    upper: float = 1.0
    gap: float = 0.0


def draw_style(rng: np.random.Generator, n_rows: int = 1) -> PlateStyle:
    """Draw the look of a plate.

    Parameters
    ----------
    rng : Generator
    n_rows : int, default=1
        The number of rows of text.

    Returns
    -------
    PlateStyle
    """
    share = np.array([share for *_, share in _SCHEMES.values()])
    scheme = list(_SCHEMES)[rng.choice(len(share), p=share / share.sum())]
    background, ink, _ = _SCHEMES[scheme]
    bright = sum(background) > 400
    border = float(rng.choice([0.0, 0.045, 0.07]))
    style = PlateStyle(
        scheme=scheme,
        background=_vary(background, 12, rng),
        ink=_vary(ink, 10, rng),
        typeface=TYPEFACES[rng.integers(len(TYPEFACES))],
        pitch=rng.uniform(0.6, 0.78),
        fill=rng.uniform(0.74, 0.86),
        plain_zero=rng.random() < 0.7,
        separator=_SEPARATORS[rng.choice(4, p=[0.35, 0.3, 0.2, 0.15])],
        padding=rng.uniform(0.18, 0.3) + 1.5 * border,
        border=border,
        band=bool(bright and rng.random() < 0.3),
        bolts=_draw_bolts(rng),
        relief=float(rng.uniform(0, 26)),
    )
    if n_rows == 1:
        return style
    return replace(
        style,
        separator="none",  # the end of the row is one
        aspect=rng.uniform(1.3, 1.9),
        upper=rng.uniform(0.55, 1) if rng.random() < 0.5 else 1.0,
        gap=rng.uniform(0.14, 0.3),
    )


def draw_plate(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.float32]:
    """Draw a plate.

    Parameters
    ----------
    text : str
        With a line break between rows.
    size : float
        The height of a capital letter in pixels, in the last row.
    style : PlateStyle

    Returns
    -------
    ndarray of shape (height, width, 3), dtype float32
        RGB, about 0 to 255, from edge to edge of the plate.
    """
    text_mask = _draw_text(text, size, style)
    margin = round(size * style.padding)
    overhang = round(size * OVERHANG)
    height = text_mask.shape[0] - 2 * overhang + 2 * margin
    band = round(height * 0.3 / len(text.split("\n"))) if style.band else 0
    width = max(text_mask.shape[1] + band + 2 * margin, round(style.aspect * height))

    ink = np.zeros((height, width), np.uint8)
    left = band + (width - band - text_mask.shape[1]) // 2
    # Accents and tails may reach into the margin and are cut at the plate's edge.
    above = margin - overhang
    cut = text_mask[max(0, -above) : height - above]
    top = max(0, above)
    ink[top : top + len(cut), left : left + cut.shape[1]] = cut
    if style.border:
        _draw_border(ink[:, band:], size, style.border)

    plate = np.empty((height, width, 3), np.float32)
    plate[:] = style.background
    plate[:, :band] = _EURO_BAND
    _draw_bolt_heads(plate, style.bolts, size)
    share = ink[:, :, None].astype(np.float32) / 255
    plate += share * (np.array(style.ink, np.float32) - plate)
    if style.band:
        _draw_stars(plate, (band // 2, round(height * 0.33)), band * 0.28)
    # Embossed ink catches the light from above and throws a shadow below.
    plate += style.relief * (share - np.roll(share, 1, axis=0))
    return plate


def paste_plate(
    scene: npt.NDArray[np.float32], plate: npt.NDArray[np.float32], left: int, top: int
) -> None:
    """Put a plate into a scene, with its corners rounded.

    Parameters
    ----------
    scene : ndarray of shape (height, width, 3), dtype float32
        Written into.
    plate : ndarray of shape (plate_height, plate_width, 3), dtype float32
    left, top : int
        Where the plate's upper left corner goes.
    """
    height, width = plate.shape[:2]
    radius = round(height * 0.09)
    inside = np.zeros((height, width), np.uint8)
    # The outline of a rectangle drawn with a thick line has round corners.
    corner = (width - 1 - radius, height - 1 - radius)
    cv2.rectangle(inside, (radius, radius), corner, 1, cv2.FILLED)
    cv2.rectangle(inside, (radius, radius), corner, 1, 2 * radius)
    np.copyto(scene[top : top + height, left : left + width], plate, where=inside[:, :, None] > 0)


def _vary(colour: _RGB, spread: float, rng: np.random.Generator) -> _RGB:
    """Vary a colour, in brightness more than in hue."""
    shifted = np.array(colour) + rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    red, green, blue = np.clip(shifted, 0, 255).astype(int).tolist()
    return red, green, blue


def _draw_bolts(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Give the places of bolts as fractions of width and height."""
    x = rng.uniform(0.12, 0.3)
    patterns: list[tuple[tuple[float, float], ...]] = [
        (),
        ((x, 0.09), (1 - x, 0.09)),
        ((x, 0.09), (1 - x, 0.09), (x, 0.91), (1 - x, 0.91)),
        ((0.025, 0.5), (0.975, 0.5)),
    ]
    return patterns[rng.choice(4, p=[0.35, 0.3, 0.2, 0.15])]


def _draw_text(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.uint8]:
    """Draw the rows of a text one below the other, each in the middle."""
    lines = text.split("\n")
    sizes = [size * style.upper] * (len(lines) - 1) + [size]
    rows = [_draw_row(line, height, style) for line, height in zip(lines, sizes, strict=True)]
    # What rows have above their capitals, for accents, reaches into the gap.
    starts = np.cumsum([0, *(height + style.gap * size for height in sizes[:-1])])
    tops = np.rint(starts + OVERHANG * (size - np.array(sizes))).astype(int)
    mask = np.zeros((tops[-1] + len(rows[-1]), max(row.shape[1] for row in rows)), np.uint8)
    for top, row in zip(tops, rows, strict=True):
        left = (mask.shape[1] - row.shape[1]) // 2
        target = mask[top : top + len(row), left : left + row.shape[1]]
        np.maximum(target, row, out=target)
    return mask


def _draw_row(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.uint8]:
    """Draw a row of text on a fixed pitch, as plates have it."""
    pitch = size * style.pitch
    place = _separator_place(text) if style.separator != "none" else None
    gap = pitch * (0.45 if style.separator == "gap" else 0.7)
    rows = round(size * (1 + 2 * OVERHANG))
    mask = np.zeros((rows, round(pitch * len(text) + (gap if place else 0))), np.uint8)
    for index, character in enumerate(text):
        centre = pitch * (index + 0.5) + (gap if place and index >= place else 0)
        _paste_glyph(mask, character, centre, pitch, style)
    if place and style.separator in ("dot", "dash"):
        _draw_separator(mask, pitch * place + gap / 2, size, style.separator)
    return mask


def _paste_glyph(
    mask: npt.NDArray[np.uint8], character: str, centre: float, pitch: float, style: PlateStyle
) -> None:
    narrow = 1.0
    if character == "0" and style.plain_zero:
        # Fonts with a slashed zero: plates mostly have a narrower O.
        character, narrow = "O", 0.86
    glyph = draw_glyph(character, style.typeface)
    # The pitch is condensed as a whole, so an I stays narrower than an H.
    natural = glyph.shape[1] / (0.78 * CAP_HEIGHT)
    width = max(1, round(pitch * min(style.fill * natural * narrow, 0.92)))
    left = min(max(0, round(centre - width / 2)), mask.shape[1] - width)
    glyph = cv2.resize(glyph, (width, len(mask)), interpolation=cv2.INTER_AREA)
    target = mask[:, left : left + width]
    np.maximum(target, glyph, out=target)


def _separator_place(text: str) -> int | None:
    """Give the index before which a plate is parted: the first change of letters to digits."""
    if not text.isalnum():
        return None  # The text brings its own separator.
    changes = [
        index for index in range(1, len(text)) if text[index].isdigit() != text[index - 1].isdigit()
    ]
    return changes[0] if changes else (len(text) // 2 or None)


def _draw_separator(mask: npt.NDArray[np.uint8], x: float, size: float, separator: str) -> None:
    centre = (round(x), len(mask) // 2)
    if separator == "dot":
        cv2.circle(mask, centre, max(1, round(size * 0.07)), 255, cv2.FILLED, cv2.LINE_AA)
    else:
        half = max(1, round(size * 0.1))
        start, end = (centre[0] - half, centre[1]), (centre[0] + half, centre[1])
        cv2.line(mask, start, end, 255, max(1, round(size * 0.1)), cv2.LINE_AA)


def _draw_border(ink: npt.NDArray[np.uint8], size: float, border: float) -> None:
    height, width = ink.shape
    thickness = max(1, round(size * border))
    inset = round(size * 0.05) + thickness // 2
    corner = (width - 1 - inset, height - 1 - inset)
    frame = np.zeros((height, width), np.uint8)
    cv2.rectangle(frame, (inset, inset), corner, 255, thickness, cv2.LINE_AA)
    np.maximum(ink, frame, out=ink)


def _draw_bolt_heads(
    plate: npt.NDArray[np.float32], bolts: tuple[tuple[float, float], ...], size: float
) -> None:
    height, width = plate.shape[:2]
    radius = max(1, round(size * 0.08))
    for x, y in bolts:
        centre = (round(x * width), round(y * height))
        cv2.circle(plate, centre, radius, (70, 70, 72), cv2.FILLED, cv2.LINE_AA)
        cv2.circle(plate, centre, radius // 2, (150, 150, 150), cv2.FILLED, cv2.LINE_AA)


def _draw_stars(plate: npt.NDArray[np.float32], centre: tuple[int, int], radius: float) -> None:
    for angle in np.arange(0, 2 * np.pi, np.pi / 4):
        star = (
            round(centre[0] + radius * np.cos(angle)),
            round(centre[1] + radius * np.sin(angle)),
        )
        cv2.circle(plate, star, 1, (220, 196, 60), cv2.FILLED)
