"""Where the characters of a text stand in a lattice."""

import numpy as np
import numpy.typing as npt

from ._ctc import BLANK, forward_scores

__all__ = ["character_peaks"]


def character_peaks(
    log_proba: npt.NDArray[np.floating], texts: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Give the highest log-probability of each character within its columns.

    The columns are those of the text's most probable path (Viterbi alignment); blanks do not
    count.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
    texts : ndarray of shape (n_samples, length)
        One text a lattice, which has a path in it; padded with blanks.

    Returns
    -------
    ndarray of shape (n_samples, length), dtype float64
        ``-inf`` at the padding.
    """
    n_samples, length = texts.shape
    n_columns = log_proba.shape[1]
    rows = np.arange(n_samples)
    # Places on a path: 2k is the blank before character k, 2k + 1 is the character.
    symbols = np.full((n_samples, 2 * length + 1), BLANK, dtype=np.intp)
    symbols[:, 1::2] = texts
    may_skip = np.zeros(symbols.shape, dtype=bool)
    may_skip[:, 3::2] = texts[:, 1:] != texts[:, :-1]
    # Two places before the first, which are never reached, save the step back from a check.
    scores = np.full((n_columns + 1, n_samples, 2 * length + 3), -np.inf)
    history = forward_scores(log_proba, rows, texts, np.maximum)
    for before, (between, within) in zip(scores, history, strict=True):
        before[:, 2::2] = between
        before[:, 3::2] = within

    peaks = np.full(symbols.shape, -np.inf)
    place = 2 * np.count_nonzero(texts, axis=1)  # where all paths are, one step after the end
    for column in reversed(range(n_columns)):
        before = scores[column + 1]
        skipped = np.where(may_skip[rows, place], before[rows, place], -np.inf)
        steps = [before[rows, place + 2], before[rows, place + 1], skipped]
        place = place - np.argmax(steps, axis=0)
        emitted = log_proba[rows, column, symbols[rows, place]]
        peaks[rows, place] = np.maximum(peaks[rows, place], emitted)
    return peaks[:, 1::2]
