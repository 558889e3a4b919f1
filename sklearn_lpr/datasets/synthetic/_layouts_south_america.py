"""Layouts of plates of South American countries."""

from dataclasses import replace

from ...syntax import BRAZIL, MERCOSUR, PERU, PlateSyntax
from ._layout_colours import BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark, Strip

__all__ = [
    "ARGENTINA_VARIANTS",
    "BRAZIL_SPECIAL_VARIANTS",
    "BRAZIL_TWO_ROWS_VARIANTS",
    "BRAZIL_VARIANTS",
    "MERCOSUR_VARIANTS",
    "PERU_VARIANTS",
]

# --- Brazil until 2018: a tag with state and town above the characters.
_TOWNS = ("SP-SAO PAULO", "RJ-RIO DE JANEIRO", "PR-CURITIBA", "MG-CONTAGEM", "BA-SALVADOR")
_BRAZIL_SCHEMES: Schemes = {
    "black on grey": ((166, 168, 168), (30, 30, 34), 0.8),
    "white on red": ((158, 32, 36), (228, 224, 222), 0.2),
}
_TAG = Strip("top", 28, (), BLACK, "")
BRAZIL_VARIANTS = (
    LayoutVariant(
        weight=0.85,
        syntax=PlateSyntax(BRAZIL.patterns[0]),
        size=(400, 130),
        character=63,
        pitch=50,
        schemes=_BRAZIL_SCHEMES,
        marks=((Mark(3, "dot", 0.4),),),
        strips=(_TAG,),
        captions=_TOWNS,
    ),
    LayoutVariant(
        weight=0.15,
        syntax=PlateSyntax(BRAZIL.patterns[0]),
        size=(187, 136),
        character=42,
        pitch=40,
        schemes=_BRAZIL_SCHEMES,
        marks=((), ()),
        first_row=3,
        upper=(42, 40, 9),
        strips=(Strip("top", 20, (), BLACK, ""),),
        captions=tuple(town[:11] for town in _TOWNS),
    ),
)

# The colours besides those of private and commercial vehicles: official vehicles, driving schools,
# tests, makers, diplomats and collections.
_BRAZIL_SPECIAL_SCHEMES: Schemes = {
    "black on white": ((224, 224, 222), (30, 30, 34), 0.35),
    "red on white": ((224, 222, 220), (164, 34, 40), 0.15),
    "white on green": ((26, 104, 66), (226, 230, 226), 0.25),
    "white on blue": ((34, 62, 140), (228, 230, 234), 0.15),
    "grey on black": ((30, 30, 34), (176, 178, 178), 0.1),
}
BRAZIL_SPECIAL_VARIANTS = tuple(
    replace(variant, schemes=_BRAZIL_SPECIAL_SCHEMES) for variant in BRAZIL_VARIANTS
)

# --- Mercosur: resolution GMC 33/14, 400 x 130 mm with a blue bar 30 mm high.
_BAR: RGB = (24, 58, 142)


def _bar(height: float, caption: str) -> tuple[Strip, ...]:
    return (Strip("top", height, (_BAR,), (232, 234, 238), caption),)


_MERCOSUR_INKS: Schemes = {
    "black on white": (WHITE, BLACK, 0.82),
    "red on white": (WHITE, (170, 30, 36), 0.1),
    "blue on white": (WHITE, (30, 60, 160), 0.05),
    "green on white": (WHITE, (20, 110, 60), 0.03),
}
_AR_CAR, _AR_CYCLE, _BR, _UY, _PY_CAR, _PY_CYCLE = MERCOSUR.patterns


def _mercosur(
    weight: float, pattern: str, country: str, marks: tuple[Mark, ...] = (), pitch: float = 51
) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(400, 130),
        character=65,
        pitch=pitch,
        schemes=_MERCOSUR_INKS,
        marks=(marks,),
        border=2.5,
        strips=_bar(30, country),
    )


def _mercosur_cycle(weight: float, pattern: str, country: str, first_row: int) -> LayoutVariant:
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(200, 170),
        character=53,
        pitch=43,
        schemes=_MERCOSUR_INKS,
        marks=((), ()),
        first_row=first_row,
        upper=(53, 43, 13),
        border=2.5,
        strips=_bar(30, country),
    )


# Motorcycles of both series.
BRAZIL_TWO_ROWS_VARIANTS = (BRAZIL_VARIANTS[1], _mercosur_cycle(0.15, _BR, "BRASIL", 3))

_ARGENTINA_CAR = _mercosur(
    0.6, _AR_CAR, "REPUBLICA ARGENTINA", (Mark(2, "gap", 0.35), Mark(5, "gap", 0.35)), 47
)
MERCOSUR_VARIANTS = (
    _mercosur(0.5, _BR, "BRASIL"),
    _mercosur_cycle(0.1, _BR, "BRASIL", 3),
    _ARGENTINA_CAR,
    _mercosur_cycle(0.06, _AR_CYCLE, "ARGENTINA", 4),
    _mercosur(0.1, _UY, "URUGUAY", (Mark(3, "gap", 0.3),)),
    _mercosur(0.06, _PY_CAR, "PARAGUAY", (Mark(4, "gap", 0.3),)),
    _mercosur_cycle(0.03, _PY_CYCLE, "PARAGUAY", 3),
)
ARGENTINA_VARIANTS = (
    _ARGENTINA_CAR,
    _mercosur_cycle(0.06, _AR_CYCLE, "ARGENTINA", 4),
    # Issued until 2016; still more than half of the plates on the road.
    LayoutVariant(
        weight=0.5,
        syntax=PlateSyntax("@@@###"),
        size=(294, 129),
        character=70,
        pitch=41,
        schemes={"white on black": ((28, 28, 32), WHITE, 1.0)},
        marks=((Mark(3, "gap", 0.6),),),
        border=3.0,
        strips=(Strip("top", 22, (), WHITE, "ARGENTINA"),),
    ),
)

# --- Peru: 300 x 150 mm, the country name above the characters.
PERU_VARIANTS = (
    LayoutVariant(
        weight=0.93,
        syntax=PlateSyntax(PERU.patterns[0]),
        size=(300, 150),
        character=76,
        pitch=42,
        schemes={
            "black on white": ((224, 222, 216), BLACK, 0.76),
            "black on yellow": ((230, 196, 60), BLACK, 0.16),
            "black on orange": ((226, 130, 70), BLACK, 0.08),
        },
        marks=((Mark(3, "dash", 0.55),),),
        border=2.5,
        strips=(Strip("top", 32, (), BLACK, "PERU"),),
    ),
    LayoutVariant(
        weight=0.07,
        syntax=PlateSyntax(PERU.patterns[1]),
        size=(200, 140),
        character=48,
        pitch=44,
        schemes={"black on yellow": ((230, 196, 60), BLACK, 1.0)},
        marks=((), ()),
        first_row=4,
        upper=(48, 40, 9),
        border=2.5,
        strips=(Strip("top", 26, (), BLACK, "PERU"),),
    ),
)
