"""Layouts of plates of eastern European countries."""

from ...syntax import PlateSyntax
from ._layout_colours import BAND_WIDTH, BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import Mark

__all__ = ["POLAND_VARIANTS", "ROMANIA_VARIANTS", "RUSSIA_VARIANTS"]

_BLACK_ON_WHITE: Schemes = {"black on white": (WHITE, BLACK, 1.0)}

# --- Poland: the letters of the district, then a number without B, D, I, O and Z.
_PL = "[ACEFGHJKLMNPR-Y]"
_POLAND_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.96),
    "black on green": ((150, 205, 120), BLACK, 0.02),
    "black on yellow": ((238, 196, 50), BLACK, 0.02),
}


def _poland(weight: float, district: int, numbers: tuple[str, ...]) -> LayoutVariant:
    length = district + len(numbers[0])
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*("@" * district + number.replace("@", _PL) for number in numbers)),
        size=(520, 114),
        character=80,
        pitch=57 if length < 8 else 49,
        schemes=_POLAND_SCHEMES,
        marks=((Mark(district, "seal", 0.55),),),
        border=3.0,
        band=("PL",),
        band_width=BAND_WIDTH,
    )


POLAND_VARIANTS = (
    _poland(0.5, 2, ("#####", "####@", "###@@", "#@###", "#@@##")),
    _poland(0.2, 3, ("@###", "##@@", "#@##", "##@#", "#@@#")),
    _poland(0.2, 3, ("#####", "####@", "###@@", "@##@@")),
    LayoutVariant(
        weight=0.1,
        syntax=PlateSyntax(*(f"@@{number.replace('@', _PL)}" for number in ("####@", "#####"))),
        size=(305, 214),
        character=80,
        pitch=50,
        schemes=_POLAND_SCHEMES,
        marks=((Mark(0, "gap", 0.5),), ()),
        first_row=2,
        upper=(80, 56, 18),
        border=3.0,
        band=("PL",),
        band_width=BAND_WIDTH,
        half_band=True,
    ),
)

# --- Romania: the county, two digits (three in Bucharest, B) and three letters.
_COUNTIES = (
    "AB", "AG", "AR", "BC", "BH", "BN", "BR", "BT", "BV", "BZ", "CJ", "CL", "CS", "CT", "CV",
    "DB", "DJ", "GJ", "GL", "GR", "HD", "HR", "IF", "IL", "IS", "MH", "MM", "MS", "NT", "OT",
    "PH", "SB", "SJ", "SM", "SV", "TL", "TM", "TR", "VL", "VN", "VS",
)  # fmt: skip


def _romania(weight: float, patterns: tuple[str, ...], first: int, second: int) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(520, 113),
        character=75,
        pitch=53,
        schemes={
            "black on white": (WHITE, BLACK, 0.95),
            "red on white": (WHITE, (170, 30, 36), 0.05),
        },
        marks=((Mark(first, "gap", 0.4), Mark(second, "gap", 0.4)),),
        border=3.0,
        band=("RO",),
        band_width=BAND_WIDTH,
    )


_ROMANIA_COUNTY = tuple(county + "##@@@" for county in _COUNTIES)
ROMANIA_VARIANTS = (
    _romania(0.55, _ROMANIA_COUNTY, 2, 4),
    _romania(0.2, ("B###@@@",), 1, 4),
    _romania(0.1, ("B##@@@",), 1, 3),
    _romania(0.04, tuple(county + "0#####" for county in _COUNTIES), 2, 5),
    LayoutVariant(
        weight=0.11,
        syntax=PlateSyntax(*_ROMANIA_COUNTY),
        size=(280, 200),
        character=72,
        pitch=54,
        schemes=_BLACK_ON_WHITE,
        marks=((Mark(0, "gap", 0.6), Mark(2, "gap", 0.3)), ()),
        first_row=4,
        upper=(72, 46, 16),
        border=3.0,
        band=("RO",),
        band_width=BAND_WIDTH,
        half_band=True,
    ),
)

# --- Russia: GOST R 50577. Letters that look like Latin ones, the region in a box on the right.
_RU = "[ABCEHKMOPTXY]"


def _russia(
    weight: float, pattern: str, places: tuple[int, ...], schemes: Schemes = _BLACK_ON_WHITE
) -> LayoutVariant:
    """Make a variant with gaps at the places, the last of them before the region."""
    length, last = len(pattern.replace(_RU, "@").replace("[1279]", "#")), places[-1]
    closer = tuple(Mark(place, "gap", -0.32) for place in range(last + 2, length))
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(520, 112),
        character=74,
        pitch=58 if length < 9 else 54,
        schemes=schemes,
        marks=(
            (
                *(Mark(place, "gap", 0.12) for place in places[:-1]),
                Mark(last, "line", 0.2),
                Mark(last + 1, "rus", -0.32),
                *closer,
            ),
        ),
        border=2.5,
        tail=length - last,
    )


_BLACK_ON_YELLOW: Schemes = {"black on yellow": ((232, 184, 40), BLACK, 1.0)}
RUSSIA_VARIANTS = (
    _russia(0.5, f"{_RU}###{_RU}{_RU}##", (1, 4, 6)),
    _russia(0.44, f"{_RU}###{_RU}{_RU}[1279]##", (1, 4, 6)),
    _russia(0.03, f"{_RU}{_RU}#####", (2, 5), _BLACK_ON_YELLOW),
    _russia(0.03, f"{_RU}{_RU}####[1279]##", (2, 6)),
)
