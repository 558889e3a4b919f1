"""Synthetic plates with the boxes of their characters."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from _segmentation_plates import Floats, Plate
from PIL import Image, ImageDraw, ImageFont

__all__ = ["draw_plate"]

LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
LENGTH_PROBABILITIES = [0.02, 0.04, 0.06, 0.08, 0.13, 0.22, 0.25, 0.12, 0.05, 0.03]


@cache
def font_files() -> list[Path]:
    """Return the upright fonts that Matplotlib includes."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    upright = [f"DejaVu{name}" for name in ("Sans", "Sans-Bold", "SansMono", "SansMono-Bold")]
    upright += ["DejaVuSerif", "DejaVuSerif-Bold", "cmss10", "cmb10", "STIXGeneralBol"]
    return [folder / f"{name}.ttf" for name in upright]


@cache
def draw_glyph(character: str, font: int) -> Floats:
    """Draw a character as ink between 0 and 1, cropped to its box."""
    canvas = Image.new("L", (200, 200))
    face = ImageFont.truetype(str(font_files()[font]), 88)
    ImageDraw.Draw(canvas).text((50, 40), character, 255, face)
    return np.asarray(canvas.crop(canvas.getbbox()), np.float32) / 255


def draw_plate(rng: np.random.Generator) -> Plate:
    """Draw a row of characters with separators, a frame, small print and screws."""
    size, n_characters = rng.uniform(30, 60), 1 + int(rng.choice(10, p=LENGTH_PROBABILITIES))
    glyphs, boxes, separators, length = draw_row(n_characters, size, rng)
    around = rng.uniform([0.1, 0.12, 0.1, 0.12], [0.8, 0.6, 0.8, 0.6]) * size
    if n_characters < 4:
        around[[0, 2]] += rng.uniform(0, 2.5, 2) * size
    strip = rng.uniform(0.3, 0.8) * size if rng.random() < 0.3 else 0
    strip_above = rng.random() < 0.6
    band = rng.uniform(0.3, 0.7) * size if rng.random() < 0.25 else 0
    left, top = around[0] + band, around[1] + strip * strip_above
    height = round(top + size + around[3] + strip * (not strip_above))
    width = round(left + length + around[2])
    boxes += (left, top, left, top)

    ink = np.zeros((height, width), np.float32)
    for glyph, place in zip(glyphs, boxes, strict=True):
        put(ink, glyph, place)
    draw_separators(ink, left + separators, (top, top + size), rng)
    if rng.random() < 0.5:
        inset, thickness = int(size * rng.uniform(0, 0.08)), int(size * rng.uniform(0.03, 0.12))
        corner = (width - 1 - inset, height - 1 - inset)
        cv2.rectangle(ink, (inset, inset), corner, rng.uniform(0.5, 1), max(1, thickness))
    ground = rng.uniform(0, 255)
    image = ground + ink * (contrasting(ground, rng) - ground)
    if strip:
        rows = slice(0, round(strip)) if strip_above else slice(height - round(strip), height)
        small_print(image[rows], rng)
    if band:
        small_print(image[:, : round(band)], rng)
    for _ in range(rng.choice([0, 2, 4])):
        place = (rng.uniform(0.03, 0.97) * width, rng.choice([0.07, 0.93]) * height)
        radius = max(1, round(size * rng.uniform(0.05, 0.12)))
        cv2.circle(image, np.rint(place).astype(int).tolist(), radius, rng.uniform(0, 255), -1)
    sides = np.rint(rng.uniform(0, [0.5, 0.5, 1, 1]) * size).astype(int).tolist()
    outside = rng.uniform(0, 255)
    image = cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=outside)
    boxes += (sides[2], sides[0]) * 2
    clouds = rng.normal(0, rng.uniform(0, 20), (4, 12)).astype(np.float32)
    image += cv2.resize(clouds, image.shape[::-1], interpolation=cv2.INTER_CUBIC)
    scale = rng.uniform(0.4, 1)
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Plate(image.clip(0, 255).astype(np.uint8), boxes * scale)


