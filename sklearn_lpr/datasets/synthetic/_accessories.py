"""What is on a plate besides its layout: a picture, an emblem, stickers and a dealer's frame."""

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ._filling import fill
from ._ornaments import write_caption
from ._sampling import choose, cumulate
from ._style import RGB, Accessories, DealerFrame, Emblem, Picture, PlateStyle, Sticker, vary

__all__ = ["attach_accessories", "draw_accessories", "draw_emblem", "draw_picture"]

_Image = npt.NDArray[np.float32]

_WHITE, _BLACK = (232, 234, 236), (24, 24, 26)
_FRAMES: tuple[RGB, ...] = (
    _BLACK,
    (52, 54, 58),
    (164, 168, 172),
    _WHITE,
    (26, 40, 96),
    (140, 24, 30),
)
_FRAME_WEIGHTS = cumulate([0.5, 0.12, 0.2, 0.06, 0.07, 0.05])
_DEALERS = (
    "TOYOTA", "HONDA", "FORD", "CHEVROLET", "JEEP", "SUBARU", "LEXUS", "NISSAN", "MOTORS",
    "AUTO MALL", "AUTO GROUP", "USED CARS", "MOTOR COMPANY", "WWW CARS COM", "UNIVERSITY",
    "ALUMNI", "MY OTHER CAR IS A BIKE", "CITY MOTORS", "555 0142", "VALLEY AUTO SALES",
)  # fmt: skip
_STICKERS: tuple[RGB, ...] = (
    (206, 52, 48),
    (232, 188, 44),
    (46, 120, 190),
    (52, 150, 84),
    (214, 120, 44),
    _WHITE,
)
_DATES = ("JAN", "MAR", "APR", "JUN", "JUL", "SEP", "OCT", "DEC", "19", "21", "24", "26", "07")
# The centres of stickers, as fractions of width and height: bottom corners are rarer.
_CORNERS = ((0.08, 0.15), (0.92, 0.15), (0.08, 0.86), (0.92, 0.86))
_CORNER_WEIGHTS = (0.38, 0.38, 0.12, 0.12)
_PASTELS: tuple[RGB, ...] = (
    (150, 190, 226),
    (238, 206, 140),
    (186, 214, 170),
    (236, 190, 190),
    (200, 190, 220),
)
_STRONG: tuple[RGB, ...] = ((40, 70, 150), (176, 40, 46), (228, 190, 60), (40, 110, 80))


def draw_accessories(emblem: tuple[float, float] | None, rng: np.random.Generator) -> Accessories:
    """Draw the accessories of one plate.

    Parameters
    ----------
    emblem : tuple of centre, radius, or None
        The centre of the emblem as a fraction of the plate's width, and its greatest radius as a
        fraction of the plate's height. None draws no emblem.
    rng : Generator

    Returns
    -------
    Accessories
    """
    return Accessories(
        picture=_draw_picture(rng) if rng.random() < 0.3 else None,
        emblem=None
        if emblem is None
        else Emblem(
            emblem[0],
            emblem[1] * float(rng.uniform(0.6, 1)),
            ("disc", "star", "badge")[rng.integers(3)],
            vary(_pick((*_STICKERS, *_STRONG), rng), 15, rng),
        ),
        stickers=_draw_stickers(rng) if rng.random() < 0.5 else (),
        frame=_draw_frame(rng) if rng.random() < 0.4 else None,
    )


def _pick(colours: tuple[RGB, ...], rng: np.random.Generator) -> RGB:
    return colours[rng.integers(len(colours))]


def _draw_picture(rng: np.random.Generator) -> Picture:
    strong = rng.random() < 0.35
    return Picture(
        side=("top", "bottom")[rng.integers(2)],
        size=float(rng.uniform(0.15, 0.26) if strong else rng.uniform(0.25, 0.6)),
        colour=vary(_pick(_STRONG if strong else _PASTELS, rng), 12, rng),
        hills=tuple(rng.uniform(0.2, 1, 6).tolist()) if rng.random() < 0.5 else (),
    )


def _draw_stickers(rng: np.random.Generator) -> tuple[Sticker, ...]:
    chosen = rng.choice(4, int(rng.integers(1, 3)), replace=False, p=_CORNER_WEIGHTS)
    return tuple(
        Sticker(
            _CORNERS[index],
            (float(rng.uniform(0.08, 0.12)), float(rng.uniform(0.12, 0.19))),
            vary(_pick(_STICKERS, rng), 12, rng),
            _DATES[rng.integers(len(_DATES))],
        )
        for index in chosen.tolist()
    )


