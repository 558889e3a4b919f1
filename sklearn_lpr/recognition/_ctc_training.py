"""Training examples, validation scores and schedules for connectionist temporal classification."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..augmentation._checks import check_augmented
from ..decoding import best_paths, text_log_probability
from ..training import Ramp
from ._alphabet import encode_texts
from ._inference import predict_in_batches

if TYPE_CHECKING:
    from ..networks import Network
    from ..training import Build

__all__ = ["ExactMatch", "PlateExamples", "schedule_ctc"]

# The fraction of steps with an alignment warm-up by default. Trained networks need none: their
# characters are where CTC put them, which the cross-entropy of evenly spaced ones would undo.
_ALIGNMENT_WARMUP = 0.2

# The fractions of steps between which the trimmed loss takes effect. Before, wrong texts have no
# higher losses than texts that are not learned yet.
_TRIMMING_RAMP = (0.2, 0.5)


def schedule_ctc(
    alignment_warmup: float | str, label_noise_fraction: float, *, trained: bool
) -> dict[str, Ramp]:
    """Return the schedules of the CTC training loss.

    Parameters
    ----------
    alignment_warmup : float or "auto"
        The fraction of steps over which the cross-entropy of evenly spaced characters is
        replaced by CTC.
    label_noise_fraction : float
        The fraction of each mini-batch that is left out of the loss in the end.
    trained : bool
        Whether training starts from trained weights. "auto" means no alignment warm-up then.

    Returns
    -------
    dict of Ramp
    """
    if isinstance(alignment_warmup, str):
        alignment_warmup = 0.0 if trained else _ALIGNMENT_WARMUP
    return {
        "alignment_warmup": Ramp(0.0, alignment_warmup, 1.0, 0.0),
        "trimmed_fraction": Ramp(*_TRIMMING_RAMP, 0.0, label_noise_fraction),
    }


@dataclass(frozen=True)
class PlateExamples:
    """Plates with their texts as training examples.

    Parameters
    ----------
    images : ndarray of shape (n_samples, ...), dtype uint8
    texts : ndarray of shape (n_samples,), dtype str
    alphabet : str
    longest_text : int
        The length to which symbols are padded.
    augmentation : object or None
        See `PlateAugmenter.prepare`. Augmented texts must not be longer than the longest text.
    """

    images: npt.NDArray[np.uint8]
    texts: npt.NDArray[np.str_]
    alphabet: str
    longest_text: int
    augmentation: Any

    def __len__(self) -> int:
        return len(self.images)

    def prepare(self) -> "Build":
        """Return a function that builds a plate and its symbols."""
        if self.augmentation is None:
            # Encoded once, because a step of a small network takes little longer.
            symbols = encode_texts(self.texts, self.alphabet, self.longest_text)
            return lambda index, _: (self.images[index], {"symbols": symbols[index]})
        augment = self.augmentation.prepare(self.images, self.texts)

        def build(
            index: int, rng: np.random.Generator
        ) -> tuple[npt.NDArray[np.uint8], dict[str, npt.NDArray[Any]]]:
            image, text = augment(index, rng)
            check_augmented("augmentation", self.augmentation, image, self.images.shape[1:])
            try:
                (symbols,) = encode_texts([text], self.alphabet, self.longest_text)
            except ValueError as error:
                raise ValueError(
                    f"augmentation={self.augmentation!r} returned the text {text!r}: {error}"
                ) from error
            return image, {"symbols": symbols}

        return build


@dataclass(frozen=True)
class ExactMatch:
    """Scorer of exact matches, with the mean log-probability of the texts as the tie-breaker.

    Parameters
    ----------
    images : ndarray of shape (n_samples, ...), dtype uint8
    symbols : ndarray of shape (n_samples, longest text), dtype int32
        The texts as `encode_texts` returns them.
    weights : ndarray of shape (n_samples,), default=None
        Sample weights, not all of them 0; None weighs all alike.
    """

    images: npt.NDArray[np.uint8]
    symbols: npt.NDArray[np.int32]
    weights: npt.NDArray[np.floating] | None = None

    def __call__(self, network: "Network") -> tuple[float, float]:
        """Return the weighted means of exact matches and of log-probabilities of the texts."""
        log_proba = predict_in_batches(network.predict, self.images)
        texts = [symbols[symbols > 0] for symbols in self.symbols]
        predicted, _ = best_paths(log_proba)
        exact = [np.array_equal(path, text) for path, text in zip(predicted, texts, strict=True)]
        log_probability = text_log_probability(log_proba, texts)
        return (
            float(np.average(exact, weights=self.weights)),
            float(np.average(log_probability, weights=self.weights)),
        )
