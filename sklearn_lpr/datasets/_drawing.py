"""Draw a licence plate, seen straight from the front."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ._chances import choose, cumulate
from ._filling import fill
from ._glyphs import CAP_WIDTH, OVERHANG, TYPEFACES, Typeface, draw_glyph, draw_level_glyph

__all__ = [
    "RGB",
    "Mark",
    "PlateStyle",
    "Strip",
    "draw_bolts",
    "draw_plate",
    "draw_style",
    "paste_plate",
    "vary",
]

RGB = tuple[int, int, int]

# Name: background, ink, how often.
_SCHEMES: dict[str, tuple[RGB, RGB, float]] = {
    "black on white": ((228, 228, 224), (22, 22, 26), 0.36),
    "white on blue": ((28, 68, 168), (236, 238, 240), 0.20),
    "black on yellow": ((236, 188, 34), (24, 22, 20), 0.14),
    "white on green": ((14, 98, 66), (232, 236, 232), 0.08),
    "black on grey": ((168, 170, 170), (34, 34, 38), 0.08),
    "white on black": ((26, 26, 30), (226, 226, 224), 0.05),
    "white on red": ((168, 26, 32), (238, 234, 230), 0.04),
    "blue on white": ((228, 230, 232), (30, 52, 130), 0.05),
}
_SCHEME_CHANCES = cumulate([share for *_, share in _SCHEMES.values()])
_SEPARATORS = ("none", "gap", "dot", "dash")
_SEPARATOR_CHANCES = cumulate([0.35, 0.3, 0.2, 0.15])
_BORDERS = (0.0, 0.045, 0.07)
_BOLT_CHANCES = cumulate([0.35, 0.3, 0.2, 0.15])
_EURO_BAND: RGB = (18, 48, 150)
# The height and width of the `small` characters.
_SMALL = 0.7
# The Arabic word for Tunisia by its strokes, in letter heights: four letters from right to left,
# with their dots. OpenCV's fonts would neither turn nor join them.
_TUNIS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((1.62, 0.42), (1.64, 0.6), (1.46, 0.68), (1.36, 0.62)),
    ((1.30, 0.56), (1.22, 0.44), (1.14, 0.54), (1.26, 0.64), (1.28, 0.78), (1.06, 0.92)),
    ((0.98, 0.42), (1.0, 0.62), (0.84, 0.64), (0.82, 0.46), (0.82, 0.62), (0.7, 0.64)),
    ((0.70, 0.48), (0.68, 0.62), (0.56, 0.64), (0.52, 0.5), (0.54, 0.76), (0.36, 0.92)),
    ((0.36, 0.92), (0.16, 0.88), (0.12, 0.62)),
    ((1.46, 0.28), (1.46, 0.28)),
    ((1.60, 0.26), (1.60, 0.26)),
    ((0.98, 0.24), (0.98, 0.24)),
)


@dataclass(frozen=True)
class Mark:
    """What stands before the character `place` of a row and is no part of the text.

    `kind` is one of "gap", "dot" (at half height), "point" (at the foot), "dash", "line" (from
    top to bottom), "seal" and "tunis"; `gap` is its width as a fraction of the pitch.
    """

    place: int
    kind: str
    gap: float


@dataclass(frozen=True)
class Strip:
    """A strip along the "top" or the "right" side.

    `size` is a fraction of the characters' height; `colours`, if any, follow each other from top
    to bottom; the caption is written in `ink` at the foot.
    """

    side: str
    size: float
    colours: tuple[RGB, ...]
    ink: RGB
    caption: str


@dataclass(frozen=True)
class PlateStyle:
    """How a plate looks; lengths are fractions of the characters' height.

    `aspect` is the least ratio of width to height. Rows above the last have characters of the
    height `upper` and, where it is not None, a pitch of their own, `upper_pitch`, as a fraction
    of that height; `gap` lies between rows. `marks`, one tuple a row, take the place of
    `separator`. The first `small` characters are smaller. The background fades to `fade` at the
    foot. With `level` characters beyond ASCII are as high and as wide as capitals, whatever the
    font makes of them. `side` is the padding left and right where it differs from that above and
    below.
    """

    scheme: str
    background: RGB
    ink: RGB
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
    upper_pitch: float | None = None
    side: float | None = None
    fade: RGB | None = None
    small: int = 0
    level: bool = False
    marks: tuple[tuple[Mark, ...], ...] | None = None
    strips: tuple[Strip, ...] = ()
    band_caption: str = ""


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
    scheme = list(_SCHEMES)[choose(_SCHEME_CHANCES, rng)]
    background, ink, _ = _SCHEMES[scheme]
    bright = sum(background) > 400
    border = _BORDERS[rng.integers(len(_BORDERS))]
    style = PlateStyle(
        scheme=scheme,
        background=vary(background, 12, rng),
        ink=vary(ink, 10, rng),
        typeface=TYPEFACES[rng.integers(len(TYPEFACES))],
        pitch=rng.uniform(0.6, 0.78),
        fill=rng.uniform(0.74, 0.86),
        plain_zero=rng.random() < 0.7,
        separator=_SEPARATORS[choose(_SEPARATOR_CHANCES, rng)],
        padding=rng.uniform(0.18, 0.3) + 1.5 * border,
        border=border,
        band=bool(bright and rng.random() < 0.3),
        bolts=draw_bolts(rng),
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
    side = margin if style.side is None else round(size * style.side)
    overhang = round(size * OVERHANG)
    strips = {strip.side: round(size * strip.size) for strip in style.strips}
    head, right = strips.get("top", 0), strips.get("right", 0)
    height = text_mask.shape[0] - 2 * overhang + 2 * margin + head
    band = round(height * 0.3 / len(text.split("\n"))) if style.band else 0
    width = max(text_mask.shape[1] + band + right + 2 * side, round(style.aspect * height))

    ink = np.zeros((height, width), np.uint8)
    left = band + (width - band - right - text_mask.shape[1]) // 2
    # Accents and tails may reach into the margin and are cut at the plate's edge.
    above = head + margin - overhang
    cut = text_mask[max(0, -above) : height - above]
    top = max(0, above)
    ink[top : top + len(cut), left : left + cut.shape[1]] = cut
    if style.border:
        _draw_border(ink[:, band:], size, style.border)

    plate = np.empty((height, width, 3), np.float32)
    fill(plate, style.background)
    if style.fade is not None:
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        plate += down * (np.array(style.fade, np.float32) - style.background)
    plate[:, :band] = _EURO_BAND
    for strip in style.strips:
        _draw_strip(plate, strip, strips[strip.side], style)
    _draw_bolt_heads(plate, style.bolts, size)
    # All of one shape: NumPy is slow where the last of three axes is repeated.
    share = cv2.merge([ink.astype(np.float32) / 255] * 3)
    plate += share * (np.tile(np.array(style.ink, np.float32), (width, 1)) - plate)
    if style.band:
        _draw_stars(plate, (band // 2, round(height * 0.33)), band * 0.28)
        _write(plate[-round(height * 0.42) :, :band], style.band_caption, (236, 238, 240), style)
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
    cv2.copyTo(plate, inside, scene[top : top + height, left : left + width])


def vary(colour: RGB, spread: float, rng: np.random.Generator) -> RGB:
    """Vary a colour, in brightness more than in hue."""
    shifted = np.array(colour) + rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    red, green, blue = np.clip(shifted, 0, 255).astype(int).tolist()
    return red, green, blue


def draw_bolts(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Give the places of bolts as fractions of width and height."""
    x = rng.uniform(0.12, 0.3)
    patterns: list[tuple[tuple[float, float], ...]] = [
        (),
        ((x, 0.09), (1 - x, 0.09)),
        ((x, 0.09), (1 - x, 0.09), (x, 0.91), (1 - x, 0.91)),
        ((0.025, 0.5), (0.975, 0.5)),
    ]
    return patterns[choose(_BOLT_CHANCES, rng)]