def _draw_frame(rng: np.random.Generator) -> DealerFrame:
    colour = vary(_FRAMES[choose(_FRAME_WEIGHTS, rng)], 8, rng)
    top, bottom = (
        _DEALERS[rng.integers(len(_DEALERS))] if rng.random() < fraction else ""
        for fraction in (0.55, 0.75)
    )
    return DealerFrame(
        colour=colour,
        ink=_WHITE if sum(colour) < 380 else _BLACK,
        captions=(top, bottom),
        top=float(rng.uniform(0.1, 0.18) if top else rng.uniform(0.04, 0.09)),
        bottom=float(rng.uniform(0.11, 0.2) if bottom else rng.uniform(0.04, 0.1)),
        sides=float(rng.uniform(0.02, 0.05)),
        beyond=float(rng.uniform(0, 0.06)),
    )


def draw_picture(plate: _Image, picture: Picture) -> None:
    """Fade the background to the colour of the picture at one side, in place."""
    height, width = plate.shape[:2]
    depth = max(1, round(picture.size * height))
    region = plate[:depth] if picture.side == "top" else plate[height - depth :]
    if picture.hills:
        heights = np.interp(
            np.linspace(0, 1, width), np.linspace(0, 1, len(picture.hills)), picture.hills
        )
        rows = np.linspace(0, 1, depth)[:, None]
        shade = np.clip((heights - rows) * depth, 0, 1)
    else:
        shade = np.tile(np.linspace(1, 0, depth)[:, None], (1, width))
    if picture.side == "bottom":
        shade = shade[::-1]
    coverage = cv2.merge([shade.astype(np.float32)] * 3)
    region += coverage * (np.tile(np.array(picture.colour, np.float32), (width, 1)) - region)


def draw_emblem(plate: _Image, emblem: Emblem) -> None:
    """Draw a coloured emblem at half the height, in place."""
    height, width = plate.shape[:2]
    centre = (round(emblem.x * width), height // 2)
    radius = max(2, round(emblem.radius * height))
    inner = tuple(255 - channel // 2 for channel in emblem.colour)
    if emblem.shape == "star":
        angles = np.pi * (np.arange(10) / 5 - 0.5)
        reach = radius * np.where(np.arange(10) % 2, 0.45, 1.0)
        points = np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None] + centre
        cv2.fillPoly(plate, [np.rint(points).astype(np.int32)], emblem.colour, cv2.LINE_AA)
        return
    if emblem.shape == "badge":
        half = (radius // 2, radius)
        first, last = np.subtract(centre, half).tolist(), np.add(centre, half).tolist()
        cv2.rectangle(plate, first, last, emblem.colour, cv2.FILLED)
    else:
        cv2.circle(plate, centre, radius, emblem.colour, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(plate, centre, max(1, radius // 2), inner, cv2.FILLED, cv2.LINE_AA)


def attach_accessories(plate: _Image, accessories: Accessories, style: PlateStyle) -> _Image:
    """Put stickers on a plate and a frame around it, and return the plate with its frame.

    A frame covers the edges of the plate and what is written there, and extends beyond them.
    """
    height, width = plate.shape[:2]
    for sticker in accessories.stickers:
        size = np.array(sticker.size) * (width, height)
        left, top = np.rint(np.array(sticker.centre) * (width, height) - size / 2).astype(int)
        region = plate[max(0, top) : top + round(size[1]), max(0, left) : left + round(size[0])]
        fill(region, sticker.colour)
        write_caption(region, sticker.text, _contrast(sticker.colour), style)
    frame = accessories.frame
    if frame is None:
        return plate
    beyond = round(frame.beyond * height)
    margins = (beyond, beyond, beyond, beyond)
    plate = cv2.copyMakeBorder(plate, *margins, cv2.BORDER_CONSTANT, value=frame.colour)
    top, bottom, sides = (
        beyond + max(1, round(size * height)) for size in (frame.top, frame.bottom, frame.sides)
    )
    for region in (plate[:top], plate[-bottom:], plate[:, :sides], plate[:, -sides:]):
        fill(region, frame.colour)
    for region, caption in zip((plate[:top], plate[-bottom:]), frame.captions, strict=True):
        write_caption(region, caption, frame.ink, style)
    return plate


def _contrast(colour: RGB) -> RGB:
    return _BLACK if sum(colour) > 400 else _WHITE
