"""Base class of recognizers that decode a network's log-probabilities."""

from abc import ABCMeta, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from .._estimator import PlateEstimator
from ..base import RecognizerMixin
from ..decoding import GreedyDecoder, PlateReading
from ..networks import InputForm, get_network, image_shape
from ._inference import certain_blank

__all__ = ["CTCRecognizer", "get_input_form"]


class CTCRecognizer(RecognizerMixin, PlateEstimator, metaclass=ABCMeta):
    """Predict the texts of plates from a network's log-probabilities.

    Subclasses have the parameter `decoder` and the attributes `alphabet_` and `architecture_`.
    """

    decoder: Any
    alphabet_: str
    architecture_: dict[str, Any]

    @abstractmethod
    def _log_proba(
        self, images: npt.NDArray[np.uint8], architecture: dict[str, Any]
    ) -> npt.NDArray[np.float32]:
        """Return the output of the network as an array that the caller may change."""

    def _check_images(self, X: Any) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]:
        """Return a checked batch as the network takes it, and the network's architecture."""
        form = get_input_form(self.architecture_["name"])
        return form.fit_in(form.check(X), self.architecture_, type(self).__name__)

    @property
    def image_shape_(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images in `fit`."""
        check_is_fitted(self)
        return image_shape(self.architecture_)

    def log_proba(self, X: Any) -> npt.NDArray[np.float32]:
        """Predict the log-probabilities of symbols by time step, before decoding.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples, n_time_steps, n_symbols), dtype float32
            Symbol 0 is the blank; symbol i is the character ``alphabet_[i - 1]``.
        """
        check_is_fitted(self)
        images, architecture = self._check_images(X)
        log_proba = self._log_proba(images, architecture)
        # A blank image holds no plate, whatever the network's output.
        blank = get_input_form(architecture["name"]).find_blank(images)
        if blank.any():
            log_proba[blank] = certain_blank(log_proba.shape[2])
        return log_proba

    def read(self, X: Any) -> list[PlateReading]:
        """Predict texts with confidences.

        Parameters
        ----------
        X : array-like of samples
            Plates of the size of the images in `fit`.

        Returns
        -------
        list of PlateReading
            One per sample, in order. The text is ``""`` where all pixels of an image are equal.
        """
        self._validate_params()
        return self._decode(self.log_proba(X), self.alphabet_)

    def _decode(self, log_proba: npt.NDArray[np.float32], alphabet: str) -> list[PlateReading]:
        decoder = self._default_decoder if self.decoder is None else self.decoder
        return decoder.decode(log_proba, alphabet)

    @property
    def _default_decoder(self) -> Any:
        return GreedyDecoder()


def get_input_form(name: str) -> InputForm:
    """Return the form of the input of a recognizer's network."""
    form = get_network(name).input_form
    if form is None:
        raise ValueError(
            f"The network {name!r} has no input_form; set it to WholePlates() or SegmentedPlates()."
        )
    return form
