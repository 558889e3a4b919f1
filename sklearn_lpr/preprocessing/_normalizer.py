"""Transformer that resizes plates to one size and colour space."""

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._sklearn_compat import Interval, StrOptions
from ..images._channels import to_grey, to_rgb
from ._base import ImageTransformer
from ._contrast import CONTRASTS, enhance_contrast

__all__ = ["PlateNormalizer"]

Pixels = npt.NDArray[np.uint8]


class PlateNormalizer(ImageTransformer):
    """Resize crops of plates to one size and return them as a 4-D array for networks.

    Pixels stay uint8. The network scales them, so training and serving cannot differ.

    Parameters
    ----------
    height, width : int, default=24, 94
        The size of the result in pixels. The default is the input size of LPRNet.

    color : {"rgb", "grey"}, default="rgb"
        Three channels or one. With "rgb", a grey crop is repeated in three equal channels.

    aspect : {"stretch", "pad"}, default="stretch"
        "stretch" fills the whole size. "pad" keeps the aspect ratio, centres the plate and
        repeats its outermost pixels around it. A constant fill colour would instead make a
        vertical line beside the text, which resembles a character.

    contrast : {None, "equalize", "clahe", "stretch"}, default=None
        How to enhance the luminance: histogram equalization, contrast-limited adaptive histogram
        equalization in tiles of the plate's height, or a linear stretch between the 1st and 99th
        percentile.

    channel_order : {"rgb", "bgr"}, default="rgb"
        The order of the three channels in the result; X is always RGB. "bgr" is for networks
        that were trained on images in OpenCV's order. Ignored if `color` is "grey".

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    PlateCropper : Crop the plates out of scenes and rectify tilted plates.

    Notes
    -----
    `transform` returns a uint8 array of shape (n_samples, height, width, 3 or 1). If the pixels of
    a sample are all equal, so are those of the result. Width and height are resized separately:
    a reduction averages over areas, an enlargement uses cubic interpolation.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.preprocessing import PlateNormalizer
    >>> crops = [np.zeros((40, 130, 3), np.uint8), np.zeros((31, 62), np.uint8)]
    >>> PlateNormalizer().fit_transform(crops).shape
    (2, 24, 94, 3)
    >>> PlateNormalizer(height=32, width=128, color="grey").transform(crops).shape
    (2, 32, 128, 1)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
        "height": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "color": [StrOptions({"rgb", "grey"})],
        "aspect": [StrOptions({"stretch", "pad"})],
        "contrast": [StrOptions(set(CONTRASTS)), None],
        "channel_order": [StrOptions({"rgb", "bgr"})],
    }

    def __init__(
        self,
        height: int = 24,
        width: int = 94,
        color: str = "rgb",
        aspect: str = "stretch",
        contrast: str | None = None,
        channel_order: str = "rgb",
        n_jobs: int | None = None,
    ) -> None:
        self.height = height
        self.width = width
        self.color = color
        self.aspect = aspect
        self.contrast = contrast
        self.channel_order = channel_order
        self.n_jobs = n_jobs

    def _transform_sample(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Pixels:
        resized = _pad if self.aspect == "pad" else _resize
        # Colours are converted after resizing, when there are fewer pixels.
        return self._finish(resized(pixels, self.height, self.width), self.contrast)

    def _pass_blank(self, pixels: Pixels) -> Pixels:
        pixel = self._finish(pixels[:1, :1], contrast=None)
        return np.tile(pixel, (self.height, self.width, 1))

    def _finish(self, pixels: Pixels, contrast: str | None) -> Pixels:
        """Apply the contrast and convert the channels."""
        if self.color == "grey":
            pixels = to_grey(pixels)
        if contrast is not None:
            pixels = enhance_contrast(pixels, contrast)
        if self.color == "grey":
            return pixels[:, :, np.newaxis]
        pixels = to_rgb(pixels)
        return pixels[:, :, ::-1] if self.channel_order == "bgr" else pixels

    def _collect(self, results: list[Pixels]) -> Pixels:
        return np.stack(results)


def _resize(pixels: Pixels, height: int, width: int) -> Pixels:
    """Reduce by averaging over areas and enlarge by cubic interpolation, as needed."""
    reduced = (min(width, pixels.shape[1]), min(height, pixels.shape[0]))
    if reduced != pixels.shape[1::-1]:
        pixels = cv2.resize(pixels, reduced, interpolation=cv2.INTER_AREA)
    if reduced != (width, height):
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC)
    return pixels


def _pad(pixels: Pixels, height: int, width: int) -> Pixels:
    """Resize without changing the aspect ratio and pad with the outermost pixels."""
    scale = min(height / pixels.shape[0], width / pixels.shape[1])
    inner_height = max(1, round(scale * pixels.shape[0]))
    inner_width = max(1, round(scale * pixels.shape[1]))
    above, before = (height - inner_height) // 2, (width - inner_width) // 2
    return cv2.copyMakeBorder(
        _resize(pixels, inner_height, inner_width),
        above,
        height - inner_height - above,
        before,
        width - inner_width - before,
        cv2.BORDER_REPLICATE,
    )