def _draw_text(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.uint8]:
    """Draw the rows of a text one below the other, each in the middle."""
    lines = text.split("\n")
    sizes = [size * style.upper] * (len(lines) - 1) + [size]
    pitches = [height * style.pitch for height in sizes]
    if style.upper_pitch is not None:
        pitches[:-1] = [height * style.upper_pitch for height in sizes[:-1]]
    marks = [_separate(line, style) for line in lines] if style.marks is None else style.marks
    rows = [
        _draw_row(line, height, pitch, style, places)
        for line, height, pitch, places in zip(lines, sizes, pitches, marks, strict=True)
    ]
    # What rows have above their capitals, for accents, reaches into the gap.
    starts = np.cumsum([0, *(height + style.gap * size for height in sizes[:-1])])
    tops = np.rint(starts + OVERHANG * (size - np.array(sizes))).astype(int)
    mask = np.zeros((tops[-1] + len(rows[-1]), max(row.shape[1] for row in rows)), np.uint8)
    for top, row in zip(tops, rows, strict=True):
        left = (mask.shape[1] - row.shape[1]) // 2
        target = mask[top : top + len(row), left : left + row.shape[1]]
        np.maximum(target, row, out=target)
    return mask


def _draw_row(
    text: str, size: float, pitch: float, style: PlateStyle, marks: Sequence[Mark] = ()
) -> npt.NDArray[np.uint8]:
    """Draw a row of text on a fixed pitch, as plates have it."""
    gaps = [pitch * mark.gap for mark in marks]
    rows = round(size * (1 + 2 * OVERHANG))
    mask = np.zeros((rows, round(pitch * len(text) + sum(gaps))), np.uint8)
    for index, character in enumerate(text):
        before = sum(gap for mark, gap in zip(marks, gaps, strict=True) if mark.place <= index)
        scale = _SMALL if index < style.small else 1.0
        _paste_glyph(mask, character, pitch * (index + 0.5) + before, pitch, style, scale)
    for index, mark in enumerate(marks):
        x = pitch * mark.place + sum(gaps[:index]) + gaps[index] / 2
        _draw_mark(mask, x, size, mark.kind)
    return mask


