"""Plate formats of European countries; the package docstring describes them."""

from itertools import product

from ._plate_syntax import PlateSyntax

__all__ = [
    "AUSTRIA",
    "BELGIUM",
    "BULGARIA",
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
    "IRELAND",
    "ITALY",
    "LATVIA",
    "LITHUANIA",
    "LUXEMBOURG",
    "NETHERLANDS",
    "NORWAY",
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
    "TURKEY",
    "UKRAINE",
]

_NUMBER = "[1-9]"  # the first digit of a number without leading zeros


def _numbers(shortest: int, longest: int) -> list[str]:
    """Return the patterns of numbers of some lengths, without leading zeros."""
    return [_NUMBER + "#" * (length - 1) for length in range(shortest, longest + 1)]


def _join(*parts: list[str]) -> list[str]:
    """Return all combinations of the parts of a pattern."""
    return ["".join(combination) for combination in product(*parts)]


def _letters(letter: str, shortest: int, longest: int) -> list[str]:
    return [length * letter for length in range(shortest, longest + 1)]


AUSTRIA = PlateSyntax(
    # Up to three letters at will and up to three digits; or digits, then letters.
    *_join(["@", "@@"], _numbers(2, 5), ["@", "@@"]),
    *_join(["@@@", "@@@@", "@@@@@"], _numbers(1, 3)),
)

BELGIUM = PlateSyntax("[1-9]@@@###", "@@@###", "###@@@", "@@###@", "@###@@", "@@####")

_BULGARIAN = "[ABCEHKMOPTXY]"
BULGARIA = PlateSyntax(*_join(_letters(_BULGARIAN, 1, 2), ["####"], _letters(_BULGARIAN, 1, 2)))

CROATIA = PlateSyntax(*_join(["[A-ZČŠŽ][A-ZČŠŽ]"], ["###", "####"], ["@", "@@"]))

CZECHIA = PlateSyntax("#@#####", "#@@####", "##@####", "@@@####", "@@#####")

DENMARK = PlateSyntax("[A-HJ-PR-Z][A-HJ-PR-Z]#####")

ESTONIA = PlateSyntax("###@@@", "##@@@")

FINLAND = PlateSyntax(*_join(["@@@", "@@"], _numbers(1, 3)))

_SIV = "[A-HJ-NP-TV-Z]"
FRANCE = PlateSyntax(
    f"{_SIV}{_SIV}###{_SIV}{_SIV}",
    *_join(_numbers(1, 4), _letters(_SIV, 1, 3), ["##", "2[AB]"]),
)

# District, one or two letters, a number; E: electric, H: historic. At most eight characters.
_DISTRICT = "[A-ZÄÖÜ]"
_GERMAN_LETTERS = [_DISTRICT + "@", 2 * _DISTRICT + "@", 3 * _DISTRICT + "@", 3 * _DISTRICT + "@@"]
GERMANY = PlateSyntax(
    *(
        letters + number + suffix
        for n_letters, letters in enumerate(_GERMAN_LETTERS, start=2)
        for n_digits, number in enumerate(_numbers(1, 4), start=1)
        for suffix in ("", "[EH]")
        if n_letters + n_digits + bool(suffix) <= 8
    )
)

# Area, age and three letters; a year letter before or after three letters and a number; Northern
# Ireland.
_AREA, _BRITISH = "[A-HJ-PR-Y]", "[A-HJ-PR-Z]"
GREAT_BRITAIN = PlateSyntax(
    f"{_AREA}{_AREA}##{3 * _BRITISH}",
    *_join(["[A-HJ-NPR-TV-Y]"], _numbers(1, 3), [3 * _BRITISH]),
    *_join([3 * _BRITISH], _numbers(1, 3), ["[A-HJ-NPR-TV-Y]"]),
    *_join([3 * _BRITISH], _numbers(1, 3)),
    *_join(["@@Z", "@I[ABGJLW]", "@[JOUX]I"], _numbers(1, 4)),
)

_GREEK = "[ABEHIKMNOPTXYZ]"
GREECE = PlateSyntax(3 * _GREEK + "[1-9]###", 3 * _GREEK + "[1-9]##", 2 * _GREEK + "[1-9]###")

HUNGARY = PlateSyntax("@@@###", "@@@@###", "@@@##")

# Year or half year, county, number.
IRELAND = PlateSyntax(*_join(["##", "##[12]"], ["@", "@@"], _numbers(1, 6)))

_ITALIAN = "[A-HJ-NPR-TV-Z]"
ITALY = PlateSyntax(
    f"{_ITALIAN}{_ITALIAN}###{_ITALIAN}{_ITALIAN}",
    "@@#####",
    "@@######",
)

LATVIA = PlateSyntax(*_join(["@@"], _numbers(1, 4)))

LITHUANIA = PlateSyntax("@@@###", "###@@")

LUXEMBOURG = PlateSyntax("@@####", "#####", "####")

