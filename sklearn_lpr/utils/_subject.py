"""An estimator under examination, and the plates that it is shown."""

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.utils import get_tags

from .._compat import cv2
from ..datasets import make_plates
from ..images import PlateImage, object_array
from ..preprocessing import PlateCropper, PlateNormalizer

__all__ = ["Subject", "assert_same", "check_that", "default_plates"]

# Confidences of one plate may differ in the last bits with the batch it is read in.
_TOLERANCE = 1e-3


def check_that(condition: bool, message: str) -> None:
    """Raise an AssertionError unless a condition holds, also under ``python -O``."""
    if not condition:
        raise AssertionError(message)


def default_plates() -> tuple[list[Any], npt.NDArray[np.str_]]:
    """Give crops of 24 x 94 pixels, RGB, and their texts."""
    X, y = make_plates(16, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)
    return list(PlateNormalizer().transform(crops)), y


class Subject:
    """An estimator, what it is shown, and how its answers are compared.

    Parameters
    ----------
    estimator : estimator
        Unfitted; never changed.
    samples : sequence of samples
        In the form that the estimator takes them.
    texts : ndarray of shape (n_samples,), dtype str
    """

    def __init__(self, estimator: Any, samples: Sequence[Any], texts: npt.NDArray[np.str_]) -> None:
        self.estimator = estimator
        self.samples = [_freeze(sample) for sample in samples]
        self.texts = texts
        self._folder = Path(tempfile.mkdtemp(prefix="plates-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @property
    def is_recognizer(self) -> bool:
        """Whether the estimator reads texts."""
        return hasattr(self.estimator, "read")

    @property
    def requires_fit(self) -> bool:
        """Whether the estimator's tags say that it must be fitted."""
        return bool(get_tags(self.estimator).requires_fit)

    @property
    def takes_images(self) -> bool:
        """Whether samples are images, not plates that were cut into segments."""
        return all(getattr(sample, "ndim", 0) != 4 for sample in self.samples)

    @property
    def has_corners(self) -> bool:
        """Whether samples carry corners, which bare pixels cannot."""
        return any(getattr(sample, "corners", None) is not None for sample in self.samples)

    def new(self) -> Any:
        """Give an unfitted copy that repeats itself."""
        copy = clone(self.estimator)
        if "random_state" in copy.get_params():
            copy.set_params(random_state=0)
        return copy

    def fit(self, estimator: Any, X: Any) -> Any:
        """Fit to the samples, in whichever container, with their texts where it reads."""
        return estimator.fit(X, self.texts) if self.is_recognizer else estimator.fit(X)

    @cached_property
    def fitted(self) -> Any:
        """The estimator, fitted once; only to be asked."""
        return self.fit(self.new(), self.samples)

    def ask(self, estimator: Any, X: Any) -> list[Any]:
        """Give the answer to each sample: arrays, or (text, confidence)."""
        if self.is_recognizer:
            return [(reading.text, reading.confidence) for reading in estimator.read(X)]
        return list(estimator.transform(X))

    @cached_property
    def answers(self) -> list[Any]:
        """The answers of the fitted estimator to all samples at once."""
        return self.ask(self.fitted, self.samples)

    @cached_property
    def containers(self) -> Mapping[str, Any]:
        """The same samples in every container that can hold them."""
        found: dict[str, Any] = {
            "a list": list(self.samples),
            "an object array": object_array(self.samples),
        }
        if not self.takes_images:
            return found
        plates = [
            sample if isinstance(sample, PlateImage) else PlateImage(sample)
            for sample in self.samples
        ]
        files = [self._write(index, plate.pixels()) for index, plate in enumerate(plates)]
        found["PlateImage objects"] = object_array(plates)
        found["PlateImage objects of paths"] = [
            PlateImage(file, plate.corners) for file, plate in zip(files, plates, strict=True)
        ]
        if self.has_corners:
            return found
        found["paths"] = files
        pixels = [plate.pixels() for plate in plates]
        if len({image.shape for image in pixels}) == 1:
            stacked = np.stack(pixels)
            found["a 4-D array"] = stacked if stacked.ndim == 4 else stacked[..., np.newaxis]
            np.save(self._folder / "stacked.npy", found["a 4-D array"])
            found["a read-only memmap"] = np.load(self._folder / "stacked.npy", mmap_mode="r")
        return found

    def _write(self, index: int, pixels: npt.NDArray[np.uint8]) -> str:
        path = str(self._folder / f"{index}.png")
        cv2.imwrite(path, pixels if pixels.ndim == 2 else pixels[:, :, ::-1])
        return path


def _freeze(sample: Any) -> Any:
    """Give a sample that cannot be written into."""
    if isinstance(sample, np.ndarray):
        sample = sample.copy()
        sample.flags.writeable = False
    elif isinstance(sample, PlateImage) and isinstance(sample.source, np.ndarray):
        sample = PlateImage(_freeze(sample.source), sample.corners)
    return sample


def assert_same(found: Sequence[Any], expected: Sequence[Any], circumstance: str) -> None:
    """Compare answers sample by sample.

    Raises
    ------
    AssertionError
        It names the first sample that differs, and the circumstance.
    """
    check_that(
        len(found) == len(expected),
        f"{circumstance}: {len(expected)} answers are expected, there are {len(found)}.",
    )
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        if isinstance(one, tuple):
            equal = one[0] == other[0] and abs(one[1] - other[1]) <= _TOLERANCE
        else:
            equal = np.array_equal(one, other)
        check_that(
            equal, f"{circumstance}: the answer to sample {index} is {one!r}, not {other!r}."
        )