def _paste_glyph(
    mask: npt.NDArray[np.uint8],
    character: str,
    centre: float,
    pitch: float,
    style: PlateStyle,
    scale: float,
) -> None:
    narrow = 1.0
    if character == "0" and style.plain_zero:
        # Fonts with a slashed zero: plates mostly have a narrower O.
        character, narrow = "O", 0.86
    if style.level and not character.isascii():
        glyph = draw_level_glyph(character, style.typeface)
    else:
        glyph = draw_glyph(character, style.typeface)
    # The pitch is condensed as a whole, so an I stays narrower than an H.
    natural = glyph.shape[1] / CAP_WIDTH
    width = max(1, round(pitch * scale * min(style.fill * natural * narrow, 0.92)))
    left = min(max(0, round(centre - width / 2)), mask.shape[1] - width)
    height = round(len(mask) * scale)
    glyph = cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA)
    top = (len(mask) - height) // 2
    target = mask[top : top + height, left : left + width]
    np.maximum(target, glyph, out=target)


def _separate(text: str, style: PlateStyle) -> tuple[Mark, ...]:
    place = _separator_place(text) if style.separator != "none" else None
    if not place:
        return ()
    return (Mark(place, style.separator, 0.45 if style.separator == "gap" else 0.7),)


def _separator_place(text: str) -> int | None:
    """Give the index before which a plate is parted: the first change of letters to digits."""
    if not text.isalnum():
        return None  # The text brings its own separator.
    changes = [
        index for index in range(1, len(text)) if text[index].isdigit() != text[index - 1].isdigit()
    ]
    return changes[0] if changes else (len(text) // 2 or None)


def _draw_mark(mask: npt.NDArray[np.uint8], x: float, size: float, kind: str) -> None:
    centre = (round(x), len(mask) // 2)
    if kind == "dot":
        cv2.circle(mask, centre, max(1, round(size * 0.07)), 255, cv2.FILLED, cv2.LINE_AA)
    elif kind == "point":
        foot = (centre[0], round(centre[1] + size * 0.44))
        cv2.circle(mask, foot, max(1, round(size * 0.06)), 255, cv2.FILLED, cv2.LINE_AA)
    elif kind == "dash":
        half = max(1, round(size * 0.1))
        start, end = (centre[0] - half, centre[1]), (centre[0] + half, centre[1])
        cv2.line(mask, start, end, 255, max(1, round(size * 0.1)), cv2.LINE_AA)
    elif kind == "line":
        cv2.line(mask, (centre[0], 0), (centre[0], len(mask)), 255, max(1, round(size * 0.04)))
    elif kind == "seal":
        cv2.circle(mask, centre, max(2, round(size * 0.17)), 110, cv2.FILLED, cv2.LINE_AA)
    elif kind == "tunis":
        _draw_tunis(mask, x, size)


def _draw_tunis(mask: npt.NDArray[np.uint8], x: float, size: float) -> None:
    corner = np.array([x / size - 0.85, OVERHANG])
    strokes = [
        np.rint((np.array(stroke) + corner) * size * 16).astype(np.int32) for stroke in _TUNIS
    ]
    cv2.polylines(mask, strokes, False, 255, max(1, round(size * 0.1)), cv2.LINE_AA, shift=4)


def _draw_strip(
    plate: npt.NDArray[np.float32], strip: Strip, thickness: int, style: PlateStyle
) -> None:
    region = plate[:thickness] if strip.side == "top" else plate[:, -thickness:]
    edges = np.linspace(0, len(region), len(strip.colours) + 1).round().astype(int)
    for colour, first, last in zip(strip.colours, edges[:-1], edges[1:], strict=True):
        region[first:last] = colour
    _write(region[-thickness:], strip.caption, strip.ink, style)


def _write(region: npt.NDArray[np.float32], text: str, ink: RGB, style: PlateStyle) -> None:
    """Write a caption into the middle of a strip or the foot of a band."""
    height, width = region.shape[:2]
    size = min(0.62 * height, 0.8 * width / max(0.8 * len(text), 1))
    if not text or size < 2:
        return
    look = replace(style, small=0, fill=0.82)
    mask = _draw_row(text, size, 0.8 * size, look)
    top, left = (height - len(mask)) // 2, (width - mask.shape[1]) // 2
    mask = mask[max(0, -top) :][:height]
    target = region[max(0, top) : max(0, top) + len(mask), left : left + mask.shape[1]]
    share = cv2.merge([mask.astype(np.float32) / 255] * 3)
    target += share * (np.tile(np.array(ink, np.float32), (target.shape[1], 1)) - target)


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
