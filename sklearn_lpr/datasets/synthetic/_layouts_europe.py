"""Layouts of European plates."""

from ...syntax import PlateSyntax
from ._layout_colours import BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import Mark, Strip

__all__ = ["EU_VARIANTS"]

# --- Europe and other Latin plates: 520 x 110 mm, mostly with the blue band.
_EU_WHITE: Schemes = {
    "black on white": (WHITE, BLACK, 0.92),
    "red on white": (WHITE, (170, 30, 36), 0.04),
    "green on white": (WHITE, (20, 110, 60), 0.04),
}
_EU_YELLOW: Schemes = {
    "black on yellow": ((244, 182, 32), BLACK, 1.0),
}


def _eu(
    weight: float,
    pattern: str,
    marks: tuple[Mark, ...],
    band: tuple[str, ...],
    schemes: Schemes = _EU_WHITE,
    strips: tuple[Strip, ...] = (),
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(520, 110),
        character=75,
        pitch=50,
        schemes=schemes,
        marks=(marks,),
        border=3.5,
        strips=strips,
        band=band,
    )


EU_VARIANTS = (
    _eu(
        0.2,
        "@@###@@",
        (Mark(2, "dash", 0.55), Mark(5, "dash", 0.55)),
        ("F",),
        strips=(Strip("right", 36, ((24, 62, 160),), (236, 238, 240), "75"),),
    ),
    _eu(0.12, "@@###@@", (Mark(2, "gap", 0.5),), ("I", "E", "AL")),
    _eu(0.06, "@@@####", (Mark(3, "seal", 0.8),), ("D",)),
    _eu(0.08, "@@@###", (Mark(1, "seal", 0.8), Mark(3, "gap", 0.3)), ("D",)),
    _eu(0.08, "@@@@####", (Mark(2, "seal", 0.7),), ("D",)),
    _eu(0.05, "@@@#####", (Mark(3, "gap", 0.6),), ("PL",)),
    _eu(0.05, "@@#####", (Mark(2, "gap", 0.7),), ("PL", "RO", "S")),
    _eu(0.06, "@@####@@", (Mark(2, "gap", 0.5), Mark(6, "gap", 0.4)), ("UA", "BG", "RO")),
    _eu(0.05, "@@@###", (Mark(3, "dash", 0.7),), ("H", "LT", "FIN", "B")),
    _eu(0.05, "####@@@", (Mark(4, "gap", 0.6),), ("E",)),
    _eu(0.05, "@@####@@", (Mark(2, "seal", 0.6), Mark(6, "dash", 0.5)), ("HR", "SRB")),
    _eu(0.03, "@@@@####", (Mark(4, "gap", 0.6),), ()),
    _eu(0.04, "@@##@@@", (Mark(4, "gap", 0.7),), (), _EU_YELLOW),
    _eu(0.06, "##@@@#", (Mark(2, "dash", 0.55), Mark(5, "dash", 0.55)), ("NL",), _EU_YELLOW),
    LayoutVariant(
        weight=0.05,
        syntax=PlateSyntax("@@####", "@@#@@@"),
        size=(280, 200),
        character=72,
        pitch=50,
        schemes=_EU_WHITE,
        marks=((), ()),
        first_row=2,
        upper=(72, 50, 16),
        border=3.5,
        band=("D", "NL", "I", "PL"),
    ),
)
