"""Find the most probable CTC path whose text matches a plate format (Viterbi search)."""

import numpy as np
import numpy.typing as npt

from ._automaton import Automaton
from ._ctc import BLANK, pad_texts
from ._greedy import run_starts

__all__ = ["best_matching_texts"]


def best_matching_texts(
    log_proba: npt.NDArray[np.floating], automaton: Automaton
) -> npt.NDArray[np.intp]:
    """Return, for each sample, the text of the most probable path that the automaton accepts.

    The search is a Viterbi recursion over pairs of an automaton state and the last symbol of a
    path, so the result is exact.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    automaton : Automaton

    Returns
    -------
    ndarray of shape (n_samples, length)
        Symbols, padded with blanks; all blank if no path is accepted.
    """
    nodes = _Nodes(automaton)
    # With the samples last, all steps run over contiguous memory.
    steps = np.ascontiguousarray(log_proba.transpose(1, 2, 0), dtype=np.float64)
    n_time_steps, _, n_samples = steps.shape
    scores = np.full((n_time_steps + 1, len(nodes.state), n_samples), -np.inf)
    scores[0, 0] = 0
    for step in range(n_time_steps):
        before = scores[step]
        scores[step + 1] = np.maximum(before, nodes.best_into(before))
        scores[step + 1] += steps[step, nodes.symbol]

    last = np.where(automaton.accepting[nodes.state, None], scores[-1], -np.inf)
    # If no path is accepted, this is node 0, the blank before any character, throughout.
    node = last.argmax(axis=0)
    paths = np.empty((n_samples, n_time_steps), dtype=np.intp)
    for step in reversed(range(n_time_steps)):
        paths[:, step] = nodes.symbol[node]
        node = np.where(nodes.may_precede(node), scores[step], -np.inf).argmax(axis=0)
    is_kept = run_starts(paths) & (paths != BLANK)
    return pad_texts([path[kept] for path, kept in zip(paths, is_kept, strict=True)])


class _Nodes:
    """Nodes of the search graph: an automaton state and the symbol that led to it.

    Attributes
    ----------
    state, symbol : ndarray of shape (n_nodes,)
        Sorted by state; within a state the blank comes first.
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
        """Return the best score, (n_nodes, n_samples), of another symbol in each node's source."""
        best = np.maximum.reduceat(scores, self._first)
        symbol = self.symbol[:, None]
        # A repeated character needs a blank in between. Where it has the best score of its
        # state, the second best symbol counts.
        is_best = scores == best[self.state]
        best_symbol = np.maximum.reduceat(np.where(is_best, symbol, -1), self._first)
        others = np.where(symbol == best_symbol[self.state], -np.inf, scores)
        second = np.maximum.reduceat(others, self._first)
        return np.where(symbol == best_symbol[self.source], second[self.source], best[self.source])

    def may_precede(self, node: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Return which nodes, (n_nodes, n_samples), the node of each sample may follow."""
        same = np.arange(len(self.state))[:, None] == node
        leads_to = self.state[:, None] == self.source[node]
        return same | (leads_to & (self.symbol[:, None] != self.symbol[node]))
