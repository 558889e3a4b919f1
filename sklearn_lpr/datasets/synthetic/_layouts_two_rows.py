"""Layout of the two-row plates of European countries."""

from ...syntax import PlateSyntax
from ._layout_colours import BAND_WIDTH, BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark

__all__ = ["EU_TWO_ROWS_VARIANTS"]

_RED: RGB = (170, 30, 36)
_WHITE: Schemes = {
    "black on white": (WHITE, BLACK, 0.93),
    "green on white": (WHITE, (20, 110, 60), 0.03),
    "blue on white": (WHITE, (36, 76, 160), 0.04),
}
_RED_INK: Schemes = {"red on white": (WHITE, _RED, 1.0)}
_YELLOW: Schemes = {"black on yellow": ((240, 184, 38), BLACK, 1.0)}
_DARK: Schemes = {
    "white on black": (BLACK, WHITE, 0.6),
    "white on blue": ((30, 60, 130), WHITE, 0.4),
}

# Room for the band, on the left of the upper row, and for a seal, on its right.
_BAND = Mark(0, "gap", 0.6)


def _eu(
    weight: float,
    patterns: tuple[str, ...],
    first_row: int,
    band: tuple[str, ...],
    schemes: Schemes = _WHITE,
    upper: tuple[Mark, ...] = (),
    lower: tuple[Mark, ...] = (),
) -> LayoutVariant:
    """Make a variant with a band beside the upper row; its marks are those besides the band's."""
    longest = max(len(pattern) for pattern in patterns)
    room = max(
        longest - first_row + sum(mark.gap for mark in lower),
        first_row + sum(mark.gap for mark in upper) + (0.6 if band else 0),
    )
    pitch = min(54, 262 / room)
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(*patterns),
        size=(280, 200),
        character=74,
        pitch=pitch,
        schemes=schemes,
        marks=((*((_BAND,) if band else ()), *upper), lower),
        first_row=first_row,
        upper=(74, pitch, 17),
        border=3.0,
        band=band,
        band_width=BAND_WIDTH,
        half_band=True,
    )


def _seal(place: int, kind: str = "seal") -> tuple[Mark, ...]:
    return (Mark(place, kind, 0.75),)


def _mark(place: int, kind: str = "gap") -> tuple[Mark, ...]:
    return (Mark(place, kind, 0.45 if kind == "dash" else 0.35),)


EU_TWO_ROWS_VARIANTS = (
    # Germany.
    _eu(0.04, ("@@##", "@@###"), 1, ("D",), upper=_seal(1, "seals"), lower=_mark(1)),
    _eu(0.05, ("@@@##", "@@@###"), 2, ("D",), upper=_seal(2, "seals"), lower=_mark(1)),
    _eu(0.06, ("@@@@##", "@@@@#"), 2, ("D",), upper=_seal(2, "seals"), lower=_mark(2)),
    _eu(0.05, ("@@@@@#", "@@@@@##"), 3, ("D",), upper=_seal(3, "seals"), lower=_mark(2)),
    _eu(0.04, ("@@@@###", "@@@@##"), 3, ("D",), upper=_seal(3, "seals"), lower=_mark(1)),
    # Poland, Norway, Italy, Czechia, Slovakia and others.
    _eu(0.10, ("@@#####", "@@####@", "@@###@@"), 2, ("PL", "I", "D", "S"), upper=_seal(2)),
    _eu(0.06, ("@@@####", "@@@@###", "@@@##@@"), 3, ("PL", "BG")),
    _eu(0.09, ("@@####", "@@#####"), 2, ("N", "PL", "LV", "CH")),
    _eu(0.05, ("@@####", "@@#####"), 2, (), upper=_seal(2)),
    _eu(0.06, ("#@####", "#@#####"), 2, ("CZ",), upper=_seal(2)),
    _eu(0.05, ("@@###@@",), 2, ("I", "SK", "SLO"), lower=_mark(3)),
    _eu(0.04, ("@@##@@", "@@@###", "@@@####"), 2, ("HR", "SLO", "SRB"), upper=_seal(2)),
    _eu(0.04, ("@@####", "@@##@@", "@@###@"), 2, ("A",), upper=_seal(2), lower=_mark(2)),
    _eu(0.03, ("@@####@", "@#####", "@#####@"), 2, ("A",), upper=_seal(1)),
    # France: a dash at the end of the upper row.
    _eu(0.05, ("@@###@@",), 2, ("F",), upper=_mark(2, "dash"), lower=_mark(3, "dash")),
    _eu(0.02, ("####@@@",), 4, ("F",)),
    # The Netherlands.
    _eu(0.05, ("@@##@@", "##@@@@", "@@@@##"), 2, ("NL",), _YELLOW, lower=_mark(2, "dash")),
    _eu(0.02, ("##@@@#",), 2, ("NL",), _YELLOW, lower=_mark(3, "dash")),
    # Spain, Romania, Great Britain.
    _eu(0.04, ("####@@@",), 4, ("E",)),
    _eu(0.03, ("@@##@@@", "B###@@@"), 4, ("RO", "GB"), lower=()),
    _eu(0.03, ("@@##@@@", "@###@@@"), 4, (), _YELLOW),
    # Belgium, in red; Sweden, Finland, Greece, Hungary and others.
    _eu(0.04, ("#@@@###",), 4, ("B",), _RED_INK, upper=_mark(1, "dash")),
    _eu(0.04, ("@@@###", "@@@##"), 3, ("S", "FIN", "GR", "H", "LT")),
    _eu(0.03, ("@@@###", "@@@##"), 3, (), _RED_INK),
    # Old series.
    _eu(0.02, ("@@####", "@#####"), 2, (), _DARK, lower=_mark(2, "dash")),
    _eu(0.02, ("###@@##",), 3, (), _YELLOW, lower=_mark(2)),
    _eu(0.01, ("###@@@##",), 3, (), _YELLOW, lower=_mark(3)),
)
