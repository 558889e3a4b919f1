"""Align the characters of a text with the time steps (Viterbi alignment)."""

import numpy as np
import numpy.typing as npt

from ._ctc import BLANK, forward_scores

__all__ = ["character_peaks"]


def character_peaks(
    log_proba: npt.NDArray[np.floating], texts: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Return the highest log-probability of each character within its time steps.

    The time steps of a character are those of the most probable path of the text (Viterbi
    alignment). Blanks do not count.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    texts : ndarray of shape (n_samples, length)
        One text per sample, padded with blanks. Each text has at least one path.

    Returns
    -------
    ndarray of shape (n_samples, length), dtype float64
        ``-inf`` at the padding.
    """
    n_samples, length = texts.shape
    n_time_steps = log_proba.shape[1]
    rows = np.arange(n_samples)
    # Positions on a path: 2k is the blank before character k, 2k + 1 is character k.
    symbols = np.full((n_samples, 2 * length + 1), BLANK, dtype=np.intp)
    symbols[:, 1::2] = texts
    may_skip = np.zeros(symbols.shape, dtype=bool)
    may_skip[:, 3::2] = texts[:, 1:] != texts[:, :-1]
    # Two positions before the first, which no path reaches, make a check of the bounds
    # unnecessary.
    scores = np.full((n_time_steps + 1, n_samples, 2 * length + 3), -np.inf)
    history = forward_scores(log_proba, rows, texts, np.maximum)
    for before, (on_blank, on_character) in zip(scores, history, strict=True):
        before[:, 2::2] = on_blank
        before[:, 3::2] = on_character

    peaks = np.full(symbols.shape, -np.inf)
    position = 2 * np.count_nonzero(texts, axis=1)  # of all paths, one step after the end
    for step in reversed(range(n_time_steps)):
        before = scores[step + 1]
        skipped = np.where(may_skip[rows, position], before[rows, position], -np.inf)
        moves = [before[rows, position + 2], before[rows, position + 1], skipped]
        position = position - np.argmax(moves, axis=0)
        emitted = log_proba[rows, step, symbols[rows, position]]
        peaks[rows, position] = np.maximum(peaks[rows, position], emitted)
    return peaks[:, 1::2]
