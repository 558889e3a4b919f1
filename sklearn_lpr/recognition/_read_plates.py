"""Read plates with anything that ends in a recognizer."""

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

# So many samples are in memory at a time where the caller does not say.
_BATCH_SIZE = 256


@validate_params(
    {"batch_size": [Interval(Integral, 1, None, closed="left"), None]},
    prefer_skip_nested_validation=False,
)
def read_plates(
    estimator: BaseEstimator, X: Any, batch_size: int | None = None
) -> list[PlateReading]:
    """Read plates with a recognizer, a pipeline that ends in one, or a fitted search.

    A pipeline and a search forward scikit-learn's own methods only; this function gives what
    `predict` cannot: confidences and candidates. Samples pass through the whole chain in
    chunks, so that any number of paths is read in constant memory.

    Parameters
    ----------
    estimator : estimator
        A fitted recognizer, or a `Pipeline`, search, or `FrozenEstimator` around one, nested as
        deep as need be.
    X : array-like of samples
    batch_size : int, default=None
        Samples a chunk; None means 256.

    Returns
    -------
    list of PlateReading
        One each, in order.

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, or is a class.
    ValueError
        If `batch_size` is below 1, or a sample cannot be read; the message names its index.
    sklearn.exceptions.NotFittedError
        If `estimator` is not fitted.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC, read_plates
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(32, random_state=0, return_X_y=True)
    >>> reader = make_pipeline(
    ...     PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    ... )
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one iteration teaches nothing
    ...     _ = reader.fit(X, y)
    >>> len(read_plates(reader, X, batch_size=8))
    32
    """
    if batch_size is None:
        batch_size = _BATCH_SIZE
    chain = unwrap(estimator)
    # The first step of a pipeline may accept other samples than images, such as bytes.
    if chain.transformers and isinstance(chain.transformers[0][1], ImageTransformer):
        # A missing file raises before any prediction, and the transformer checks nothing again.
        X = CheckedSamples(check_images(X))
    readings: list[PlateReading] = []
    for start in range(0, max(len(X), 1), batch_size):  # who reads refuses an empty batch
        chunk = safe_indexing(X, slice(start, start + batch_size))
        try:
            readings += chain.recognizer.read(chain.transform(chunk))
        except SampleError as error:
            raise error.shifted(start) from error
    return readings
