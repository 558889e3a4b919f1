"""Estimator under test, with its samples and the comparison of its outputs."""

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

__all__ = ["CheckedEstimator", "assert_same", "check_that", "default_plates", "pixels_of"]

# The last bits of a confidence may depend on the size of the batch.
_TOLERANCE = 1e-3


def check_that(condition: bool, message: str) -> None:
    """Raise an AssertionError if a condition does not hold, also with ``python -O``."""
    if not condition:
        raise AssertionError(message)


def default_plates() -> tuple[list[Any], npt.NDArray[np.str_]]:
    """Return synthetic RGB crops of 24 x 94 pixels with their texts."""
    X, y = make_plates(16, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)
    return list(PlateNormalizer().transform(crops)), y


class CheckedEstimator:
    """Estimator under test with its samples.

    Parameters
    ----------
    estimator : estimator
        It is cloned, and never changed.
    samples : sequence of samples
        Samples in the form that the estimator accepts.
    texts : ndarray of shape (n_samples,), dtype str
        The texts of the samples; None for transformers.
    """

    def __init__(self, estimator: Any, samples: Sequence[Any], texts: npt.NDArray[np.str_]) -> None:
        self.estimator = estimator
        self.samples = [_read_only(sample) for sample in samples]
        self.texts = texts
        self._folder = Path(tempfile.mkdtemp(prefix="plates-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @property
    def is_recognizer(self) -> bool:
        """Whether the estimator is a recognizer."""
        return hasattr(self.estimator, "read")

    @property
    def requires_fit(self) -> bool:
        """Whether the estimator must be fitted, according to its tags."""
        return bool(get_tags(self.estimator).requires_fit)

    @property
    def takes_images(self) -> bool:
        """Whether samples are images, and not segmented plates."""
        return all(getattr(sample, "ndim", 0) != 4 for sample in self.samples)

    @property
    def has_corners(self) -> bool:
        """Whether samples have corners, which an array of pixels cannot have."""
        return any(getattr(sample, "corners", None) is not None for sample in self.samples)

    def new(self, random_state: int | None = 0) -> Any:
        """Return an unfitted clone with a fixed random state, if it has one."""
        copy = clone(self.estimator)
        if "random_state" in copy.get_params():
            copy.set_params(random_state=random_state)
        return copy

    def fit(self, estimator: Any, X: Any) -> Any:
        """Fit an estimator to samples in any container; recognizers with the texts."""
        return estimator.fit(X, self.texts) if self.is_recognizer else estimator.fit(X)

    @cached_property
    def fitted(self) -> Any:
        """The fitted estimator. It must not be changed."""
        return self.fit(self.new(), self.samples)

    def apply(self, estimator: Any, X: Any) -> list[Any]:
        """Return the outputs for samples: arrays, or predictions."""
        return list(estimator.read(X) if self.is_recognizer else estimator.transform(X))

    @cached_property
    def outputs(self) -> list[Any]:
        """The outputs of the fitted estimator for all samples in one batch."""
        return self.apply(self.fitted, self.samples)

    @cached_property
    def containers(self) -> Mapping[str, Any]:
        """The samples in all containers that can hold them."""
        found: dict[str, Any] = {
            "a list": list(self.samples),
            "an object array": object_array(self.samples),
        }
        if all(isinstance(sample, np.ndarray) for sample in self.samples):
            found["a list of arrays that are not contiguous"] = [
                _not_contiguous(sample) for sample in self.samples
            ]
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


def pixels_of(sample: Any) -> npt.NDArray[np.uint8]:
    """Return the pixels of a sample."""
    return sample.pixels() if hasattr(sample, "pixels") else np.asarray(sample)


def _read_only(sample: Any) -> Any:
    """Return a read-only copy of a sample."""
    if isinstance(sample, np.ndarray):
        sample = sample.copy()
        sample.flags.writeable = False
    elif isinstance(sample, PlateImage) and isinstance(sample.source, np.ndarray):
        sample = PlateImage(_read_only(sample.source), sample.corners)
    return sample


def _not_contiguous(sample: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a view with equal pixels and strides of an array of twice the width."""
    wide = np.repeat(sample, 2, axis=1)
    wide[:, 1::2] ^= 255
    return wide[:, ::2]


def assert_same(found: Sequence[Any], expected: Sequence[Any], circumstance: str) -> None:
    """Compare outputs sample by sample.

    Raises
    ------
    AssertionError
        The message names the first sample with a difference, and the circumstance.
    """
    check_that(
        len(found) == len(expected),
        f"{circumstance}: there are {len(found)} outputs instead of {len(expected)}.",
    )
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        check_that(
            _equal(one, other),
            f"{circumstance}: the output for sample {index} is {one!r}, not {other!r}.",
        )


def _equal(one: Any, other: Any) -> bool:
    if not hasattr(one, "text"):
        return getattr(one, "dtype", None) == getattr(other, "dtype", None) and np.array_equal(
            one, other
        )
    # Candidates with almost equal probabilities may change places.
    numbers, others = (
        [
            each.confidence,
            *each.character_confidences,
            *(probability for _, probability in each.candidates),
        ]
        for each in (one, other)
    )
    return (
        one.text == other.text
        and len(numbers) == len(others)
        and bool(np.allclose(numbers, others, rtol=0, atol=_TOLERANCE))
    )
