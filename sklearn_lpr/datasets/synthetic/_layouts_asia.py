"""Layouts of plates of Asian countries."""

from ...syntax import CHINA_7, CHINA_8, UZBEKISTAN, PlateSyntax
from ._layout_colours import BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import Mark, Strip

__all__ = ["CHINA_GREEN_VARIANTS", "CHINA_VARIANTS", "UZBEKISTAN_VARIANTS", "VIETNAM_VARIANTS"]

# --- China: GA 36-2018. Serial numbers have at most two letters.
_PROVINCE, _LETTER, _SERIAL = (f"[{allowed}]" for allowed in CHINA_7.positions[0][:3])
_PREFIX = _PROVINCE + _LETTER
_CHINA_SERIALS = ("#####", "@####", "#@###", "##@##", "###@#", "####@", "@@###", "##@@#", "#@##@")
_CHINA_7 = PlateSyntax(*(_PREFIX + serial.replace("@", _LETTER) for serial in _CHINA_SERIALS))
_CHINA_DOT = (Mark(2, "dot", 0.39),)
_YELLOW: Schemes = {
    "black on yellow": ((226, 168, 34), BLACK, 1.0),
}
CHINA_VARIANTS = (
    LayoutVariant(
        weight=0.8,
        syntax=_CHINA_7,
        size=(440, 140),
        character=90,
        pitch=57,
        schemes={"white on blue": ((28, 62, 170), (236, 238, 242), 1.0)},
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
    LayoutVariant(
        weight=0.09,
        syntax=PlateSyntax(_PREFIX + "#####", _PREFIX + "@####".replace("@", _LETTER))
        | PlateSyntax(_PREFIX + 4 * _SERIAL + "[挂学]"),
        size=(440, 140),
        character=90,
        pitch=57,
        schemes=_YELLOW,
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
    LayoutVariant(
        weight=0.08,
        syntax=PlateSyntax(_PREFIX + "#####", _PREFIX + "@####".replace("@", _LETTER)),
        size=(440, 220),
        character=110,
        pitch=80,
        schemes=_YELLOW,
        first_row=2,
        upper=(60, 98, 15),
        marks=((Mark(1, "dot", 0.5),), ()),
        border=3.5,
    ),
    LayoutVariant(
        weight=0.03,
        syntax=PlateSyntax(CHINA_7.patterns[1]),
        size=(440, 140),
        character=90,
        pitch=57,
        schemes={"white on black": ((26, 27, 32), WHITE, 1.0)},
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
)
CHINA_GREEN_VARIANTS = (
    LayoutVariant(
        weight=0.9,
        syntax=PlateSyntax(CHINA_8.patterns[0]),
        size=(480, 140),
        character=90,
        pitch=52,
        schemes={"black on green": ((206, 228, 214), BLACK, 1.0)},
        marks=((Mark(2, "gap", 0.6),),),
        border=2.5,
        fade=(66, 186, 112),
    ),
    LayoutVariant(
        weight=0.1,
        syntax=PlateSyntax(CHINA_8.patterns[1]),
        size=(480, 140),
        character=90,
        pitch=52,
        schemes={"black on green": ((74, 186, 112), BLACK, 1.0)},
        marks=((Mark(2, "gap", 0.6),),),
        border=2.5,
    ),
)

# --- Vietnam: circular 58/2020. For the series see `sklearn_lpr.syntax.VIETNAM`.
_SERIES = "[A-HK-NPR-VXYZ]"
_VIETNAM_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.8),
    "black on yellow": ((232, 190, 50), BLACK, 0.15),
    "white on blue": ((30, 70, 160), (232, 236, 240), 0.05),
}
VIETNAM_VARIANTS = (
    LayoutVariant(
        weight=0.55,
        syntax=PlateSyntax(f"##{_SERIES}#####"),
        size=(520, 110),
        character=78,
        pitch=54,
        schemes=_VIETNAM_SCHEMES,
        marks=((Mark(3, "dash", 0.5), Mark(6, "point", 0.3)),),
        border=3.0,
    ),
    LayoutVariant(
        weight=0.13,
        syntax=PlateSyntax(f"##{_SERIES}####"),
        size=(470, 110),
        character=80,
        pitch=58,
        schemes=_VIETNAM_SCHEMES,
        marks=((Mark(3, "dash", 0.55),),),
        border=3.0,
    ),
    LayoutVariant(
        weight=0.04,
        syntax=PlateSyntax("@@####"),
        size=(434, 110),
        character=78,
        pitch=57,
        schemes={"white on red": ((168, 34, 44), (236, 232, 230), 1.0)},
        marks=((Mark(2, "dash", 0.5), Mark(4, "dash", 0.5)),),
    ),
    LayoutVariant(
        weight=0.14,
        syntax=PlateSyntax(f"##{_SERIES}#####"),
        size=(330, 165),
        character=63,
        pitch=49,
        schemes=_VIETNAM_SCHEMES,
        marks=((), (Mark(3, "point", 0.3),)),
        first_row=3,
        upper=(63, 49, 14),
        border=3.0,
    ),
    LayoutVariant(
        weight=0.14,
        syntax=PlateSyntax(f"##{_SERIES}######", f"##{_SERIES}{_SERIES}#####"),
        size=(190, 140),
        character=55,
        pitch=31,
        schemes=_VIETNAM_SCHEMES,
        marks=((Mark(2, "dash", 0.5),), (Mark(3, "point", 0.35),)),
        first_row=4,
        upper=(55, 35, 10),
        border=2.0,
    ),
)

# --- Uzbekistan: 520 x 112 mm, the region code in a box, the flag on the right.
_UZ_FLAG = Strip(
    "right",
    38,
    (WHITE, (20, 140, 190), WHITE, (40, 160, 80), WHITE, WHITE),
    (20, 90, 160),
    "UZ",
)


def _uzbekistan(weight: float, pattern: str, gaps: tuple[int, ...]) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(520, 112),
        character=74,
        pitch=49,
        schemes={"black on white": (WHITE, BLACK, 1.0)},
        # The smaller digits of the region code are closer together.
        marks=(
            (
                Mark(1, "gap", -0.3),
                Mark(2, "line", 0.1),
                *(Mark(place, "gap", 0.25) for place in gaps),
            ),
        ),
        border=3.0,
        strips=(_UZ_FLAG,),
        small=2,
    )


UZBEKISTAN_VARIANTS = (
    _uzbekistan(0.75, UZBEKISTAN.patterns[0], (3, 6)),
    _uzbekistan(0.2, UZBEKISTAN.patterns[1], (5,)),
    _uzbekistan(0.05, UZBEKISTAN.patterns[2], (6,)),
)
