"""What every image transformer has in common."""

import reprlib
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs
from sklearn.base import TransformerMixin
from sklearn.utils.parallel import Parallel, delayed

from .._estimator import PlateEstimator
from .._sklearn_compat import CallbackSupportMixin, fit_context
from ..images import (
    PlateImage,
    SampleError,
    check_images,
    is_blank,
    naming_sample,
    object_array,
)

if TYPE_CHECKING:
    from typing import Self

    from sklearn.utils import Tags

__all__ = [
    "ImageTransformer",
    "ask_about_one",
    "find_all_in_one",
    "map_samples",
    "refuse_without_corners",
]

Pixels = npt.NDArray[np.uint8]
Result = TypeVar("Result")


def ask_about_one(detect: Callable[[list[Pixels]], Sequence[Any]], pixels: Pixels) -> Any:
    """Show one image to a detector, which takes batches, and give what it finds in it.

    Raises
    ------
    ValueError
        What the detector says of the image, without an index.
    """
    try:
        (found,) = detect([pixels])
    except SampleError as error:
        # The detector saw a batch of one and knows no other index.
        raise ValueError(error.reason) from error
    return found


def find_all_in_one(detector: Any, pixels: Pixels, owner: str) -> list[npt.NDArray[np.float64]]:
    """Ask a detector for all plates of one image, or for the one that it can find.

    Parameters
    ----------
    detector : object
        Anything with a method ``detect_all``, or ``detect`` alone.
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    owner : str
        Whose parameter the detector is, for messages.

    Returns
    -------
    list of ndarray of shape (4, 2), dtype float64
        What it says are the corners of each plate, the best first.

    Raises
    ------
    ValueError
        If the detector refuses the image, or does not give corners and scores; without an index.
    """
    if not hasattr(detector, "detect_all"):
        quad = ask_about_one(detector.detect, pixels)
        return [] if quad is None else [quad]
    found = ask_about_one(detector.detect_all, pixels)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise ValueError(
            f"The 'detector' parameter of {owner} must give a tuple (corners, scores) for each "
            f"sample from its method detect_all. Got {reprlib.repr(found)} instead."
        )
    return list(found[0])


def refuse_without_corners(samples: Sequence[PlateImage], remedy: str) -> None:
    """Refuse samples whose corners are not known, unless they are blank and hold no plate.

    Raises
    ------
    SampleError
        At the first such sample; it says how many there are, and the remedy.
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


def map_samples(
    function: Callable[[Pixels, npt.NDArray[np.float64] | None], Result],
    samples: Sequence[PlateImage],
    n_jobs: int | None = None,
) -> list[Result]:
    """Read samples and call a function with the pixels and the corners of each.

    Parameters
    ----------
    function : callable
        Given pixels of shape (height, width) or (height, width, 3), which it must not write
        into, and corners or None.
    samples : sequence of PlateImage
    n_jobs : int, default=None
        The number of threads, as in joblib. OpenCV and the decoders of image files leave
        Python's lock, so threads help and nothing is copied to them.

    Returns
    -------
    list
        One result each, in order.

    Raises
    ------
    SampleError
        If a sample cannot be read, or the function raises a ValueError for it.
    """

    def call(index: int, sample: PlateImage) -> Result:
        with naming_sample(index):
            pixels = np.asarray(sample.pixels())
            if pixels.ndim == 3 and pixels.shape[2] == 1:
                pixels = pixels[:, :, 0]
            return function(pixels, sample.corners)

    if effective_n_jobs(n_jobs) == 1 or len(samples) == 1:
        # joblib takes longer to call a function once than a plate takes to be resized.
        return [call(index, sample) for index, sample in enumerate(samples)]
    parallel = Parallel(n_jobs=n_jobs, require="sharedmem")
    return list(parallel(delayed(call)(index, sample) for index, sample in enumerate(samples)))


class ImageTransformer(CallbackSupportMixin, TransformerMixin, PlateEstimator):
    """A stateless transformer that works on one image after the other.

    Subclasses implement `_transform_sample` and, where they give no object array, `_collect`.
    A sample whose pixels are all equal holds no plate and goes to `_pass_blank` instead.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"n_jobs": [Integral, None]}

    n_jobs: int | None

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> "Self":
        """Check the parameters and the form of X; nothing is learned and no file is read.

        Parameters
        ----------
        X : array-like of samples
            Images, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        check_images(X)
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Transform each sample on its own; files are read one at a time.

        Parameters
        ----------
        X : array-like of samples
            Images, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        ndarray of shape (n_samples, ...)
            As described for the class; shares no memory with X.
        """
        self._validate_params()
        samples = check_images(X)
        self._check_samples(samples)
        return self._collect(map_samples(self._transform_or_pass, samples, self.n_jobs))

    def _check_samples(self, samples: list[PlateImage]) -> None:
        """Refuse what can be refused before any work starts."""

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
