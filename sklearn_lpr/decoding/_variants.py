"""Find the texts that differ from that of the best path in the characters that are in doubt."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ._ctc import BLANK
from ._greedy import run_starts

__all__ = ["text_variants"]

# The cost of a character whose probability is 0.
_IMPOSSIBLE = 1e4


def text_variants(
    log_proba: npt.NDArray[np.floating], max_cost: float, n_variants: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the text of the best path of each sample, and variants of it.

    The best path is a sequence of runs of equal symbols. A variant has another character, or none,
    in place of the character of a run, or a character in place of a run of blanks. The cost of a
    change is the difference in log-probability between the best path and the path on which the new
    character is emitted where it is most probable, and elsewhere in the run where it is more
    probable than the blank.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    max_cost : float
        The maximum cost of a variant.
    n_variants : int
        The maximum number of texts of a sample. The texts of lowest cost are kept.

    Returns
    -------
    samples : ndarray of shape (n_texts,)
        The index of each text's sample, sorted.
    texts : ndarray of shape (n_texts, length)
        Distinct texts of each sample as symbols, padded with blanks.
    """
    n_samples, n_time_steps, n_symbols = log_proba.shape
    best = log_proba.argmax(axis=2)
    # Each row starts a run, so no run spans two rows.
    first = np.flatnonzero(run_starts(best))
    symbol = best.ravel()[first]
    # Finite, so that differences of costs are numbers.
    peaks = np.maximum(log_proba.max(axis=2, keepdims=True), np.finfo(log_proba.dtype).min)
    costs = np.minimum(peaks - log_proba, _IMPOSSIBLE).reshape(-1, n_symbols)
    with_blank = np.minimum(costs, costs[:, BLANK, None])
    # The step at which the character costs least more than the blank has the character in any case.
    changes = np.add.reduceat(with_blank, first) + np.minimum.reduceat(costs - with_blank, first)
    changes[np.arange(len(first)), symbol] = 0
    rows, lengths = [], []
    bounds = np.searchsorted(first, np.arange(n_samples + 1) * n_time_steps)
    for start, stop in pairwise(bounds.tolist()):
        texts = _cheapest(symbol[start:stop], changes[start:stop], max_cost, n_variants)
        rows.append(texts)
        lengths.append(len(texts))
    width = max(texts.shape[1] for texts in rows)
    samples = np.repeat(np.arange(n_samples), lengths)
    padded = np.full((len(samples), width), BLANK)
    for texts, stop in zip(rows, np.cumsum(lengths), strict=True):
        padded[stop - len(texts) : stop, : texts.shape[1]] = texts
    return samples, padded


def _cheapest(
    symbol: npt.NDArray[np.intp],
    changes: npt.NDArray[np.floating],
    max_cost: float,
    n_variants: int,
) -> npt.NDArray[np.intp]:
    """Return the distinct texts of lowest cost, without blanks between their characters."""
    costs = np.zeros(1)
    symbols = symbol[np.newaxis]
    in_doubt = (changes <= max_cost).sum(axis=1) > 1
    for run in np.flatnonzero(in_doubt):
        (options,) = np.nonzero(changes[run] <= max_cost)
        longer = (costs[:, np.newaxis] + changes[run, options]).ravel()
        kept = np.flatnonzero(longer <= max_cost)
        if len(kept) > n_variants:
            kept = kept[np.argpartition(longer[kept], n_variants - 1)[:n_variants]]
        origin, option = np.divmod(kept, len(options))
        costs, symbols = longer[kept], symbols[origin]
        symbols[:, run] = options[option]
    # Move the characters to the front, in order.
    order = np.argsort(symbols == BLANK, axis=1, kind="stable")
    texts = np.take_along_axis(symbols, order, axis=1)
    texts = texts[:, : np.count_nonzero(texts, axis=1).max()]
    return texts if len(texts) == 1 else np.unique(texts, axis=0)
