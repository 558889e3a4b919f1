"""Build predictions from texts with their log-probabilities."""

import numpy as np
import numpy.typing as npt

from ._character_positions import character_peaks
from ._ctc import BLANK
from ._reading import EMPTY_PREDICTION, PlateReading

__all__ = ["rank_texts"]


def rank_texts(
    log_proba: npt.NDArray[np.floating],
    alphabet: str,
    samples: npt.NDArray[np.intp],
    texts: npt.NDArray[np.intp],
    scores: npt.NDArray[np.float64],
    probabilities: npt.NDArray[np.float64],
    n_candidates: int,
) -> list[PlateReading]:
    """Return, for each sample, the prediction of the text with the highest score.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_time_steps, n_symbols)
    alphabet : str
    samples : ndarray of shape (n_texts,)
        The index of each text's sample.
    texts : ndarray of shape (n_texts, length)
        Symbols, padded with blanks; those of a sample are distinct.
    scores : ndarray of shape (n_texts,)
    probabilities : ndarray of shape (n_texts,)
        The confidences. Texts whose probability is 0, or whose score is -inf, are left out.
    n_candidates : int
        The maximum number of candidates.

    Returns
    -------
    list of PlateReading
        One per sample; `EMPTY_PREDICTION` if no text is left.
    """
    # The sort is stable, so equal scores stay in the order of the alphabet.
    order = np.lexsort((-scores, samples))
    order = order[(probabilities[order] > 0) & (scores[order] > -np.inf)]
    samples, texts, probabilities = samples[order], texts[order], probabilities[order]

    first = np.searchsorted(samples, np.arange(len(log_proba) + 1))
    decoded = np.flatnonzero(np.diff(first))
    peaks = character_peaks(log_proba[decoded], texts[first[decoded]])
    predictions = [EMPTY_PREDICTION] * len(log_proba)
    for sample, confidences in zip(decoded, np.minimum(np.exp(peaks), 1).tolist(), strict=True):
        best = slice(first[sample], min(first[sample + 1], first[sample] + n_candidates))
        candidates = tuple(
            ("".join(alphabet[symbol - 1] for symbol in text if symbol != BLANK), probability)
            for text, probability in zip(
                texts[best].tolist(), probabilities[best].tolist(), strict=True
            )
        )
        text, probability = candidates[0]
        predictions[sample] = PlateReading(
            text, probability if text else 0.0, tuple(confidences[: len(text)]), candidates
        )
    return predictions
