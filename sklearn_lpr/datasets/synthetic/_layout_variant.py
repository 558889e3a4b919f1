"""A variant of a country's plates, and the style drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...syntax import PlateSyntax
from ._accessories import draw_accessories
from ._glyphs import TYPEFACES
from ._sampling import choose, cumulate
from ._style import RGB, Mark, PlateStyle, Strip, draw_bolts, vary

__all__ = ["LayoutVariant", "Schemes", "draw_variant_style"]

# Name: background, ink, weight.
Schemes = Mapping[str, tuple[RGB, RGB, float]]

# The least sum of the background's channels, and the fraction of captions in another colour.
_BRIGHT, _COLOURED_CAPTIONS = 560, 0.4


@dataclass(frozen=True)
class LayoutVariant:
    """One kind of plate of a layout; lengths are in millimetres.

    Parameters
    ----------
    weight : float
        How often the variant is drawn, relative to the other variants of its layout.
    syntax : PlateSyntax
        The formats of the texts. All patterns have the same marks.
    size : tuple of width, height
        The size of the whole plate.
    character : float
        The height of a capital in the last row.
    pitch : float
        The distance between the centres of adjacent characters in the last row.
    schemes : dict
        Maps the name of a colour scheme to background, ink and weight.
    marks : tuple of tuple of Mark
        The marks between the characters, one tuple per row.
    first_row : int
        The number of characters in the upper row; 0 where there is one row only.
    upper : tuple of height, pitch, gap
        The height and pitch of the characters in the upper row, and the gap between the rows.
    fill : float
        The width of a character as a fraction of the pitch.
    border : float
        The thickness of the line around the plate.
    strips : tuple of Strip
        The strips along the sides; their `size` is in millimetres.
    band : tuple of str
        The captions of a blue European band on the left, of which one is drawn. Empty for no
        band.
    small : int
        The number of leading characters that are smaller.
    tail : int
        The number of trailing characters that are smaller and level with the others at the top.
    band_width : float or None
        The width of the band. None means 0.3 times the height of the plate, divided by the number
        of rows.
    half_band : bool
        Whether the band is beside the upper row only. The marks of that row leave room for it.
    fade : RGB or None
        The colour of the background at the foot.
    accessories : bool
        Whether plates have pictures, stickers and frames of dealers at random.
    emblem : tuple of centre, radius, or None
        The horizontal centre and the greatest radius of an emblem, which needs `accessories`. The
        marks leave room for it.
    caption_inks : tuple of RGB
        The colours in which captions on bright plates are written if not in that of the
        characters.
    captions : tuple of str
        The captions to draw from for strips without a caption.
    slogans : tuple of str
        The captions to draw from for a strip at the bottom, if they differ from `captions`.
    """

    weight: float
    syntax: PlateSyntax
    size: tuple[float, float]
    character: float
    pitch: float
    schemes: Schemes
    marks: tuple[tuple[Mark, ...], ...] = ((),)
    first_row: int = 0
    upper: tuple[float, float, float] = (0, 0, 0)
    fill: float = 0.8
    border: float = 0.0
    strips: tuple[Strip, ...] = ()
    band: tuple[str, ...] = ()
    small: int = 0
    tail: int = 0
    band_width: float | None = None
    half_band: bool = False
    fade: RGB | None = None
    accessories: bool = False
    emblem: tuple[float, float] | None = None
    caption_inks: tuple[RGB, ...] = ()
    captions: tuple[str, ...] = ("",)
    slogans: tuple[str, ...] = ()

    def split(self, text: str) -> list[str]:
        """Split a text into the rows shown on the plate."""
        lines = [text[: self.first_row], text[self.first_row :]] if self.first_row else [text]
        if any(mark.kind == "tunis" for row in self.marks for mark in row):
            # The T of the text is drawn as the word on the plate.
            lines = [line.replace("T", "") for line in lines]
        return lines


def draw_variant_style(variant: LayoutVariant, rng: np.random.Generator) -> PlateStyle:
    """Draw the style of one plate, varied as plates of one series vary."""
    scheme = list(variant.schemes)[
        choose(cumulate([weight for *_, weight in variant.schemes.values()]), rng)
    ]
    background, ink, _ = variant.schemes[scheme]
    height, upper_height, upper_pitch, gap = variant.character, *variant.upper
    caption = variant.captions[rng.integers(len(variant.captions))]
    slogan = variant.slogans[rng.integers(len(variant.slogans))] if variant.slogans else caption
    accessories, caption_ink = None, ink
    if variant.accessories:
        emblem = variant.emblem
        if emblem is not None:
            emblem = (emblem[0] / variant.size[0], emblem[1] / variant.size[1])
        accessories = draw_accessories(emblem, rng)
    if variant.caption_inks and sum(background) > _BRIGHT and rng.random() < _COLOURED_CAPTIONS:
        caption_ink = variant.caption_inks[rng.integers(len(variant.caption_inks))]
    strips = tuple(
        Strip(
            strip.side,
            strip.size / height,
            strip.colours,
            strip.ink if strip.colours else caption_ink,  # the caption lies on the plate itself
            strip.caption or (slogan if strip.side == "bottom" else caption),
        )
        for strip in variant.strips
    )
    ends = sum(strip.size for strip in variant.strips if strip.side in ("top", "bottom"))
    text_height = height + (upper_height + gap if variant.first_row else 0)
    return PlateStyle(
        scheme=scheme,
        background=vary(background, 10, rng),
        ink=vary(ink, 8, rng),
        typeface=TYPEFACES[rng.integers(len(TYPEFACES))],
        pitch=variant.pitch / height * rng.uniform(0.97, 1.02),
        fill=variant.fill * rng.uniform(0.96, 1.05),
        plain_zero=rng.random() < 0.8,
        separator="none",
        padding=(variant.size[1] - ends - text_height) / 2 / height,
        border=variant.border / height,
        band=bool(variant.band),
        bolts=draw_bolts(rng),
        relief=float(rng.uniform(0, 26)),
        aspect=variant.size[0] / variant.size[1],
        upper=upper_height / height if variant.first_row else 1.0,
        gap=gap / height,
        upper_pitch=upper_pitch / upper_height if variant.first_row else None,
        side=0.03,
        fade=variant.fade,
        small=variant.small,
        tail=variant.tail,
        half_band=variant.half_band,
        band_width=variant.band_width / height if variant.band and variant.band_width else None,
        level=True,
        marks=variant.marks,
        strips=strips,
        band_caption=variant.band[rng.integers(len(variant.band))] if variant.band else "",
        accessories=accessories,
    )
