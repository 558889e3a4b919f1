"""Best-path decoding."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from ._ctc import BLANK, pad_texts
from ._lattices import check_lattices
from ._reading import NOTHING_READ, PlateReading

__all__ = ["GreedyDecoder", "best_paths", "run_starts"]

# Lattices read at once: bounds the memory, and fits the caches.
_CHUNK = 128


class GreedyDecoder(PlateEstimator):
    """Read the most probable symbol of every column, then merge repeats and drop blanks.

    The confidence of a reading is the probability of its text, summed over all its paths; that
    of a character is its highest probability within its run of columns.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.decoding import GreedyDecoder
    >>> log_proba = np.log([[[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7]]])
    >>> reading = GreedyDecoder().decode(log_proba, alphabet="AB")[0]
    >>> reading.text, reading.character_confidences
    ('AB', (0.8, 0.7))
    """

    def decode(self, log_proba: npt.NDArray[np.floating], alphabet: str) -> list[PlateReading]:
        """Read a batch of lattices.

        Parameters
        ----------
        log_proba : ndarray of shape (n_samples, n_columns, 1 + len(alphabet))
            Log-probabilities by column; symbol 0 is the blank.
        alphabet : str
            The characters of the symbols 1, 2, ….

        Returns
        -------
        list of PlateReading

        Raises
        ------
        ValueError
            If `log_proba` does not fit `alphabet` or has NaN.
        """
        log_proba = check_lattices(log_proba, alphabet)
        symbols, confidences = best_paths(log_proba)
        readings: list[PlateReading] = []
        for start in range(0, len(log_proba), _CHUNK):
            part = slice(start, start + _CHUNK)
            probability = _text_probability(log_proba[part], symbols[part])
            readings += [
                _reading("".join([alphabet[symbol - 1] for symbol in text.tolist()]), *confidence)
                for text, *confidence in zip(
                    symbols[part], probability.tolist(), confidences[part], strict=True
                )
            ]
        return readings


def _reading(text: str, probability: float, confidences: npt.NDArray[np.floating]) -> PlateReading:
    if not text:
        return NOTHING_READ
    # Rounding may carry a certain text's sum a last bit above 1.
    probability = min(probability, 1.0)
    each = tuple([min(confidence, 1.0) for confidence in confidences.tolist()])
    return PlateReading(text, probability, each, ((text, probability),))


def best_paths(
    log_proba: npt.NDArray[np.floating],
) -> tuple[list[npt.NDArray[np.intp]], list[npt.NDArray[np.floating]]]:
    """Merge the repeats of each lattice's most probable path and drop its blanks.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_columns, n_symbols)
        Log-probabilities by column; symbol 0 is the blank.

    Returns
    -------
    symbols : list of n_samples integer arrays
    confidences : list of n_samples arrays
        The highest probability of each symbol within its run of columns.
    """
    n_samples, n_columns = log_proba.shape[:2]
    best = log_proba.argmax(axis=2)
    first = np.flatnonzero(run_starts(best))
    # Each row starts a run, so that none reaches over two rows.
    peaks = np.maximum.reduceat(log_proba.max(axis=2).ravel(), first)
    symbols = best.ravel()[first]
    characters = symbols != BLANK
    symbols, confidences = symbols[characters], np.exp(peaks[characters])
    bounds = np.searchsorted(first[characters], np.arange(n_samples + 1) * n_columns)
    rows = [slice(*pair) for pair in pairwise(bounds.tolist())]
    return [symbols[row] for row in rows], [confidences[row] for row in rows]


def run_starts(paths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Say for each column of each path whether its symbol is not the one before."""
    starts = np.ones(paths.shape, dtype=bool)
    starts[:, 1:] = paths[:, 1:] != paths[:, :-1]
    return starts


def _text_probability(
    log_proba: npt.NDArray[np.floating], symbols: list[npt.NDArray[np.intp]]
) -> npt.NDArray[np.float64]:
    """Give the probability of the text of each lattice's most probable path.

    It is ``np.exp(text_log_probability(log_proba, symbols))``, several times as fast for one
    lattice. Probabilities are relative to that of the most probable path, which is one of this
    text's: so the sum is at least 1, underflow loses nothing that matters, and the forward
    recursion does without logarithms.
    """
    n_samples = len(log_proba)
    texts = pad_texts(symbols)
    # Places on a path: 2k is the blank before character k, 2k + 1 is the character.
    places = np.full((n_samples, 2 * texts.shape[1] + 1), BLANK)
    places[:, 1::2] = texts
    peaks = log_proba.max(axis=2).astype(np.float64)
    # A column without any probability has a peak that nothing can be relative to.
    finite_peaks = np.maximum(peaks, np.finfo(np.float64).min)
    emitted = np.take_along_axis(log_proba, places[:, np.newaxis], axis=2)
    shares = np.exp(emitted - finite_peaks[:, :, np.newaxis])
    # Only a blank parts equal neighbours.
    may_skip = np.zeros(places.shape)
    may_skip[:, 3::2] = texts[:, 1:] != texts[:, :-1]

    # Two places before the first, which are never reached, save a check of the bounds.
    scores = np.zeros((n_samples, places.shape[1] + 2))
    here, one_before, two_before = scores[:, 2:], scores[:, 1:-1], scores[:, :-2]
    here[:, 0] = 1  # as if a blank stood before the first column
    arrived, skipped = np.empty(places.shape), np.empty(places.shape)
    for share in np.ascontiguousarray(shares.transpose(1, 0, 2)):
        np.add(here, one_before, out=arrived)
        np.multiply(two_before, may_skip, out=skipped)
        np.add(arrived, skipped, out=arrived)
        np.multiply(arrived, share, out=here)

    rows, last = np.arange(n_samples), 2 * np.count_nonzero(texts, axis=1)
    # The last character or the blank behind it; before the first character there is none.
    total = here[rows, last] + one_before[rows, last]
    return total * np.exp(peaks.sum(axis=1))
