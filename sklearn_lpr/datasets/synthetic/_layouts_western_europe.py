"""Layouts of plates of western European countries."""

from ...syntax import PlateSyntax
from ._layout_colours import BAND_WIDTH, BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark, Strip

__all__ = [
    "FRANCE_VARIANTS",
    "GERMANY_VARIANTS",
    "GREAT_BRITAIN_VARIANTS",
    "ITALY_VARIANTS",
    "NETHERLANDS_VARIANTS",
    "SPAIN_VARIANTS",
]

_BLUE: RGB = (24, 62, 160)
_YELLOW: RGB = (240, 182, 36)
_BLACK_ON_WHITE: Schemes = {"black on white": (WHITE, BLACK, 1.0)}
_BLACK_ON_YELLOW: Schemes = {"black on yellow": (_YELLOW, BLACK, 1.0)}


def _two_rows(
    weight: float,
    patterns: tuple[str, ...],
    first_row: int,
    band: tuple[str, ...],
    schemes: Schemes = _BLACK_ON_WHITE,
    marks: tuple[tuple[Mark, ...], ...] = ((Mark(0, "gap", 0.6),), ()),
    pitch: float = 50,
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(280, 200),
        character=74,
        pitch=pitch,
        schemes=schemes,
        marks=marks,
        first_row=first_row,
        upper=(74, pitch, 16),
        border=3.0,
        band=band,
        band_width=BAND_WIDTH,
        half_band=True,
    )


# --- France: the series of 2009, with the number of the department on the right, and that of 1950.
_SIV = "[A-HJ-NP-TV-Z]"  # no I, O or U
_DEPARTMENTS = ("75", "59", "13", "69", "33", "31", "92", "93", "94", "77", "44", "06", "2A", "67")


def _france(
    weight: float,
    patterns: tuple[str, ...],
    marks: tuple[Mark, ...],
    schemes: Schemes = _BLACK_ON_WHITE,
    department: bool = True,
    pitch: float = 51,
) -> LayoutVariant:
    strips = (Strip("right", 36, (_BLUE,), (236, 238, 240), ""),) if department else ()
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(520, 110),
        character=77,
        pitch=pitch,
        schemes=schemes,
        marks=(marks,),
        border=0.0,
        strips=strips,
        band=("F",),
        band_width=BAND_WIDTH,
        captions=_DEPARTMENTS,
    )


_FRANCE_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.93),
    "white on black": (BLACK, WHITE, 0.05),
    "white on red": ((168, 34, 40), WHITE, 0.02),
}
_FRANCE_NEW = (f"{_SIV}{_SIV}###{_SIV}{_SIV}",)
_FRANCE_DASHES = (Mark(2, "dash", 0.5), Mark(5, "dash", 0.5))
FRANCE_VARIANTS = (
    _france(0.72, _FRANCE_NEW, _FRANCE_DASHES, _FRANCE_SCHEMES),
    _france(0.06, _FRANCE_NEW, (Mark(2, "gap", 0.5), Mark(5, "gap", 0.5)), department=False),
    _france(
        0.08, ("####@@##",), (Mark(4, "gap", 0.4), Mark(6, "gap", 0.4)), department=False, pitch=50
    ),
    _france(
        0.05,
        ("###@@@##",),
        (Mark(3, "gap", 0.4), Mark(6, "gap", 0.4)),
        {"black on white": (WHITE, BLACK, 0.5), "black on yellow": (_YELLOW, BLACK, 0.5)},
        department=False,
        pitch=50,
    ),
    _france(
        0.04,
        ("###@@##",),
        (Mark(3, "gap", 0.5), Mark(5, "gap", 0.5)),
        {"black on white": (WHITE, BLACK, 0.5), "black on yellow": (_YELLOW, BLACK, 0.5)},
        department=False,
    ),
    _two_rows(
        0.05,
        (f"{_SIV}{_SIV}###{_SIV}{_SIV}",),
        2,
        ("F",),
        marks=((Mark(0, "gap", 0.2), Mark(2, "dash", 0.6)), (Mark(3, "dash", 0.5),)),
        pitch=47,
    ),
)

# --- Germany: FZV. Wider characters where they fit, the seals after the district.


