"""Layout of the one-row plates of European countries without a layout of their own."""

from ...syntax import PlateSyntax
from ._layout_colours import BAND_WIDTH, BLACK, WHITE
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark, Strip

__all__ = ["EU_OTHERS_VARIANTS"]

_RED: RGB = (170, 30, 36)
_WHITE: Schemes = {"black on white": (WHITE, BLACK, 1.0)}
_RED_INK: Schemes = {"red on white": (WHITE, _RED, 1.0)}
_YELLOW: Schemes = {"black on yellow": ((238, 188, 44), BLACK, 1.0)}
_DARK: Schemes = {"white on black": (BLACK, WHITE, 1.0)}
_BLUE: Schemes = {"white on blue": ((34, 64, 150), WHITE, 1.0)}
_GREEN: Schemes = {"green on white": (WHITE, (20, 110, 60), 1.0)}

# The marks between the characters of a form.
_MARKS = {
    " ": ("gap", 0.45),
    "-": ("dash", 0.5),
    ".": ("dot", 0.4),
    "*": ("seal", 0.7),
    ":": ("seals", 0.65),
}
# Switzerland: the arms of the country and of the canton.
_ARMS = (
    Strip("left", 50, (WHITE, (190, 30, 40), WHITE), WHITE, "+"),
    Strip("right", 50, (WHITE, (120, 130, 180), WHITE), WHITE, ""),
)


def _eu(
    weight: float,
    form: str,
    band: tuple[str, ...] = (),
    schemes: Schemes = _WHITE,
    *,
    letters: str = "@",
    strips: tuple[Strip, ...] = (),
) -> LayoutVariant:
    """Make a variant of a form: characters as in a pattern, and the marks between them."""
    marks: list[Mark] = []
    pattern = ""
    length = 0
    for sign in form:
        if sign in _MARKS:
            marks.append(Mark(length, *_MARKS[sign]))
        else:
            pattern += letters if sign == "@" else sign
            length += 1
    room = length + sum(mark.gap for mark in marks)
    sides = (BAND_WIDTH if band else 0) + sum(strip.size for strip in strips)
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(520, 112),
        character=76,
        # As wide as in the middle of the plates of most countries, or as there is room.
        pitch=min(57, (494 - sides) / room),
        schemes=schemes,
        marks=(tuple(marks),),
        border=3.0,
        strips=strips,
        band=band,
        band_width=BAND_WIDTH if band else None,
    )


_GREEK = "[ABEZHIKMNOPTYX]"
_UKRAINIAN = "[ABCEHIKMOPTX]"
EU_OTHERS_VARIANTS = (
    # Austria and Switzerland.
    _eu(0.02, "@*#####@", ("A",)),
    _eu(0.04, "@@*###@@", ("A",)),
    _eu(0.03, "@@*#####", ("A",)),
    _eu(0.02, "@@*#@@@", ("A",)),
    _eu(0.01, "@@*@@@@#", ("A",)),
    _eu(0.02, "@@.#####", strips=_ARMS),
    _eu(0.02, "@@.######", strips=_ARMS),
    _eu(0.01, "@@.####", strips=_ARMS),
    # Belgium, Luxembourg and the Netherlands before 2002.
    _eu(0.06, "#-@@@-###", ("B",), _RED_INK),
    _eu(0.05, "@@@-###", ("B",), _RED_INK),
    _eu(0.01, "@@@-###", (), _RED_INK),
    _eu(0.02, "@@ ####", ("L",), _YELLOW),
    _eu(0.01, "@@-##-##", (), _BLUE),
    # Czechia and Slovakia.
    _eu(0.06, "#@#:####", ("CZ",)),
    _eu(0.02, "#@@:####", ("CZ",)),
    _eu(0.01, "@@@:##-##", ()),
    _eu(0.05, "@@*###@@", ("SK",)),
    # Sweden, Finland, Norway, Denmark, Iceland.
    _eu(0.06, "@@@ ###", ("S",)),
    _eu(0.02, "@@@ ##@", ("S",)),
    _eu(0.05, "@@@-###", ("FIN", "EST", "")),
    _eu(0.05, "@@ #####", ("N",)),
    _eu(0.01, "@@ #####", ("N",), _GREEN),
    _eu(0.05, "@@ ## ###", ("DK",)),
    _eu(0.02, "@@ ## ###"),
    _eu(0.01, "@@*@##", ()),
    # Hungary, Lithuania, Latvia, Estonia.
    _eu(0.05, "@@@-###", ("H",)),
    _eu(0.02, "@@ @@-###", ("H",)),
    _eu(0.04, "@@@:###", ("LT",)),
    _eu(0.03, "@@-####", ("LV",)),
    _eu(0.03, "### @@@", ("EST",)),
    # Greece and Cyprus.
    _eu(0.05, "@@@-####", ("GR",), letters=_GREEK),
    _eu(0.03, "@@@ ###", ("CY",)),
    _eu(0.02, "@@@ ###", ("CY",), _YELLOW),
    # Portugal.
    _eu(0.03, "##-@@-##", ("P",)),
    _eu(0.02, "##-##-@@", ("P",)),
    _eu(0.01, "@@-##-##", ("P",)),
    _eu(0.02, "@@-##-@@", ("P",)),
    # Bulgaria, Ukraine, Moldova, Albania, Malta.
    _eu(0.04, "@@ #### @@", ("BG",), letters=_UKRAINIAN),
    _eu(0.02, "@ #### @@", ("BG",), letters=_UKRAINIAN),
    _eu(0.05, "@@ #### @@", ("UA",), letters=_UKRAINIAN),
    _eu(0.02, "@@@ ###", ("MD", "MC")),
    _eu(0.02, "@@ ### @@", ("AL",)),
    _eu(0.03, "@@@ ###", ("M",)),
    # Croatia, Slovenia, Serbia, Bosnia, Montenegro, North Macedonia.
    _eu(0.03, "@@*###-@@", ("HR", "SRB")),
    _eu(0.02, "@@*####-@", ("HR",)),
    _eu(0.02, "@@*####-@@", ("HR",)),
    _eu(0.03, "@@*@@-###", ("SLO",)),
    _eu(0.02, "@@*##-##@", ("SLO",)),
    _eu(0.01, "@@*@#-###", ("SLO",)),
    _eu(0.03, "@##-@-###", ("BIH",)),
    _eu(0.02, "@@ @@###", ("MNE",)),
    _eu(0.02, "@@ ####-@@", ("MK",)),
    # Turkey.
    _eu(0.03, "## @@ ###", ("TR",)),
    _eu(0.02, "## @@ ####", ("TR",)),
    _eu(0.02, "## @@@ ##", ("TR",)),
    _eu(0.02, "## @ ####", ("TR",)),
    # Ireland, with the year, and Northern Ireland.
    _eu(0.03, "##-@-#####", ("IRL",)),
    _eu(0.01, "##-@-####", ("IRL",)),
    _eu(0.02, "###-@-###", ("IRL",)),
    _eu(0.01, "##-@@-####", ("IRL",)),
    _eu(0.01, "@@@ ####", (), _YELLOW),
    # Small countries and islands, and old series.
    _eu(0.02, "@ ####", ("AND", "")),
    _eu(0.01, "@#####"),
    _eu(0.01, "#####", (), _DARK),
    _eu(0.01, "@@ ####", (), _DARK),
    _eu(0.01, "@@@ ###", (), _DARK),
    # Vanity plates.
    _eu(0.01, "@@@@@ #", ("A", "LV")),
    _eu(0.01, "@@@@", ("S", "LT", "H")),
)
