"""Layouts of plates of India."""

from ...syntax import PlateSyntax
from ._layout_colours import BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import Mark, Strip

__all__ = ["INDIA_VARIANTS"]

# --- India: central motor vehicles rules 50 and 51. State, district, series, number.
_STATES = (
    "AN", "AP", "AR", "AS", "BR", "CG", "CH", "DD", "DL", "GA", "GJ", "HP", "HR", "JH", "JK",
    "KA", "KL", "LA", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "PB", "PY", "RJ", "SK", "TN",
    "TR", "TS", "UK", "UP", "WB",
)  # fmt: skip
_IN = "[A-HJ-NP-Z]"
_INDIA_SCHEMES: Schemes = {
    "black on white": (WHITE, BLACK, 0.75),
    "black on yellow": ((232, 184, 40), BLACK, 0.21),
    "white on green": ((24, 110, 66), WHITE, 0.02),
    "white on black": ((28, 28, 32), WHITE, 0.02),
}


def _of_states(pattern: str) -> PlateSyntax:
    return PlateSyntax(*(state + pattern for state in _STATES))


_ONE_LETTER, _TWO_LETTERS = _of_states(f"##{_IN}####"), _of_states(f"##{_IN}{_IN}####")
# How often a series is met, its syntax and the places of the marks.
_INDIA_TEXTS = (
    (0.60, _TWO_LETTERS, (2, 4, 6)),
    (0.18, _ONE_LETTER, (2, 4, 5)),
    (0.07, PlateSyntax(f"DL#{_IN}{_IN}{_IN}####"), (2, 3, 6)),
    (0.05, _of_states(f"##{_IN}{_IN}###"), (2, 4, 6)),
    (0.06, PlateSyntax(f"2#BH####{_IN}{_IN}"), (2, 4, 8)),
    (0.04, PlateSyntax(f"2#BH####{_IN}"), (2, 4, 8)),
)

# The letters IND beside the characters.
_IND = (Strip("left", 26, (), BLACK, "IND"),)


def _one_row(
    weight: float,
    syntax: PlateSyntax,
    places: tuple[int, ...],
    kind: str = "gap",
    gap: float = 0.0,
    registered: bool = False,
) -> LayoutVariant:
    """Make a variant with marks between the groups; registered plates show the letters IND."""
    return LayoutVariant(
        weight=weight,
        syntax=syntax,
        size=(500, 120),
        character=67,
        pitch=42 if gap else 44,
        schemes=_INDIA_SCHEMES,
        marks=(tuple(Mark(place, kind, gap) for place in places),),
        border=2.5 if registered else 0.0,
        strips=_IND if registered else (),
    )


def _two_rows(
    weight: float,
    syntax: PlateSyntax,
    first_row: int,
    kind: str = "gap",
    last: int = 0,
    registered: bool = False,
) -> LayoutVariant:
    """Make a variant with a mark after the state, and one before the number in the last row."""
    return LayoutVariant(
        weight=weight,
        syntax=syntax,
        size=(310, 200),
        character=72,
        pitch=43,
        schemes=_INDIA_SCHEMES,
        marks=(
            (Mark(2, kind, 0.4),) if first_row < 6 else (),
            (Mark(last, kind, 0.4),) if last else (),
        ),
        first_row=first_row,
        upper=(72, 43, 18),
        border=2.5,
        strips=_IND if registered else (),
    )


INDIA_VARIANTS = (
    *(
        _one_row(0.2 * fraction, syntax, places, registered=True)
        for fraction, syntax, places in _INDIA_TEXTS
    ),
    *(_one_row(0.15 * fraction, syntax, places) for fraction, syntax, places in _INDIA_TEXTS),
    *(
        _one_row(0.2 * fraction, syntax, places, "gap", 0.35)
        for fraction, syntax, places in _INDIA_TEXTS
    ),
    *(
        _one_row(0.05 * fraction, syntax, places, "dash", 0.5)
        for fraction, syntax, places in _INDIA_TEXTS
    ),
    _two_rows(0.08, _TWO_LETTERS, 4, registered=True),
    _two_rows(0.04, _TWO_LETTERS, 4, "point", 2),
    _two_rows(0.04, _TWO_LETTERS, 4, "dash", 2),
    _two_rows(0.05, _TWO_LETTERS, 4, "gap", 2),
    _two_rows(0.05, _ONE_LETTER, 4, "gap", 1),
    _two_rows(0.05, _ONE_LETTER, 5, registered=True),
    _two_rows(0.06, _TWO_LETTERS, 5, registered=True),
    _two_rows(0.03, _TWO_LETTERS, 6),
)
