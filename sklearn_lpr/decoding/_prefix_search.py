"""Prefix beam search: the most probable texts, by the sum over their paths."""

import numpy as np
import numpy.typing as npt

from ._automaton import Automaton
from ._ctc import BLANK, add_log

__all__ = ["prefix_beam_search"]


def prefix_beam_search(
    log_proba: npt.NDArray[np.floating], beam_width: int, automaton: Automaton
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Search the most probable texts of each lattice.

    For each of the best beginnings of a text the paths are added up, those that end on a blank
    apart from those that end on a character [1]_. All lattices are searched at once; equal
    beginnings are recognized exactly, by which of them begin which others.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
    beam_width : int
        The number of beginnings kept after each column.
    automaton : Automaton
        Only what it allows as the beginning of a text is kept.

    Returns
    -------
    texts : ndarray of shape (n_samples, beam_width, length)
        Symbols, padded with blanks; the automaton may want more of them.
    found : ndarray of shape (n_samples, beam_width), dtype bool
        Whether there is such a text; those found are all different.

    References
    ----------
    .. [1] A. Y. Hannun, A. L. Maas, D. Jurafsky and A. Y. Ng, "First-Pass Large Vocabulary
       Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014,
       arXiv:1408.2873, algorithm 1.
    """
    n_samples, n_columns, _ = log_proba.shape
    shape = (n_samples, beam_width)
    rows = np.arange(n_samples)[:, None]
    texts = np.full((*shape, n_columns), BLANK, dtype=np.intp)
    length = np.zeros(shape, dtype=np.intp)
    last = np.full(shape, BLANK, dtype=np.intp)
    state = np.zeros(shape, dtype=np.intp)
    # begins[s, i, j]: the text i of sample s is, or begins, its text j.
    begins = np.zeros((*shape, beam_width), dtype=bool)
    begins[:, 0, 0] = True
    on_blank = np.full(shape, -np.inf)
    on_blank[:, 0] = 0
    on_character = np.full(shape, -np.inf)
    follower_set, followers = _likely_followers(log_proba, beam_width, automaton)

    for column in range(n_columns):
        emitted = log_proba[:, column].astype(np.float64)
        whole = add_log(on_blank, on_character)

        # Longer by one character; by the last one again only from a blank.
        symbols = followers[rows, column, follower_set[state]]
        longer = np.where(symbols == last[:, :, None], on_blank[:, :, None], whole[:, :, None])
        longer += np.where(symbols == BLANK, -np.inf, emitted[rows[:, :, None], symbols])

        # As long as before. Where another text made longer becomes equal, its paths join.
        same_on_blank = whole + emitted[:, :1]
        same_on_character = on_character + emitted[rows, last]
        sample, short, long = np.nonzero(begins & (length[:, :, None] + 1 == length[:, None]))
        joining = last[sample, long]
        repeats = joining == last[sample, short]
        same_on_character[sample, long] = add_log(
            same_on_character[sample, long],
            np.where(repeats, on_blank[sample, short], whole[sample, short])
            + emitted[sample, joining],
        )
        pair, choice = np.nonzero(symbols[sample, short] == joining[:, None])
        longer[sample[pair], short[pair], choice] = -np.inf

        # The best of both are the new beam.
        scores = np.concatenate(
            [add_log(same_on_blank, same_on_character), longer.reshape(n_samples, -1)], axis=1
        )
        kept = np.argpartition(-scores, beam_width - 1, axis=1)[:, :beam_width]
        score = scores[rows, kept]
        found = score > -np.inf
        same = kept < beam_width
        origin, choice = np.divmod(kept - beam_width, longer.shape[2])
        origin = np.where(same, kept, origin)
        added = np.where(same, BLANK, symbols[rows, origin, choice])

        texts = texts[rows, origin]
        length = length[rows, origin]
        texts[rows, np.arange(beam_width), length] = added
        # One text begins another if it did before and the other goes on with what was added.
        next_symbol = texts[rows[:, :, None], np.arange(beam_width), length[:, :, None]]
        begins = begins[rows[:, :, None], origin[:, :, None], origin[:, None]]
        begins &= same[:, :, None] | (next_symbol == added[:, :, None])
        begins &= found[:, :, None] & found[:, None]  # what is not there begins nothing
        length += ~same
        last = np.where(same, last[rows, origin], added)
        state = automaton.transitions[state[rows, origin], added]
        on_blank = np.where(same, same_on_blank[rows, origin], -np.inf)
        on_character = np.where(same, same_on_character[rows, origin], score)
    return texts[:, :, : length.max(initial=0)], found


def _likely_followers(
    log_proba: npt.NDArray[np.floating], beam_width: int, automaton: Automaton
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give the characters that can take a text of some state into the beam.

    Of those that may follow, the best of each column, one more than the beam is wide: any other
    would have a full beam above it, even if one of the best repeats the last character.

    Returns
    -------
    follower_set : ndarray of shape (n_states,)
    followers : ndarray of shape (n_samples, n_columns, n_follower_sets, n_likely)
        Padded with blanks.
    """
    may_follow, follower_set = np.unique(
        automaton.transitions[:, 1:] >= 0, axis=0, return_inverse=True
    )
    follower_set = follower_set.ravel()  # NumPy 2.0 alone gives it two dimensions
    n_likely = min(beam_width + 1, may_follow.sum(axis=1).max())
    shape = (*log_proba.shape[:2], len(may_follow), n_likely)
    followers = np.full(shape, BLANK, dtype=np.intp)
    for index, allowed in enumerate(may_follow):
        symbols = 1 + np.flatnonzero(allowed)
        if len(symbols) > n_likely:
            best = np.argpartition(-log_proba[:, :, symbols], n_likely - 1, axis=2)
            symbols = symbols[best[:, :, :n_likely]]
        followers[:, :, index, : symbols.shape[-1]] = symbols
    return follower_set.reshape(-1), followers
