"""Layouts of plates of the United States."""

from ...syntax import PlateSyntax
from ._layout_variant import LayoutVariant, Schemes
from ._style import RGB, Mark, Strip

__all__ = ["UNITED_STATES_VARIANTS"]

# --- United States: 12 x 6 inches, the state above and a slogan below the characters.
_BLUE, _RED, _GREEN, _BLACK = (32, 52, 118), (164, 36, 44), (24, 84, 58), (26, 26, 30)
_US_SCHEMES: Schemes = {
    "blue on white": ((226, 228, 230), _BLUE, 0.36),
    "black on white": ((226, 228, 228), _BLACK, 0.22),
    "red on white": ((228, 226, 226), _RED, 0.07),
    "green on white": ((224, 230, 224), _GREEN, 0.07),
    "blue on sky": ((176, 204, 226), _BLUE, 0.06),
    "black on sand": ((214, 196, 152), _BLACK, 0.05),
    "black on yellow": ((232, 190, 60), _BLACK, 0.05),
    "white on blue": ((34, 62, 138), (232, 234, 238), 0.05),
    "white on green": ((26, 92, 62), (230, 232, 230), 0.03),
    "white on black": ((28, 28, 32), (228, 228, 228), 0.03),
    "yellow on black": ((30, 30, 34), (226, 184, 70), 0.05),
    "yellow on blue": ((36, 60, 130), (232, 204, 90), 0.03),
    "white on maroon": ((112, 40, 46), (228, 222, 218), 0.03),
    "black on orange": ((214, 130, 40), (40, 32, 28), 0.03),
    "maroon on white": ((224, 220, 216), (108, 36, 44), 0.03),
    "blue on pink": ((226, 186, 190), (60, 60, 120), 0.02),
}
_SCENIC_SCHEMES: Schemes = {
    "blue on white": ((226, 228, 230), _BLUE, 0.5),
    "black on white": ((226, 228, 228), _BLACK, 0.3),
    "red on white": ((228, 226, 226), _RED, 0.1),
    "green on white": ((224, 230, 224), _GREEN, 0.1),
}
_STATES = (
    "CALIFORNIA", "TEXAS", "FLORIDA", "NEW YORK", "OHIO", "ILLINOIS", "GEORGIA", "MICHIGAN",
    "PENNSYLVANIA", "NORTH CAROLINA", "NEW JERSEY", "VIRGINIA", "WASHINGTON", "ARIZONA",
    "TENNESSEE", "MASSACHUSETTS", "INDIANA", "MISSOURI", "MARYLAND", "COLORADO", "WISCONSIN",
    "MINNESOTA", "OREGON", "NEVADA", "UTAH", "IOWA", "KANSAS", "MAINE", "ALASKA", "HAWAII",
)  # fmt: skip
_CAPTION_INKS = ((178, 40, 46), (40, 70, 150), (40, 110, 80), (196, 110, 30), (110, 110, 116))
_SLOGANS = (
    "", "", "THE GOLDEN STATE", "SUNSHINE STATE", "LIVE FREE OR DIE", "GARDEN STATE",
    "LAND OF LINCOLN", "GREAT LAKES", "FIRST IN FLIGHT", "VACATIONLAND", "ALOHA STATE",
    "EMPIRE STATE", "VISIT US ONLINE", "10000 LAKES", "GRAND CANYON STATE", "EVERGREEN STATE",
)  # fmt: skip
_WIDTH = 300
# Characters are narrower where there are many.
_PITCHES = {2: 41, 3: 41, 4: 41, 5: 41, 6: 41, 7: 37, 8: 34}
_PITCHES_BESIDE_EMBLEM = {5: 36, 6: 36, 7: 33}
_US = "[A-NPR-Z]"
# Forms of the words on vanity plates: consonants C, vowels V, any letter @.
_VANITY = (
    "CVCCVCV", "CVCVCVC", "CCVCCVC", "CVCCCVC", "VCCVCVC", "@@@@@@@", "CVCVCC", "CVCCVC", "VCCVCV",
    "CCVCVC", "@@@@@@", "CVCVC", "CVCCV", "CCVCC", "CVCC", "CVCV", "CVC", "CV", "@@@ @@@",
    "@@ @@@@", "CVC CVC", "CVC CVCC", "@ @@@@@", "CVCCV ##", "@@@@ ##", "CVCC ###", "@@@@@#",
    "CVCVCCVC", "@@@@@@@@", "CVC @#@", "#CVCCVC", "@@@ #@", "@@@@#@@",
)  # fmt: skip
_CONSONANT, _VOWEL = "[B-DF-HJ-NP-TV-Z]", "[AEIOUY]"
# Pictures at the foot of the plate, as a colour to which white fades.
_SCENERY = ((150, 190, 226), (238, 206, 140), (186, 214, 170), (236, 190, 190))
# The marks between two groups, and how often they are met.
_BREAKS = (("gap", 0.45, 0.55), ("gap", 0.0, 0.2), ("dash", 0.5, 0.17), ("dot", 0.4, 0.08))


