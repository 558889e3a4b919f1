"""Base class of plate recognizers."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from ._sklearn_compat import check_sample_weight
from ._texts import check_texts, normalize

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from .decoding import PlateReading

__all__ = ["RecognizerMixin"]


class RecognizerMixin:
    """Mixin class for plate recognizers.

    It implements `predict`, `score_samples` and `score` by means of `read`.

    It is not a `~sklearn.base.ClassifierMixin`: the texts of test plates do not occur in
    training, so that there are no classes to stratify by and there is no `predict_proba`.
    """

    def read(self, X: Any) -> "list[PlateReading]":
        """Predict the texts of plates and their confidences; subclasses implement it.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            The predictions, one per sample, in the order of `X`.
        """
        raise NotImplementedError

    def predict(self, X: Any) -> npt.NDArray[np.str_]:
        """Predict the texts of plates.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples,), dtype str
            The predicted texts; ``""`` where no text is recognized.
        """
        return np.asarray([prediction.text for prediction in self.read(X)], dtype=str)

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the confidence of each prediction.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
            The estimated probability that the whole text is correct.
        """
        return np.asarray([each.confidence for each in self.read(X)], dtype=np.float64)

    def score(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> float:
        """Return the plate accuracy: the fraction of texts that are predicted exactly.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The true texts. They may contain characters that do not occur in the training data;
            these count as errors.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights, not negative.

        Returns
        -------
        float
            Between 0 and 1.

        Raises
        ------
        ValueError
            If X, y and `sample_weight` differ in length, a text is invalid, or a weight is
            negative.
        """
        # Imported here, as in scikit-learn's own mixin classes: it takes time and memory.
        from sklearn.metrics import accuracy_score

        texts = check_texts(y, allow_empty=True)
        check_consistent_length(X, texts, sample_weight)  # before the costly prediction
        if sample_weight is not None:
            check_sample_weight(sample_weight, texts, ensure_non_negative=True)
        # The metrics compare normalized texts, too.
        predicted = [normalize(text) for text in self.predict(X).tolist()]
        return float(accuracy_score(texts, predicted, sample_weight=sample_weight))

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.estimator_type = None
        tags.target_tags.required = True
        tags.input_tags.two_d_array = False
        return tags
