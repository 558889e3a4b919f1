"""Prior probabilities of texts, from the plate formats of several countries."""

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

from .._texts import normalize
from ._formats import WORLD, get_syntax
from ._plate_syntax import PlateSyntax

__all__ = ["FormatPrior"]

# The greatest difference of a sum of fractions from 1.
_ROUNDING = 1e-12

_LATIN = frozenset(string.ascii_uppercase + string.digits)


@dataclass(frozen=True, init=False, repr=False, slots=True)
class FormatPrior:
    """Prior over texts, from plate formats.

    Each format is equally probable, or as probable as its weight says, and so are the patterns
    of a format and the texts of a pattern. The prior of a text is its relative probability: the
    sum, over all patterns that it matches, of the probability of the text under the pattern
    divided by its probability among all texts of its length. A pattern of few texts, such as
    ``@@@####``, so weighs more than one of many, such as ``???????``, which is barely informative.

    Objects are equal if their formats and weights are. They can be hashed and pickled, and
    evaluating their repr creates an equal object.

    Parameters
    ----------
    *formats : str or PlateSyntax
        Plate formats, or names for `get_syntax`. Without any, these are the formats of all known
        countries.
    weights : sequence of float, default=None
        How common the plates of each format are, in any unit. None means equally common.

    Attributes
    ----------
    formats : tuple of PlateSyntax
    weights : tuple of float
        The weights of the formats; their sum is 1.
    patterns : tuple of tuple of str
        The allowed characters of each position of each distinct pattern of the formats.
    pattern_weights : tuple of float
        The summand of each of `patterns`.

    Raises
    ------
    TypeError
        If a format is neither a str nor a PlateSyntax.
    ValueError
        If there is no format of a name, or weights are negative or not one per format.

    See Also
    --------
    sklearn_lpr.decoding.FormatDecoder : Weighs predictions by a prior.

    Examples
    --------
    A plate of many countries, and the same with the letter O in place of the digit 0:

    >>> from sklearn_lpr.syntax import FormatPrior
    >>> prior = FormatPrior()
    >>> prior.weight("ABC1230"), prior.weight("ABC123O")
    (1.0, 0.0)
    >>> brazil = FormatPrior("brazil")
    >>> brazil.weight("ABC1D23"), brazil.weight("AB1234")
    (1.0, 0.0)
    """

    formats: tuple[PlateSyntax, ...]
    weights: tuple[float, ...]
    patterns: tuple[tuple[str, ...], ...] = field(compare=False)
    pattern_weights: tuple[float, ...] = field(compare=False)

    def __init__(self, *formats: str | PlateSyntax, weights: Sequence[float] | None = None) -> None:
        syntaxes = tuple(map(_to_syntax, formats or WORLD))
        each = (1.0,) * len(syntaxes) if weights is None else tuple(map(float, weights))
        if len(each) != len(syntaxes):
            raise ValueError(
                f"weights has {len(each)} numbers for {len(syntaxes)} formats; pass one per format."
            )
        if not (min(each) >= 0 and 0 < sum(each) < math.inf):
            raise ValueError(
                f"weights={weights!r} must be finite and not negative, and one of them positive."
            )
        # The fractions of an equal object stay the same to the last bit.
        is_normalized = abs(sum(each) - 1) < _ROUNDING
        fractions = each if is_normalized else tuple(weight / sum(each) for weight in each)
        object.__setattr__(self, "formats", syntaxes)
        object.__setattr__(self, "weights", fractions)
        lifts = _pattern_weights(syntaxes, fractions)
        object.__setattr__(self, "patterns", tuple(lifts))
        object.__setattr__(self, "pattern_weights", tuple(lifts.values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(map(repr, self.formats))}, weights={self.weights})"
        )

    def weight(self, text: str) -> float:
        """Return the relative probability of a text, from 0 for no pattern to at most 1.

        Parameters
        ----------
        text : str

        Returns
        -------
        float
            Sums above 1 are 1: all texts that fit well are equally good.
        """
        text = normalize(text)
        total = sum(
            weight
            for positions, weight in zip(self.patterns, self.pattern_weights, strict=True)
            if len(positions) == len(text)
            and all(
                character in allowed for character, allowed in zip(text, positions, strict=True)
            )
        )
        return min(float(total), 1.0)


def _to_syntax(plate_format: str | PlateSyntax) -> PlateSyntax:
    return plate_format if isinstance(plate_format, PlateSyntax) else get_syntax(plate_format)


def _pattern_weights(
    syntaxes: tuple[PlateSyntax, ...], weights: tuple[float, ...]
) -> dict[tuple[str, ...], float]:
    """Return the weight of each distinct pattern."""
    characters = _LATIN.union(
        *(allowed for syntax in syntaxes for positions in syntax.positions for allowed in positions)
    )
    lifts: dict[tuple[str, ...], float] = {}
    for syntax, weight in zip(syntaxes, weights, strict=True):
        for positions in syntax.positions:
            # Texts of Latin letters and digits are a class of their own among all texts.
            is_latin = all(not _LATIN.isdisjoint(allowed) for allowed in positions)
            n_characters = len(_LATIN if is_latin else characters)
            lift = math.prod(n_characters / len(allowed) for allowed in positions)
            fraction = weight / len(syntax.positions)
            lifts[positions] = lifts.get(positions, 0.0) + fraction * lift
    return lifts
