"""The probability of a text under a lattice: the sum over all its CTC paths."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = [
    "BLANK",
    "add_log",
    "complete",
    "forward_scores",
    "log_probability",
    "pad_texts",
    "text_log_probability",
]

# The column's symbol 0 stands for "no character here"; symbol i > 0 for alphabet[i - 1].
BLANK = 0

_Scores = npt.NDArray[np.float64]


def text_log_probability(
    log_proba: npt.NDArray[np.floating], symbols: Sequence[npt.NDArray[np.integer]]
) -> _Scores:
    """Give the log-probability of one text per lattice.

    The forward recursion of connectionist temporal classification [1]_, over all lattices at
    once: a path stays on a symbol, moves to the next, or skips a blank between two different
    characters.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
        Log-probabilities by column; symbol 0 is the blank.
    symbols : sequence of n_samples integer arrays
        The texts as symbols without blanks; they may differ in length.

    Returns
    -------
    ndarray of shape (n_samples,), dtype float64
        ``-inf`` where no path gives the text.

    References
    ----------
    .. [1] A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist Temporal
       Classification", ICML 2006, section 4.1.

    Examples
    --------
    Two columns, one character: the paths are "a-", "-a" and "aa".

    >>> import numpy as np
    >>> from sklearn_lpr.decoding import text_log_probability
    >>> log_proba = np.log([[[0.5, 0.5], [0.25, 0.75]]])
    >>> np.exp(text_log_probability(log_proba, [np.array([1])])).round(3).tolist()
    [0.875]
    """
    return log_probability(log_proba, np.arange(len(log_proba)), pad_texts(symbols))


def pad_texts(symbols: Sequence[npt.NDArray[np.integer]]) -> npt.NDArray[np.intp]:
    """Put texts into the rows of one array, padded with blanks."""
    padded = np.full((len(symbols), max(map(len, symbols), default=0)), BLANK, dtype=np.intp)
    for row, text in zip(padded, symbols, strict=True):
        row[: len(text)] = text
    return padded


def log_probability(
    log_proba: npt.NDArray[np.floating],
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
) -> _Scores:
    """Give the log-probability of padded texts, each under the lattice of its sample."""
    [(between, within)] = deque(forward_scores(log_proba, samples, texts, add_log), maxlen=1)
    lengths = np.count_nonzero(texts, axis=1)
    return complete(between, within, add_log)[np.arange(len(texts)), lengths]


def forward_scores(
    log_proba: npt.NDArray[np.floating],
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
    add: Callable[[_Scores, _Scores], _Scores],
) -> Iterator[tuple[_Scores, _Scores]]:
    """Follow all paths of texts through their lattices.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
    samples : ndarray of shape (n_texts,)
        The lattice of each text.
    texts : ndarray of shape (n_texts, length)
        Symbols, padded with blanks.
    add : add_log or np.maximum
        What becomes of two paths that meet: their sum, or the better of the two.

    Yields
    ------
    between : ndarray of shape (n_texts, length + 1), dtype float64
        Before the first and after each column, the score of the paths that have passed k
        characters and stand on a blank.
    within : ndarray of shape (n_texts, length), dtype float64
        That of the paths that stand on character k.
    """
    n_texts, length = texts.shape
    between = np.full((n_texts, length + 1), -np.inf)
    between[:, 0] = 0
    within = np.full((n_texts, length), -np.inf)
    differs = np.ones((n_texts, length), dtype=bool)
    differs[:, 1:] = texts[:, 1:] != texts[:, :-1]
    yield between, within
    for column in range(log_proba.shape[1]):
        done = complete(between, within, add)
        # Only a blank parts equal neighbours.
        entering = np.where(differs, done[:, :-1], between[:, :-1])
        between = done + log_proba[samples, column, BLANK, None]
        within = add(within, entering) + log_proba[samples[:, None], column, texts]
        yield between, within


def complete(
    between: _Scores, within: _Scores, add: Callable[[_Scores, _Scores], _Scores]
) -> _Scores:
    """Give the score of the paths that have passed k characters, on a blank or not."""
    done = between.copy()
    done[:, 1:] = add(between[:, 1:], within)
    return done


def add_log(a: _Scores, b: _Scores) -> _Scores:
    """Give ``np.logaddexp(a, b)``, several times as fast: its parts are vectorized."""
    higher = np.maximum(a, b)
    ratio = np.minimum(a, b)
    # Where both are -inf, their ratio counts as 0.
    np.subtract(ratio, higher, out=ratio, where=higher > -np.inf)
    return np.log1p(np.exp(ratio, out=ratio), out=ratio) + higher
