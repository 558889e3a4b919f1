"""The probability of a text under a lattice: the sum over all its CTC paths."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["BLANK", "text_log_probability"]

# The column's symbol 0 stands for "no character here"; symbol i > 0 for alphabet[i - 1].
BLANK = 0


def text_log_probability(
    log_proba: npt.NDArray[np.floating], symbols: Sequence[npt.NDArray[np.integer]]
) -> npt.NDArray[np.float64]:
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
    lengths = np.array([len(text) for text in symbols])
    # Each text with a blank before, between and after its characters, padded with blanks.
    path = np.full((len(symbols), 2 * lengths.max(initial=0) + 1), BLANK)
    for row, text in zip(path, symbols, strict=True):
        row[1 : 2 * len(text) : 2] = text
    may_skip = np.zeros(path.shape, dtype=bool)
    may_skip[:, 2:] = (path[:, 2:] != BLANK) & (path[:, 2:] != path[:, :-2])

    emitted = np.take_along_axis(log_proba.astype(np.float64), path[:, None, :], axis=2)
    forward = np.full(path.shape, -np.inf)
    forward[:, :2] = emitted[:, 0, :2]
    for column in range(1, log_proba.shape[1]):
        moved = np.logaddexp(forward[:, 1:], forward[:, :-1])
        skipped = np.where(may_skip[:, 2:], forward[:, :-2], -np.inf)
        moved[:, 1:] = np.logaddexp(moved[:, 1:], skipped)
        forward[:, 1:] = moved
        forward += emitted[:, column]
    last = np.take_along_axis(forward, 2 * lengths[:, None], axis=1)[:, 0]
    on_character = np.take_along_axis(forward, np.maximum(2 * lengths - 1, 0)[:, None], axis=1)
    return np.where(lengths > 0, np.logaddexp(last, on_character[:, 0]), last)
