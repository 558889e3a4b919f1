"""The look of a plate: colours, typeface, proportions and ornaments."""

from dataclasses import dataclass, replace

import numpy as np

from ._glyphs import TYPEFACES, Typeface
from ._sampling import choose, cumulate

__all__ = [
    "RGB",
    "Accessories",
    "DealerFrame",
    "Emblem",
    "Mark",
    "Picture",
    "PlateStyle",
    "Sticker",
    "Strip",
    "draw_bolts",
    "draw_style",
    "vary",
]

RGB = tuple[int, int, int]

# Name: background, ink, weight.
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
_SCHEME_WEIGHTS = cumulate([weight for *_, weight in _SCHEMES.values()])
_SEPARATORS = ("none", "gap", "dot", "dash")
_SEPARATOR_WEIGHTS = cumulate([0.35, 0.3, 0.2, 0.15])
_BORDERS = (0.0, 0.045, 0.07)
_BOLT_WEIGHTS = cumulate([0.35, 0.3, 0.2, 0.15])


@dataclass(frozen=True)
class Mark:
    """A mark before character `place` of a row that is not part of the text.

    `kind` is "gap", "dot" (at half height), "point" (at the foot), "dash", "line" (from top to
    bottom), "seal", "seals" (two, one above the other), "rus" (the letters RUS at the foot) or
    "tunis" (the word for Tunisia). `gap` is the width as a fraction of the pitch. A mark at place
    0 or after the last character shifts the row aside.
    """

    place: int
    kind: str
    gap: float


@dataclass(frozen=True)
class Strip:
    """A strip along the "top", "bottom", "left" or "right" side of a plate.

    `size` is a fraction of the characters' height. The `colours`, if any, are stacked from top to
    bottom. The caption is written in `ink` at the foot.
    """

    side: str
    size: float
    colours: tuple[RGB, ...]
    ink: RGB
    caption: str


@dataclass(frozen=True)
class Picture:
    """A picture in the background, along the "top" or "bottom" of a plate.

    It fades out over `size`, a fraction of the plate's height, or has an outline of `hills`,
    whose heights are fractions of `size`.
    """

    side: str
    size: float
    colour: RGB
    hills: tuple[float, ...]


@dataclass(frozen=True)
class Emblem:
    """A "disc", "star" or "badge" beside or between the characters, at half the height.

    `x` is a fraction of the plate's width, `radius` a fraction of its height.
    """

    x: float
    radius: float
    shape: str
    colour: RGB


@dataclass(frozen=True)
class Sticker:
    """A sticker with a date. Centre and size are fractions of the plate's width and height."""

    centre: tuple[float, float]
    size: tuple[float, float]
    colour: RGB
    text: str


@dataclass(frozen=True)
class DealerFrame:
    """The frame of a dealer, with a caption at the top and one at the bottom.

    `top`, `bottom` and `sides` are the widths that cover the plate, `beyond` the width outside it,
    as fractions of the plate's height.
    """

    colour: RGB
    ink: RGB
    captions: tuple[str, str]
    top: float
    bottom: float
    sides: float
    beyond: float


@dataclass(frozen=True)
class Accessories:
    """What is on a plate besides its layout."""

    picture: Picture | None
    emblem: Emblem | None
    stickers: tuple[Sticker, ...]
    frame: DealerFrame | None


@dataclass(frozen=True)
class PlateStyle:
    """The look of a plate; lengths are fractions of the characters' height.

    `aspect` is the smallest ratio of width to height. `upper` is the height of the characters in
    the rows above the last. `upper_pitch` is the pitch of those rows as a fraction of that
    height; where it is None, they have the pitch of the last row. `gap` is the space between
    rows. `marks`, one tuple per row, replace `separator`. The first `small` characters are
    smaller; the last `tail` characters are smaller and level with the others at the top. With
    `half_band`, the blue band is beside the upper row only; `band_width` is its width where it
    differs from 0.3 times the height of the plate, divided by the number of rows. The background
    fades to the colour `fade` at the foot. With `level`, characters beyond ASCII are as high and
    as wide as capitals, whatever their size in the font. `side` is the padding on the left and
    right where it differs from that above and below.
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
    tail: int = 0
    half_band: bool = False
    band_width: float | None = None
    level: bool = False
    marks: tuple[tuple[Mark, ...], ...] | None = None
    strips: tuple[Strip, ...] = ()
    band_caption: str = ""
    accessories: Accessories | None = None


def draw_style(rng: np.random.Generator, n_rows: int = 1) -> PlateStyle:
    """Draw the style of a plate.

    Parameters
    ----------
    rng : Generator
    n_rows : int, default=1
        The number of rows of text.

    Returns
    -------
    PlateStyle
    """
    scheme = list(_SCHEMES)[choose(_SCHEME_WEIGHTS, rng)]
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
        separator=_SEPARATORS[choose(_SEPARATOR_WEIGHTS, rng)],
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
        separator="none",  # the line break separates the groups
        aspect=rng.uniform(1.3, 1.9),
        upper=rng.uniform(0.55, 1) if rng.random() < 0.5 else 1.0,
        gap=rng.uniform(0.14, 0.3),
    )


def vary(colour: RGB, spread: float, rng: np.random.Generator) -> RGB:
    """Vary a colour, in brightness more than in hue."""
    shifted = np.array(colour) + rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    red, green, blue = np.clip(shifted, 0, 255).astype(int).tolist()
    return red, green, blue


def draw_bolts(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Draw the positions of the bolts as fractions of width and height."""
    x = rng.uniform(0.12, 0.3)
    patterns: list[tuple[tuple[float, float], ...]] = [
        (),
        ((x, 0.09), (1 - x, 0.09)),
        ((x, 0.09), (1 - x, 0.09), (x, 0.91), (1 - x, 0.91)),
        ((0.025, 0.5), (0.975, 0.5)),
    ]
    return patterns[choose(_BOLT_WEIGHTS, rng)]
