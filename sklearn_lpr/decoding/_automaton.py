"""Compile a plate format into a deterministic finite automaton over the network's symbols."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..syntax import PlateSyntax

__all__ = ["Automaton", "build_automaton"]

_NONE = -1


@dataclass(frozen=True, eq=False, slots=True)
class Automaton:
    """Deterministic finite automaton: which symbols may follow which prefix of a text.

    Parameters
    ----------
    transitions : ndarray of shape (n_states, n_symbols)
        The state after a symbol, -1 if the symbol may not follow. The blank keeps the state.
        State 0 is the empty text.
    accepting : ndarray of shape (n_states,), dtype bool
        Whether the text may end in a state.
    """

    transitions: npt.NDArray[np.intp]
    accepting: npt.NDArray[np.bool_]

    @classmethod
    def of_any_text(cls, n_symbols: int) -> "Automaton":
        """Return the automaton that accepts every text."""
        return cls(np.zeros((1, n_symbols), dtype=np.intp), np.array([True]))

    def accepts(self, texts: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Return whether the automaton accepts each padded text."""
        # The row at index -1 is the state of rejected texts: no symbol leads out of it.
        transitions = np.vstack([self.transitions, np.full_like(self.transitions[:1], _NONE)])
        states = np.zeros(len(texts), dtype=np.intp)
        for symbols in texts.T:
            states = transitions[states, symbols]
        return np.append(self.accepting, False)[states]


# Plates are decoded one by one as well as in batches, always with the same few syntaxes.
@lru_cache(maxsize=32)
def build_automaton(syntax: PlateSyntax, alphabet: str) -> Automaton:
    """Build the automaton of the texts that match a syntax and use an alphabet.

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
        raise _no_pattern_error(syntax, alphabet)

    # A state is a length and the set of patterns that a prefix of this length still matches.
    # Every state can be completed, because every position has a character.
    states = {(0, frozenset(range(len(patterns)))): 0}
    transitions: list[list[int]] = []
    accepting: list[bool] = []
    open_states = list(states)
    for length, matched in open_states:
        longer = [pattern for pattern in matched if len(patterns[pattern]) > length]
        accepting.append(len(longer) < len(matched))
        row = [len(transitions)]
        for symbol in range(len(alphabet)):
            remaining = frozenset(
                pattern for pattern in longer if patterns[pattern][length][symbol]
            )
            state = (length + 1, remaining)
            if remaining and state not in states:
                states[state] = len(states)
                open_states.append(state)
            row.append(states[state] if remaining else _NONE)
        transitions.append(row)
    return Automaton(np.array(transitions, dtype=np.intp), np.array(accepting, dtype=bool))


def _no_pattern_error(syntax: PlateSyntax, alphabet: str) -> ValueError:
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
