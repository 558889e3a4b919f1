"""Read image files as RGB pixels."""

import os
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from .._compat import cv2

__all__ = ["ImageReadError", "is_blank", "read_image"]

# Formats that Pillow renders with another program or the operating system: PostScript, which may
# not terminate, and Windows metafiles.
_DRAWINGS = ("EPS", "WMF")


class ImageReadError(ValueError):
    """Raised when an image file is missing, damaged, empty or too large to be decoded."""


def read_image(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Read an image file as RGB.

    Grey, palette, transparent and 16-bit files are converted to 8-bit RGB (an alpha channel
    is dropped), and the EXIF orientation is applied.

    Parameters
    ----------
    path : str or path-like
        The file. Its name may contain any character.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8
        The pixels, in RGB order.

    Raises
    ------
    ImageReadError
        If the file cannot be opened, is not an image, is a drawing (EPS, WMF), is damaged or
        truncated, has 32 bits per channel, or declares more pixels than
        ``PIL.Image.MAX_IMAGE_PIXELS``. The header is checked before memory is allocated.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from sklearn_lpr.images import read_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/plate.png", np.full((24, 94), 128, np.uint8))
    ...     read_image(f"{folder}/plate.png").shape
    (24, 94, 3)
    """
    name = repr(os.fspath(path))
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ImageReadError(f"{name} cannot be opened: {error.strerror}.") from error
    except ValueError as error:  # a NUL in the name
        raise ImageReadError(f"{name} cannot be opened: {error}.") from error
    with file, _open_image(file, name) as image:
        try:
            # OpenCV is faster than Pillow, but some of its versions return a partly grey image for
            # a truncated file, ignore the orientation of WebP, or do not support a format.
            is_whole = _IS_WHOLE.get(str(image.format))
            if is_whole is not None and is_whole(file):
                return _decode_by_opencv(file)
            return _decode_by_pillow(image)
        except Exception as error:  # Pillow's plugins raise many types of errors
            raise ImageReadError(f"{name} cannot be decoded: {error}.") from error


def _open_image(file: BinaryIO, name: str) -> Image.Image:
    """Read the header; raise an error for files that are not images or have too many pixels."""
    advice = "Raise PIL.Image.MAX_IMAGE_PIXELS if you trust it."
    try:
        image = Image.open(file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageReadError(f"{name} is refused: {error} {advice}") from error
    except Exception as error:  # see above
        size = os.fstat(file.fileno()).st_size
        raise ImageReadError(
            f"{name} ({size} bytes) is not an image file that can be read."
        ) from error
    if image.format in _DRAWINGS:
        raise ImageReadError(
            f"{name} is a drawing ({image.format}), not an image of pixels; convert it to PNG."
        )
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and image.width * image.height > limit:
        raise ImageReadError(
            f"{name} is refused: it declares {image.width} x {image.height} pixels, more than "
            f"the {limit} allowed. {advice}"
        )
    return image


def _is_whole_jpeg(file: BinaryIO) -> bool:
    """Return whether a file ends with the end-of-image marker."""
    file.seek(-2, os.SEEK_END)
    return file.read() == b"\xff\xd9"


def _is_whole_png(file: BinaryIO) -> bool:
    """Return whether all chunks of a file have the length that they declare.

    OpenCV allocates memory for the declared length of a chunk before it reads the chunk.
    """
    end = file.seek(0, os.SEEK_END)
    place, kind = 8, b""
    while place < end:
        file.seek(place)
        length, kind = file.read(4), file.read(4)
        place += 12 + int.from_bytes(length, "big")
    return place == end and kind == b"IEND"


_IS_WHOLE = {"JPEG": _is_whole_jpeg, "PNG": _is_whole_png}


def _decode_by_opencv(file: BinaryIO) -> npt.NDArray[np.uint8]:
    file.seek(0)
    pixels = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("the file is damaged")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def _decode_by_pillow(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode in ("I", "F"):
        raise ValueError(f"its pixels have 32 bits (mode {image.mode!r}); convert it to 8 bits")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):  # convert() clips to 255 instead of scaling
        return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[..., None], 3, axis=2)
    if image.mode == "P":  # a direct conversion to RGB warns about transparent palettes
        image = image.convert("RGBA")
    return np.array(image.convert("RGB"))


def is_blank(pixels: npt.NDArray[np.uint8]) -> bool:
    """Return whether all pixels are equal, so that the image cannot show a plate.

    Parameters
    ----------
    pixels : ndarray of shape (height, width) or (height, width, channels)
        An image.

    Returns
    -------
    bool
        True if all pixels are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import is_blank
    >>> is_blank(np.zeros((24, 94, 3), np.uint8))
    True
    """
    # The first row almost always decides, which saves comparing the whole photo.
    first = pixels[:1, :1]
    return bool((pixels[:1] == first).all() and (pixels == first).all())
