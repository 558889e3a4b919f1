"""CTC prefix beam search: find the most probable texts by the sum over their paths."""

import numpy as np
import numpy.typing as npt

from ._automaton import Automaton
from ._ctc import BLANK, add_log

__all__ = ["prefix_beam_search"]


def prefix_beam_search(
    log_proba: npt.NDArray[np.floating], beam_width: int, automaton: Automaton
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Search the most probable texts of each sample.

    For each prefix in the beam, the probabilities of its paths are summed, separately for paths
    that end in a blank and in a character [1]_. The search is vectorized over the samples. Equal
    prefixes are found exactly, from a record of which prefixes begin which others.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    beam_width : int
        The number of prefixes kept after each time step.
    automaton : Automaton
        Only prefixes that it allows are kept.

    Returns
    -------
    texts : ndarray of shape (n_samples, beam_width, length)
        Symbols, padded with blanks. A text may be incomplete for the automaton.
    found : ndarray of shape (n_samples, beam_width), dtype bool
        Whether the text was found; all found texts are different.

    References
    ----------
    .. [1] A. Y. Hannun, A. L. Maas, D. Jurafsky and A. Y. Ng, "First-Pass Large Vocabulary
       Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014,
       arXiv:1408.2873, algorithm 1.
    """
    n_samples, n_time_steps, _ = log_proba.shape
    shape = (n_samples, beam_width)
    rows = np.arange(n_samples)[:, None]
    texts = np.full((*shape, n_time_steps), BLANK, dtype=np.intp)
    length = np.zeros(shape, dtype=np.intp)
    last = np.full(shape, BLANK, dtype=np.intp)
    state = np.zeros(shape, dtype=np.intp)
    # begins[s, i, j]: text i of sample s equals text j or is a prefix of it.
    begins = np.zeros((*shape, beam_width), dtype=bool)
    begins[:, 0, 0] = True
    on_blank = np.full(shape, -np.inf)
    on_blank[:, 0] = 0
    on_character = np.full(shape, -np.inf)
    found = on_blank > -np.inf
    follower_set, followers = _likely_followers(log_proba, beam_width, automaton)

    for step in range(n_time_steps):
        emitted = log_proba[:, step].astype(np.float64)
        whole = add_log(on_blank, on_character)

        # Extended by one character. The last character is repeated only after a blank.
        symbols = followers[rows, step, follower_set[state]]
        longer = np.where(symbols == last[:, :, None], on_blank[:, :, None], whole[:, :, None])
        longer += np.where(symbols == BLANK, -np.inf, emitted[rows[:, :, None], symbols])

        # Unchanged. If another prefix becomes equal when extended, its paths are added.
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

        # The new beam holds the best of both.
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
        # One text begins another if it did before and the other continues with the added symbol.
        next_symbol = texts[rows[:, :, None], np.arange(beam_width), length[:, :, None]]
        begins = begins[rows[:, :, None], origin[:, :, None], origin[:, None]]
        begins &= same[:, :, None] | (next_symbol == added[:, :, None])
        begins &= found[:, :, None] & found[:, None]  # only texts that were found
        length += ~same
        last = np.where(same, last[rows, origin], added)
        state = automaton.transitions[state[rows, origin], added]
        on_blank = np.where(same, same_on_blank[rows, origin], -np.inf)
        on_character = np.where(same, same_on_character[rows, origin], score)
    return texts[:, :, : length.max(initial=0)], found


def _likely_followers(
    log_proba: npt.NDArray[np.floating], beam_width: int, automaton: Automaton
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the characters that can extend a text of a given state into the beam.

    These are the most probable of the allowed characters at each time step, one more than the
    beam width. Any other character would rank below a full beam, even if one of the most
    probable repeats the last character.

    Returns
    -------
    follower_set : ndarray of shape (n_states,)
    followers : ndarray of shape (n_samples, n_time_steps, n_follower_sets, n_likely)
        Padded with blanks.
    """
    may_follow, follower_set = np.unique(
        automaton.transitions[:, 1:] >= 0, axis=0, return_inverse=True
    )
    follower_set = follower_set.ravel()  # two-dimensional in NumPy 2.0 only
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
