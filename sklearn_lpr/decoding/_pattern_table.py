"""Weigh many texts by a prior over plate formats."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..syntax import FormatPrior

__all__ = ["PatternTable", "build_pattern_table"]


class PatternTable:
    """The patterns of a prior as bit sets, over the symbols of an alphabet.

    Parameters
    ----------
    prior : FormatPrior
    alphabet : str
        The characters of the symbols 1, 2, ….
    """

    def __init__(self, prior: FormatPrior, alphabet: str) -> None:
        length = max(map(len, prior.patterns))
        # A blank follows the last character of a text, and of a pattern.
        allowed = np.zeros((length + 1, 1 + len(alphabet), len(prior.patterns)), dtype=bool)
        for index, positions in enumerate(prior.patterns):
            for place, characters in enumerate(positions):
                symbols = [1 + alphabet.index(each) for each in characters if each in alphabet]
                allowed[place, symbols, index] = True
            allowed[len(positions) :, 0, index] = True
        self._weights = np.array(prior.pattern_weights)
        self._bits = np.packbits(allowed, axis=2)

    def weigh(self, texts: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        """Return `FormatPrior.weight` of each text, symbols padded with blanks."""
        n_positions = len(self._bits)
        texts = np.pad(texts, ((0, 0), (0, max(n_positions - texts.shape[1], 0))))
        matching = np.bitwise_and.reduce(
            self._bits[np.arange(n_positions), texts[:, :n_positions]], axis=1
        )
        # A text with a character at the last position is longer than all patterns: no bit is set.
        matched = np.unpackbits(matching, axis=1, count=len(self._weights))
        return np.minimum(matched @ self._weights, 1)


@lru_cache(maxsize=32)
def build_pattern_table(prior: FormatPrior, alphabet: str) -> PatternTable:
    """Build the table of a prior; the tables of the latest priors are kept."""
    return PatternTable(prior, alphabet)
