"""What every recognizer shares that reads a network's lattices through a decoder."""

from abc import ABCMeta, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from .._estimator import PlateEstimator
from ..base import RecognizerMixin
from ..decoding import GreedyDecoder, PlateReading
from ..networks import InputForm, get_network, image_shape
from ._lattices import blank_column

__all__ = ["LatticeRecognizer"]


class LatticeRecognizer(RecognizerMixin, PlateEstimator, metaclass=ABCMeta):
    """Read plates by what a network says of them.

    Subclasses have the parameter `decoder` and the attributes `alphabet_` and `architecture_`.
    """

    decoder: Any
    alphabet_: str
    architecture_: dict[str, Any]

    @abstractmethod
    def _log_proba(
        self, images: npt.NDArray[np.uint8], architecture: dict[str, Any]
    ) -> npt.NDArray[np.float32]:
        """Give what the network of an architecture says of images, in an array of its own."""

    def _check_images(self, X: Any) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]:
        """Check a batch; give it as the network takes it, and that network."""
        form = _input_form(self.architecture_)
        return form.fit_in(form.check(X), self.architecture_, type(self).__name__)

    @property
    def image_shape_(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images in `fit`."""
        check_is_fitted(self)
        return image_shape(self.architecture_)

    def log_proba(self, X: Any) -> npt.NDArray[np.float32]:
        """Give the network's raw output, before any decoder.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples, n_columns, n_symbols), dtype float32
            Log-probabilities by column; symbol 0 is the blank, symbol i is the character
            ``alphabet_[i - 1]``.
        """
        check_is_fitted(self)
        images, architecture = self._check_images(X)
        log_proba = self._log_proba(images, architecture)
        # A blank image holds no plate, whatever the network says: its columns are certain blanks.
        blank = _input_form(architecture).find_blank(images)
        log_proba[blank] = blank_column(log_proba.shape[2])
        return log_proba

    def read(self, X: Any) -> list[PlateReading]:
        """Read plates.

        Parameters
        ----------
        X : array-like of samples
            Of the size that the recognizer was fitted on.

        Returns
        -------
        list of PlateReading
            One each, in order. Images whose pixels are all equal read ``""``.
        """
        self._validate_params()
        return self._decode(self.log_proba(X), self.alphabet_)

    def _decode(self, log_proba: npt.NDArray[np.float32], alphabet: str) -> list[PlateReading]:
        decoder = self._usual_decoder if self.decoder is None else self.decoder
        return decoder.decode(log_proba, alphabet)

    @property
    def _usual_decoder(self) -> Any:
        return GreedyDecoder()


def _input_form(architecture: dict[str, Any]) -> InputForm:
    form = get_network(architecture["name"]).input_form
    assert form is not None  # a recognizer reads plates
    return form
