"""What every plate recognizer has in common."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import accuracy_score
from sklearn.utils import check_consistent_length

from ._texts import check_texts

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from .decoding import PlateReading

__all__ = ["RecognizerMixin"]


class RecognizerMixin:
    """Derive scikit-learn's methods of a plate recognizer from `read`.

    Not a `ClassifierMixin`: texts of test plates were never seen in training, so there are no
    classes to stratify by, and no `predict_proba`.
    """

    def read(self, X: Any) -> "list[PlateReading]":
        """Read plates; subclasses implement it.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            One each, in order.
        """
        raise NotImplementedError

    def predict(self, X: Any) -> npt.NDArray[np.str_]:
        """Read the texts of plates.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples,), dtype str
            ``""`` where nothing could be read.
        """
        return np.asarray([reading.text for reading in self.read(X)], dtype=str)

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:
        """Give the probability that each reading is right as a whole.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        return np.asarray([reading.confidence for reading in self.read(X)], dtype=np.float64)

    def score(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> float:
        """Give the share of plates that are read exactly.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The true texts; characters never seen in training count as wrong.
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        float
            Between 0 and 1.
        """
        texts = check_texts(y, allow_empty=True)
        check_consistent_length(X, texts, sample_weight)  # before the expensive reading
        return float(accuracy_score(texts, self.predict(X), sample_weight=sample_weight))

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.estimator_type = None
        tags.target_tags.required = True
        tags.input_tags.two_d_array = False
        return tags
