"""Transformer that crops plates out of scenes."""

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._detection import default_detector
from .._detection._single_image import detect_in_image
from .._detection._small_image import find_in_crop, may_be_crop
from .._sklearn_compat import HasMethods, Interval, StrOptions
from ..images import PlateImage, check_corners, object_array
from ..images._warp import BORDERS, before_horizon, enclosing_box, quad_size, warp_quad
from ._base import DetectingTransformer, require_corners

__all__ = ["PlateCropper"]

_MAX_MARGIN = 2.0


class PlateCropper(DetectingTransformer):
    """Crop the plate out of each scene and rectify it by its four corners.

    Parameters
    ----------
    locate : {"annotation", "detect"}, default="annotation"
        The source of the corners: the `PlateImage` objects in X, or the detector, which is
        then called for every sample, annotated or not.

    detector : object, default=None
        Any object with a method ``detect(X)`` that returns, for each sample, corners of shape
        (4, 2) or None. Used if `locate` is "detect", or `missing` is "detect" or
        "detect_or_whole". None means ``OnnxPlateDetector()``, the bundled network; pass one to
        search its parameters as ``detector__...``. `clone` keeps a fitted detector fitted, since
        `fit` does not fit it.

    missing : {"raise", "whole", "detect", "detect_or_whole", "blank"}, default="raise"
        What to do with a sample that has no corners, or in which the detector finds no plate:

        - "raise": raise a ValueError that names the sample.
        - "whole": return the whole image, without margin. For images that already are crops of
          plates, so that scenes and crops can share one X.
        - "detect": call the detector; if it finds no plate, continue as for "blank".
        - "detect_or_whole": call the detector. An image whose sides have at most 320 pixels
          counts as a crop of a plate: if no plate is found, or one that covers at least half of the
          image, or one that covers at least a tenth and has a score below 0.6, continue as for
          "whole". A larger image is a photo: if no plate is found, continue as for "blank". For
          photos, tight and loose crops in one X.
        - "blank": return a black crop of one pixel, for which recognizers predict ``""``. One
          warning reports the number of such samples.

    margin : float or (float, float), default=0.0
        The margin on each side, as a fraction of the plate's width and height, or one fraction
        for the width and one for the height; from 0 to 2. With ``rectify=True`` the plate's
        corners lie at the fraction ``margin / (1 + 2 * margin)`` of the crop.

    rectify : bool, default=True
        Whether to map the four corners by a perspective warp to an upright rectangle, whose
        width and height are the longer of the plate's opposite edges. Otherwise the upright box
        around the corners is cut out and its pixels are unchanged.

    border : {"replicate", "reflect", "constant"}, default="replicate"
        How to fill pixels outside the photo: with its edge, its reflection, or black.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    PlateNormalizer : Resize the crops to one size.
    sklearn_lpr.detection.OnnxPlateDetector : The default detector.

    Notes
    -----
    `transform` returns an object array of shape (n_samples,). Each item is a uint8 array of shape
    (height, width) for grey and (height, width, 3) for RGB samples. A sample whose pixels are
    all equal is returned unchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr import PlateImage
    >>> from sklearn_lpr.preprocessing import PlateCropper
    >>> scene = np.zeros((80, 160, 3), np.uint8)
    >>> scene[30:54, 40:134] = (20, 60, 200)
    >>> plate = PlateImage(scene, corners=[[40, 30], [134, 30], [134, 54], [40, 54]])
    >>> crops = PlateCropper().fit_transform([plate])
    >>> crops[0].shape
    (24, 94, 3)
    >>> PlateCropper(margin=(0.25, 0.5)).transform([plate])[0].shape
    (48, 141, 3)
    >>> PlateCropper(missing="whole").transform([scene])[0].shape
    (80, 160, 3)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **DetectingTransformer._parameter_constraints,
        "locate": [StrOptions({"annotation", "detect"})],
        "detector": [HasMethods("detect"), None],
        "missing": [StrOptions({"raise", "whole", "detect", "detect_or_whole", "blank"})],
        "margin": [Interval(Real, 0, _MAX_MARGIN, closed="both"), tuple, list],
        "rectify": ["boolean"],
        "border": [StrOptions(set(BORDERS))],
    }

    def __init__(
        self,
        locate: str = "annotation",
        detector: Any = None,
        missing: str = "raise",
        margin: float | tuple[float, float] = 0.0,
        rectify: bool = True,
        border: str = "replicate",
        n_jobs: int | None = None,
    ) -> None:
        self.locate = locate
        self.detector = detector
        self.missing = missing
        self.margin = margin
        self.rectify = rectify
        self.border = border
        self.n_jobs = n_jobs

    def _validate_params(self) -> None:
        super()._validate_params()
        _margin_pair(self.margin)

    def _check_samples(self, samples: list[PlateImage]) -> None:
        if self.locate == "detect" or self.missing != "raise":
            return
        require_corners(
            samples,
            "set locate='detect', or set missing to 'whole' (images that already are crops), "
            "'detect', 'detect_or_whole' (photos and crops) or 'blank'.",
        )

    def _transform_sample(
        self, pixels: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64] | None
    ) -> npt.NDArray[np.uint8] | None:
        small = self.missing == "detect_or_whole" and may_be_crop(pixels)
        detects = self.missing in ("detect", "detect_or_whole")
        if self.locate == "detect" or (corners is None and detects):
            corners = self._detect_in_crop(pixels) if small else self._detect(pixels)
            if corners is not None:
                corners = before_horizon(corners, _margin_pair(self.margin))
        elif corners is not None:
            corners = check_corners(corners, *pixels.shape[:2])
        if corners is not None:
            return self._crop(pixels, corners)
        if self.missing == "raise":
            raise ValueError(
                "The detector finds no plate. Set missing to 'blank' to return a blank crop, or to "
                "'whole' to return the whole image."
            )
        return pixels.copy() if small or self.missing == "whole" else None

    def _detect(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        corners = detect_in_image(self._chosen_detector(), pixels, type(self).__name__)
        return None if corners is None else check_corners(corners, *pixels.shape[:2])

    def _detect_in_crop(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        """Return the corners of the plate in a loose crop, and None for a tight crop."""
        corners, _ = find_in_crop(self._chosen_detector(), pixels, type(self).__name__)
        return corners[0] if corners else None

    def _chosen_detector(self) -> Any:
        return default_detector() if self.detector is None else self.detector

    def _crop(
        self, pixels: npt.NDArray[np.uint8], quad: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.uint8]:
        margin = _margin_pair(self.margin)
        if not self.rectify:
            quad, margin = enclosing_box(quad, margin), (0.0, 0.0)
        return warp_quad(pixels, quad, quad_size(quad), margin, self.border)

    def _collect(self, results: list[npt.NDArray[np.uint8] | None]) -> npt.NDArray[np.object_]:
        absent = sum(crop is None for crop in results)
        if absent:
            warnings.warn(
                f"No plate was found in {absent} of {len(results)} samples; their crops are blank. "
                "If the samples are crops of plates already, set missing='whole' (detect=False of "
                "load_recognizer).",
                UserWarning,
                stacklevel=4,  # past transform and scikit-learn's wrapper around it
            )
        blank = np.zeros((1, 1, 3), np.uint8)
        return object_array([blank.copy() if crop is None else crop for crop in results])


def _margin_pair(margin: Any) -> tuple[float, float]:
    """Return the horizontal and the vertical margin."""
    parts: list[Any] = [margin, margin] if isinstance(margin, Real) else list(margin)
    if len(parts) != 2 or not all(
        isinstance(part, Real) and 0 <= float(part) <= _MAX_MARGIN for part in parts
    ):
        raise ValueError(
            f"The 'margin' parameter of PlateCropper must be a fraction from 0 to {_MAX_MARGIN:g}, "
            f"or a pair of them (horizontal, vertical). Got {margin!r} instead."
        )
    return float(parts[0]), float(parts[1])
