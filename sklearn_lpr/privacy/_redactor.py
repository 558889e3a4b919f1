"""Make the plates in photos unreadable."""

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import HasMethods, Interval, StrOptions
from ..detection import ContourPlateDetector
from ..detection._single_image import detect_all_in_image
from ..images import PlateImage, check_corners, object_array
from ..preprocessing._base import ImageTransformer, refuse_without_corners
from ._redaction import METHODS, redact_quad, redact_whole

__all__ = ["PlateRedactor"]

Pixels = npt.NDArray[np.uint8]


class PlateRedactor(ImageTransformer):
    """Make the plates in photos unreadable and keep every other pixel as it is.

    Parameters
    ----------
    method : {"fill", "pixelate", "blur"}, default="fill"
        What becomes of a plate.

        - "fill": it is black. Nothing is left of it, and only this is safe.
        - "pixelate": squares as high as the plate show their mean colour.
        - "blur": a Gaussian blur, with a standard deviation of half the plate's height.

        The last two look gentler and leave traces; see the notes.

    margin : float, default=0.1
        By how much each edge of the plate is moved outwards, as a fraction of its height; from 0
        to 2. Corners are seldom exact to the pixel, and what a detector finds may end within the
        plate: it takes a wide margin, such as 1.

    locate : {"annotation", "detect", "both"}, default="annotation"
        Where the plates are: at the corners of the `PlateImage` objects in X, which know one plate
        each; where the detector finds them, all of them if it can; or at both.

    detector : object, default=None
        Anything with a method ``detect_all(X)``, which finds all plates of each photo, or
        ``detect(X)``, which finds one; see `sklearn_lpr.preprocessing.find_plates`. None stands for
        ``ContourPlateDetector()``, whose low threshold rather covers what is no plate than leave
        one out. Asked unless `locate` is "annotation".

    missing : {"raise", "whole", "pass"}, default="raise"
        What to do with a sample that has no corners, or in which the detector finds nothing:

        - "raise": a ValueError that names the sample. A photo that is passed on by mistake cannot
          be taken back.
        - "whole": the whole picture is redacted. For pictures that are plates.
        - "pass": the picture stays as it is; one warning counts them.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    hash_plates : Recognize plates again without keeping their texts.
    sklearn_lpr.preprocessing.PlateCropper : Cut plates out in place of covering them.

    Notes
    -----
    `transform` gives an object array of shape (n_samples,), each item a uint8 array of shape
    (height, width) for grey and (height, width, 3) for RGB samples; they share no memory with X.
    Outside of the plates, their margin and the pixels that these touch, all is bit-identical. A
    sample whose pixels are all equal is passed on as it is.

    Blurred and pixelated plates can be reversed in part: who knows the font can blur every
    possible text in the same way and compare [1]_. The strength is fixed by the plate's height, so
    that it is as strong in photos of any resolution, and about a character wide at the least. Even
    so the colours of a region, and how light its halves are, stay to be seen. Give away pictures
    with ``method="fill"``.

    No detector finds all plates: look at what is given away. What else tells who somebody is (a
    face, a place, the time, the metadata of the file) is not touched; pixels are read without the
    file's metadata.

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
    >>> scene[0, 0] = 0  # all of one colour it would hold no plate
    >>> redacted = PlateRedactor(margin=0.1).transform([plate])[0]
    >>> redacted[27:53, 60, 0]
    array([200,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
             0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0, 200],
          dtype=uint8)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
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
            refuse_without_corners(
                samples,
                "set locate='detect', or set missing to 'whole' (pictures that are plates) or "
                "'pass'.",
            )

    # Results are the pixels, and whether what there was to redact has been redacted.
    def _pass_blank(self, pixels: Pixels) -> tuple[Pixels, bool]:
        return pixels.copy(), True

    def _transform_sample(
        self, pixels: Pixels, corners: npt.NDArray[np.float64] | None
    ) -> tuple[Pixels, bool]:
        quads = self._find(pixels, corners)
        if not quads and self.missing == "raise":
            raise ValueError(
                "The detector finds no plate. Set missing to 'pass' to keep the picture as it is, "
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
            quads.append(corners)
        if self.locate != "annotation":
            detector = ContourPlateDetector() if self.detector is None else self.detector
            quads += detect_all_in_image(detector, pixels, type(self).__name__)
        return [check_corners(quad, *pixels.shape[:2]) for quad in quads]

    def _collect(self, results: list[tuple[Pixels, bool]]) -> npt.NDArray[np.object_]:
        kept = sum(not done for _, done in results)
        if kept:
            warnings.warn(
                f"No plate was found in {kept} of {len(results)} samples; they are passed on as "
                "they are.",
                UserWarning,
                stacklevel=4,  # past transform and scikit-learn's wrapper around it
            )
        return object_array([pixels for pixels, _ in results])
