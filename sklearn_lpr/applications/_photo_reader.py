"""Find the plates of photos and predict their texts."""

import copy
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from .._detection import OnnxPlateDetector
from .._detection._single_image import find_in_photo
from ..images import PlateImage, SampleError, check_corners, is_blank, naming_sample
from ..images._batch import CheckedSamples, check_sample
from ..images._warp import surroundings
from ..preprocessing import PlateCropper, RowJoiner
from ..recognition import read_plates
from ..recognition._unwrap import unwrap
from ._nested import find_nested, replace_nested

__all__ = ["PhotoReader", "PlateRow"]

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]


@dataclass(slots=True)
class PlateRow:
    """A plate of a photo, or a photo without one.

    Parameters
    ----------
    index : int
        The index of the photo.
    file : str or int
        The path of the photo, or its index.
    corners : ndarray of shape (4, 2), default=None
    detection_score : float, default=nan
    sample : PlateImage, default=None
        The part of the photo that shows the plate. None where there is nothing to read.
    rows : int, default=0
        The number of rows of the plate; 0 where no plate is found.
    text : str, default=""
    confidence : float, default=0.0
    error : str, default=None
    """

    index: int
    file: str | int
    corners: Corners | None = None
    detection_score: float = float("nan")
    sample: PlateImage | None = None
    rows: int = 0
    text: str = ""
    confidence: float = 0.0
    error: str | None = None


