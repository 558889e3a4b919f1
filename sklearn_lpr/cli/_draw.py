"""Draw plates on their photo."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..applications._plate_table import quads_of
from ..images import read_image

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OPENCV_DRAWS_ASCII_ONLY", "draw_plates"]

_COLOUR = (0, 160, 60)
_FONT = cv2.FONT_HERSHEY_SIMPLEX

# OpenCV 4 draws each byte of any other character as "?", so that provinces look the same.
OPENCV_DRAWS_ASCII_ONLY = int(cv2.__version__.split(".")[0]) < 5


def draw_plates(path: str, plates: "pd.DataFrame") -> npt.NDArray[np.uint8]:
    """Return the photo with the outline of each plate, and its text and confidence above it.

    Parameters
    ----------
    path : str
    plates : DataFrame
        The rows of the photo in the table of `read_photos`.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8
        RGB.
    """
    pixels = read_image(path).copy()
    thickness = max(1, round(max(pixels.shape) / 600))
    for text, confidence, corners in zip(
        plates.text, plates.confidence, quads_of(plates), strict=True
    ):
        outline = np.rint(corners).astype(np.int32)
        cv2.polylines(pixels, [outline], True, _COLOUR, thickness, cv2.LINE_AA)
        caption, scale = _drawable(f"{text} {confidence:.2f}"), 0.5 * thickness
        (width, height), _ = cv2.getTextSize(caption, _FONT, scale, thickness)
        left = int(np.clip(outline[:, 0].min(), 0, max(pixels.shape[1] - width, 0)))
        bottom = int(max(outline[:, 1].min() - 2 * thickness, height + thickness))
        box = (left, bottom - height - thickness), (left + width, bottom + thickness)
        cv2.rectangle(pixels, *box, (255, 255, 255), -1)
        cv2.putText(pixels, caption, (left, bottom), _FONT, scale, _COLOUR, thickness, cv2.LINE_AA)
    return pixels


def _drawable(caption: str) -> str:
    r"""Write characters that OpenCV cannot draw as their codes, such as ``\u4eac``."""
    if not OPENCV_DRAWS_ASCII_ONLY:
        return caption
    return caption.encode("ascii", "backslashreplace").decode("ascii")
