"""Find the plates of photos and predict their texts."""

import copy
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from .._compat import cv2
from .._detection import default_detector
from .._detection._single_image import find_in_photo
from .._detection._small_image import find_in_crop, may_be_crop
from ..decoding import EMPTY_PREDICTION, PlateReading
from ..images import PlateImage, SampleError, check_corners, is_blank, naming_sample
from ..images._batch import CheckedSamples, check_sample, source_of
from ..images._warp import BORDERS, before_horizon, surroundings
from ..preprocessing import PlateCropper, RowJoiner
from ..recognition import read_plates
from ..recognition._unwrap import unwrap
from ._nested import find_nested, replace_nested

__all__ = ["PhotoProcessor", "TableRow"]

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]


@dataclass(slots=True)
class TableRow:
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
    prediction : PlateReading, default=EMPTY_PREDICTION
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
    prediction: PlateReading = EMPTY_PREDICTION


class _Located(NamedTuple):
    """A plate in a photo.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        The image from which the plate is cropped.
    quad : ndarray of shape (4, 2) or None
        Its corners there. None if the image is a tight crop.
    corners : ndarray of shape (4, 2) or None
        Its corners in the photo, if they are known.
    score : float, default=nan
    """

    pixels: Pixels
    quad: Corners | None
    corners: Corners | None
    score: float = float("nan")


class PhotoProcessor:
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
        self.missing = first.missing
        self.annotated = first.locate == "annotation"
        self.detector = first.detector if detector is None else detector
        if self.detector is None:
            self.detector = default_detector()
        self.margin = _largest_margin(croppers)
        self.cropper = _without_detector(first)
        self.estimator = replace_nested(estimator, PlateCropper, _without_detector)
        self.joiner = next(find_nested(estimator, RowJoiner), RowJoiner())
        self.record = record
        self.n_jobs = n_jobs

    def stream(
        self,
        photos: Iterable[tuple[int, Any]],
        n_photos: int | None,
        batch_size: int,
        verbose: int,
    ) -> Iterator[list[TableRow]]:
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
        list of TableRow
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

    def search(self, photos: Sequence[tuple[int, Any]]) -> Iterator[list[TableRow]]:
        """Find the plates of photos in threads.

        Parameters
        ----------
        photos : sequence of (index, sample)

        Yields
        ------
        list of TableRow
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

    def read(self, rows: Sequence[TableRow], batch_size: int) -> None:
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
                row.prediction = prediction
            break
        for row in rows:
            row.sample = None  # its pixels

    def _search(self, index: int, item: Any) -> list[TableRow]:
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
            return [TableRow(index, photo, error=error.reason)]
        if not located:
            return [TableRow(index, photo)]
        return [self._plate(index, photo, plate) for plate in located]

    def _locate(self, sample: PlateImage, pixels: Pixels) -> list[_Located]:
        """Return the plates of a photo, as `PlateCropper` locates the best of them."""
        if self.annotated and sample.corners is not None:
            quad = check_corners(sample.corners, *pixels.shape[:2])
            return [_Located(pixels, quad, quad)]
        if is_blank(pixels):
            return []
        small = self.missing in ("whole", "detect_or_whole") and may_be_crop(pixels)
        find = find_in_crop if small else find_in_photo
        corners, scores = find(self.detector, pixels, "read_photos")
        located = [self._place(pixels, *plate) for plate in zip(corners, scores, strict=True)]
        if not located and (small or self.missing == "whole"):
            return [_Located(pixels, None, None)]
        return located

    def _place(self, pixels: Pixels, corners: Corners, score: float) -> _Located:
        """Return a plate, which may reach beyond the edge of a small image."""
        height, width = pixels.shape[:2]
        try:
            quad = before_horizon(check_corners(corners, height, width), self.margin)
            return _Located(pixels, quad, corners, score)
        except ValueError:
            border = BORDERS[self.cropper.border]
            larger = cv2.copyMakeBorder(pixels, height, height, width, width, border)
            return _Located(larger, corners + np.array([width, height]), None, score)

    def _plate(self, index: int, photo: str | int, plate: _Located) -> TableRow:
        row = TableRow(index, photo, plate.corners, plate.score)
        try:
            with naming_sample(index):
                if plate.quad is None:
                    sample = PlateImage(plate.pixels)
                else:
                    sample = PlateImage(*surroundings(plate.pixels, plate.quad, self.margin))
                crop = self.cropper.transform([sample])
                row.rows = int(self.joiner.count_rows(crop)[0])
        except SampleError as error:
            if not self.record:
                raise
            row.error = error.reason
        else:
            row.sample = sample
        return row


def _without_detector(cropper: PlateCropper) -> PlateCropper:
    """Return a cropper for the samples of `PhotoProcessor`; those without corners are crops."""
    return copy.copy(cropper).set_params(locate="annotation", missing="whole")


def _two_dimensional_if_grey(pixels: Pixels) -> Pixels:
    return pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels


def _name(item: Any, index: int) -> str | int:
    """Return the path of a photo, or its index."""
    source = item.source if isinstance(item, PlateImage) else source_of(item)
    return str(os.fsdecode(source)) if isinstance(source, (str, os.PathLike)) else index


def _largest_margin(croppers: Sequence[PlateCropper]) -> tuple[float, float]:
    """Return the largest horizontal and vertical margin of several croppers."""
    margins = np.array([np.broadcast_to(cropper.margin, 2) for cropper in croppers], np.float64)
    horizontal, vertical = margins.max(axis=0).tolist()
    return horizontal, vertical
