"""Base class of the image transformers."""

import copy
import warnings
from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from .._estimator import PlateEstimator
from .._sklearn_compat import CallbackSupportMixin, fit_context
from ..images import PlateImage, check_images, is_blank, naming_sample, object_array
from ..images._map_samples import map_samples

if TYPE_CHECKING:
    from typing import Self

    from sklearn.utils import Tags

__all__ = ["DetectingTransformer", "ImageTransformer", "require_corners"]

Pixels = npt.NDArray[np.uint8]


def require_corners(samples: Sequence[PlateImage], remedy: str) -> None:
    """Raise an error if samples that are not blank have no corners.

    Raises
    ------
    SampleError
        For the first such sample. The message includes their number and the remedy.
    """
    absent = [index for index, sample in enumerate(samples) if sample.corners is None]
    for index in absent:
        with naming_sample(index):
            if is_blank(samples[index].pixels()):
                continue
            raise ValueError(
                f"it has no corners ({len(absent)} of {len(samples)} have none). Pass "
                f"PlateImage(source, corners), or {remedy}"
            )


class ImageTransformer(CallbackSupportMixin, TransformerMixin, PlateEstimator):
    """Base class of stateless transformers that process one image at a time.

    Subclasses implement `_transform_sample` and, if they do not return an object array,
    `_collect`. A sample whose pixels are all equal shows no plate; `_pass_blank` processes it.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"n_jobs": [Integral, None]}

    n_jobs: int | None

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> "Self":
        """Check the parameters and X; nothing is learned and no file is read.

        Parameters
        ----------
        X : array-like of samples
            Images, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.
        y : None
            Ignored.

        Returns
        -------
        self
            The transformer.
        """
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        check_images(X)
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Transform each sample independently; files are read one at a time.

        Parameters
        ----------
        X : array-like of samples
            Images, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        ndarray of shape (n_samples, ...)
            The results, as described for the class. They share no memory with X.

        Warns
        -----
        UserWarning
            If samples have corners and the transformer does not use them. `PlateCropper` and
            `PlateRedactor` do.
        """
        self._validate_params()
        samples = check_images(X)
        self._check_samples(samples)
        return self._collect(map_samples(self._transform_or_pass, samples, self.n_jobs))

    def set_output(self, *, transform: str | None = None) -> "Self":
        """Accept the default output container only; images do not fit into data frames.

        Parameters
        ----------
        transform : {"default"} or None, default=None
            The container of the results of `transform`.

        Returns
        -------
        self
            The transformer.

        Raises
        ------
        ValueError
            If another container is requested.
        """
        if transform not in (None, "default"):
            raise ValueError(
                f"{type(self).__name__} returns images, which do not fit into a data frame; "
                f"transform must be 'default'. Got {transform!r} instead."
            )
        return self

    def _check_samples(self, samples: list[PlateImage]) -> None:
        """Raise an error for invalid samples, or warn, before any is processed."""
        n_located = sum(sample.corners is not None for sample in samples)
        if n_located:
            warnings.warn(
                f"{n_located} of {len(samples)} samples have corners, which {type(self).__name__} "
                "does not use: it takes the whole image. Put a PlateCropper before it.",
                UserWarning,
                stacklevel=4,  # the caller of transform, which scikit-learn wraps
            )

    def _transform_or_pass(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Any:
        if is_blank(pixels):
            return self._pass_blank(pixels)
        return self._transform_sample(pixels, corners)

    def _pass_blank(self, pixels: Pixels) -> Any:
        return pixels.copy()

    def _transform_sample(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Any:
        raise NotImplementedError

    def _collect(self, results: list[Any]) -> npt.NDArray[Any]:
        return object_array(results)

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        return tags


class DetectingTransformer(ImageTransformer):
    """Base class of transformers with a parameter `detector`, which `fit` does not fit."""

    detector: Any

    def __sklearn_clone__(self) -> "Self":
        clone: Any = super().__sklearn_clone__()
        # Nothing would fit the detector of a clone again. Its parameters are those of the clone,
        # so that setting them, nested ones included, does not change the original.
        if _is_fitted(self.detector) and not _is_fitted(clone.detector):
            parameters = clone.detector.get_params(deep=False)
            clone.detector = copy.copy(self.detector).set_params(**parameters)
        return clone


def _is_fitted(detector: Any) -> bool:
    """Return whether a detector is a fitted estimator, or one that need not be fitted."""
    if not (isinstance(detector, BaseEstimator) and hasattr(detector, "fit")):
        return False
    try:
        check_is_fitted(detector)
    except NotFittedError:
        return False
    return True
