"""Forms in which plates reach a network: whole, or cut into segments."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from ..images import find_blank, naming_sample, stack_images

__all__ = ["InputForm", "SegmentedPlates", "WholePlates", "count_segments", "image_shape"]

_REMEDY = "put a CharacterSegmenter before this step"

Images = npt.NDArray[np.uint8]


class InputForm(ABC):
    """Checks of the images that a network takes."""

    @abstractmethod
    def check(self, X: Any) -> Images:
        """Check a batch and return it as one array, as the network takes it."""

    @abstractmethod
    def find_blank(self, images: Images) -> npt.NDArray[np.bool_]:
        """Return for each sample whether it holds no plate."""

    @abstractmethod
    def fit_in(
        self, images: Images, architecture: dict[str, Any], recognizer: str
    ) -> tuple[Images, dict[str, Any]]:
        """Return images as a fitted network takes them, and the architecture for them.

        Parameters
        ----------
        images : ndarray
            The result of `check`.
        architecture : dict
            The architecture of the fitted network.
        recognizer : str
            The name of the estimator, for the error message.

        Raises
        ------
        ValueError
            If the images have another size than those in `fit`.
        """


class WholePlates(InputForm):
    """Images (n, height, width, channels) of one size."""

    def check(self, X: Any) -> Images:
        """Stack the images."""
        return stack_images(X)

    def find_blank(self, images: Images) -> npt.NDArray[np.bool_]:
        """Return for each image whether all its pixels are equal."""
        return find_blank(images)

    def fit_in(
        self, images: Images, architecture: dict[str, Any], recognizer: str
    ) -> tuple[Images, dict[str, Any]]:
        """Check the size."""
        expected = image_shape(architecture)
        if images.shape[1:] != expected:
            raise ValueError(
                f"X has images of shape {images.shape[1:]}, but {recognizer} is "
                f"expecting images of shape {expected} as in fit; put a "
                "PlateNormalizer before it."
            )
        return images, architecture


class SegmentedPlates(InputForm):
    """Plates (n, n_segments, height, width, channels), padded with segments of zeros."""

    def check(self, X: Any) -> Images:
        """Check segmented plates and pad them with segments whose pixels are all 0."""
        if not isinstance(X, (np.ndarray, list, tuple)):
            raise TypeError(f"X is a {type(X).__name__}; pass the output of a CharacterSegmenter.")
        if len(X) == 0:
            raise ValueError("X is empty: found 0 sample(s) while a minimum of 1 is required.")
        for index, segments in enumerate(X):
            with naming_sample(index):
                _check_segments(segments, X[0])
        if 0 in X[0].shape[1:]:
            raise ValueError(f"Segments of shape {X[0].shape[1:]} have no pixels.")
        n_segments = max(1, *(len(segments) for segments in X))
        stacked = np.zeros((len(X), n_segments, *X[0].shape[1:]), np.uint8)
        for row, segments in zip(stacked, X, strict=True):
            row[: len(segments)] = segments
        return stacked

    def find_blank(self, images: Images) -> npt.NDArray[np.bool_]:
        """Return for each plate whether it has no segments."""
        return count_segments(images) == 0

    def fit_in(
        self, images: Images, architecture: dict[str, Any], recognizer: str
    ) -> tuple[Images, dict[str, Any]]:
        """Check the size, and pad to a number of segments for which there is a network."""
        expected = image_shape(architecture)
        if images.shape[2:] != expected:
            raise ValueError(
                f"X has segments of shape {images.shape[2:]}, but {recognizer} is "
                f"expecting segments of shape {expected} as in fit; set the same parameters of the "
                "CharacterSegmenter before it."
            )
        # The fitted network takes plates with fewer segments. Plates with more segments take one
        # that is two, four … times as wide: a network for each number would fill the memory.
        n_segments = architecture["n_segments"]
        while n_segments < images.shape[1]:
            n_segments *= 2
        absent = n_segments - images.shape[1]
        padded = np.pad(images, [(0, 0), (0, absent), (0, 0), (0, 0), (0, 0)])
        return padded, {**architecture, "n_segments": n_segments}


def image_shape(architecture: dict[str, Any]) -> tuple[int, int, int]:
    """Return (height, width, channels) of the images, or segments, that a network takes."""
    return architecture["height"], architecture["width"], architecture["channels"]


def count_segments(images: Images) -> npt.NDArray[np.intp]:
    """Count the segments of each plate whose pixels are not all equal, as the network does."""
    return (~find_blank(images)).sum(axis=1)


def _check_segments(segments: Any, first: Images) -> None:
    if not isinstance(segments, np.ndarray):
        raise ValueError(
            f"it is of type {type(segments).__name__}; a segmented plate is an array: {_REMEDY}."
        )
    if segments.ndim != 4 or segments.shape[3] not in (1, 3):
        raise ValueError(
            f"the shape is {segments.shape}; a segmented plate has (n_characters, height, width, "
            f"1 or 3): {_REMEDY}."
        )
    if segments.dtype != np.uint8:
        raise ValueError(
            f"the dtype is {segments.dtype}; images are uint8 with values from 0 to 255."
        )
    if segments.shape[1:] != first.shape[1:]:
        raise ValueError(
            f"its segments have shape {segments.shape[1:]}, those of the first "
            f"{first.shape[1:]}; they must be of one size."
        )