def _germany(
    weight: float, district: str, letters: int, digits: int, suffix: str = ""
) -> LayoutVariant:
    places = sum(character in "@[" for character in district)
    length = places + letters + digits + len(suffix[:1])
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(district + "@" * letters + "[1-9]" + "#" * (digits - 1) + suffix),
        size=(520, 110),
        character=75,
        pitch=56 if length < 8 else 49.5,
        schemes={
            "black on white": (WHITE, BLACK, 0.96),
            "green on white": (WHITE, (20, 110, 60), 0.02),
            "red on white": (WHITE, (170, 30, 36), 0.02),
        },
        marks=(
            (
                Mark(places, "seals", 0.7 if length < 8 else 0.55),
                Mark(places + letters, "gap", 0.35 if length < 8 else 0.15),
            ),
        ),
        border=3.5,
        band=("D",),
        band_width=BAND_WIDTH,
    )


def _seals_above(district: int, letters: int) -> tuple[tuple[Mark, ...], ...]:
    """Place the seals after the district and a gap after the letters below it."""
    upper = (Mark(0, "gap", 0.6), Mark(district, "seals", 0.7))
    return upper, (Mark(letters, "gap", 0.3),)


GERMANY_VARIANTS = (
    _germany(0.03, "@", 1, 3),
    _germany(0.03, "@", 1, 4),
    _germany(0.06, "@", 2, 3),
    _germany(0.16, "@", 2, 4),
    _germany(0.03, "@@", 1, 2),
    _germany(0.05, "@@", 1, 3),
    _germany(0.04, "@@", 1, 4),
    _germany(0.05, "@@", 2, 2),
    _germany(0.12, "@@", 2, 3),
    _germany(0.09, "@@", 2, 4),
    _germany(0.03, "@@@", 1, 2),
    _germany(0.05, "@@@", 1, 3),
    _germany(0.03, "@@@", 1, 4),
    _germany(0.04, "@@@", 2, 2),
    _germany(0.07, "@@@", 2, 3),
    _germany(0.03, "@[ÄÖÜ]", 2, 3),
    _germany(0.02, "@[ÄÖÜ]", 1, 4),
    _germany(0.02, "@[ÄÖÜ]@", 1, 3),
    _germany(0.02, "@", 2, 3, "[EH]"),
    _germany(0.02, "@@", 2, 3, "[EH]"),
    _germany(0.02, "@@", 1, 3, "E"),
    _two_rows(0.01, ("@@@@[1-9]#", "@@@@[1-9]"), 2, ("D",), marks=_seals_above(2, 2)),
    _two_rows(0.01, ("@@@[1-9]##", "@@@[1-9]#"), 2, ("D",), marks=_seals_above(2, 1)),
    _two_rows(0.01, ("@@@[1-9]#", "@@@[1-9]##"), 1, ("D",), marks=_seals_above(1, 2), pitch=47),
)

# --- Netherlands: sidecodes of RDW, groups between dashes. Vowels are rare.
_NL = "[BDFGHJKLNPRSTVXZ]"
# The groups of a text, and how often the sidecode is met.
_SIDECODES = (
    (("LL", "DD", "DD"), 0.01),
    (("DD", "DD", "LL"), 0.02),
    (("DD", "LL", "DD"), 0.02),
    (("LL", "DD", "LL"), 0.05),
    (("LL", "LL", "DD"), 0.10),
    (("DD", "LL", "LL"), 0.16),
    (("DD", "LLL", "D"), 0.24),
    (("D", "LLL", "DD"), 0.18),
    (("LL", "DDD", "L"), 0.10),
    (("L", "DDD", "LL"), 0.10),
    (("LLL", "DD", "L"), 0.02),
)


def _netherlands(groups: tuple[str, ...], weight: float) -> LayoutVariant:
    first, second = len(groups[0]), len(groups[0]) + len(groups[1])
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax("".join(groups).replace("D", "#").replace("L", _NL)),
        size=(520, 110),
        character=77,
        pitch=55,
        schemes=_BLACK_ON_YELLOW,
        marks=((Mark(first, "dash", 0.55), Mark(second, "dash", 0.55)),),
        border=3.0,
        band=("NL",),
        band_width=BAND_WIDTH,
    )


NETHERLANDS_VARIANTS = (
    *(_netherlands(*sidecode) for sidecode in _SIDECODES),
    _two_rows(
        0.02,
        (f"{_NL}{_NL}##{_NL}{_NL}", f"##{_NL}{_NL}{_NL}{_NL}"),
        2,
        ("NL",),
        _BLACK_ON_YELLOW,
        ((Mark(0, "gap", 0.6),), (Mark(2, "dash", 0.5),)),
    ),
    _two_rows(
        0.01,
        (f"##{_NL}{_NL}{_NL}#",),
        2,
        ("NL",),
        _BLACK_ON_YELLOW,
        ((Mark(0, "gap", 0.6),), (Mark(3, "dash", 0.5),)),
        pitch=47,
    ),
)

