"""A syntax over the symbols of a lattice, as a deterministic automaton."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..syntax import PlateSyntax

__all__ = ["Automaton", "build_automaton"]

_NONE = -1


@dataclass(frozen=True, eq=False, slots=True)
class Automaton:
    """Which symbols may follow which beginnings of a text.

    Parameters
    ----------
    transitions : ndarray of shape (n_states, n_symbols)
        The state after a symbol, -1 where it may not follow; the blank changes nothing. State 0
        is the empty text.
    accepting : ndarray of shape (n_states,), dtype bool
        Whether the text may end.
    """

    transitions: npt.NDArray[np.intp]
    accepting: npt.NDArray[np.bool_]

    @classmethod
    def of_any_text(cls, n_symbols: int) -> "Automaton":
        """Give the automaton that allows every text."""
        return cls(np.zeros((1, n_symbols), dtype=np.intp), np.array([True]))

    def accepts(self, texts: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Say for each padded text whether the syntax allows it."""
        # The row that -1 leads to: no symbol leads out of it.
        transitions = np.vstack([self.transitions, np.full_like(self.transitions[:1], _NONE)])
        states = np.zeros(len(texts), dtype=np.intp)
        for symbols in texts.T:
            states = transitions[states, symbols]
        return np.append(self.accepting, False)[states]


# Readings come one by one as well as in batches, always with the same few syntaxes.
@lru_cache(maxsize=32)
def build_automaton(syntax: PlateSyntax, alphabet: str) -> Automaton:
    """Build the automaton of the texts that a syntax allows and an alphabet can write.

    Parameters
    ----------
    syntax : PlateSyntax
    alphabet : str
        The characters of the symbols 1, 2, ….

    Returns
    -------
    Automaton

    Raises
    ------
    ValueError
        If no pattern can be written with `alphabet`.
    """
    patterns = []
    for positions in syntax.positions:
        allowed = [[character in position for character in alphabet] for position in positions]
        if all(map(any, allowed)):
            patterns.append(allowed)
    if not patterns:
        raise _unwritable(syntax, alphabet)

    # A state is a length and the patterns that texts of this length still follow. Every state
    # can be completed, as every position has a character.
    states = {(0, frozenset(range(len(patterns)))): 0}
    transitions: list[list[int]] = []
    accepting: list[bool] = []
    open_states = list(states)
    for length, followed in open_states:
        longer = [pattern for pattern in followed if len(patterns[pattern]) > length]
        accepting.append(len(longer) < len(followed))
        row = [len(transitions)]
        for symbol in range(len(alphabet)):
            left = frozenset(pattern for pattern in longer if patterns[pattern][length][symbol])
            state = (length + 1, left)
            if left and state not in states:
                states[state] = len(states)
                open_states.append(state)
            row.append(states[state] if left else _NONE)
        transitions.append(row)
    return Automaton(np.array(transitions, dtype=np.intp), np.array(accepting, dtype=bool))


def _unwritable(syntax: PlateSyntax, alphabet: str) -> ValueError:
    reasons = []
    for pattern, positions in zip(syntax.patterns, syntax.positions, strict=True):
        number, needed = next(
            (number, position)
            for number, position in enumerate(positions, start=1)
            if not set(position) & set(alphabet)
        )
        reasons.append(f"{pattern!r} needs one of {needed!r} at position {number}")
    return ValueError(
        f"No text of syntax={syntax!r} can be written with alphabet={alphabet!r}: "
        f"{'; '.join(reasons)}. Choose another syntax, or train with plates that have these "
        "characters."
    )
