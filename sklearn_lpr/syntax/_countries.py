"""Plate formats of countries outside Europe; the package docstring describes them."""

from ._plate_syntax import PlateSyntax

__all__ = [
    "ARGENTINA",
    "BRAZIL",
    "CHINA",
    "CHINA_7",
    "CHINA_8",
    "INDIA",
    "ISRAEL",
    "KOREA",
    "LATIN",
    "MERCOSUR",
    "PERU",
    "TUNISIA",
    "UNITED_STATES",
    "UZBEKISTAN",
    "VIETNAM",
]

_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
_LETTER = "[A-HJ-NP-Z]"
_SERIAL = "[0-9A-HJ-NP-Z]"
CHINA_7 = PlateSyntax(
    _PROVINCE + _LETTER + 4 * _SERIAL + "[0-9A-HJ-NP-Z挂学警领]",
    "粤Z" + 4 * _SERIAL + "[港澳]",
)
# One of ten letters stands for the drive of the vehicle: first in the serial number of small
# vehicles, last in that of large ones.
CHINA_8 = PlateSyntax(
    _PROVINCE + _LETTER + "[A-HJK]" + _SERIAL + "####",
    _PROVINCE + _LETTER + "#####" + "[A-HJK]",
)
CHINA = CHINA_7 | CHINA_8

_BRAZIL_MERCOSUR = PlateSyntax("@@@#@##")
BRAZIL = PlateSyntax("@@@####") | _BRAZIL_MERCOSUR

_ARGENTINA_MERCOSUR = PlateSyntax("@@###@@", "@###@@@")
ARGENTINA = _ARGENTINA_MERCOSUR | PlateSyntax("@@@###", "###@@@")

_URUGUAY = PlateSyntax("@@@####")
_PARAGUAY = PlateSyntax("@@@@###", "###@@@@")
MERCOSUR = _ARGENTINA_MERCOSUR | _BRAZIL_MERCOSUR | _URUGUAY | _PARAGUAY

PERU = PlateSyntax("@??###", "####?@")

TUNISIA = PlateSyntax(*(series * "#" + "T" + n * "#" for series in (1, 2, 3) for n in (1, 2, 3, 4)))

# M: foreign companies, H: foreign residents.
UZBEKISTAN = PlateSyntax("##@###@@", "#####@@@", "######@@", "#####@@", "##[HM]######")

# A province, a series and four or five digits. The series is one of 20 letters or R (trailers), a
# letter and a digit (motorcycles, hence six digits) or two letters. Foreigners have a
# country code and NG, NN, QT or CV.
_SERIES = "[A-HK-NPR-VXYZ]"
VIETNAM = PlateSyntax(
    f"##{_SERIES}####",
    f"##{_SERIES}#####",
    f"##{_SERIES}######",
    f"##{_SERIES}{_SERIES}####",
    f"##{_SERIES}{_SERIES}#####",
    "#####[CNQ][GNTV]##",
    "@@####",
)


# State, district, series without I and O, number; the Bharat series; short ones of Delhi.
_STATE = "[A-DGHJ-PRSTUW][A-EG-PRSTWYZ]"
_INDIAN = "[A-HJ-NP-Z]"
INDIA = PlateSyntax(
    *(f"{_STATE}##{series * _INDIAN}####" for series in (1, 2, 3)),
    f"{_STATE}##{2 * _INDIAN}###",
    *(f"{_STATE}#{series * _INDIAN}####" for series in (1, 2, 3)),
    *(f"##BH####{series * _INDIAN}" for series in (1, 2)),
)

ISRAEL = PlateSyntax("#######", "########", "######", "#####")

# The kind of vehicle, a syllable for its use, and a number.
_SYLLABLE = "[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]"
KOREA = PlateSyntax(f"##{_SYLLABLE}####", f"[1-9]##{_SYLLABLE}####")

# The series of most states, in the order of their cars, and personalized plates of letters.
UNITED_STATES = PlateSyntax(
    "@@@####",
    "#@@@###",
    "@@@###",
    "###@@@",
    "@@#####",
    "@@@@##",
    "@@@#@#",
    "@@@##@",
    "@##@@@",
    "#@@@##",
    "###@@#",
    "##@@@#",
    "####@@",
    "@@####",
    "@#####",
    "######",
    "#######",
    "####@@@",
    "@##@@#",
    "@###@@@",
    "@@@#@@#",
    "@@#@@#",
    *(length * "@" for length in range(4, 9)),
)

LATIN = PlateSyntax(*(length * "?" for length in range(3, 11)))
