"""Plate formats (format grammars) of countries, for constrained decoding and synthetic plates.

`PlateSyntax` describes a format, `get_syntax` returns that of a country by its name, and
`FormatPrior` weighs texts by the formats of several countries.

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

INDIA
    Motor vehicles act of 1988: the state, the district, up to three letters and the number; the
    Bharat series of 2021.
ISRAEL
    Five to eight digits.
KOREA
    Two or three digits for the kind of vehicle, a syllable for its use, and four digits.
UNITED_STATES
    The series of most states, and personalized plates of four to eight letters.
TURKEY
    The province, one to three letters and two to five digits.

FRANCE
    SIV, 2009, without I, O and U; FNI, 1950: number, letters and department.
GERMANY
    The district with Ä, Ö and Ü, one or two letters, and up to four digits without leading zeros;
    E for electric and H for historic cars.
GREAT_BRITAIN
    The series of 2001, those with a letter for the year (1963 and 1983), letters and a number,
    and Northern Ireland.
ITALY
    The series of 1994 without I, O, Q and U, motorcycles, and the provincial series.
NETHERLANDS
    The fourteen series of six characters since 1951.
POLAND
    The district of two or three letters, and the series of 2000, without B, D, I, O, Q and Z after
    the district.
ROMANIA
    The county, two or three digits and three letters without Q; temporary plates.
RUSSIA
    GOST R 50577: the twelve letters that look like Latin ones, and a region of two or three digits.
SPAIN
    The series of 2000 without vowels and Q, and the provincial series.
AUSTRIA, BELGIUM, BULGARIA, CROATIA, CZECHIA, DENMARK, ESTONIA, FINLAND, GREECE, HUNGARY, IRELAND, \
LATVIA, LITHUANIA, LUXEMBOURG, NORWAY, PORTUGAL, SERBIA, SLOVAKIA, SLOVENIA, SWEDEN, SWITZERLAND, \
UKRAINE
    The present series of cars, and earlier ones that are still on the road.
EU
    The formats of the countries of the European Union.
"""

from ._countries import (
    ARGENTINA,
    BRAZIL,
    CHINA,
    CHINA_7,
    CHINA_8,
    INDIA,
    ISRAEL,
    KOREA,
    LATIN,
    MERCOSUR,
    PERU,
    TUNISIA,
    UNITED_STATES,
    UZBEKISTAN,
    VIETNAM,
)
from ._europe import (
    AUSTRIA,
    BELGIUM,
    BULGARIA,
    CROATIA,
    CZECHIA,
    DENMARK,
    ESTONIA,
    EU,
    FINLAND,
    FRANCE,
    GERMANY,
    GREAT_BRITAIN,
    GREECE,
    HUNGARY,
    IRELAND,
    ITALY,
    LATVIA,
    LITHUANIA,
    LUXEMBOURG,
    NETHERLANDS,
    NORWAY,
    POLAND,
    PORTUGAL,
    ROMANIA,
    RUSSIA,
    SERBIA,
    SLOVAKIA,
    SLOVENIA,
    SPAIN,
    SWEDEN,
    SWITZERLAND,
    TURKEY,
    UKRAINE,
)
from ._format_prior import FormatPrior
from ._formats import get_syntax, list_formats
from ._plate_syntax import PlateSyntax

__all__ = [
    "ARGENTINA",
    "AUSTRIA",
    "BELGIUM",
    "BRAZIL",
    "BULGARIA",
    "CHINA",
    "CHINA_7",
    "CHINA_8",
    "CROATIA",
    "CZECHIA",
    "DENMARK",
    "ESTONIA",
    "EU",
    "FINLAND",
    "FRANCE",
    "GERMANY",
    "GREAT_BRITAIN",
    "GREECE",
    "HUNGARY",
    "INDIA",
    "IRELAND",
    "ISRAEL",
    "ITALY",
    "KOREA",
    "LATIN",
    "LATVIA",
    "LITHUANIA",
    "LUXEMBOURG",
    "MERCOSUR",
    "NETHERLANDS",
    "NORWAY",
    "PERU",
    "POLAND",
    "PORTUGAL",
    "ROMANIA",
    "RUSSIA",
    "SERBIA",
    "SLOVAKIA",
    "SLOVENIA",
    "SPAIN",
    "SWEDEN",
    "SWITZERLAND",
    "TUNISIA",
    "TURKEY",
    "UKRAINE",
    "UNITED_STATES",
    "UZBEKISTAN",
    "VIETNAM",
    "FormatPrior",
    "PlateSyntax",
    "get_syntax",
    "list_formats",
]