def _us(
    weight: float,
    pattern: str,
    marks: tuple[Mark, ...],
    length: int,
    fade: RGB | None = None,
    emblem: tuple[float, float] | None = None,
) -> LayoutVariant:
    pitches = _PITCHES if emblem is None else _PITCHES_BESIDE_EMBLEM
    return LayoutVariant(
        weight=weight,
        syntax=PlateSyntax(pattern),
        size=(_WIDTH, 150),
        character=68,
        pitch=pitches[length],
        schemes=_US_SCHEMES if fade is None else _SCENIC_SCHEMES,
        marks=(marks,),
        fill=0.83,
        strips=(Strip("top", 33, (), _BLACK, ""), Strip("bottom", 25, (), _BLACK, "")),
        captions=_STATES,
        slogans=_SLOGANS,
        fade=fade,
        accessories=True,
        emblem=emblem,
        caption_inks=_CAPTION_INKS,
    )


def _with_emblem(weight: float, pattern: str, place: int, length: int) -> LayoutVariant:
    """Make a variant with an emblem before the character `place`."""
    gap = 1.6 if place == 0 else 0.9
    pitch = _PITCHES_BESIDE_EMBLEM[length]
    start = (_WIDTH - (length + gap) * pitch) / 2
    emblem = (start + (place + gap / 2) * pitch, 0.48 * gap * pitch)
    marks = (Mark(place, "gap", gap),)
    return _us(weight, pattern.replace("@", _US), marks, length, emblem=emblem)


def _broken(weight: float, pattern: str, place: int, length: int) -> tuple[LayoutVariant, ...]:
    """Make one variant per mark between the groups."""
    return tuple(
        _us(weight * fraction, pattern.replace("@", _US), (Mark(place, kind, gap),), length)
        for kind, gap, fraction in _BREAKS
    )


def _word(weight: float, form: str) -> LayoutVariant:
    kinds = {"C": _CONSONANT, "V": _VOWEL, "@": "@", "#": "#", " ": ""}
    pattern = "".join(kinds[kind] for kind in form)
    # A space in the form is a gap on the plate.
    marks = (Mark(form.index(" "), "gap", 0.5),) if " " in form else ()
    length = len(form.replace(" ", ""))
    return _us(weight, pattern, marks, length)


UNITED_STATES_VARIANTS = (
    *_broken(0.26, "@@@####", 3, 7),
    *_broken(0.16, "@@@###", 3, 6),
    *_broken(0.08, "###@@@", 3, 6),
    _us(0.10, f"#{_US}{_US}{_US}###", (), 7),
    *_broken(0.05, "@@#####", 2, 7),
    *_broken(0.04, "@@####", 2, 6),
    *_broken(0.03, "@@@##@", 3, 6),
    *_broken(0.03, "@##@@@", 3, 6),
    *_broken(0.03, "###@@", 3, 5),
    *_broken(0.03, "####@@", 4, 6),
    *_broken(0.03, "@#####", 3, 6),
    *_broken(0.02, "######", 3, 6),
    *_broken(0.02, "##@####", 3, 7),
    *(_us(0.05, f"{_US}{_US}{_US}####", (Mark(3, "gap", 0.45),), 7, fade) for fade in _SCENERY),
    *(_us(0.05, f"{_US}{_US}{_US}###", (Mark(3, "gap", 0.6),), 6, fade) for fade in _SCENERY),
    *(_us(0.03, "@@@@@@@", (), 7, fade) for fade in _SCENERY),
    _with_emblem(0.05, "@@@###", 3, 6),
    _with_emblem(0.05, "@@@####", 3, 7),
    _with_emblem(0.03, "###@@@", 3, 6),
    _with_emblem(0.03, "@@@##", 3, 5),
    _with_emblem(0.02, "@@###", 0, 5),
    _with_emblem(0.02, "@####", 0, 5),
    _with_emblem(0.02, "@@@@@", 0, 5),
    _with_emblem(0.02, "######", 0, 6),
    _with_emblem(0.02, "@@####", 0, 6),
    *(_word(0.25 / len(_VANITY), form) for form in _VANITY),
)
