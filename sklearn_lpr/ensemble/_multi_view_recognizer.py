"""Test-time augmentation: predict doubtful plates from several views of their images."""

from collections.abc import Sequence
from itertools import islice
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._sklearn_compat import Interval
from ..decoding import PlateReading
from ..images import SampleError, check_images, naming_sample
from ..recognition import read_plates
from ..recognition._base_wrapper import BaseRecognizerWrapper
from ._fusion import fuse_predictions

__all__ = ["MultiViewRecognizer"]

Pixels = npt.NDArray[np.uint8]


class MultiViewRecognizer(BaseRecognizerWrapper):
    """Predict doubtful plates from several views of their images (test-time augmentation [1]_).

    A plate that is predicted with a low confidence is predicted again from its image, slightly
    enlarged and reduced. The predictions of all views are fused.

    Parameters
    ----------
    estimator : estimator
        A recognizer of crops, or a `Pipeline`, search or `FrozenEstimator` around one. If it is
        fitted, or needs no fit, neither does this one. A `PlateCropper` belongs before this
        recognizer, not in it.
    scales : sequence of (float, float), default=((0.95, 1), (1.05, 1), (0.93, 0.9))
        The width and height of each further view, as fractions of those of the image. The view has
        the size of the image: it is cut off, or its border is repeated.
    max_confidence : float, default=0.7
        Predictions with at least this confidence are final. 0 leaves all predictions unchanged; a
        value above 1 uses all views for all plates with a predicted text. The prediction ``""`` is
        always final.

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
    takes as long as the first prediction, for the plates in doubt alone. `fit` fits the estimator
    to the images as they are.

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
        **BaseRecognizerWrapper._parameter_constraints,
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
            If a parameter or a sample is invalid, a sample has corners: it is a photo and not a
            crop; or a predicted confidence is not between 0 and 1.
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        """
        estimator = self._fitted_estimator
        self._validate_params()
        samples = check_images(X)
        for index, sample in enumerate(samples):
            if sample.corners is not None:
                raise SampleError(
                    index,
                    f"it has corners={sample.corners.tolist()!r}, which a view of the whole photo "
                    "would lose. Put a PlateCropper before the MultiViewRecognizer.",
                )
        predictions = read_plates(estimator, X)
        in_doubt = [
            index
            for index, each in enumerate(predictions)
            if each.text and each.confidence < self.max_confidence
        ]
        if in_doubt:
            images = [samples[index].pixels() for index in in_doubt]
            views = [_rescale(image, *scale) for image in images for scale in self.scales]
            again = iter(read_plates(estimator, views))
            for index in in_doubt:
                votes = [*islice(again, len(self.scales)), predictions[index]]
                with naming_sample(index):
                    predictions[index] = fuse_predictions(votes, [1.0] * len(votes), "mean")
        return predictions

    def _validate_params(self) -> None:
        super()._validate_params()
        scales = np.asarray(self.scales, np.float64)
        valid = scales.ndim == 2 and scales.shape[1] == 2 and np.isfinite(scales).all()
        if not valid or not (scales > 0).all():
            raise ValueError(
                f"scales={self.scales!r} must be a sequence of pairs (width, height) of positive "
                "factors, such as [(0.95, 1), (1.05, 1)]."
            )


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
