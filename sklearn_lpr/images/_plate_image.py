"""Sample of an image with the corners of its plate."""

import os
import reprlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._locks import ForkSafeLock
from ._corners import to_points
from ._decoding import decode_by_pillow, read_orientation
from ._file_formats import is_encoded_image
from ._reading import ImageReadError, decode_image, read_image

__all__ = ["PlateImage", "explain_invalid_source"]

_loading = ForkSafeLock()


# No __array__ and no __len__: NumPy would split an array of samples into pixels.
@dataclass(frozen=True, eq=False, slots=True)
class PlateImage:
    """An image and, if known, the corners of its plate.

    The corners are part of X, so cross-validation and pipelines, which pass X alone, keep them.

    Parameters
    ----------
    source : ndarray of shape (height, width) or (height, width, 3), dtype uint8, or path, bytes \
            or PIL.Image.Image
        The pixels (grey or RGB), a file, which each call of `pixels` reads, the content of an
        image file, or a Pillow image.
    corners : array-like of shape (4, 2), default=None
        The plate's top left, top right, bottom right and bottom left corner, each as (x, y) in
        pixels of the upright image; None if they are unknown.

    Raises
    ------
    ValueError
        If `source` is of another type, or `corners` has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr import PlateImage
    >>> plate = PlateImage(np.zeros((60, 120, 3), np.uint8),
    ...                    corners=[[10, 20], [104, 20], [104, 44], [10, 44]])
    >>> plate.pixels().shape
    (60, 120, 3)
    """

    source: npt.NDArray[np.uint8] | str | os.PathLike[str] | bytes | Image.Image
    corners: npt.NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        reason = explain_invalid_source(self.source)
        if reason is not None:
            raise ValueError(f"source: {reason}")
        if self.corners is None:
            return
        corners = to_points(self.corners, "corners").copy()
        if corners.ndim == 3 and corners.shape[1:] == (4, 2):
            raise ValueError(
                f"corners has shape {corners.shape}, but a PlateImage holds one plate; create one "
                "per plate, as find_plates does: [PlateImage(source, quad) for quad in corners]."
            )
        if corners.shape != (4, 2):
            raise ValueError(
                f"corners must have shape (4, 2), got shape {corners.shape}; for an upright box "
                "use sklearn_lpr.images.box_corners."
            )
        corners.flags.writeable = False
        object.__setattr__(self, "corners", corners)

    # __init__ creates copies and unpickled samples too, so that their corners stay read-only.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.source, self.corners)

    def __repr__(self) -> str:
        if isinstance(self.source, np.ndarray):
            source = f"<array of shape {self.source.shape}>"
        elif isinstance(self.source, bytes):
            source = f"<encoded image of {len(self.source)} bytes>"
        elif isinstance(self.source, Image.Image):
            source = f"<Pillow image of {self.source.width} x {self.source.height} pixels>"
        else:
            source = repr(str(self.source))
        corners = None if self.corners is None else self.corners.tolist()
        return f"PlateImage({source}, corners={corners!r})"

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Return the pixels; a file is read at each call and not cached.

        Returns
        -------
        ndarray of shape (height, width) or (height, width, 3), dtype uint8
            Grey or RGB. Pixels from a file or a Pillow image are always RGB.

        Raises
        ------
        ImageReadError
            If the source cannot be read.
        """
        if isinstance(self.source, np.ndarray):
            return self.source
        if isinstance(self.source, bytes):
            return decode_image(self.source)
        if isinstance(self.source, Image.Image):
            try:
                # Pillow loads an image when it is used first, and not in several threads at once.
                with _loading.lock:
                    self.source.load()
                    read_orientation(self.source)
                return decode_by_pillow(self.source)
            except Exception as error:  # Pillow's plugins raise many types of errors
                raise ImageReadError(f"the Pillow image cannot be decoded: {error}.") from error
        return read_image(self.source)


def explain_invalid_source(source: Any) -> str | None:
    """Return a message if an object is not a source of a `PlateImage`.

    Parameters
    ----------
    source : object

    Returns
    -------
    str or None
        The reason, and what to pass instead. None if the object is a valid source.
    """
    if isinstance(source, (np.ndarray, str, os.PathLike, Image.Image)):
        return None
    if isinstance(source, bytes) and is_encoded_image(source[:32]):
        return None
    if isinstance(source, PlateImage):
        return "it is a PlateImage already; use it directly, or pass its source."
    return (
        f"{reprlib.repr(source)} of type {type(source).__name__} is not an image; pass a uint8 "
        "array, a path, the content of an image file, or a Pillow image."
    )
