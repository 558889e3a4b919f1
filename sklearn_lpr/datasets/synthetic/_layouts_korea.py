"""Layouts of plates of South Korea."""

from ...syntax import PlateSyntax
from ._layout_colours import BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark, Strip

__all__ = ["KOREA_VARIANTS"]

# --- South Korea: two or three digits for the kind of vehicle, a syllable for its use, a number.
_PRIVATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주"
_SYLLABLES = f"[{_PRIVATE}]"
_RENTAL, _TAXI = "[하허호]", "[바사아자]"
_BLUE: RGB = (24, 62, 160)
_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.94),
    "black on blue": ((120, 180, 220), BLACK, 0.06),
}
_YELLOW: Schemes = {"black on yellow": ((236, 180, 40), BLACK, 1.0)}
_KOR = (Strip("left", 36, (_BLUE,), (236, 238, 240), "KOR"),)


def _korea(
    weight: float,
    patterns: tuple[str, ...],
    place: int,
    schemes: Schemes = _SCHEMES,
    strips: tuple[Strip, ...] = (),
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(520, 110),
        character=83,
        pitch=54,
        schemes=schemes,
        marks=((Mark(place, "gap", 0.45),),),
        border=2.0,
        strips=strips,
    )


KOREA_VARIANTS = (
    _korea(0.42, (f"##{_SYLLABLES}####",), 3),
    _korea(0.05, (f"##{_RENTAL}####",), 3),
    _korea(0.18, (f"[1-6]##{_SYLLABLES}####",), 4),
    _korea(0.20, (f"[1-6]##{_SYLLABLES}####",), 4, strips=_KOR),
    _korea(0.05, (f"##{_TAXI}####",), 3, _YELLOW),
    LayoutVariant(
        weight=0.1,
        syntax=PlateSyntax(f"##{_SYLLABLES}####"),
        size=(335, 170),
        character=83,
        pitch=68,
        schemes={
            "black on white": (WHITE, BLACK, 0.5),
            "white on green": ((20, 100, 70), WHITE, 0.5),
        },
        marks=((), ()),
        first_row=3,
        upper=(44, 48, 10),
        border=2.5,
    ),
)
