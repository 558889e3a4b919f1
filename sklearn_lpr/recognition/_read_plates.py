"""Predict texts with confidences for recognizers, pipelines and searches."""

from numbers import Integral
from typing import Any

from sklearn.base import BaseEstimator

from .._sklearn_compat import Interval, safe_indexing, validate_params
from ..decoding import PlateReading
from ..images import SampleError, check_images
from ..images._batch import CheckedSamples
from ..preprocessing._base import ImageTransformer
from ._unwrap import unwrap

__all__ = ["read_plates"]

# The default number of samples per chunk, which bounds the memory.
_BATCH_SIZE = 256


@validate_params(
    {"batch_size": [Interval(Integral, 1, None, closed="left"), None]},
    prefer_skip_nested_validation=False,
)
def read_plates(
    estimator: BaseEstimator, X: Any, batch_size: int | None = None
) -> list[PlateReading]:
    """Predict texts with confidences and candidates.

    Pipelines and searches forward only the methods of scikit-learn, such as `predict`, which
    returns texts alone. This function also takes them and returns a `PlateReading`, the
    prediction with its confidences, for each sample. Samples pass through the whole chain in
    chunks, so the memory does not grow with the number of paths.

    Parameters
    ----------
    estimator : estimator
        A fitted recognizer, or a `Pipeline`, search, or `FrozenEstimator` around one, nested to
        any depth.
    X : array-like of samples
    batch_size : int, default=None
        Number of samples per chunk. None means 256.

    Returns
    -------
    list of PlateReading
        One per sample, in order.

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, or is a class.
    ValueError
        If `batch_size` is below 1, a sample is unusable (the message contains its index), or the
        recognizer does not return one prediction for each sample.
    sklearn.exceptions.NotFittedError
        If `estimator` is not fitted.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC, read_plates
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(32, random_state=0, return_X_y=True)
    >>> recognizer = make_pipeline(
    ...     PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    ... )
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too few
    ...     _ = recognizer.fit(X, y)
    >>> len(read_plates(recognizer, X, batch_size=8))
    32
    """
    # Sums of small integer types of NumPy overflow.
    batch_size = _BATCH_SIZE if batch_size is None else int(batch_size)
    chain = unwrap(estimator)
    if not hasattr(X, "__len__") and not hasattr(X, "shape"):
        raise TypeError(f"X is a {type(X).__name__}; pass a list or an array of samples.")
    # The first step of a pipeline may accept other samples than images, such as bytes.
    if chain.transformers and isinstance(chain.transformers[0][1], ImageTransformer):
        # A missing file raises before any prediction, and the transformer checks nothing again.
        X = CheckedSamples(check_images(X))
    predictions: list[PlateReading] = []
    for start in range(0, max(len(X), 1), batch_size):  # a recognizer raises for an empty batch
        chunk = safe_indexing(X, slice(start, start + batch_size))
        try:
            found = chain.recognizer.read(chain.transform(chunk))
        except SampleError as error:
            raise error.shifted(start) from error
        if len(found) != len(chunk):
            raise ValueError(
                f"{type(chain.recognizer).__name__}.read returned {len(found)} predictions for "
                f"{len(chunk)} samples; it must return one for each, in order."
            )
        predictions += found
    return predictions
