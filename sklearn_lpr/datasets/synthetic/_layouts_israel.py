"""Layouts of plates of Israel."""

from ...syntax import PlateSyntax
from ._layout_colours import BAND_WIDTH, BLACK
from ._layout_variant import LayoutVariant, Schemes
from ._style import Mark

__all__ = ["ISRAEL_VARIANTS"]

# --- Israel: seven digits until 2017, eight since, between dots.
_SCHEMES: Schemes = {"black on yellow": ((240, 194, 40), BLACK, 1.0)}


def _israel(weight: float, pattern: str, places: tuple[int, int], pitch: float) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(520, 110),
        character=75,
        pitch=pitch,
        schemes=_SCHEMES,
        marks=(tuple(Mark(place, "dot", 0.35) for place in places),),
        border=3.0,
        band=("IL",),
        band_width=BAND_WIDTH,
    )


def _two_rows(weight: float, pattern: str, marks: tuple[tuple[Mark, ...], ...]) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(320, 160),
        character=60,
        pitch=46,
        schemes=_SCHEMES,
        marks=marks,
        first_row=2 if len(pattern) == 7 else 3,
        upper=(60, 46, 14),
        border=2.5,
        band=("IL",),
        band_width=BAND_WIDTH,
    )


ISRAEL_VARIANTS = (
    _israel(0.55, "#######", (2, 5), 54),
    _israel(0.37, "########", (3, 5), 49),
    _two_rows(0.05, "#######", ((), (Mark(3, "dot", 0.35),))),
    _two_rows(0.03, "########", ((), (Mark(2, "dot", 0.35),))),
)
