"""Compute the probability of a text: the sum over all its CTC paths."""

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
    "text_probability",
]

# Symbol 0 means "no character at this time step"; symbol i > 0 is alphabet[i - 1].
BLANK = 0

_Scores = npt.NDArray[np.float64]


def text_log_probability(
    log_proba: npt.NDArray[np.floating], symbols: Sequence[npt.NDArray[np.integer]]
) -> _Scores:
    """Compute the log-probability of one text per sample.

    This is the forward recursion of connectionist temporal classification (CTC) [1]_, vectorized
    over the samples: a path stays on a symbol, moves to the next, or skips a blank between two
    different characters.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
        Log-probabilities of the symbols at each time step; symbol 0 is the blank.
    symbols : sequence of n_samples integer arrays
        The texts as symbols without blanks; they may differ in length.

    Returns
    -------
    ndarray of shape (n_samples,), dtype float64
        ``-inf`` if the text has no path.

    References
    ----------
    .. [1] A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist Temporal
       Classification", ICML 2006, section 4.1.

    Examples
    --------
    Two time steps, one character: the paths are "a-", "-a" and "aa".

    >>> import numpy as np
    >>> from sklearn_lpr.decoding import text_log_probability
    >>> log_proba = np.log([[[0.5, 0.5], [0.25, 0.75]]])
    >>> np.exp(text_log_probability(log_proba, [np.array([1])])).round(3).tolist()
    [0.875]
    """
    return log_probability(log_proba, np.arange(len(log_proba)), pad_texts(symbols))


def pad_texts(symbols: Sequence[npt.NDArray[np.integer]]) -> npt.NDArray[np.intp]:
    """Stack texts as the rows of one array, padded with blanks."""
    padded = np.full((len(symbols), max(map(len, symbols), default=0)), BLANK, dtype=np.intp)
    for row, text in zip(padded, symbols, strict=True):
        row[: len(text)] = text
    return padded


def log_probability(
    log_proba: npt.NDArray[np.floating],
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
) -> _Scores:
    """Compute the log-probability of padded texts, each for its sample."""
    [(on_blank, on_character)] = deque(forward_scores(log_proba, samples, texts, add_log), maxlen=1)
    lengths = np.count_nonzero(texts, axis=1)
    return complete(on_blank, on_character, add_log)[np.arange(len(texts)), lengths]


def text_probability(
    log_proba: npt.NDArray[np.floating],
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
) -> _Scores:
    """Compute the probability of padded texts, each for its sample.

    The result equals ``np.exp(log_probability(log_proba, samples, texts))``, but is computed
    several times as fast for few texts. Probabilities are relative to the most probable path of a
    sample, so that the recursion needs no logarithms. Texts whose paths are all far less probable
    than this path have the probability 0.
    """
    n_texts, length = texts.shape
    # Positions on a path: 2k is the blank before character k, 2k + 1 is character k. They are on
    # the axis before that of the texts, so that a step of the recursion is contiguous in memory.
    positions = np.full((2 * length + 1, n_texts), BLANK)
    positions[1::2] = texts.T
    peaks = log_proba.max(axis=2).astype(np.float64)
    # At a time step where all symbols are impossible, the peak is -inf.
    finite_peaks = np.maximum(peaks, np.finfo(np.float64).min)
    steps = np.arange(log_proba.shape[1])[:, np.newaxis, np.newaxis]
    emissions = np.exp(log_proba[samples, steps, positions] - finite_peaks[samples, steps])
    # Equal neighbours need a blank in between.
    may_skip = np.zeros(positions.shape)
    may_skip[3::2] = positions[3::2] != positions[1:-2:2]

    # Two positions before the first, which no path reaches, make a check of the bounds
    # unnecessary.
    scores = np.zeros((2 * length + 3, n_texts))
    here, one_before, two_before = scores[2:], scores[1:-1], scores[:-2]
    here[0] = 1  # as if a blank preceded the first time step
    arrived, skipped = np.empty(positions.shape), np.empty(positions.shape)
    for emission in emissions:
        np.add(here, one_before, out=arrived)
        np.multiply(two_before, may_skip, out=skipped)
        np.add(arrived, skipped, out=arrived)
        np.multiply(arrived, emission, out=here)

    last, each = 2 * np.count_nonzero(texts, axis=1), np.arange(n_texts)
    # Paths end in the last character or the blank after it; an empty text has only the blank.
    total = here[last, each] + one_before[last, each]
    return total * np.exp(peaks.sum(axis=1))[samples]


def forward_scores(
    log_proba: npt.NDArray[np.floating],
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
    add: Callable[[_Scores, _Scores], _Scores],
) -> Iterator[tuple[_Scores, _Scores]]:
    """Compute the scores of all paths of the texts, one time step after the other.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    samples : ndarray of shape (n_texts,)
        The index of each text's sample.
    texts : ndarray of shape (n_texts, length)
        Symbols, padded with blanks.
    add : add_log or np.maximum
        How the scores of paths that meet are combined: their sum, or the better of the two.

    Yields
    ------
    on_blank : ndarray of shape (n_texts, length + 1), dtype float64
        Before the first and after each time step, the score of the paths that have emitted k
        characters and end in a blank.
    on_character : ndarray of shape (n_texts, length), dtype float64
        The score of the paths that end in character k.
    """
    n_texts, length = texts.shape
    on_blank = np.full((n_texts, length + 1), -np.inf)
    on_blank[:, 0] = 0
    on_character = np.full((n_texts, length), -np.inf)
    differs = np.ones((n_texts, length), dtype=bool)
    differs[:, 1:] = texts[:, 1:] != texts[:, :-1]
    yield on_blank, on_character
    for step in range(log_proba.shape[1]):
        done = complete(on_blank, on_character, add)
        # Equal neighbours need a blank in between.
        entering = np.where(differs, done[:, :-1], on_blank[:, :-1])
        on_blank = done + log_proba[samples, step, BLANK, None]
        on_character = add(on_character, entering) + log_proba[samples[:, None], step, texts]
        yield on_blank, on_character


def complete(
    on_blank: _Scores, on_character: _Scores, add: Callable[[_Scores, _Scores], _Scores]
) -> _Scores:
    """Return the score of the paths that have emitted k characters, on a blank or not."""
    done = on_blank.copy()
    done[:, 1:] = add(on_blank[:, 1:], on_character)
    return done


def add_log(a: _Scores, b: _Scores) -> _Scores:
    """Compute ``np.logaddexp(a, b)`` several times as fast, in vectorized steps."""
    higher = np.maximum(a, b)
    ratio = np.minimum(a, b)
    # Where both are -inf, use the ratio 0.
    np.subtract(ratio, higher, out=ratio, where=higher > -np.inf)
    return np.log1p(np.exp(ratio, out=ratio), out=ratio) + higher