class PhotoReader:
    """Read photos with a fitted estimator whose pipelines begin with a `PlateCropper`.

    Photos are searched here, once each. The estimator then receives one sample with corners per
    plate, and its croppers do not call their detectors.

    Parameters
    ----------
    estimator : estimator
        As for `read_photos`.
    detector : object or None
        None means that of the first cropper.
    record : bool
        Whether an unusable photo becomes a row with its error.
    n_jobs : int or None
        The number of threads.

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, or is a class.
    ValueError
        If it has no `PlateCropper`.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """

    def __init__(self, estimator: Any, detector: Any, record: bool, n_jobs: int | None) -> None:
        recognizer = unwrap(estimator).recognizer
        if hasattr(recognizer, "fit"):
            check_is_fitted(recognizer)
        croppers: list[PlateCropper] = list(find_nested(estimator, PlateCropper))
        if not croppers:
            raise ValueError(
                f"The recognizer {type(estimator).__name__} has no PlateCropper, so that it reads "
                "crops and not photos; pass a Pipeline that begins with the PlateCropper with "
                "which the recognizer was trained."
            )
        first = croppers[0]
        self.whole = first.missing == "whole"
        self.annotated = first.locate == "annotation"
        self.detector = first.detector if detector is None else detector
        if self.detector is None:
            self.detector = OnnxPlateDetector()
        self.margin = _largest_margin(croppers)
        self.cropper = self._without_detector(first)
        self.estimator = replace_nested(estimator, PlateCropper, self._without_detector)
        self.joiner = next(find_nested(estimator, RowJoiner), RowJoiner())
        self.record = record
        self.n_jobs = n_jobs

    def _without_detector(self, cropper: PlateCropper) -> PlateCropper:
        missing = "whole" if self.whole else "raise"
        return copy.copy(cropper).set_params(locate="annotation", missing=missing)

    def stream(
        self,
        photos: Iterable[tuple[int, Any]],
        n_photos: int | None,
        batch_size: int,
        verbose: int,
    ) -> Iterator[list[PlateRow]]:
        """Find and read the plates of photos, `batch_size` photos at a time.

        Parameters
        ----------
        photos : iterable of (index, sample)
        n_photos : int or None
            Their number, for the progress bar.
        batch_size : int
        verbose : int
            Whether to show a progress bar.

        Yields
        ------
        list of PlateRow
            The rows of one batch of photos.

        Raises
        ------
        SampleError
            If a photo cannot be read and errors are not recorded.
        """
        from tqdm.auto import tqdm

        photos = iter(photos)
        with tqdm(total=n_photos, unit="photo", disable=not verbose) as bar:
            while batch := list(islice(photos, batch_size)):
                rows = []
                for found in self.search(batch):
                    rows += found
                    bar.update()
                self.read(rows, batch_size)
                yield rows

    def search(self, photos: Sequence[tuple[int, Any]]) -> Iterator[list[PlateRow]]:
        """Find the plates of photos in threads.

        Parameters
        ----------
        photos : sequence of (index, sample)

        Yields
        ------
        list of PlateRow
            The plates of each photo, or one row where no plate is found.

        Raises
        ------
        SampleError
            If a photo is unusable and errors are not recorded.
        """
        if effective_n_jobs(self.n_jobs) == 1 or len(photos) == 1:
            yield from (self._search(*photo) for photo in photos)
            return
        parallel = Parallel(n_jobs=self.n_jobs, require="sharedmem", return_as="generator")
        yield from parallel(delayed(self._search)(*photo) for photo in photos)

    def read(self, rows: Sequence[PlateRow], batch_size: int) -> None:
        """Predict the texts of plates, in place.

        Raises
        ------
        SampleError
            If a plate cannot be read and errors are not recorded.
        """
        plates = [row for row in rows if row.sample is not None]
        while plates:
            samples = CheckedSamples(row.sample for row in plates if row.sample is not None)
            try:
                predictions = read_plates(self.estimator, samples, batch_size)
            except SampleError as error:
                failed = plates.pop(error.index)
                if not self.record:
                    raise SampleError(failed.index, error.reason) from error
                failed.error = error.reason
                continue
            for row, prediction in zip(plates, predictions, strict=True):
                row.text, row.confidence = prediction.text, float(prediction.confidence)
            break
        for row in rows:
            row.sample = None  # its pixels

    def _search(self, index: int, item: Any) -> list[PlateRow]:
        """Return the rows of a photo, without texts."""
        photo = _name(item, index)
        try:
            with naming_sample(index):
                sample = check_sample(item)
                pixels = _two_dimensional_if_grey(sample.pixels())
                located = self._locate(sample, pixels)
        except SampleError as error:
            if not self.record:
                raise
            return [PlateRow(index, photo, error=error.reason)]
        if not located and self.whole and not is_blank(pixels):
            located = [(None, float("nan"))]
        if not located:
            return [PlateRow(index, photo)]
        return [self._plate(index, photo, pixels, *plate) for plate in located]

    def _locate(self, sample: PlateImage, pixels: Pixels) -> list[tuple[Corners | None, float]]:
        """Return the corners and the detection score of each plate."""
        if self.annotated and sample.corners is not None:
            return [(check_corners(sample.corners, *pixels.shape[:2]), float("nan"))]
        return list(zip(*find_in_photo(self.detector, pixels, "read_photos"), strict=True))

    def _plate(
        self, index: int, photo: str | int, pixels: Pixels, corners: Corners | None, score: float
    ) -> PlateRow:
        row = PlateRow(index, photo, corners, score)
        try:
            with naming_sample(index):
                if corners is None:
                    sample = PlateImage(pixels)
                else:
                    sample = PlateImage(*surroundings(pixels, corners, self.margin))
                crop = self.cropper.transform([sample])
                row.rows = int(self.joiner.count_rows(crop)[0])
        except SampleError as error:
            if not self.record:
                raise
            row.error = error.reason
        else:
            row.sample = sample
        return row


def _two_dimensional_if_grey(pixels: Pixels) -> Pixels:
    return pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels


def _name(item: Any, index: int) -> str | int:
    """Return the path of a photo, or its index."""
    source = item.source if isinstance(item, PlateImage) else item
    return str(os.fsdecode(source)) if isinstance(source, (str, os.PathLike)) else index


def _largest_margin(croppers: Sequence[PlateCropper]) -> tuple[float, float]:
    """Return the largest horizontal and vertical margin of several croppers."""
    margins = np.array([np.broadcast_to(cropper.margin, 2) for cropper in croppers], np.float64)
    horizontal, vertical = margins.max(axis=0).tolist()
    return horizontal, vertical
