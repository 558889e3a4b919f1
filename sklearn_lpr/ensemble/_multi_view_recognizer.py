"""Test-time augmentation: predict doubtful plates from several views of their images."""

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.validation import check_is_fitted

from .._compat import cv2
from .._estimator import PlateEstimator
from .._sklearn_compat import HasMethods, Interval, fit_context
from .._texts import check_texts
from ..base import RecognizerMixin
from ..decoding import PlateReading
from ..images import check_images
from ..recognition import read_plates
from ..recognition._unwrap import check_recognizer
from ._fusion import fuse_predictions

if TYPE_CHECKING:
    from sklearn.utils import Tags

__all__ = ["MultiViewRecognizer"]

Pixels = npt.NDArray[np.uint8]


class MultiViewRecognizer(RecognizerMixin, MetaEstimatorMixin, PlateEstimator):
    """Predict doubtful plates from several views of their images (test-time augmentation [1]_).

    A plate that is predicted with a low confidence is predicted again from its image, slightly
    enlarged and reduced. The predictions of all views are fused.

    Parameters
    ----------
    estimator : estimator
        A recognizer of crops, or a `Pipeline`, search or `FrozenEstimator` around one. If it is
        fitted, or needs no fit, neither does this one.
    scales : sequence of (float, float), default=((0.95, 1), (1.05, 1), (0.93, 0.9))
        The width and height of each further view, as fractions of those of the image. The view has
        the size of the image: it is cut off, or its border is repeated.
    max_confidence : float, default=0.7
        Predictions with at least this confidence are final. 0 leaves all predictions unchanged; a
        value above 1 uses all views for all plates.

    Attributes
    ----------
    estimator_ : estimator
        The estimator that `fit` has fitted.

    See Also
    --------
    VotingRecognizer : Fuse the predictions of several recognizers.
    sklearn_lpr.augmentation.PlateAugmenter : Data augmentation in training.

    Notes
    -----
    The selected text is the one with the highest mean probability over all views, as with
    ``voting="mean"`` of `VotingRecognizer`, and this mean is its confidence. Each further view
    takes as long as the first prediction, for the plates in doubt alone.

    References
    ----------
    .. [1] A. Krizhevsky, I. Sutskever and G. E. Hinton, "ImageNet Classification with Deep
       Convolutional Neural Networks", NIPS 2012, section 4.1.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.ensemble import MultiViewRecognizer
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(16, random_state=0, return_X_y=True)
    >>> network = LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    >>> chain = make_pipeline(PlateCropper(), PlateNormalizer(), MultiViewRecognizer(network))
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short to learn
    ...     chain.fit(X, y).predict(X).shape
    (16,)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods("fit")],
        "scales": ["array-like"],
        "max_confidence": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        estimator: Any,
        scales: Sequence[tuple[float, float]] = ((0.95, 1), (1.05, 1), (0.93, 0.9)),
        max_confidence: float = 0.7,
    ) -> None:
        self.estimator = estimator
        self.scales = scales
        self.max_confidence = max_confidence

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any) -> Self:
        """Fit the estimator, to the images as they are.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        ValueError
            If a parameter, a text or a plate is invalid.
        """
        self._check_scales()
        check_recognizer(self.estimator)
        texts = check_texts(y)
        check_consistent_length(X, texts)
        self.estimator_ = clone(self.estimator).fit(X, texts)
        return self

    def read(self, X: Any) -> list[PlateReading]:
        """Predict texts with confidences.

        Parameters
        ----------
        X : array-like of samples
            Crops of plates.

        Returns
        -------
        list of PlateReading
            The predictions, one per sample, in the order of `X`.

        Raises
        ------
        ValueError
            If a parameter or a sample is invalid.
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        """
        check_is_fitted(self)
        self._validate_params()
        scales = self._check_scales()
        estimator = getattr(self, "estimator_", self.estimator)
        predictions = read_plates(estimator, X)
        in_doubt = [
            index
            for index, each in enumerate(predictions)
            if each.text and each.confidence < self.max_confidence
        ]
        if in_doubt:
            samples = check_images(X)
            images = [samples[index].pixels() for index in in_doubt]
            views = [
                read_plates(estimator, [_rescale(image, *scale) for image in images])
                for scale in scales
            ]
            for index, *votes in zip(in_doubt, *views, strict=True):
                votes.append(predictions[index])
                predictions[index] = fuse_predictions(votes, [1.0] * len(votes), "mean")
        return predictions

    def _check_scales(self) -> list[tuple[float, float]]:
        scales = np.asarray(self.scales, np.float64)
        valid = scales.ndim == 2 and scales.shape[1] == 2 and np.isfinite(scales).all()
        if not valid or not (scales > 0).all():
            raise ValueError(
                f"scales={self.scales!r} must be a sequence of pairs (width, height) of positive "
                "factors, such as [(0.95, 1), (1.05, 1)]."
            )
        return [(width, height) for width, height in scales.tolist()]

    def __sklearn_is_fitted__(self) -> bool:
        if hasattr(self, "estimator_"):
            return True
        try:
            check_is_fitted(self.estimator)
        except NotFittedError:
            return False
        return True

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.requires_fit = get_tags(self.estimator).requires_fit
        return tags


def _rescale(image: Pixels, width: float, height: float) -> Pixels:
    """Scale an image about its middle; its size stays the same."""
    n_rows, n_columns = image.shape[:2]
    matrix = np.array(
        [
            [width, 0, (1 - width) * (n_columns - 1) / 2],
            [0, height, (1 - height) * (n_rows - 1) / 2],
        ]
    )
    scaled = cv2.warpAffine(image, matrix, (n_columns, n_rows), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(scaled, np.uint8)
