"""CTC best-path (greedy) decoding."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .._estimator import PlateEstimator
from ._ctc import BLANK, pad_texts, text_probability
from ._log_proba import check_log_proba
from ._reading import EMPTY_PREDICTION, PlateReading

__all__ = ["GreedyDecoder", "best_paths", "run_starts"]

# Samples decoded at once: bounds the memory and fits the caches.
_CHUNK = 128


class GreedyDecoder(PlateEstimator):
    """CTC best-path (greedy) decoding: merge repeats and drop blanks on the most probable path.

    The best path has the most probable symbol at each time step. The confidence of a prediction
    is the probability of its text, summed over all its paths. The confidence of a character is
    its highest probability within its run of time steps.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.decoding import GreedyDecoder
    >>> log_proba = np.log([[[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7]]])
    >>> prediction = GreedyDecoder().decode(log_proba, alphabet="AB")[0]
    >>> prediction.text, prediction.character_confidences
    ('AB', (0.8, 0.7))
    """

    def decode(self, log_proba: npt.NDArray[np.floating], alphabet: str) -> list[PlateReading]:
        """Decode a batch of log-probabilities.

        Parameters
        ----------
        log_proba : ndarray of shape (n_samples, n_time_steps, 1 + len(alphabet))
            Log-probabilities of the symbols at each time step; symbol 0 is the blank.
        alphabet : str
            The characters of the symbols 1, 2, ….

        Returns
        -------
        list of PlateReading
            One prediction per sample, in order.

        Raises
        ------
        ValueError
            If `log_proba` does not fit `alphabet`, has NaN or probabilities that sum to more
            than 1.
        """
        log_proba = check_log_proba(log_proba, alphabet)
        symbols, confidences = best_paths(log_proba)
        predictions: list[PlateReading] = []
        for start in range(0, len(log_proba), _CHUNK):
            part = slice(start, start + _CHUNK)
            texts = pad_texts(symbols[part])
            probability = text_probability(log_proba[part], np.arange(len(texts)), texts)
            predictions += [
                _build_prediction(
                    "".join([alphabet[symbol - 1] for symbol in text.tolist()]), *confidence
                )
                for text, *confidence in zip(
                    symbols[part], probability.tolist(), confidences[part], strict=True
                )
            ]
        return predictions


def _build_prediction(
    text: str, probability: float, confidences: npt.NDArray[np.floating]
) -> PlateReading:
    if not text:
        return EMPTY_PREDICTION
    # Rounding may raise the sum slightly above 1.
    probability = min(probability, 1.0)
    each = tuple([min(confidence, 1.0) for confidence in confidences.tolist()])
    return PlateReading(text, probability, each, ((text, probability),))


def best_paths(
    log_proba: npt.NDArray[np.floating],
) -> tuple[list[npt.NDArray[np.intp]], list[npt.NDArray[np.floating]]]:
    """Merge the repeats of each sample's most probable path and drop its blanks.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
        Log-probabilities of the symbols at each time step; symbol 0 is the blank.

    Returns
    -------
    symbols : list of n_samples integer arrays
    confidences : list of n_samples arrays
        The highest probability of each symbol within its run of time steps.
    """
    n_samples, n_time_steps = log_proba.shape[:2]
    best = log_proba.argmax(axis=2)
    first = np.flatnonzero(run_starts(best))
    # Each row starts a run, so no run spans two rows.
    peaks = np.maximum.reduceat(log_proba.max(axis=2).ravel(), first)
    symbols = best.ravel()[first]
    characters = symbols != BLANK
    symbols, confidences = symbols[characters], np.exp(peaks[characters])
    bounds = np.searchsorted(first[characters], np.arange(n_samples + 1) * n_time_steps)
    rows = [slice(*pair) for pair in pairwise(bounds.tolist())]
    return [symbols[row] for row in rows], [confidences[row] for row in rows]


def run_starts(paths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Return, for each time step of each path, whether its symbol differs from the one before."""
    starts = np.ones(paths.shape, dtype=bool)
    starts[:, 1:] = paths[:, 1:] != paths[:, :-1]
    return starts
