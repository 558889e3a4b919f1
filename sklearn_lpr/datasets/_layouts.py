"""The plates of countries: what they say, their proportions, colours, marks and strips."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..syntax import BRAZIL, CHINA_7, CHINA_8, MERCOSUR, PERU, UZBEKISTAN, PlateSyntax
from ._chances import choose, cumulate
from ._drawing import RGB, Mark, PlateStyle, Strip, draw_bolts, vary
from ._glyphs import TYPEFACES

__all__ = ["LAYOUTS", "PlateForm", "draw_form", "draw_form_style"]


@dataclass(frozen=True)
class PlateForm:
    """One kind of plate; lengths in millimetres.

    Parameters
    ----------
    share : float
        How often it is drawn, relative to the other forms of its layout.
    syntax : PlateSyntax
        Its texts; all of a form's patterns have the same marks.
    size : tuple of width, height
        Of the whole plate.
    character : float
        The height of a capital in the last row.
    pitch : float
        From the middle of a character of the last row to that of the next.
    schemes : dict
        From a scheme's name to its background, ink and share.
    marks : tuple of tuple of Mark
        One tuple a row.
    first_row : int
        How many characters stand in the upper row, 0 where there is one row.
    upper : tuple of height, pitch, gap
        The upper row's characters, and what lies between the rows.
    fill : float
        The width of a character as a fraction of the pitch.
    border : float
        The thickness of a line around the plate.
    strips : tuple of Strip
        `size` in millimetres.
    band : tuple of str
        A blue European band on the left with one of these captions; empty for none.
    small : int
        How many of the first characters are smaller.
    fade : RGB or None
        The background's colour at the foot.
    captions : tuple of str
        What a strip without a caption may say.
    """

    share: float
    syntax: PlateSyntax
    size: tuple[float, float]
    character: float
    pitch: float
    schemes: Mapping[str, tuple[RGB, RGB, float]]
    marks: tuple[tuple[Mark, ...], ...] = ((),)
    first_row: int = 0
    upper: tuple[float, float, float] = (0, 0, 0)
    fill: float = 0.8
    border: float = 0.0
    strips: tuple[Strip, ...] = ()
    band: tuple[str, ...] = ()
    small: int = 0
    fade: RGB | None = None
    captions: tuple[str, ...] = ("",)

    def split(self, text: str) -> list[str]:
        """Give the rows of a text as the plate shows them."""
        lines = [text[: self.first_row], text[self.first_row :]] if self.first_row else [text]
        if any(mark.kind == "tunis" for row in self.marks for mark in row):
            # The T of the text is the word on the plate.
            lines = [line.replace("T", "") for line in lines]
        return lines


def draw_form(layout: str, rng: np.random.Generator) -> PlateForm:
    """Draw one of the forms of a layout."""
    forms = LAYOUTS[layout]
    return forms[choose(cumulate([form.share for form in forms]), rng)]


def draw_form_style(form: PlateForm, rng: np.random.Generator) -> PlateStyle:
    """Draw the look of one plate of a form, with what differs from one to the next."""
    scheme = list(form.schemes)[
        choose(cumulate([share for *_, share in form.schemes.values()]), rng)
    ]
    background, ink, _ = form.schemes[scheme]
    height, upper_height, upper_pitch, gap = form.character, *form.upper
    caption = form.captions[rng.integers(len(form.captions))]
    strips = tuple(
        Strip(
            strip.side,
            strip.size / height,
            strip.colours,
            strip.ink if strip.colours else ink,  # a caption on the plate itself
            strip.caption or caption,
        )
        for strip in form.strips
    )
    head = sum(strip.size for strip in form.strips if strip.side == "top")
    text_height = height + (upper_height + gap if form.first_row else 0)
    return PlateStyle(
        scheme=scheme,
        background=vary(background, 10, rng),
        ink=vary(ink, 8, rng),
        typeface=TYPEFACES[rng.integers(len(TYPEFACES))],
        pitch=form.pitch / height * rng.uniform(0.97, 1.02),
        fill=form.fill * rng.uniform(0.96, 1.05),
        plain_zero=rng.random() < 0.8,
        separator="none",
        padding=(form.size[1] - head - text_height) / 2 / height,
        border=form.border / height,
        band=bool(form.band),
        bolts=draw_bolts(rng),
        relief=float(rng.uniform(0, 26)),
        aspect=form.size[0] / form.size[1],
        upper=upper_height / height if form.first_row else 1.0,
        gap=gap / height,
        upper_pitch=upper_pitch / upper_height if form.first_row else None,
        side=0.03,
        fade=form.fade,
        small=form.small,
        level=True,
        marks=form.marks,
        strips=strips,
        band_caption=form.band[rng.integers(len(form.band))] if form.band else "",
    )


_WHITE: RGB = (226, 228, 228)
_BLACK: RGB = (24, 24, 28)
_BLACK_ON_WHITE: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on white": (_WHITE, _BLACK, 1.0),
}

# --- China: GA 36-2018. Serial numbers hold two letters at most.
_PROVINCE, _LETTER, _SERIAL = (f"[{allowed}]" for allowed in CHINA_7.positions[0][:3])
_PREFIX = _PROVINCE + _LETTER
_CHINA_SERIALS = ("#####", "@####", "#@###", "##@##", "###@#", "####@", "@@###", "##@@#", "#@##@")
_CHINA_7 = PlateSyntax(*(_PREFIX + serial.replace("@", _LETTER) for serial in _CHINA_SERIALS))
_CHINA_DOT = (Mark(2, "dot", 0.39),)
_YELLOW: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on yellow": ((226, 168, 34), _BLACK, 1.0),
}
_CHINA = (
    PlateForm(
        share=0.8,
        syntax=_CHINA_7,
        size=(440, 140),
        character=90,
        pitch=57,
        schemes={"white on blue": ((28, 62, 170), (236, 238, 242), 1.0)},
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
    PlateForm(
        share=0.09,
        syntax=PlateSyntax(_PREFIX + "#####", _PREFIX + "@####".replace("@", _LETTER))
        | PlateSyntax(_PREFIX + 4 * _SERIAL + "[挂学]"),
        size=(440, 140),
        character=90,
        pitch=57,
        schemes=_YELLOW,
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
    PlateForm(
        share=0.08,
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
    PlateForm(
        share=0.03,
        syntax=PlateSyntax(CHINA_7.patterns[1]),
        size=(440, 140),
        character=90,
        pitch=57,
        schemes={"white on black": ((26, 27, 32), _WHITE, 1.0)},
        marks=(_CHINA_DOT,),
        border=3.5,
    ),
)
_CHINA_GREEN = (
    PlateForm(
        share=0.9,
        syntax=PlateSyntax(CHINA_8.patterns[0]),
        size=(480, 140),
        character=90,
        pitch=52,
        schemes={"black on green": ((206, 228, 214), _BLACK, 1.0)},
        marks=((Mark(2, "gap", 0.6),),),
        border=2.5,
        fade=(66, 186, 112),
    ),
    PlateForm(
        share=0.1,
        syntax=PlateSyntax(CHINA_8.patterns[1]),
        size=(480, 140),
        character=90,
        pitch=52,
        schemes={"black on green": ((74, 186, 112), _BLACK, 1.0)},
        marks=((Mark(2, "gap", 0.6),),),
        border=2.5,
    ),
)

# --- Brazil until 2018: a tag with state and town above the characters.
_TOWNS = ("SP-SAO PAULO", "RJ-RIO DE JANEIRO", "PR-CURITIBA", "MG-CONTAGEM", "BA-SALVADOR")
_BRAZIL_SCHEMES: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on grey": ((166, 168, 168), (30, 30, 34), 0.8),
    "white on red": ((158, 32, 36), (228, 224, 222), 0.2),
}
_TAG = Strip("top", 28, (), _BLACK, "")
_BRAZIL = (
    PlateForm(
        share=0.85,
        syntax=PlateSyntax(BRAZIL.patterns[0]),
        size=(400, 130),
        character=63,
        pitch=50,
        schemes=_BRAZIL_SCHEMES,
        marks=((Mark(3, "dot", 0.4),),),
        strips=(_TAG,),
        captions=_TOWNS,
    ),
    PlateForm(
        share=0.15,
        syntax=PlateSyntax(BRAZIL.patterns[0]),
        size=(187, 136),
        character=42,
        pitch=40,
        schemes=_BRAZIL_SCHEMES,
        marks=((), ()),
        first_row=3,
        upper=(42, 40, 9),
        strips=(Strip("top", 20, (), _BLACK, ""),),
        captions=tuple(town[:11] for town in _TOWNS),
    ),
)

# --- Mercosur: resolution GMC 33/14, 400 x 130 mm with a blue bar of 30 mm.
_BAR: RGB = (24, 58, 142)


def _bar(height: float, caption: str) -> tuple[Strip, ...]:
    return (Strip("top", height, (_BAR,), (232, 234, 238), caption),)


_MERCOSUR_INKS: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on white": (_WHITE, _BLACK, 0.82),
    "red on white": (_WHITE, (170, 30, 36), 0.1),
    "blue on white": (_WHITE, (30, 60, 160), 0.05),
    "green on white": (_WHITE, (20, 110, 60), 0.03),
}
_AR_CAR, _AR_CYCLE, _BR, _UY, _PY_CAR, _PY_CYCLE = MERCOSUR.patterns


def _mercosur(
    share: float, pattern: str, country: str, marks: tuple[Mark, ...] = (), pitch: float = 51
) -> PlateForm:
    return PlateForm(
        share=share,
        syntax=PlateSyntax(pattern),
        size=(400, 130),
        character=65,
        pitch=pitch,
        schemes=_MERCOSUR_INKS,
        marks=(marks,),
        border=2.5,
        strips=_bar(30, country),
    )


def _mercosur_cycle(share: float, pattern: str, country: str, first_row: int) -> PlateForm:
    return PlateForm(
        share=share,
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


_ARGENTINA_CAR = _mercosur(
    0.6, _AR_CAR, "REPUBLICA ARGENTINA", (Mark(2, "gap", 0.35), Mark(5, "gap", 0.35)), 47
)
_MERCOSUR = (
    _mercosur(0.5, _BR, "BRASIL"),
    _mercosur_cycle(0.1, _BR, "BRASIL", 3),
    _ARGENTINA_CAR,
    _mercosur_cycle(0.06, _AR_CYCLE, "ARGENTINA", 4),
    _mercosur(0.1, _UY, "URUGUAY", (Mark(3, "gap", 0.3),)),
    _mercosur(0.06, _PY_CAR, "PARAGUAY", (Mark(4, "gap", 0.3),)),
    _mercosur_cycle(0.03, _PY_CYCLE, "PARAGUAY", 3),
)
_ARGENTINA = (
    _ARGENTINA_CAR,
    _mercosur_cycle(0.06, _AR_CYCLE, "ARGENTINA", 4),
    # Until 2016, and still more than half of the plates on the road.
    PlateForm(
        share=0.5,
        syntax=PlateSyntax("@@@###"),
        size=(294, 129),
        character=70,
        pitch=41,
        schemes={"white on black": ((28, 28, 32), _WHITE, 1.0)},
        marks=((Mark(3, "gap", 0.6),),),
        border=3.0,
        strips=(Strip("top", 22, (), _WHITE, "ARGENTINA"),),
    ),
)

# --- Vietnam: circular 58/2020. The series: see `sklearn_lpr.syntax.VIETNAM`.
_SERIES = "[A-HK-NPR-VXYZ]"
_VIETNAM_SCHEMES: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on white": (_WHITE, _BLACK, 0.8),
    "black on yellow": ((232, 190, 50), _BLACK, 0.15),
    "white on blue": ((30, 70, 160), (232, 236, 240), 0.05),
}
_VIETNAM = (
    PlateForm(
        share=0.55,
        syntax=PlateSyntax(f"##{_SERIES}#####"),
        size=(520, 110),
        character=78,
        pitch=54,
        schemes=_VIETNAM_SCHEMES,
        marks=((Mark(3, "dash", 0.5), Mark(6, "point", 0.3)),),
        border=3.0,
    ),
    PlateForm(
        share=0.13,
        syntax=PlateSyntax(f"##{_SERIES}####"),
        size=(470, 110),
        character=80,
        pitch=58,
        schemes=_VIETNAM_SCHEMES,
        marks=((Mark(3, "dash", 0.55),),),
        border=3.0,
    ),
    PlateForm(
        share=0.04,
        syntax=PlateSyntax("@@####"),
        size=(434, 110),
        character=78,
        pitch=57,
        schemes={"white on red": ((168, 34, 44), (236, 232, 230), 1.0)},
        marks=((Mark(2, "dash", 0.5), Mark(4, "dash", 0.5)),),
    ),
    PlateForm(
        share=0.14,
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
    PlateForm(
        share=0.14,
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

# --- Uzbekistan: 520 x 112 mm, the region's code in a box, the flag on the right.
_UZ_FLAG = Strip(
    "right",
    38,
    (_WHITE, (20, 140, 190), _WHITE, (40, 160, 80), _WHITE, _WHITE),
    (20, 90, 160),
    "UZ",
)


def _uzbekistan(share: float, pattern: str, gaps: tuple[int, ...]) -> PlateForm:
    return PlateForm(
        share=share,
        syntax=PlateSyntax(pattern),
        size=(520, 112),
        character=74,
        pitch=49,
        schemes=_BLACK_ON_WHITE,
        # The smaller digits of the region stand closer.
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


_UZBEKISTAN = (
    _uzbekistan(0.75, UZBEKISTAN.patterns[0], (3, 6)),
    _uzbekistan(0.2, UZBEKISTAN.patterns[1], (5,)),
    _uzbekistan(0.05, UZBEKISTAN.patterns[2], (6,)),
)


# --- Tunisia: white on black, the country's name between series and number.
def _tunisia(share: float, series: int, number: int) -> PlateForm:
    return PlateForm(
        share=share,
        syntax=PlateSyntax("#" * series + "T" + "#" * number),
        size=(520, 110),
        character=68,
        pitch=46,
        schemes={"white on black": ((26, 26, 29), (228, 228, 228), 1.0)},
        marks=((Mark(series, "tunis", 2.9),),),
        border=4.0,
    )


_TUNISIA = (
    _tunisia(0.62, 3, 4),
    _tunisia(0.15, 3, 3),
    _tunisia(0.18, 2, 4),
    _tunisia(0.03, 2, 3),
    _tunisia(0.02, 3, 2),
)

# --- Peru: 300 x 150 mm, the country's name above the characters.
_PERU = (
    PlateForm(
        share=0.93,
        syntax=PlateSyntax(PERU.patterns[0]),
        size=(300, 150),
        character=76,
        pitch=42,
        schemes={
            "black on white": ((224, 222, 216), _BLACK, 0.76),
            "black on yellow": ((230, 196, 60), _BLACK, 0.16),
            "black on orange": ((226, 130, 70), _BLACK, 0.08),
        },
        marks=((Mark(3, "dash", 0.55),),),
        border=2.5,
        strips=(Strip("top", 32, (), _BLACK, "PERU"),),
    ),
    PlateForm(
        share=0.07,
        syntax=PlateSyntax(PERU.patterns[1]),
        size=(200, 140),
        character=48,
        pitch=44,
        schemes={"black on yellow": ((230, 196, 60), _BLACK, 1.0)},
        marks=((), ()),
        first_row=4,
        upper=(48, 40, 9),
        border=2.5,
        strips=(Strip("top", 26, (), _BLACK, "PERU"),),
    ),
)

# --- Europe and other Latin plates: 520 x 110 mm, mostly with the blue band.
_EU_WHITE: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on white": (_WHITE, _BLACK, 0.92),
    "red on white": (_WHITE, (170, 30, 36), 0.04),
    "green on white": (_WHITE, (20, 110, 60), 0.04),
}
_EU_YELLOW: Mapping[str, tuple[RGB, RGB, float]] = {
    "black on yellow": ((244, 182, 32), _BLACK, 1.0),
}


def _eu(
    share: float,
    pattern: str,
    marks: tuple[Mark, ...],
    band: tuple[str, ...],
    schemes: Mapping[str, tuple[RGB, RGB, float]] = _EU_WHITE,
    strips: tuple[Strip, ...] = (),
) -> PlateForm:
    return PlateForm(
        share=share,
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


_EU = (
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
    PlateForm(
        share=0.05,
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

LAYOUTS: Mapping[str, tuple[PlateForm, ...]] = {
    "china": _CHINA,
    "china_green": _CHINA_GREEN,
    "brazil": _BRAZIL,
    "mercosur": _MERCOSUR,
    "vietnam": _VIETNAM,
    "uzbekistan": _UZBEKISTAN,
    "tunisia": _TUNISIA,
    "argentina": _ARGENTINA,
    "peru": _PERU,
    "eu": _EU,
}
