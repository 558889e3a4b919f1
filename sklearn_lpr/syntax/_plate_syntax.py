"""Plate formats as patterns of allowed characters."""

import string
from dataclasses import dataclass, field

from .._texts import normalize

__all__ = ["PlateSyntax"]

_CLASSES = {
    "@": string.ascii_uppercase,
    "#": string.digits,
    "?": string.digits + string.ascii_uppercase,
}

# These characters occur on no plate, but in patterns written as regular expressions.
_REGULAR_EXPRESSIONS = frozenset("{}()|*+^$")

# More than any script has.
_MAX_RANGE = 1 << 16


@dataclass(frozen=True, init=False, repr=False, slots=True)
class PlateSyntax:
    r"""Plate format (format grammar): the patterns that the texts of plates match.

    Objects are equal if their patterns are equal. They can be hashed and pickled, and evaluating
    their repr creates an equal object. ``one | other`` allows the texts of both.

    Parameters
    ----------
    *patterns : str
        One or more patterns with one code point per position: ``@`` is a letter A-Z, ``#`` a
        digit, ``?`` a letter or digit, and ``[...]`` one of a set of characters. A set may
        contain ranges such as ``A-H``, and ``@``, ``#`` and ``?`` have no special meaning in it.
        Any other character matches itself. ``\`` before a character removes its special meaning.
        A line break separates the rows of a plate. It is not a position: texts match the pattern
        without it.

    Attributes
    ----------
    patterns : tuple of str
        The patterns in the Unicode form NFC.
    positions : tuple of tuple of str
        The allowed characters of each position of each pattern, sorted.
    row_lengths : tuple of tuple of int
        The number of positions in each row of each pattern.

    Raises
    ------
    TypeError
        If a pattern is not a str.
    ValueError
        If there is no pattern, or if a pattern or one of its rows is empty or cannot be parsed.
        The message names the column, counted from 1.

    Examples
    --------
    >>> from sklearn_lpr.syntax import PlateSyntax
    >>> syntax = PlateSyntax("@@@####", "@@@#@##")
    >>> syntax.matches("ABC1D23"), syntax.matches("ABCD123")
    (True, False)
    >>> two_rows = PlateSyntax("@@@\n####")
    >>> two_rows.matches("ABC1234"), two_rows.row_lengths
    (True, ((3, 4),))
    >>> PlateSyntax("@@@####") | PlateSyntax("@@@#@##")
    PlateSyntax('@@@####', '@@@#@##')
    >>> PlateSyntax("[A-CX]#").positions
    (('ABCX', '0123456789'),)
    >>> PlateSyntax("@@[A-H##")
    Traceback (most recent call last):
        ...
    ValueError: Pattern '@@[A-H##', column 3: '[' is never closed; add ']', or write '\[' for
    the character itself.
    """

    patterns: tuple[str, ...]
    positions: tuple[tuple[str, ...], ...] = field(compare=False)
    row_lengths: tuple[tuple[int, ...], ...] = field(compare=False)

    def __init__(self, *patterns: str) -> None:
        if not patterns:
            raise ValueError("PlateSyntax needs at least one pattern, such as '@@@####'.")
        for pattern in patterns:
            if not isinstance(pattern, str):
                raise TypeError(
                    f"A pattern is {pattern!r} of type {type(pattern).__name__}; patterns are "
                    "strings: PlateSyntax('@@@####', '@@@#@##')."
                )
        patterns = tuple(normalize(pattern) for pattern in patterns)
        object.__setattr__(self, "patterns", patterns)
        rows = [[_parse(row) for row in pattern.split("\n")] for pattern in patterns]
        object.__setattr__(self, "positions", tuple(sum(parts, ()) for parts in rows))
        object.__setattr__(self, "row_lengths", tuple(tuple(map(len, parts)) for parts in rows))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.patterns))})"

    def __or__(self, other: "PlateSyntax") -> "PlateSyntax":
        """Return the union of two syntaxes, without duplicate patterns."""
        if not isinstance(other, PlateSyntax):
            return NotImplemented
        return PlateSyntax(*dict.fromkeys(self.patterns + other.patterns))

    def matches(self, text: str) -> bool:
        """Return whether a text matches one of the patterns completely.

        Parameters
        ----------
        text : str

        Returns
        -------
        bool
        """
        text = normalize(text)
        return any(
            len(text) == len(positions)
            and all(
                character in allowed for character, allowed in zip(text, positions, strict=True)
            )
            for positions in self.positions
        )


def _parse(pattern: str) -> tuple[str, ...]:
    """Parse a row; return the allowed characters of each position."""
    if not pattern:
        raise ValueError(
            "A pattern or a row of a pattern is empty; each needs at least one position, such as "
            "'@'."
        )
    positions = []
    start = 0
    while start < len(pattern):
        if pattern[start] == "[":
            allowed, start = _parse_set(pattern, start)
        elif pattern[start] == "]":
            raise _error(pattern, start, "']' closes no '['; write '\\]' for the character itself")
        else:
            at = start
            character, escaped, start = _parse_character(pattern, start)
            if character in _REGULAR_EXPRESSIONS and not escaped:
                raise _regular_expression_error(pattern, at)
            allowed = character if escaped else _CLASSES.get(character, character)
        positions.append(allowed)
    return tuple(positions)


def _parse_set(pattern: str, start: int) -> tuple[str, int]:
    """Parse a set from its '['; return its characters, sorted, and the index after its ']'."""
    characters: set[str] = set()
    at = start + 1
    while at < len(pattern) and pattern[at] != "]":
        first_at = at
        first, escaped, at = _parse_character(pattern, at)
        if first == "^" and not escaped and not characters:
            raise _regular_expression_error(pattern, first_at)
        last = first
        # A '-' just before the end of the set is a plain character.
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("]", ""):
            last, _, at = _parse_character(pattern, at + 1)
        if last < first:
            raise _error(pattern, first_at, f"the range {first}-{last} is reversed")
        if ord(last) - ord(first) >= _MAX_RANGE:
            raise _error(
                pattern,
                first_at,
                f"the range {first!r}-{last!r} has more than {_MAX_RANGE} characters",
            )
        characters.update(map(chr, range(ord(first), ord(last) + 1)))
    if at == len(pattern):
        raise _error(
            pattern, start, "'[' is never closed; add ']', or write '\\[' for the character itself"
        )
    if not characters:
        raise _error(pattern, start, "the set '[]' is empty; add at least one character")
    return "".join(sorted(characters)), at + 1


def _parse_character(pattern: str, at: int) -> tuple[str, bool, int]:
    """Parse a character; return it, whether it is escaped, and the index after it."""
    if pattern[at] != "\\":
        return pattern[at], False, at + 1
    if at + 1 == len(pattern):
        raise _error(pattern, at, "'\\' escapes nothing; write '\\\\' for the character itself")
    return pattern[at + 1], True, at + 2


def _regular_expression_error(pattern: str, at: int) -> ValueError:
    character = pattern[at]
    return _error(
        pattern,
        at,
        f"{character!r} has no meaning: patterns have one position per character and are not "
        f"regular expressions; write '\\{character}' for the character itself",
    )


def _error(pattern: str, at: int, reason: str) -> ValueError:
    return ValueError(f"Pattern {pattern!r}, column {at + 1}: {reason}.")