# The fourteen series since 1951; vowels occur in the first three only.
_DUTCH = "[BDFGHJ-NPR-TV-XZ]"
NETHERLANDS = PlateSyntax(
    "@@####",
    "####@@",
    "##@@##",
    *(
        series.replace("@", _DUTCH)
        for series in (
            "@@##@@",
            "@@@@##",
            "##@@@@",
            "##@@@#",
            "#@@@##",
            "@@###@",
            "@###@@",
            "@@@##@",
            "@##@@@",
            "#@@###",
            "###@@#",
        )
    ),
)

NORWAY = PlateSyntax("@@#####", "@@####")

# The district of two or three letters; the letters B, D, I, O and Z occur there alone.
_POLISH = "[ACE-HJ-NPR-Y]"
POLAND = PlateSyntax(
    *(
        "@@" + series.replace("@", _POLISH)
        for series in ("#####", "####@", "###@@", "#@###", "#@@##")
    ),
    *(
        "@@@" + series.replace("@", _POLISH)
        for series in (
            "@###",
            "##@@",
            "#@##",
            "##@#",
            "#@@#",
            "@@##",
            "#####",
            "####@",
            "###@@",
            "@##@@",
            "@@###",
        )
    ),
)

PORTUGAL = PlateSyntax("@@####", "####@@", "##@@##", "@@##@@")

# The county of one (B, Bucharest) or two letters; six digits on temporary plates.
_ROMANIAN = "[A-HJ-NPR-Z][A-PR-Z][A-PR-Z]"
ROMANIA = PlateSyntax(
    f"B##{_ROMANIAN}",
    f"B###{_ROMANIAN}",
    f"@@##{_ROMANIAN}",
    *_join(["B", "@@"], ["0#####", "[1-9]#####"]),
)

# Letters that look like Latin ones, and a region of two or three digits.
_RUSSIAN = "[ABCEHKMOPTXY]"
RUSSIA = PlateSyntax(
    *_join(
        [
            f"{_RUSSIAN}###{_RUSSIAN}{_RUSSIAN}",
            f"{_RUSSIAN}{_RUSSIAN}###",
            f"{_RUSSIAN}{_RUSSIAN}####",
            f"####{_RUSSIAN}{_RUSSIAN}",
            f"{_RUSSIAN}{_RUSSIAN}###{_RUSSIAN}",
        ],
        ["##", "[1279]##"],
    )
)

SERBIA = PlateSyntax(*_join(["[A-ZČĆŠŽ][A-ZČĆŠŽ]"], ["###", "####"], ["@@"]))

SLOVAKIA = PlateSyntax("@@###@@", "@@@@@##", "@@@@###")

SLOVENIA = PlateSyntax("@@@@###", "@@###@@", "@@##@@@", "@@@##@", "@@#@###", "@@@@#@@")

# The series of 2000; the province of one or two letters before.
_SPANISH = "[BCDFGHJ-NPR-TV-Z]"
SPAIN = PlateSyntax(
    "####" + 3 * _SPANISH,
    "C####" + 3 * _SPANISH,
    *_join(["@", "@@"], ["####"], ["@", "@@"]),
    *_join(["@", "@@"], _numbers(4, 6)),
)

_SWEDISH = "[A-HJ-PR-UW-Z]"
SWEDEN = PlateSyntax(3 * _SWEDISH + "###", 3 * _SWEDISH + "##[A-HJ-NPR-UW-Z]")

SWITZERLAND = PlateSyntax(*_join(["[ABFGJLNOSTUVZ][A-Z]"], _numbers(1, 6)))

# The province, one to three letters, two to five digits.
_TURKISH = "[A-PR-VYZ]"
TURKEY = PlateSyntax(
    *_join(["[0-8]#"], [_TURKISH], ["####", "#####"]),
    *_join(["[0-8]#"], [2 * _TURKISH], ["###", "####"]),
    *_join(["[0-8]#"], [3 * _TURKISH], ["##", "###"]),
)

_UKRAINIAN = "[ABCEHIKMOPTX]"
UKRAINE = PlateSyntax(2 * _UKRAINIAN + "####" + 2 * _UKRAINIAN)

EU = PlateSyntax(
    *dict.fromkeys(
        pattern
        for syntax in (
            AUSTRIA,
            BELGIUM,
            BULGARIA,
            CROATIA,
            CZECHIA,
            DENMARK,
            ESTONIA,
            FINLAND,
            FRANCE,
            GERMANY,
            GREECE,
            HUNGARY,
            IRELAND,
            ITALY,
            LATVIA,
            LITHUANIA,
            LUXEMBOURG,
            NETHERLANDS,
            POLAND,
            PORTUGAL,
            ROMANIA,
            SLOVAKIA,
            SLOVENIA,
            SPAIN,
            SWEDEN,
        )
        for pattern in syntax.patterns
    )
)
