"""Find several plates per photo before a pipeline."""

import warnings
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from .._detection import default_detector
from .._detection._single_image import find_in_photo
from .._sklearn_compat import HasMethods, Interval, validate_params
from ..images import PlateImage, check_images, object_array
from ..images._map_samples import map_samples

__all__ = ["find_plates"]


@validate_params(
    {
        "detector": [HasMethods("detect_all"), HasMethods("detect"), None],
        "max_plates": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
    },
    prefer_skip_nested_validation=True,
)
def find_plates(
    X: Any,
    *,
    detector: Any = None,
    max_plates: int | None = None,
    n_jobs: int | None = None,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int_]]:
    """Find any number of plates in each photo and return each plate as a sample.

    A pipeline never changes the number of samples, so it processes one plate per photo. Call
    this function before the pipeline: it returns one sample, with corners, per plate, for a
    pipeline that begins with a `PlateCropper`.

    Parameters
    ----------
    X : array-like of samples
        Photos, `PlateImage` objects (their corners are ignored) or paths; see
        `sklearn_lpr.images.check_images`. Files are read one at a time.
    detector : object, default=None
        Any object with a method ``detect_all(X)`` that returns, for each sample, a tuple of
        corners of shape (n_plates, 4, 2), the best first, and scores of shape (n_plates,). An
        object with only a method ``detect(X)``, which returns corners of shape (4, 2) or None,
        finds at most one plate per photo. It is called with one photo at a time, from `n_jobs`
        threads, and never with a photo whose pixels are all equal. None means
        ``OnnxPlateDetector()``, the bundled network.
    max_plates : int, default=None
        The maximum number of plates per photo; the best are kept. None means all.
    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    Returns
    -------
    samples : ndarray of shape (n_plates,), dtype object
        One `PlateImage` per plate, in the order of the photos, and within a photo the best
        first. Its source is that of the photo: a path, or an array that is not copied.
    scene_index : ndarray of shape (n_plates,), dtype int
        The index in X of each plate's photo.

    Warns
    -----
    UserWarning
        If photos have no plate. One warning reports their number.

    Raises
    ------
    ValueError
        If a parameter or X is invalid, a file cannot be read, or the detector returns invalid
        corners or corners outside the photo. The message names the sample.

    See Also
    --------
    sklearn_lpr.detection.OnnxPlateDetector : The default detector.
    PlateCropper : Crop each plate; with ``locate="detect"`` it finds one plate per photo.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> from sklearn_lpr.detection import ContourPlateDetector
    >>> from sklearn_lpr.preprocessing import PlateCropper, find_plates
    >>> car = np.full((150, 250, 3), 90, np.uint8)
    >>> car[50:90, 40:200] = (20, 60, 200)
    >>> for place, character in enumerate("AB12345"):
    ...     _ = cv2.putText(car, character, (48 + 21 * place, 80), cv2.FONT_HERSHEY_SIMPLEX,
    ...                     0.9, (255, 255, 255), 2)
    >>> street = np.hstack([car, car, car])
    >>> detector = ContourPlateDetector(threshold=0.5)  # for drawings; the default is for photos
    >>> samples, scene_index = find_plates([street, car], detector=detector)
    >>> scene_index
    array([0, 0, 0, 1])
    >>> samples[0].source is street
    True
    >>> PlateCropper(margin=0.1).transform(samples).shape
    (4,)
    """
    photos = check_images(X)
    if detector is None:
        detector = default_detector()

    def find(
        pixels: npt.NDArray[np.uint8], _: npt.NDArray[np.float64] | None
    ) -> list[npt.NDArray[np.float64]]:
        return find_in_photo(detector, pixels, "find_plates")[0][:max_plates]

    found = map_samples(find, photos, n_jobs)
    counts = [len(quads) for quads in found]
    if 0 in counts:
        warnings.warn(
            f"No plate was found in {counts.count(0)} of {len(photos)} photos; they yield no "
            "samples.",
            UserWarning,
            stacklevel=3,  # past scikit-learn's wrapper around this function
        )
    samples = [
        PlateImage(photo.source, corners)
        for photo, quads in zip(photos, found, strict=True)
        for corners in quads
    ]
    return object_array(samples), np.repeat(np.arange(len(photos)), counts)
