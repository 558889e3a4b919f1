"""Plate formats: format grammars for constrained decoding, with the formats of some countries.

The country formats describe texts without spaces, dots and dashes. They define the characters
allowed at each position, not the combinations that have been issued. Diplomatic, military and
temporary plates are left out unless mentioned. ``|`` combines formats: ``BRAZIL | ARGENTINA``.

CHINA_7, CHINA_8, CHINA
    GA 36-2018: the province, the letter of the authority and a serial number without I and O.
    `CHINA_7`: a serial number of five characters, the last of which may be 挂 (trailer), 学
    (driving school), 警 (police), 领 (consulate), or 港 or 澳 (of 粤Z). `CHINA_8`: the six
    characters of new-energy vehicles. `CHINA`: both.
BRAZIL
    Cars and motorcycles: ``@@@####`` of 1990 and ``@@@#@##``, the Mercosur plate of 2018.
ARGENTINA
    Cars and motorcycles: the Mercosur plates of 2016 and the series of 1995.
MERCOSUR
    The Mercosur plates (resolution GMC 33/14) of Argentina, Brazil, Paraguay and Uruguay.
PERU
    D.S. 017-2008-MTC: cars, including the series of 1974 and 1995, and motorcycles.
TUNISIA
    Up to three digits, the letter T for the name of the country in Arabic, up to four digits.
UZBEKISTAN
    The plates since 1 October 2008: private vehicles, companies, trailers, motorcycles, foreign
    companies and residents.
VIETNAM
    Circular 24/2023/TT-BCA and its predecessors: cars, trailers, motorcycles and foreigners, and
    the two letters and four digits of the army.
LATIN
    Plates of unknown origin: three to ten letters A-Z and digits.
"""

from ._countries import (
    ARGENTINA,
    BRAZIL,
    CHINA,
    CHINA_7,
    CHINA_8,
    LATIN,
    MERCOSUR,
    PERU,
    TUNISIA,
    UZBEKISTAN,
    VIETNAM,
)
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
    "PlateSyntax",
]
