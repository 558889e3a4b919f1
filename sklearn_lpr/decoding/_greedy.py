"""Best-path decoding."""

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from ._ctc import BLANK, text_log_probability
from ._lattices import check_lattices
from ._reading import NOTHING_READ, PlateReading

__all__ = ["GreedyDecoder", "best_paths", "run_starts"]


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
        probability = np.exp(text_log_probability(log_proba, symbols))
        return [
            self._reading("".join(alphabet[symbol - 1] for symbol in text), whole, each)
            for text, whole, each in zip(symbols, probability.tolist(), confidences, strict=True)
        ]

    @staticmethod
    def _reading(
        text: str, probability: float, confidences: npt.NDArray[np.floating]
    ) -> PlateReading:
        if not text:
            return NOTHING_READ
        # Rounding may carry a certain text's sum a last bit above 1.
        probability = min(probability, 1.0)
        each = tuple(min(float(confidence), 1.0) for confidence in confidences)
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
    best = log_proba.argmax(axis=2)
    peak = log_proba.max(axis=2)
    symbols, confidences = [], []
    for row_best, row_peak, row_starts in zip(best, peak, run_starts(best), strict=True):
        first = np.flatnonzero(row_starts)
        characters = row_best[first] != BLANK
        symbols.append(row_best[first][characters])
        confidences.append(np.exp(np.maximum.reduceat(row_peak, first)[characters]))
    return symbols, confidences


def run_starts(paths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Say for each column of each path whether its symbol is not the one before."""
    starts = np.ones(paths.shape, dtype=bool)
    starts[:, 1:] = paths[:, 1:] != paths[:, :-1]
    return starts
