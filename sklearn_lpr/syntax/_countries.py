"""Plate formats of some countries; the package docstring lists their sources."""

from ._plate_syntax import PlateSyntax

__all__ = [
    "ARGENTINA",
    "BRAZIL",
    "CHINA",
    "CHINA_7",
    "CHINA_8",
    "LATIN",
    "MERCOSUR",
    "PERU",
    "TUNISIA",
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

LATIN = PlateSyntax(*(length * "?" for length in range(3, 11)))
