"""The most probable path whose text a syntax allows."""

import numpy as np
import numpy.typing as npt

from ._automaton import Automaton
from ._ctc import BLANK, pad_texts
from ._greedy import run_starts

__all__ = ["best_legal_texts"]


def best_legal_texts(
    log_proba: npt.NDArray[np.floating], automaton: Automaton
) -> npt.NDArray[np.intp]:
    """Find the text of the most probable path of each lattice that gives a legal one.

    A dynamic programme (Viterbi) over the automaton's states and the symbol that a path stands
    on, so the result is exact.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
    automaton : Automaton

    Returns
    -------
    ndarray of shape (n_samples, length)
        Symbols, padded with blanks; all are blank where no path is legal.
    """
    nodes = _Nodes(automaton)
    # Samples last: all steps then run over contiguous memory.
    columns = np.ascontiguousarray(log_proba.transpose(1, 2, 0), dtype=np.float64)
    n_columns, _, n_samples = columns.shape
    scores = np.full((n_columns + 1, len(nodes.state), n_samples), -np.inf)
    scores[0, 0] = 0
    for column in range(n_columns):
        before = scores[column]
        scores[column + 1] = np.maximum(before, nodes.best_into(before))
        scores[column + 1] += columns[column, nodes.symbol]

    last = np.where(automaton.accepting[nodes.state, None], scores[-1], -np.inf)
    # Where no path is legal this is node 0, the blank before any character, and stays it.
    node = last.argmax(axis=0)
    paths = np.empty((n_samples, n_columns), dtype=np.intp)
    for column in reversed(range(n_columns)):
        paths[:, column] = nodes.symbol[node]
        node = np.where(nodes.may_precede(node), scores[column], -np.inf).argmax(axis=0)
    counts = run_starts(paths) & (paths != BLANK)
    return pad_texts([path[merged] for path, merged in zip(paths, counts, strict=True)])


class _Nodes:
    """Where a legal path can stand: on a blank or a character, with the state reached by it.

    Attributes
    ----------
    state, symbol : ndarray of shape (n_nodes,)
        Sorted by state, in each state the blank first.
    source : ndarray of shape (n_nodes,)
        The state before the symbol.
    """

    def __init__(self, automaton: Automaton) -> None:
        source, symbol = np.nonzero(automaton.transitions >= 0)
        state = automaton.transitions[source, symbol]
        order = np.lexsort((symbol, state))
        self.state, self.symbol, self.source = state[order], symbol[order], source[order]
        self._first = np.searchsorted(self.state, np.arange(len(automaton.accepting)))

    def best_into(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Give the best score, (n_nodes, n_samples), of another symbol in each node's source."""
        best = np.maximum.reduceat(scores, self._first)
        symbol = self.symbol[:, None]
        # The same character twice needs a blank between; so where it has the best score of its
        # state, the second best symbol counts.
        is_best = scores == best[self.state]
        best_symbol = np.maximum.reduceat(np.where(is_best, symbol, -1), self._first)
        others = np.where(symbol == best_symbol[self.state], -np.inf, scores)
        second = np.maximum.reduceat(others, self._first)
        return np.where(symbol == best_symbol[self.source], second[self.source], best[self.source])

    def may_precede(self, node: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Say for all nodes, (n_nodes, n_samples), whether each sample's node may follow."""
        same = np.arange(len(self.state))[:, None] == node
        leads_to = self.state[:, None] == self.source[node]
        return same | (leads_to & (self.symbol[:, None] != self.symbol[node]))
