"""Read an image file into RGB pixels, and say clearly why that failed."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from .._compat import cv2

__all__ = ["ImageReadError", "is_blank", "read_image"]


class ImageReadError(ValueError):
    """An image file is missing, damaged, empty or too large to be decoded."""


def read_image(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Read an image file as RGB.

    Grey, palette, transparent and 16-bit files are converted to 8-bit RGB (an alpha channel
    is dropped), and the EXIF orientation is applied.

    Parameters
    ----------
    path : str or path-like
        The file. Its name may hold any character.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8
        The pixels, in RGB order.

    Raises
    ------
    ImageReadError
        If the file cannot be opened, holds no image, is damaged, or declares more pixels than
        ``PIL.Image.MAX_IMAGE_PIXELS`` (checked before memory is taken).

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from sklearn_lpr.images import read_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/plate.png", np.full((24, 94), 128, np.uint8))
    ...     read_image(f"{folder}/plate.png").shape
    (24, 94, 3)
    """
    path = Path(path)
    try:
        encoded = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise ImageReadError(f"{str(path)!r} cannot be opened: {error.strerror}.") from error
    _check_header(path)
    try:
        pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageReadError(f"{str(path)!r} cannot be decoded: {error}.") from error
    if pixels is None or pixels.size == 0:
        raise ImageReadError(f"{str(path)!r} cannot be decoded: the file is damaged.")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def _check_header(path: Path) -> None:
    """Refuse, before decoding, what is no image or declares too many pixels."""
    try:
        with Image.open(path) as header:
            width, height = header.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageReadError(
            f"{str(path)!r} is refused: {error} Raise PIL.Image.MAX_IMAGE_PIXELS if you trust it."
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ImageReadError(f"{str(path)!r} is not a readable image file.") from error
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > limit:
        raise ImageReadError(
            f"{str(path)!r} is refused: it declares {width} x {height} pixels, more than the "
            f"{limit} allowed. Raise PIL.Image.MAX_IMAGE_PIXELS if you trust it."
        )


def is_blank(pixels: npt.NDArray[np.uint8]) -> bool:
    """Say whether all pixels are equal, so that the image can hold no plate.

    Parameters
    ----------
    pixels : ndarray of shape (height, width) or (height, width, channels)

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import is_blank
    >>> is_blank(np.zeros((24, 94, 3), np.uint8))
    True
    """
    return bool((pixels == pixels[:1, :1]).all())