def draw_row(
    n_characters: int, size: float, rng: np.random.Generator
) -> tuple[list[Floats], Floats, Floats, float]:
    """Return the ink and boxes of a row of characters, the places of separators, and its length."""
    font, aspect = int(rng.integers(len(font_files()))), rng.uniform(0.45, 0.85)
    gap, on_a_pitch = rng.uniform(-0.01, 0.28) * size, rng.random() < 0.5
    separated = set(rng.integers(1, max(2, n_characters), rng.integers(0, 3)).tolist())
    glyphs, boxes, separators, x = [], [], [], 0.0
    for index in range(n_characters):
        if index in separated:
            separators.append(x + rng.uniform(0.1, 0.45) * size - gap / 2)
            x = 2 * separators[-1] - x + gap
        alphabet = DIGITS if rng.random() < 0.6 else LETTERS
        glyph = draw_glyph(alphabet[rng.integers(len(alphabet))], font)
        natural = glyph.shape[1] / glyph.shape[0] * size * aspect * 1.3
        cell = aspect * size if on_a_pitch else max(natural, 0.08 * size)
        width = float(np.clip(natural, 0.08 * size, 1.1 * cell))
        glyphs.append(glyph)
        boxes.append((x + (cell - width) / 2, 0, x + (cell + width) / 2, size))
        x += cell + gap
    return glyphs, np.array(boxes), np.array(separators), x - gap


def draw_separators(
    ink: Floats, places: Floats, rows: tuple[float, float], rng: np.random.Generator
) -> None:
    """Draw dots, hyphens, lines or gaps."""
    size, kind = rows[1] - rows[0], rng.integers(4)  # the fourth kind is an empty gap
    for x in places:
        place = np.array([x, rows[0] + size * rng.uniform(0.4, 0.6)])
        reach = size * rng.uniform([0.06, 0.03], [0.14, 0.06])
        start, end = (np.rint(place + side * reach).astype(int).tolist() for side in (-1, 1))
        if kind == 0:
            centre = np.rint(place).astype(int).tolist()
            cv2.circle(ink, centre, max(1, round(size * rng.uniform(0.05, 0.1))), 1, -1)
        elif kind == 1:
            cv2.rectangle(ink, start, end, 1, -1)
        elif kind == 2:
            thickness = max(1, round(size * rng.uniform(0.02, 0.08)))
            cv2.line(ink, (round(x), 0), (round(x), len(ink)), rng.uniform(0.4, 1), thickness)


def small_print(image: Floats, rng: np.random.Generator) -> None:
    """Fill a strip or a band with text smaller than that of the plate."""
    ground = image.mean() if rng.random() < 0.3 else rng.uniform(0, 255)
    height, width = image.shape
    ink = np.zeros_like(image)
    size = min(height * rng.uniform(0.35, 0.75), width * rng.uniform(0.4, 0.8))
    x, y = rng.uniform(0, 0.5) * max(width - size, 0), rng.uniform(0, height - size)
    font = int(rng.integers(len(font_files())))
    for _ in range(rng.integers(1, 14)):
        glyph = draw_glyph((LETTERS + DIGITS)[rng.integers(34)], font)
        length = size * glyph.shape[1] / glyph.shape[0]
        put(ink, glyph, (x, y, x + length, y + size))
        x += length * rng.uniform(1.05, 1.4)
    image[:] = ground + ink * (contrasting(ground, rng) - ground)


def put(ink: Floats, glyph: Floats, box: Sequence[float]) -> None:
    """Draw a glyph into a box, clipped to the image."""
    left, top, right, bottom = np.rint(box).astype(int).tolist()
    size = (max(1, right - left), max(1, bottom - top))
    glyph = cv2.resize(glyph, size, interpolation=cv2.INTER_AREA)
    glyph = glyph[
        max(0, -top) : max(0, len(ink) - top), max(0, -left) : max(0, ink.shape[1] - left)
    ]
    part = ink[max(0, top) :, max(0, left) :][: glyph.shape[0], : glyph.shape[1]]
    np.maximum(part, glyph, out=part)


def contrasting(ground: float, rng: np.random.Generator) -> float:
    """Draw a grey level that differs from the ground."""
    ink = rng.uniform(0, 255 - 80)
    return ink if ink < ground - 40 else ink + 80
