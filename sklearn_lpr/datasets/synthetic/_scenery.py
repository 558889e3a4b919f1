"""Draw the surroundings of a plate: the front or back of a vehicle, and the road."""

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._filling import fill
from ._sampling import choose, cumulate, draw_normal

__all__ = ["PixelBox", "draw_scenery"]

_Image = npt.NDArray[np.float32]
# left, top, right, bottom in pixels
PixelBox = tuple[int, int, int, int]

_PAINTS = np.array(
    [
        (34, 35, 39),
        (66, 69, 74),
        (112, 116, 120),
        (168, 172, 176),
        (222, 223, 222),
        (134, 22, 26),
        (26, 44, 96),
        (58, 92, 138),
        (34, 62, 48),
        (148, 132, 104),
        (196, 124, 32),
    ],
    np.float32,
)
_PAINT_WEIGHTS = cumulate([4, 4, 5, 6, 7, 2, 2, 2, 1, 1, 0.5])
_PLASTIC = np.array((36, 36, 38), np.float32)
_ASPHALT = np.array((92, 90, 88), np.float32)
_GRID = 32
_LAMPS = np.array([(150, 18, 22), (196, 60, 34), (206, 208, 204)], np.float32)


def draw_scenery(height: int, width: int, plate: PixelBox, rng: np.random.Generator) -> _Image:
    """Draw the part of a vehicle that carries a plate, without the plate.

    Parameters
    ----------
    height, width : int
        The size of the image in pixels.
    plate : tuple of left, top, right, bottom
        The position of the plate.
    rng : Generator

    Returns
    -------
    ndarray of shape (height, width, 3), dtype float32
        RGB, about 0 to 255.
    """
    paint = _PAINTS[choose(_PAINT_WEIGHTS, rng)]
    image = np.empty((height, width, 3), np.float32)
    fill(image, paint)
    above, below = plate[1], height - plate[3]
    if rng.random() < 0.4:
        _draw_grille(image[: round(above * rng.uniform(0.35, 0.9))], rng)
    elif rng.random() < 0.5:
        _draw_emblem(image, ((plate[0] + plate[2]) // 2, round(above * 0.4)), above * 0.25, rng)
    if rng.random() < 0.45:
        _draw_lamps(image, plate, rng)
    if rng.random() < 0.25:
        _draw_badge(image, plate, rng)
    if rng.random() < 0.6:
        fill(image[plate[3] + round(below * rng.uniform(0.25, 0.6)) :], _PLASTIC)
    for _ in range(rng.integers(1, 4)):
        _draw_seam(image, round(rng.uniform(0.05, 0.95) * height), rng)
    _shade(image, rng)
    if rng.random() < 0.5:
        _draw_road(image[plate[3] + round(below * rng.uniform(0.55, 0.9)) :], rng)
    _draw_recess(image, plate, rng)
    return image


def _shade(image: _Image, rng: np.random.Generator) -> None:
    """Shade the image as a curved surface: soft reflections, and small irregularities."""
    height, width = image.shape[:2]
    # The light varies smoothly, so that it is computed on a coarse grid and enlarged.
    bands = _curve(rng.uniform(0.55, 1.35, rng.integers(3, 8)))
    if rng.random() < 0.4:
        bands[: rng.integers(3, _GRID - 3)] *= rng.uniform(1.15, 1.5)  # the sky above the horizon
    sides = _curve(rng.uniform(0.75, 1.2, 4))
    spots = cv2.resize(
        rng.normal(1, 0.05, (7, 7)).astype(np.float32),
        (_GRID, _GRID),
        interpolation=cv2.INTER_CUBIC,
    )
    light = np.outer(bands, sides) * spots
    # Black paint reflects the sky as well.
    gloss = rng.uniform(5, 50) * np.clip(light - 0.8, 0, None)
    image *= cv2.resize(cv2.merge([light] * 3), (width, height))
    image += cv2.resize(cv2.merge([gloss] * 3), (width, height))


def _curve(knots: npt.NDArray[np.float64]) -> _Image:
    """Compute a smooth curve through a few values."""
    column = knots.astype(np.float32)[:, None]
    return cv2.resize(column, (1, _GRID), interpolation=cv2.INTER_CUBIC).ravel()


def _draw_seam(image: _Image, y: int, rng: np.random.Generator) -> None:
    """Draw the gap between two panels: a dark line above a bright one."""
    thickness = int(rng.integers(1, 4))
    image[y : y + thickness] *= rng.uniform(0.25, 0.6)
    image[y + thickness : y + 2 * thickness] *= rng.uniform(1.0, 1.35)


def _draw_grille(region: _Image, rng: np.random.Generator) -> None:
    fill(region, _PLASTIC * rng.uniform(0.4, 1))
    period = int(rng.integers(5, 13))
    slats = np.clip(_PLASTIC * rng.uniform(1.5, 5), 0, 190)
    for offset in range(max(1, period // 4)):
        fill(region[offset::period], slats)
        if period > 8:
            region[:, offset::period] = slats * 0.8


def _draw_emblem(
    image: _Image, centre: tuple[int, int], radius: float, rng: np.random.Generator
) -> None:
    axes = (max(2, round(radius * rng.uniform(0.8, 1.7))), max(2, round(radius)))
    metal = float(rng.uniform(120, 215))
    cv2.ellipse(image, centre, axes, 0, 0, 360, (metal,) * 3, cv2.FILLED, cv2.LINE_AA)
    inner = (max(1, round(axes[0] * 0.75)), max(1, round(axes[1] * 0.75)))
    dark = rng.uniform(20, 90, 3).tolist()
    cv2.ellipse(image, centre, inner, 0, 0, 360, dark, cv2.FILLED, cv2.LINE_AA)
    start, end = (centre[0] - inner[0], centre[1]), (centre[0] + inner[0], centre[1])
    cv2.line(image, start, end, (metal,) * 3, max(1, round(radius * 0.25)), cv2.LINE_AA)


def _draw_lamps(image: _Image, plate: PixelBox, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    top = round(rng.uniform(-0.2, 0.5) * height)
    bottom = top + round(rng.uniform(0.15, 0.5) * height)
    reach = round(plate[0] * rng.uniform(0.3, 0.85))
    colour = _LAMPS[rng.integers(len(_LAMPS))]
    for left, right in [(0, reach), (width - reach, width)]:
        region = image[max(0, top) : bottom, left:right]
        fill(region, colour * rng.uniform(0.8, 1.1))
        # The ribs of the lens.
        region[:, :: max(3, reach // 8)] *= 0.8
        cv2.rectangle(image, (left, top), (right, bottom), (30, 30, 32), 2, cv2.LINE_AA)


def _draw_badge(image: _Image, plate: PixelBox, rng: np.random.Generator) -> None:
    """Write a model name on the body: lettering that is not a plate."""
    text = "".join(rng.choice(list("ABCDEGILMNORSTVXZ0123456"), rng.integers(2, 6)))
    scale = (plate[3] - plate[1]) * rng.uniform(0.008, 0.014)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    mask = np.zeros((height + 6, width + 6), np.uint8)
    cv2.putText(mask, text, (3, height + 3), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 1, cv2.LINE_AA)
    x = round(rng.uniform(0.1, 0.7) * image.shape[1])
    y = round(plate[1] * rng.uniform(0.2, 0.6))
    target = image[y : y + len(mask), x : x + mask.shape[1]]
    opacity = mask[: target.shape[0], : target.shape[1], None].astype(np.float32) / 255
    target += opacity * (float(rng.uniform(90, 220)) - target)


def _draw_road(region: _Image, rng: np.random.Generator) -> None:
    if not region.size:
        return
    fill(region, _ASPHALT * rng.uniform(0.5, 1.5))
    grain = 14 * draw_normal(region.shape[:2], rng)
    region += cv2.merge([grain] * 3)
    # The shadow of the vehicle.
    region[: max(2, len(region) // 3)] *= 0.45


def _draw_recess(image: _Image, plate: PixelBox, rng: np.random.Generator) -> None:
    """Draw the recess or holder around the plate, and the shadow below the plate."""
    left, top, right, bottom = plate
    plate_height = bottom - top
    if rng.random() < 0.55:
        x, y = rng.uniform(0.1, 0.5, 2) * plate_height
        recess = _region(image, left - x, top - y, right + x, bottom + y)
        recess *= rng.uniform(0.5, 0.85)
        recess[:2] *= 0.6
        recess[-2:] *= 1.25
    if rng.random() < 0.4:
        rim = plate_height * rng.uniform(0.04, 0.09)
        holder = _region(image, left - rim, top - rim, right + rim, bottom + 2.2 * rim)
        fill(holder, _PLASTIC * rng.uniform(0.5, 1.2))
    shadow = _region(image, left, bottom, right, bottom + plate_height * 0.12)
    shadow *= rng.uniform(0.45, 0.9)


def _region(image: _Image, left: float, top: float, right: float, bottom: float) -> _Image:
    return image[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)]
