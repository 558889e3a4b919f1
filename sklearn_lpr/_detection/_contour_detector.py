"""Detector of plates from classical image features."""

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..images import check_images, is_blank
from ..images._channels import to_rgb
from ..images._map_samples import map_samples
from ..images._quads import suppress_overlaps
from ._plate_candidates import find_plate_candidates
from ._plate_score import plate_probability

__all__ = ["ContourPlateDetector"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class ContourPlateDetector(PlateEstimator):
    """Find the plates in a photo by their edges, colours, characters and outline.

    Each of these features proposes rotated boxes. A small logistic model of the characters,
    edges, rim and shape of each box estimates how probable it is that the box is a plate.
    Nothing is learned from the user's data. The detector suits photos in which the plate is
    clearly visible; the benchmarks report its recall.

    Parameters
    ----------
    working_size : int, default=1024
        Photos are reduced so that their longer side has at most this many pixels. Plates that
        are then less than 8 pixels high are not found.

    aspect_range : (float, float), default=(1.3, 8.0)
        The minimum and maximum ratio of width to height of a plate.

    area_range : (float, float), default=(0.0002, 0.3)
        The minimum and maximum fraction of the photo's area that a plate covers.

    max_angle : float, default=30.0
        The maximum rotation of a plate, in degrees.

    threshold : float, default=0.2
        The minimum probability of a plate. With 0, `detect` always returns the best candidate.
        0.2 suits photos of one plate. `detect_all` returns every candidate above the threshold
        and has far fewer false positives with 0.5.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    sklearn_lpr.preprocessing.PlateCropper : Takes a detector as its parameter `detector`.
    sklearn_lpr.preprocessing.find_plates : Make one sample of each plate in a photo.

    Notes
    -----
    Candidates come from classical features: the density of vertical edges, connected regions in
    the colours of plates, rows of connected components of similar height [1]_, and rectangular
    regions at several grey levels.

    References
    ----------
    .. [1] S. Du, M. Ibrahim, M. Shehata and W. Badawy, "Automatic License Plate Recognition
       (ALPR): A State-of-the-Art Review", IEEE Transactions on Circuits and Systems for Video
       Technology 23(2), 2013.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> from sklearn_lpr.detection import ContourPlateDetector
    >>> scene = np.full((300, 400, 3), 90, np.uint8)
    >>> scene[150:190, 120:280] = (20, 60, 200)
    >>> for place, character in enumerate("AB12345"):
    ...     _ = cv2.putText(scene, character, (128 + 21 * place, 180), cv2.FONT_HERSHEY_SIMPLEX,
    ...                     0.9, (255, 255, 255), 2)
    >>> corners, nothing = ContourPlateDetector().detect([scene, np.zeros((300, 400), np.uint8)])
    >>> corners.shape
    (4, 2)
    >>> nothing is None
    True
    >>> pair = np.hstack([scene, scene])
    >>> [(corners, scores)] = ContourPlateDetector(threshold=0.5).detect_all([pair])
    >>> corners.shape, scores.shape
    ((2, 4, 2), (2,))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "working_size": [Interval(Integral, 64, None, closed="left")],
        "aspect_range": [tuple, list],
        "area_range": [tuple, list],
        "max_angle": [Interval(Real, 0, 90, closed="both")],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        working_size: int = 1024,
        aspect_range: tuple[float, float] = (1.3, 8.0),
        area_range: tuple[float, float] = (0.0002, 0.3),
        max_angle: float = 30.0,
        threshold: float = 0.2,
        n_jobs: int | None = None,
    ) -> None:
        self.working_size = working_size
        self.aspect_range = aspect_range
        self.area_range = area_range
        self.max_angle = max_angle
        self.threshold = threshold
        self.n_jobs = n_jobs

    def detect(self, X: Any) -> list[Floats | None]:
        """Find the plate in each photo.

        Parameters
        ----------
        X : array-like of samples
            Photos, `PlateImage` objects (their corners are ignored) or paths; see
            `sklearn_lpr.images.check_images`. Files are read one at a time.

        Returns
        -------
        list of ndarray of shape (4, 2), dtype float64, or None
            For each sample the top left, top right, bottom right and bottom left corner as
            (x, y) in pixels of the photo, or None if no plate is found.

        Raises
        ------
        ValueError
            If a parameter or X is invalid, or a file cannot be read.
        """
        self._validate_params()
        return map_samples(self._best, check_images(X), self.n_jobs)

    def detect_all(self, X: Any) -> list[tuple[Floats, Floats]]:
        """Find all plates in each photo.

        Parameters
        ----------
        X : array-like of samples
            As for `detect`.

        Returns
        -------
        list of tuple (corners, scores)
            For each sample the corners, of shape (n_plates, 4, 2) and dtype float64, in the
            order of `detect`, and the scores, of shape (n_plates,): the probability that each
            is a plate, from `threshold` to 1. The plates are sorted by decreasing score, so the
            first is the result of `detect`. Candidates that overlap a better one are discarded.
            ``n_plates`` is 0 if no plate is found.

        Raises
        ------
        ValueError
            If a parameter or X is invalid, or a file cannot be read.
        """
        self._validate_params()
        return map_samples(self._all, check_images(X), self.n_jobs)

    def _validate_params(self) -> None:
        super()._validate_params()
        _check_range(self.aspect_range, "aspect_range", np.inf)
        _check_range(self.area_range, "area_range", 1)

    def _best(self, pixels: Pixels, _: Floats | None) -> Floats | None:
        corners, probability = self._candidates(pixels)
        return corners[int(np.argmax(probability))] if len(corners) else None

    def _all(self, pixels: Pixels, _: Floats | None) -> tuple[Floats, Floats]:
        corners, probability = self._candidates(pixels)
        kept = suppress_overlaps(corners, probability)
        return corners[kept], probability[kept]

    def _candidates(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Return the corners and probabilities of all candidates above the threshold."""
        if is_blank(pixels):
            return np.empty((0, 4, 2)), np.empty(0)
        scale = min(1.0, self.working_size / max(pixels.shape[:2]))
        size = tuple(max(1, round(scale * length)) for length in pixels.shape[1::-1])
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
        rgb = to_rgb(small)
        boxes = find_plate_candidates(rgb, self.aspect_range, self.area_range, self.max_angle)
        probability = np.array([plate_probability(rgb, box) for box in boxes])
        plates = np.flatnonzero(probability >= self.threshold)
        corners = np.reshape([boxes[place].corners() for place in plates], (-1, 4, 2))
        corners = corners / np.divide(size, pixels.shape[1::-1])
        # Candidates may reach a little beyond the photo.
        return corners.clip(0, pixels.shape[1::-1]), probability[plates]


def _check_range(limits: Any, name: str, highest: float) -> None:
    """Check that limits are a pair of increasing numbers from 0 to `highest`."""
    valid = len(limits) == 2 and all(isinstance(limit, Real) for limit in limits)
    if not (valid and 0 <= limits[0] < limits[1] <= highest):
        raise ValueError(
            f"The '{name}' parameter of ContourPlateDetector must be a pair (minimum, maximum) of "
            f"increasing numbers from 0 to {highest:g}. Got {limits!r} instead."
        )
