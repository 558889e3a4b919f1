"""Read all plates in photos into a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any

from .._sklearn_compat import HasMethods, Interval, StrOptions, validate_params
from ..images import SampleError
from ._load_recognizer import load_recognizer
from ._photo_processor import PhotoProcessor, TableRow
from ._photo_stream import count_photos, stream_photos
from ._plate_table import plate_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["iter_photos", "read_photos"]

_CONSTRAINTS = {
    "detector": [HasMethods("detect_all"), HasMethods("detect"), None],
    "on_error": [StrOptions({"raise", "record"})],
    "n_jobs": [Integral, None],
    "batch_size": [Interval(Integral, 1, None, closed="left")],
    "verbose": ["verbose"],
}


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=False)
def read_photos(
    X: Any,
    recognizer: Any = None,
    *,
    detector: Any = None,
    on_error: str = "raise",
    n_jobs: int | None = None,
    batch_size: int = 32,
    verbose: int = 0,
) -> "pd.DataFrame":
    """Find and read all plates in photos, and return one row per plate.

    A pipeline reads one plate per photo. This function finds any number of plates in each photo
    and passes each of them through the pipeline. Each photo is decoded and searched once.

    Parameters
    ----------
    X : array-like of samples, iterator of samples, or path
        The photos: a folder, whose images and those in its folders are read in the order of their
        names; the path of one photo; an array-like of photos, `PlateImage` objects or paths, as
        for `sklearn_lpr.images.check_images`; or an iterator of such items.
    recognizer : estimator, default=None
        None means ``load_recognizer()``, the recognizer that comes with the package. Otherwise a
        fitted `Pipeline` that begins with a `PlateCropper`, or a search, `FrozenEstimator` or
        meta-estimator of this package around such pipelines.
    detector : object, default=None
        Any object with a method ``detect_all(X)`` or ``detect(X)``; see
        `sklearn_lpr.preprocessing.find_plates`. It is called from `n_jobs` threads. None means the
        detector of the `PlateCropper`. A sample with corners is not searched, unless the cropper
        has ``locate="detect"``.
    on_error : {"raise", "record"}, default="raise"
        What to do with a photo that cannot be read: raise an error, or return a row with the
        error.
    n_jobs : int, default=None
        The number of threads that decode and search photos; the result does not depend on it.
        None means 1 unless in a `joblib.parallel_config` context, -1 means all processors.
    batch_size : int, default=32
        The number of photos whose plates are read together. `n_jobs` photos are in memory at a
        time, and the parts of `batch_size` photos that show plates.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        One row per plate, in the order of the photos, and within a photo the best detection
        first. A photo without a plate has one row, with the text ``""`` and 0 in the column
        ``rows``; so has a photo that cannot be read. The columns are

        file : str or int
            The path of the photo, or the index in X of a photo without a path.
        text : str
            The predicted text; ``""`` if no text is recognized.
        confidence : float
            The recognizer's probability that the whole text is right; 0 for ``""``.
        x1, y1, x2, y2, x3, y3, x4, y4 : float
            The corners of the plate: top left, top right, bottom right and bottom left, in pixels
            of the upright photo. NaN where no plate is found, for a tight crop, and for a plate
            that reaches beyond the edge of a crop.
        detection_score : float
            The score of the detector; NaN if there is none.
        rows : int
            The number of rows of the plate, 1 or 2, as estimated by the `RowJoiner` of the
            pipeline or by ``RowJoiner()``; 0 where no plate is found.
        error : str or None
            Why the photo or the plate cannot be read; always None with ``on_error="raise"``.

    Raises
    ------
    SampleError
        If a photo cannot be read and `on_error` is "raise". The message names its index and its
        file.
    ValueError
        If a parameter is invalid, X is empty, or `recognizer` has no `PlateCropper`.
    FileNotFoundError
        If X is a path that does not exist.
    TypeError
        If `recognizer` does not end in a recognizer, or the type of X is not supported.
    sklearn.exceptions.NotFittedError
        If `recognizer` is not fitted.

    See Also
    --------
    iter_photos : The same in parts, for more plates than fit into memory.
    sklearn_lpr.read_plates : One prediction per sample.
    sklearn_lpr.preprocessing.find_plates : One sample per plate, without texts.

    Notes
    -----
    Crops of plates may be among the photos if the `PlateCropper` has ``missing="detect_or_whole"``,
    as in ``load_recognizer()``, or ``missing="whole"``. Whether an image of at most 320 pixels is
    a tight crop is then decided as for ``missing="detect_or_whole"``: the first row has the text
    that ``predict`` of such a pipeline returns. With ``missing="whole"``, a larger image in which
    no plate is found is a tight crop, too. A tight crop has one row, with the text of the whole
    image and without corners.

    ``table.loc[:, "x1":"y4"].to_numpy().reshape(-1, 4, 2)`` are the corners as one array.

    ``table.to_csv("plates.csv", index=False)`` writes the file that ``sklearn-lpr read`` writes.
    Once the texts are corrected and the rows without a text are deleted,
    `sklearn_lpr.datasets.load_plates` loads it as labels. Relative paths must then be relative to
    the folder of the file.

    Only errors of single photos are recorded. A detector or recognizer that fails in another way
    raises its error.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import read_photos
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.preprocessing import PlateCropper
    >>> class TwoPlates:
    ...     "Finds a plate at the left and one at the right of each photo."
    ...     def detect_all(self, X):
    ...         quads = np.stack([box_corners(10, 20, 80, 20), box_corners(120, 20, 80, 20)])
    ...         return [(quads, np.array([0.9, 0.8])) for photo in X]
    >>> class Brightness(RecognizerMixin, BaseEstimator):
    ...     "Predicts the brightness of a plate instead of its text."
    ...     def read(self, X):
    ...         return [PlateReading(f"{crop.mean():.0f}", 0.5) for crop in X]
    ...     def __sklearn_is_fitted__(self):
    ...         return True
    >>> photo = np.zeros((60, 210, 3), np.uint8)
    >>> photo[:, 105:] = 200
    >>> pipeline = make_pipeline(PlateCropper(), Brightness())
    >>> table = read_photos([photo], pipeline, detector=TwoPlates())
    >>> table[["file", "text", "confidence", "x1", "y1", "detection_score", "rows"]]
      file text  confidence     x1    y1  detection_score  rows
    0    0    0         0.5   10.0  20.0              0.9     1
    1    0  200         0.5  120.0  20.0              0.8     1
    >>> read_photos([photo, "missing.jpg"], pipeline, detector=TwoPlates(),
    ...             on_error="record").error[2]
    "there is no file 'missing.jpg'."
    """
    import pandas as pd

    processor = _processor(recognizer, detector, on_error, n_jobs)
    tables = list(_tables(X, processor, batch_size, verbose))
    return pd.concat(tables, ignore_index=True) if tables else plate_table([])


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=False)
def iter_photos(
    X: Any,
    recognizer: Any = None,
    *,
    detector: Any = None,
    on_error: str = "raise",
    n_jobs: int | None = None,
    batch_size: int = 32,
    verbose: int = 0,
) -> "Iterator[pd.DataFrame]":
    """Find and read all plates in photos, and return the rows of some photos at a time.

    The memory does not depend on the number of photos.

    Parameters
    ----------
    X : array-like of samples, iterator of samples, or path
        As for `read_photos`. An iterator is consumed as the tables are.
    recognizer : estimator, default=None
        As for `read_photos`.
    detector : object, default=None
        As for `read_photos`.
    on_error : {"raise", "record"}, default="raise"
        As for `read_photos`.
    n_jobs : int, default=None
        The number of threads, as for `read_photos`.
    batch_size : int, default=32
        The number of photos per table.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    iterator of DataFrame
        Tables as returned by `read_photos`, of up to `batch_size` photos each. Their index
        continues from one table to the next.

    Raises
    ------
    ValueError, FileNotFoundError, TypeError, sklearn.exceptions.NotFittedError
        As `read_photos`. An unusable photo raises its error when its table is computed.

    See Also
    --------
    read_photos : All rows in one table.

    Examples
    --------
    Write the plates of a large folder to a file::

        with open("plates.csv", "w", newline="", encoding="utf-8") as file:
            for number, table in enumerate(iter_photos("photos", recognizer, on_error="record")):
                table.to_csv(file, header=number == 0, index=False)
    """
    processor = _processor(recognizer, detector, on_error, n_jobs)
    return _tables(X, processor, batch_size, verbose)


def _processor(recognizer: Any, detector: Any, on_error: str, n_jobs: int | None) -> PhotoProcessor:
    if recognizer is None:
        recognizer = load_recognizer()
    return PhotoProcessor(recognizer, detector, on_error == "record", n_jobs)


def _tables(
    X: Any, processor: PhotoProcessor, batch_size: int, verbose: int
) -> "Iterator[pd.DataFrame]":
    with _naming_remedy(processor):
        photos = stream_photos(X, check=not processor.record)
    batches = processor.stream(enumerate(photos), count_photos(photos), batch_size, verbose)
    return _number(batches, processor)


def _number(
    batches: Iterator[list[TableRow]], processor: PhotoProcessor
) -> "Iterator[pd.DataFrame]":
    start = 0
    while True:
        with _naming_remedy(processor):
            rows = next(batches, None)
        if rows is None:
            return
        yield plate_table(rows, start)
        start += len(rows)


@contextmanager
def _naming_remedy(processor: PhotoProcessor) -> Iterator[None]:
    """Add to the error of a photo how to read the others."""
    try:
        yield
    except SampleError as error:
        if processor.record:
            raise
        reason = error.reason if error.reason.endswith((".", "!", "?")) else f"{error.reason}."
        remedy = "on_error='record' reads the other photos and returns the error in a row."
        raise SampleError(error.index, f"{reason} {remedy}") from error
