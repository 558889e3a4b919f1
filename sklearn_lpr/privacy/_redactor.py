"""Transformer that makes the plates in photos unreadable."""

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._detection import default_detector
from .._detection._single_image import find_in_photo
from .._sklearn_compat import HasMethods, Interval, StrOptions
from ..images import PlateImage, check_corners, object_array
from ..preprocessing._base import DetectingTransformer, require_corners
from ._redaction import METHODS, redact_quad, redact_whole

__all__ = ["PlateRedactor"]

Pixels = npt.NDArray[np.uint8]

# A false positive costs a patch of the photo, a missed plate its anonymity.
_THRESHOLD = 0.2


class PlateRedactor(DetectingTransformer):
    """Make the plates in photos unreadable and keep all other pixels unchanged.

    Parameters
    ----------
    method : {"fill", "pixelate", "blur"}, default="fill"
        How to redact a plate.

        - "fill": fill it with black. This removes all information; only this method is safe.
        - "pixelate": replace squares as high as the plate by their mean colour.
        - "blur": apply a Gaussian blur with a standard deviation of half the plate's height.

        The last two methods look less intrusive but leave traces; see the notes.

    margin : float, default=0.1
        The distance by which each edge of the plate is moved outwards, as a fraction of the
        plate's height; from 0 to 2. Corners are rarely exact to the pixel. Corners from a detector
        may lie inside the plate and need a wider margin, such as 0.5.

    locate : {"annotation", "detect", "both"}, default="annotation"
        The source of the corners: the `PlateImage` objects in X, with one plate each; the
        detector, which finds all plates if it has a method ``detect_all``; or both.

    detector : object, default=None
        Any object with a method ``detect_all(X)``, which finds all plates of each photo, or
        ``detect(X)``, which finds one; see `sklearn_lpr.preprocessing.find_plates`. None means
        ``OnnxPlateDetector(threshold=0.2)``, the bundled network with a low threshold, which
        favours false positives over missed plates. `clone` keeps a fitted detector fitted.
        Used unless `locate` is "annotation".

    missing : {"raise", "whole", "pass"}, default="raise"
        What to do with a sample that has no corners, or in which the detector finds no plate:

        - "raise": raise a ValueError that names the sample, because a photo that is published by
          mistake cannot be withdrawn.
        - "whole": redact the whole image. For images that are crops of plates.
        - "pass": return the image unchanged. One warning reports the number of such samples.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    hash_plates : Match plates without storing their texts.
    sklearn_lpr.preprocessing.PlateCropper : Crop plates instead of redacting them.

    Notes
    -----
    `transform` returns an object array of shape (n_samples,). Each item is a uint8 array of shape
    (height, width) for grey and (height, width, 3) for RGB samples, which shares no memory with X.
    Pixels that neither a plate nor its margin touches are bit-identical. A sample whose pixels are
    all equal is returned unchanged.

    Blurring and pixelation can be partly reversed: with a known font, every possible text can be
    blurred in the same way and compared [1]_. The strength is proportional to the plate's height,
    so it is equal at any resolution and covers at least the width of a character. The colours of
    a region and the brightness of its halves remain visible nevertheless. Publish images with
    ``method="fill"`` only.

    No detector finds all plates: inspect images before you publish them. Other identifying
    information (a face, a place, the time) is not removed. The result consists of pixels only,
    without the file's metadata.

    References
    ----------
    .. [1] S. Hill, Z. Zhou, L. Saul and H. Shacham, "On the (In)effectiveness of Mosaicing and
       Blurring as Tools for Document Redaction", Proceedings on Privacy Enhancing Technologies
       2016(4).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr import PlateImage
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.privacy import PlateRedactor
    >>> scene = np.full((80, 160, 3), 200, np.uint8)
    >>> plate = PlateImage(scene, corners=box_corners(40, 30, 94, 20))
    >>> scene[0, 0] = 0  # a scene of a single colour shows no plate
    >>> redacted = PlateRedactor(margin=0.1).transform([plate])[0]
    >>> redacted[27:53, 60, 0]
    array([200,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
             0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0, 200],
          dtype=uint8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **DetectingTransformer._parameter_constraints,
        "method": [StrOptions(set(METHODS))],
        "margin": [Interval(Real, 0, 2, closed="both")],
        "locate": [StrOptions({"annotation", "detect", "both"})],
        "detector": [HasMethods("detect_all"), HasMethods("detect"), None],
        "missing": [StrOptions({"raise", "whole", "pass"})],
    }

    def __init__(
        self,
        method: str = "fill",
        margin: float = 0.1,
        locate: str = "annotation",
        detector: Any = None,
        missing: str = "raise",
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.margin = margin
        self.locate = locate
        self.detector = detector
        self.missing = missing
        self.n_jobs = n_jobs

    def _check_samples(self, samples: list[PlateImage]) -> None:
        if self.locate == "annotation" and self.missing == "raise":
            require_corners(
                samples,
                "set locate='detect', or set missing to 'whole' (images that are crops) or 'pass'.",
            )

    # A result is a tuple of the pixels and whether the sample has been redacted or is blank.
    def _pass_blank(self, pixels: Pixels) -> tuple[Pixels, bool]:
        return pixels.copy(), True

    def _transform_sample(
        self, pixels: Pixels, corners: npt.NDArray[np.float64] | None
    ) -> tuple[Pixels, bool]:
        quads = self._find(pixels, corners)
        if not quads and self.missing == "raise":
            raise ValueError(
                "The detector finds no plate. Set missing to 'pass' to return the image unchanged, "
                "or to 'whole' to redact all of it."
            )
        redacted = pixels.copy()
        for quad in quads:
            redact_quad(redacted, quad, float(self.margin), self.method)
        if not quads and self.missing == "whole":
            redact_whole(redacted, self.method)
        return redacted, bool(quads) or self.missing == "whole"

    def _find(
        self, pixels: Pixels, corners: npt.NDArray[np.float64] | None
    ) -> list[npt.NDArray[np.float64]]:
        quads = []
        if corners is not None and self.locate != "detect":
            quads.append(check_corners(corners, *pixels.shape[:2]))
        if self.locate != "annotation":
            detector = default_detector(_THRESHOLD) if self.detector is None else self.detector
            quads += find_in_photo(detector, pixels, type(self).__name__)[0]
        return quads

    def _collect(self, results: list[tuple[Pixels, bool]]) -> npt.NDArray[np.object_]:
        kept = sum(not done for _, done in results)
        if kept:
            warnings.warn(
                f"No plate was found in {kept} of {len(results)} samples; they are returned "
                "unchanged.",
                UserWarning,
                stacklevel=4,  # past transform and scikit-learn's wrapper around it
            )
        return object_array([pixels for pixels, _ in results])
