"""Base class of the detectors that search photos with a network."""

from abc import ABCMeta, abstractmethod
from dataclasses import replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..images import PlateImage, check_images, is_blank, naming_sample, object_array
from ..images._channels import to_rgb
from ..images._corners import check_convex
from ..images._map_samples import map_samples
from ..images._quads import check_plates, quad_area
from ._photo_search import PhotoSearch
from ._refinement import CornerForward, Forward

if TYPE_CHECKING:
    from sklearn.utils import Tags

__all__ = [
    "BaseNetworkDetector",
    "find_plates_in",
    "most_prominent",
    "plate_corners",
    "training_corners",
]

Floats = npt.NDArray[np.float64]

# Scores that differ by less than this factor say nothing about which plate a photo is of.
_ALMOST_BEST = 0.9

# Corners of annotated plates that are all below this are fractions of the photos' sizes.
_LARGEST_FRACTION = 2.0


class BaseNetworkDetector(PlateEstimator, metaclass=ABCMeta):
    """Derive the methods of a detector from the forward pass of its network.

    Subclasses have the parameters below.
    """

    working_size: int
    fine_size: int | None
    threshold: float
    refine: bool
    n_jobs: int | None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "working_size": [Interval(Integral, 64, None, closed="left")],
        "fine_size": [Interval(Integral, 64, None, closed="left"), None],
        "threshold": [Interval(Real, 0, 1, closed="neither")],
        "refine": ["boolean"],
        "n_jobs": [Integral, None],
    }

    @abstractmethod
    def _forward(self) -> Forward:
        """Return the forward pass of the fitted network, which several threads may call."""

    def _corner_forward(self) -> CornerForward | None:
        """Return the forward pass of the network that refines corners, if there is one."""
        return None

    def _search(self, **changes: Any) -> PhotoSearch:
        """Return the search with the present parameters, except some."""
        search = PhotoSearch(
            self._forward(),
            self.working_size,
            self.fine_size,
            self.threshold,
            bool(self.refine),
            self._corner_forward(),
        )
        return replace(search, **changes)

    def detect_all(self, X: Any) -> list[tuple[Floats, Floats]]:
        """Find all plates in each photo.

        Parameters
        ----------
        X : array-like of samples
            Photos, `PlateImage` objects (whose corners are ignored) or paths; see
            `sklearn_lpr.images.check_images`. Files are read one at a time.

        Returns
        -------
        list of tuple (corners, scores)
            For each photo the corners, of shape (n_plates, 4, 2) and dtype float64: top left,
            top right, bottom right and bottom left as (x, y) in pixels of the photo; and the
            scores, of shape (n_plates,), from `threshold` to 1. The best detection is the first.
            ``n_plates`` is 0 where no plate is found.

        Raises
        ------
        ValueError
            If a parameter or X is invalid, or a file cannot be read.
        """
        self._validate_params()
        search = self._search()

        def find(pixels: npt.NDArray[np.uint8], _: Floats | None) -> tuple[Floats, Floats]:
            return find_plates_in(search, pixels)

        return map_samples(find, check_images(X), self.n_jobs)

    def detect(self, X: Any) -> list[Floats | None]:
        """Find the plate in each photo.

        Parameters
        ----------
        X : array-like of samples
            As for `detect_all`.

        Returns
        -------
        list of ndarray of shape (4, 2), dtype float64, or None
            For each photo the corners of the most prominent detection, or None where no plate is
            found. It is the largest of those whose score is at least nine tenths of the highest
            score: the nearest vehicle, if several plates are clearly visible.

        Raises
        ------
        ValueError
            If a parameter or X is invalid, or a file cannot be read.
        """
        return [most_prominent(*found) for found in self.detect_all(X)]

    def predict(self, X: Any) -> npt.NDArray[np.object_]:
        """Return the corners of all plates in each photo.

        Parameters
        ----------
        X : array-like of samples
            As for `detect_all`.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            Each entry has shape (n_plates, 4, 2) and dtype float64.

        Raises
        ------
        ValueError
            If a parameter or X is invalid, or a file cannot be read.
        """
        return object_array([corners for corners, _ in self.detect_all(X)])

    def score(self, X: Any, y: Any = None) -> float:
        """Compute the average precision at an intersection over union of 0.5.

        Parameters
        ----------
        X : array-like of samples
        y : sequence of array-like of shape (n_plates, 4, 2), default=None
            The corners of the plates in each photo. None takes those of the samples, which must
            be `PlateImage` objects then.

        Returns
        -------
        float
            From 0 to 1, or nan if no photo has a plate; see
            `sklearn_lpr.metrics.detection_average_precision`.

        Raises
        ------
        ValueError
            If a parameter, X or y is invalid, or a file cannot be read.
        """
        # Imported here, because it loads a library of edit distances.
        from ..metrics import detection_average_precision

        samples = check_images(X)
        truth = plate_corners(samples, y)
        return detection_average_precision(truth, self.detect_all(samples))

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def find_plates_in(search: PhotoSearch, pixels: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Search a grey or RGB photo; nothing is found where all pixels are equal."""
    if is_blank(pixels):
        return np.empty((0, 4, 2)), np.empty(0)
    return search(to_rgb(pixels))


def most_prominent(corners: Floats, scores: Floats) -> Floats | None:
    """Return the largest plate of those with almost the highest score, or None without any."""
    if not len(corners):
        return None
    almost_best = corners[scores >= _ALMOST_BEST * scores.max()]
    return np.asarray(max(almost_best, key=quad_area), np.float64)


def plate_corners(samples: list[PlateImage], y: Any) -> list[Floats]:
    """Return the corners of the plates in each photo, from y or from the samples.

    Parameters
    ----------
    samples : list of PlateImage
    y : sequence of array-like of shape (n_plates, 4, 2), or None

    Returns
    -------
    list of ndarray of shape (n_plates, 4, 2), dtype float64

    Raises
    ------
    ValueError
        If the lengths differ, an entry has another shape or is not finite, corners have another
        order, or y is None and no sample has corners.
    """
    if y is None:
        if all(sample.corners is None for sample in samples):
            raise ValueError(
                "y is None and no sample has corners; pass the corners of the plates in each "
                "photo as y, or PlateImage objects with corners as X."
            )
        corners = []
        for index, sample in enumerate(samples):
            if sample.corners is None:
                corners.append(np.empty((0, 4, 2)))
                continue
            with naming_sample(index):
                corners.append(check_convex(sample.corners)[np.newaxis])
        return corners
    check_consistent_length(samples, y)
    return [check_plates(quads, f"y[{index}]") for index, quads in enumerate(y)]


def training_corners(photos: list[PlateImage], y: Any) -> list[Floats]:
    """Return the corners of the plates in each photo, for training.

    The parameters are those of `plate_corners`.

    Returns
    -------
    list of ndarray of shape (n_plates, 4, 2), dtype float64

    Raises
    ------
    ValueError
        As `plate_corners`, and if there is no plate, or all corners are fractions of the photos'
        sizes.
    """
    corners = plate_corners(photos, y)
    plates = [quad for quads in corners for quad in quads]
    if not plates:
        raise ValueError(f"None of the {len(photos)} photos has a plate to learn from.")
    if np.max(plates) <= _LARGEST_FRACTION:
        raise ValueError(
            f"The corners of all plates are fractions of the photos' sizes, such as "
            f"{plates[0].tolist()!r}; pass corners in pixels: multiply them by the width and the "
            "height of each photo."
        )
    return corners
