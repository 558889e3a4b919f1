"""Layouts of plates of African countries."""

from ...syntax import PlateSyntax
from ._layout_variant import LayoutVariant
from ._style import Mark

__all__ = ["TUNISIA_VARIANTS"]


# --- Tunisia: white on black, the country name between series and number.
def _tunisia(weight: float, series: int, number: int) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax("#" * series + "T" + "#" * number),
        size=(520, 110),
        character=68,
        pitch=46,
        schemes={"white on black": ((26, 26, 29), (228, 228, 228), 1.0)},
        marks=((Mark(series, "tunis", 2.9),),),
        border=4.0,
    )


TUNISIA_VARIANTS = (
    _tunisia(0.62, 3, 4),
    _tunisia(0.15, 3, 3),
    _tunisia(0.18, 2, 4),
    _tunisia(0.03, 2, 3),
    _tunisia(0.02, 3, 2),
)
