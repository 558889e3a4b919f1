"""Read image files as RGB pixels."""

import io
import os
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._files import open_regular
from ._decoding import (
    decode_by_opencv,
    decode_by_pillow,
    is_deep_tiff,
    is_drawn_in_alpha,
    make_upright,
    read_orientation,
    to_8_bits,
)
from ._file_formats import check_size, is_drawing, is_tiff, open_image
from ._jpeg import find_jpeg_damage, read_jpeg_layout
from ._netpbm import decode_netpbm, read_netpbm_header
from ._png import check_png
from ._zeroed import is_zeroed

__all__ = ["ImageReadError", "decode_image", "read_image", "read_image_size"]

# Chunks of a PNG that may contain its orientation.
_METADATA = {b"eXIf", b"iTXt", b"tEXt", b"zTXt"}
# Longer files are videos with a photo before them, or have other data after the photo.
_MAX_JPEG = 1 << 28  # bytes
_CODED_ARITHMETICALLY = ("WEBP", "AVIF", "HEIF")
# The EXIF orientations that exchange width and height.
_TURNED = (5, 6, 7, 8)


class ImageReadError(ValueError):
    """Raised when an image file is missing, damaged, empty or too large to be decoded."""


def read_image(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Read an image file as RGB.

    Grey, palette, transparent and 16-bit files are converted to 8-bit RGB, and the orientation in
    the EXIF or XMP data is applied. An alpha channel is dropped, unless the image is visible in
    the alpha channel only: if its grey levels differ by less than 64 without the alpha channel, it
    is drawn on white or black. Pixels of 16 bits are scaled by the number of bits that they use (8,
    10, 12, 14 or 16). Grey floats (TIFF) are read from 0 to 1 or from 0 to 255.

    Parameters
    ----------
    path : str or path-like
        The file: JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF, JPEG 2000, PBM, PGM, PPM, and other
        formats of pixels that Pillow reads. Its name may contain any character.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8
        The pixels, in RGB order.

    Raises
    ------
    ImageReadError
        If the file cannot be opened, is not a regular file, is not an image in a supported format,
        is a drawing (EPS, WMF), is damaged or truncated, has integers above 65535 or floats of
        another scale, or has more pixels than ``PIL.Image.MAX_IMAGE_PIXELS``. The header is checked
        before memory is allocated.

    Notes
    -----
    Damage inside a file is found in every PNG, which has checksums. In a JPEG it is found where
    scans or restart markers are missing, or the compressed data decode to more or fewer pixels
    than the image has. This holds for most lost blocks of 64 bytes and for almost all of 1000
    bytes, but a few changed bytes may only change the colours of pixels. In lossy WebP, AVIF and
    HEIF files, what the decoder reports and long sequences of zeros are found: of 256 bytes, in
    WebP of a byte for 256 pixels if that is more. GIF, JPEG 2000 and compressed TIFF files are
    rejected where the decoder reports an error. Uncompressed files and lossless WebP have nothing
    by which damage could be found, except that data are missing at their end.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from sklearn_lpr.images import read_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/plate.png", np.full((24, 94), 128, np.uint8))
    ...     read_image(f"{folder}/plate.png").shape
    (24, 94, 3)
    """
    with _open_file(path) as file:
        return _read(file, repr(os.fspath(path)))


def read_image_size(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Read the size of an image file from its header, without decoding the pixels.

    Parameters
    ----------
    path : str or path-like
        The file, in a format that `read_image` reads.

    Returns
    -------
    height, width : int
        The size of the array that `read_image` returns: the orientation is applied.

    Raises
    ------
    ImageReadError
        If the file cannot be opened, is not an image in a supported format, or has more pixels
        than ``PIL.Image.MAX_IMAGE_PIXELS``. Damaged pixels are not noticed.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from sklearn_lpr.images import read_image_size
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/plate.png", np.full((24, 94), 128, np.uint8))
    ...     read_image_size(f"{folder}/plate.png")
    (24, 94)
    """
    name = repr(os.fspath(path))
    with _open_file(path) as file:
        header = read_netpbm_header(file)
        if header is not None:
            _check_size(header.width, header.height, name)
            return header.height, header.width
        with _open_image(file, name) as image:
            turned = read_orientation(image) in _TURNED
            # Pillow turns TIFF files itself; its versions differ in when the size changes.
            if turned and image.format != "TIFF":
                return image.width, image.height
            if turned:
                image.load()
            return image.height, image.width


def decode_image(content: bytes) -> npt.NDArray[np.uint8]:
    """Decode the content of an image file, as `read_image` does for a path."""
    return _read(io.BytesIO(content), "the encoded image")


def _open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file, or raise an ImageReadError."""
    name = repr(os.fspath(path))
    try:
        return open_regular(path)
    except OSError as error:
        raise ImageReadError(f"{name} cannot be opened: {error.strerror}.") from error
    except ValueError as error:  # a NUL in the name
        raise ImageReadError(f"{name} cannot be opened: {error}.") from error


def _read(file: BinaryIO, name: str) -> npt.NDArray[np.uint8]:
    header = read_netpbm_header(file)
    if header is not None:
        _check_size(header.width, header.height, name)
        try:
            values = decode_netpbm(_content(file), header)
        except (ValueError, OverflowError) as error:
            raise ImageReadError(f"{name} cannot be decoded: {error}.") from error
        return np.repeat(to_8_bits(values), 3 // values.shape[2], axis=2)
    with _open_image(file, name) as image:
        try:
            pixels = _decode(file, image)
        except Exception as error:  # Pillow's plugins raise many types of errors
            raise ImageReadError(f"{name} cannot be decoded: {error}.") from error
    _check_size(pixels.shape[1], pixels.shape[0], name)
    return pixels


def _open_image(file: BinaryIO, name: str) -> Image.Image:
    """Read the header; raise an error for files that are not images or have too many pixels."""
    try:
        image = open_image(file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        advice = "Raise PIL.Image.MAX_IMAGE_PIXELS if you trust it."
        raise ImageReadError(f"{name} is refused: {error} {advice}") from error
    except Exception as error:  # Pillow's plugins raise many types of errors
        kind = is_drawing(file)
        if kind is not None:
            raise ImageReadError(
                f"{name} is a drawing ({kind}), not an image of pixels; convert it to PNG."
            ) from error
        size = file.seek(0, os.SEEK_END)
        hint = " If it is a TIFF file, convert it to 8 bits." if is_tiff(file) else ""
        raise ImageReadError(
            f"{name} ({size} bytes) is not an image file that can be read.{hint}"
        ) from error
    _check_size(image.width, image.height, name)
    return image


def _check_size(width: int, height: int, name: str) -> None:
    try:
        check_size(width, height)
    except ValueError as error:
        raise ImageReadError(f"{name} is refused: {error}") from error


def _decode(file: BinaryIO, image: Image.Image) -> npt.NDArray[np.uint8]:
    """Decode with OpenCV where it is reliable, with Pillow otherwise.

    OpenCV is faster than Pillow, but some of its versions return a partly grey image for a
    truncated file, ignore the orientation of WebP, or do not support a format.
    """
    if image.format in ("JPEG", "MPO"):
        return _decode_jpeg(file, image)
    if image.format == "PNG":
        kinds, end = check_png(file)
        # OpenCV returns the first frame of an animation, Pillow the still image before it.
        if end and b"acTL" not in kinds:
            orientation = read_orientation(image) if _METADATA.intersection(kinds) else 1
            pixels = make_upright(decode_by_opencv(_content(file, end)), orientation)
            if not is_drawn_in_alpha(pixels, image):
                return pixels
    elif image.format == "TIFF" and is_deep_tiff(image):
        decode_by_pillow(image)  # raises an error if the file is damaged
        return decode_by_opencv(_content(file))  # upright
    elif image.format in _CODED_ARITHMETICALLY and is_zeroed(_content(file), image.format):
        raise ValueError("a part of its compressed data is zeros")
    return decode_by_pillow(image)


def _decode_jpeg(file: BinaryIO, image: Image.Image) -> npt.NDArray[np.uint8]:
    if file.seek(0, os.SEEK_END) > _MAX_JPEG:
        return decode_by_pillow(image)  # reads only what it needs
    content = _content(file)
    layout = read_jpeg_layout(content)
    if layout is None:  # zeros at the end are what an incomplete copy leaves
        with Image.open(io.BytesIO(content.rstrip(b"\0")), formats=["JPEG", "MPO"]) as unmarked:
            return decode_by_pillow(unmarked)
    content = content[: layout.end]
    damage = find_jpeg_damage(content, layout)
    if damage is not None:
        raise ValueError(f"the file is damaged: {damage}")
    return make_upright(decode_by_opencv(content), read_orientation(image))


def _content(file: BinaryIO, size: int = -1) -> bytes:
    file.seek(0)
    return file.read(size)