# --- Great Britain: 79 mm high, 50 mm wide, 11 mm apart; white in front, yellow at the rear.
_GB_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.5),
    "black on yellow": ((238, 190, 40), BLACK, 0.5),
}
_GB = "[A-HJ-PR-Z]"


def _great_britain(
    weight: float,
    patterns: tuple[str, ...],
    gap: int,
    band: tuple[str, ...] = (),
    schemes: Schemes = _GB_SCHEMES,
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(520, 111),
        character=79,
        pitch=60,
        schemes=schemes,
        marks=((Mark(gap, "gap", 0.38),) if gap else (),),
        fill=0.82,
        band=band,
        band_width=BAND_WIDTH,
    )


_GB_NEW = f"{_GB}{_GB}[0-7]#{_GB}{_GB}{_GB}"
GREAT_BRITAIN_VARIANTS = (
    _great_britain(0.42, (_GB_NEW,), 4),
    _great_britain(0.32, (_GB_NEW,), 4, ("GB", "UK", "GB", "")),
    _great_britain(0.1, (f"{_GB}###{_GB}{_GB}{_GB}",), 4),
    _great_britain(0.03, (f"{_GB}##{_GB}{_GB}{_GB}",), 3),
    _great_britain(0.02, (f"{_GB}#{_GB}{_GB}{_GB}",), 2),
    _great_britain(0.02, (f"{_GB}{_GB}{_GB}###{_GB}",), 3),
    _great_britain(
        0.02,
        (f"{_GB}{_GB}{_GB}###", f"{_GB}{_GB}{_GB}##"),
        3,
        schemes={**_GB_SCHEMES, "white on black": (BLACK, WHITE, 1.0)},
    ),
    _great_britain(0.02, ("@@@####",), 3),
    LayoutVariant(
        weight=0.1,
        syntax=PlateSyntax(_GB_NEW, f"{_GB}###{_GB}{_GB}{_GB}"),
        size=(285, 203),
        character=79,
        pitch=60,
        schemes=_GB_SCHEMES,
        marks=((), ()),
        fill=0.82,
        first_row=4,
        upper=(79, 60, 19),
    ),
)

# --- Spain: four digits and three consonants since 2000, the letters of the province before.
_SPAIN = "[BCDFGHJKLMNPRSTVWXYZ]"
_SPAIN_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.97),
    "black on blue": ((70, 140, 200), BLACK, 0.03),
}


def _spain(
    weight: float, patterns: tuple[str, ...], marks: tuple[Mark, ...], band: tuple[str, ...]
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(520, 110),
        character=77,
        pitch=55,
        schemes=_SPAIN_SCHEMES,
        marks=(marks,),
        border=3.0,
        band=band,
        band_width=BAND_WIDTH,
    )


SPAIN_VARIANTS = (
    _spain(0.85, ("####" + 3 * _SPAIN,), (Mark(4, "gap", 0.6),), ("E",)),
    _spain(0.05, ("@####@@",), (Mark(1, "dash", 0.4), Mark(5, "dash", 0.4)), ()),
    _spain(0.02, ("@@####@",), (Mark(2, "dash", 0.4), Mark(6, "dash", 0.4)), ()),
    _two_rows(0.08, ("####" + 3 * _SPAIN,), 4, ("E",)),
)

# --- Italy: no I, O, Q and U; blue bands on both sides.
_IT = "[A-HJ-NPR-TV-Z]"
_ITALY_RIGHT = (Strip("right", 42, (_BLUE,), (236, 238, 240), ""),)
_PROVINCES = ("", "MI", "RM", "TO", "BO", "NA", "VI")
_ITALY = (f"{_IT}{_IT}###{_IT}{_IT}",)


def _italy(
    weight: float, marks: tuple[Mark, ...], band: tuple[str, ...], strips: tuple[Strip, ...]
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*_ITALY),
        size=(520, 110),
        character=76,
        pitch=53,
        schemes=_BLACK_ON_WHITE,
        marks=(marks,),
        strips=strips,
        captions=_PROVINCES,
        band=band,
        band_width=BAND_WIDTH,
        border=2.5,
    )


ITALY_VARIANTS = (
    _italy(0.6, (Mark(2, "gap", 0.4), Mark(5, "gap", 0.1)), ("I",), _ITALY_RIGHT),
    _italy(0.2, (Mark(2, "dot", 0.5),), ("I",), _ITALY_RIGHT),
    _italy(0.1, (Mark(2, "gap", 0.5),), (), ()),
    _two_rows(0.1, _ITALY, 2, ("I",)),
)
