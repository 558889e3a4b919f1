"""Draw the rows of a text as a mask of ink."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._glyphs import CAP_HEIGHT, OVERHANG, TYPEFACES, capital_width, draw_glyph, draw_level_glyph
from ._style import Mark, PlateStyle

__all__ = ["draw_row", "draw_text"]

# The scale of the `small` characters, and of those of the `tail`.
_SMALL, _TAIL = 0.7, 0.76
# The strokes of the Arabic word for Tunisia, in letter heights: four letters from right to left,
# with their dots. OpenCV's fonts do not shape Arabic text.
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


def draw_text(text: str, size: float, style: PlateStyle) -> npt.NDArray[np.uint8]:
    """Draw the rows of a text below each other, each centred.

    Returns
    -------
    ndarray of shape (height, width), dtype uint8
        255 where there is ink.
    """
    lines = text.split("\n")
    sizes = [size * style.upper] * (len(lines) - 1) + [size]
    pitches = [height * style.pitch for height in sizes]
    if style.upper_pitch is not None:
        pitches[:-1] = [height * style.upper_pitch for height in sizes[:-1]]
    marks = [_separate(line, style) for line in lines] if style.marks is None else style.marks
    rows = [
        draw_row(line, height, pitch, style, places)
        for line, height, pitch, places in zip(lines, sizes, pitches, marks, strict=True)
    ]
    # The space for accents above the capitals extends into the gap between the rows.
    starts = np.cumsum([0, *(height + style.gap * size for height in sizes[:-1])])
    tops = np.rint(starts + OVERHANG * (size - np.array(sizes))).astype(int)
    mask = np.zeros((tops[-1] + len(rows[-1]), max(row.shape[1] for row in rows)), np.uint8)
    for top, row in zip(tops, rows, strict=True):
        left = (mask.shape[1] - row.shape[1]) // 2
        target = mask[top : top + len(row), left : left + row.shape[1]]
        np.maximum(target, row, out=target)
    return mask


def draw_row(
    text: str, size: float, pitch: float, style: PlateStyle, marks: Sequence[Mark] = ()
) -> npt.NDArray[np.uint8]:
    """Draw a row of text with a fixed pitch, as on plates."""
    gaps = [pitch * mark.gap for mark in marks]
    rows = round(size * (1 + 2 * OVERHANG))
    mask = np.zeros((rows, round(pitch * len(text) + sum(gaps))), np.uint8)
    for index, character in enumerate(text):
        before = sum(gap for mark, gap in zip(marks, gaps, strict=True) if mark.place <= index)
        scale, rise = _SMALL if index < style.small else 1.0, 0.0
        if index >= len(text) - style.tail:
            scale, rise = _TAIL, size * (1 - _TAIL) / 2
        _paste_glyph(mask, character, pitch * (index + 0.5) + before, pitch, style, scale, rise)
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
    rise: float,
) -> None:
    narrow = 1.0
    from_file = isinstance(style.typeface.font, Path)
    if character == "0" and style.plain_zero and not from_file:
        # Some fonts have a slashed zero; most plates show a narrow O instead.
        character, narrow = "O", 0.86
    if style.level and not character.isascii() and not from_file:
        glyph = draw_level_glyph(character, style.typeface)
    else:
        glyph = draw_glyph(character, style.typeface)
    # All characters are scaled by one factor, so that an I stays narrower than an H.
    natural = glyph.shape[1] / capital_width(style.typeface)
    width = max(1, round(pitch * scale * min(style.fill * natural * narrow, 0.92)))
    left = min(max(0, round(centre - width / 2)), mask.shape[1] - width)
    height = round(len(mask) * scale)
    glyph = cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA)
    top = (len(mask) - height) // 2 - round(rise)
    target = mask[top : top + height, left : left + width]
    np.maximum(target, glyph, out=target)


def _separate(text: str, style: PlateStyle) -> tuple[Mark, ...]:
    place = _separator_place(text) if style.separator != "none" else None
    if not place:
        return ()
    return (Mark(place, style.separator, 0.45 if style.separator == "gap" else 0.7),)


def _separator_place(text: str) -> int | None:
    """Find the index of the separator: the first change between letters and digits."""
    if not text.isalnum():
        return None  # The text contains a separator.
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
    elif kind == "seals":
        for y in (-0.24, 0.24):
            middle = (centre[0], round(centre[1] + size * y))
            cv2.circle(mask, middle, max(2, round(size * 0.18)), 110, cv2.FILLED, cv2.LINE_AA)
    elif kind == "rus":
        _draw_rus(mask, x, size)
    elif kind == "tunis":
        _draw_tunis(mask, x, size)


def _draw_tunis(mask: npt.NDArray[np.uint8], x: float, size: float) -> None:
    corner = np.array([x / size - 0.85, OVERHANG])
    strokes = [
        np.rint((np.array(stroke) + corner) * size * 16).astype(np.int32) for stroke in _TUNIS
    ]
    cv2.polylines(mask, strokes, False, 255, max(1, round(size * 0.1)), cv2.LINE_AA, shift=4)


def _draw_rus(mask: npt.NDArray[np.uint8], x: float, size: float) -> None:
    """Write RUS at the foot of the row."""
    height, width = max(1, round(size * 0.2)), max(1, round(size * 0.17))
    foot, left = round(size * (1 + OVERHANG)), round(x - 1.6 * width)
    for index, letter in enumerate("RUS"):
        glyph = draw_glyph(letter, TYPEFACES[1])
        capital = glyph[round(CAP_HEIGHT * OVERHANG) : round(CAP_HEIGHT * (1 + OVERHANG))]
        shape = (max(1, round(0.85 * width)), height)
        start = left + round(index * 1.1 * width)
        target = mask[foot - height : foot, start : start + shape[0]]
        np.maximum(target, cv2.resize(capital, shape, interpolation=cv2.INTER_AREA), out=target)
