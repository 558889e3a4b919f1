"""How the texts of plates are built, and what the plates of some countries look like.

The ready-made ones hold texts without spaces, dots and dashes. They say which characters may stand
where, not which combinations have been issued; diplomatic, military and temporary plates are left
out unless named. ``|`` joins them: ``BRAZIL | ARGENTINA``.

CHINA_7, CHINA_8, CHINA
    GA 36-2018: the province, the letter of the authority and a serial number without I and O.
    `CHINA_7`: five characters, of which the last may be 挂 (trailer), 学 (driving school), 警
    (police), 领 (consulate), or 港 or 澳 (of 粤Z). `CHINA_8`: the six characters of new-energy
    vehicles. `CHINA`: both.
BRAZIL
    ``@@@####`` of 1990 and ``@@@#@##``, the Mercosur plate of 2018; cars and motorcycles.
ARGENTINA
    The Mercosur plates of 2016 and the series of 1995, of cars and of motorcycles each.
MERCOSUR
    The Mercosur plates (resolution GMC 33/14) of Argentina, Brazil, Paraguay and Uruguay.
PERU
    D.S. 017-2008-MTC: cars, together with the series of 1974 and 1995, and motorcycles.
TUNISIA
    Up to three digits, the letter T in place of the country's name in Arabic, up to four digits.
UZBEKISTAN
    The plates since 1 October 2008: private vehicles, companies, trailers, motorcycles, foreign
    companies and residents.
VIETNAM
    Circular 24/2023/TT-BCA and those before it: cars, trailers, motorcycles and foreigners; and
    the army's two letters and four digits.
LATIN
    For plates of unknown origin: three to ten letters A-Z and digits.
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
