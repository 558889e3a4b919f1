"""Decode image files to 8-bit RGB pixels, with OpenCV or Pillow."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._compat import cv2

__all__ = [
    "decode_by_opencv",
    "decode_by_pillow",
    "is_blank",
    "is_deep_tiff",
    "is_drawn_in_alpha",
    "make_upright",
    "read_orientation",
    "to_8_bits",
]

Pixels = npt.NDArray[np.uint8]

_ORIENTATION = 0x0112
# An image with fewer grey levels is faint.
_MIN_LEVELS = 64
_BITS_PER_SAMPLE = 0x0102
# A tag of TIFF files that says what their values mean, with two of its values.
_PHOTOMETRIC, _WHITE_IS_ZERO, _RGB = 0x0106, 0, 2
# A tag of TIFF files that says whether each channel is stored by itself.
_PLANAR, _SEPARATE = 0x011C, 2
# The operation that makes an image upright, for each EXIF orientation.
_UPRIGHT = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).transpose(1, 0, 2),
    8: lambda pixels: np.rot90(pixels),
}


def decode_by_opencv(content: bytes) -> Pixels:
    """Decode an image file with OpenCV, without its orientation.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    pixels = cv2.imdecode(
        np.frombuffer(content, np.uint8),
        cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION,
    )
    if pixels is None or pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError("the file is damaged")
    return cv2.cvtColor(to_8_bits(pixels), cv2.COLOR_BGR2RGB)


def make_upright(pixels: Pixels, orientation: Any) -> Pixels:
    """Apply an orientation, the result of `read_orientation`."""
    if orientation not in _UPRIGHT:
        return pixels
    return np.ascontiguousarray(_UPRIGHT[orientation](pixels))


def decode_by_pillow(image: Image.Image) -> Pixels:
    """Decode an opened image file with Pillow.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8

    Raises
    ------
    ValueError
        If the pixels are integers above 65535, or floats that are not from 0 to 1 or from 0 to
        255, or have 16 bits and are stored channel by channel. Pillow raises other errors for
        damaged files.
    """
    if is_deep_tiff(image) and _tiff_tag(image, _PLANAR) == _SEPARATE:
        # Neither OpenCV nor Pillow decodes it rightly.
        raise ValueError(
            "it is a TIFF with 16 bits per channel that stores its channels one by one "
            "(PlanarConfiguration=2); convert it to 8 bits, or to PlanarConfiguration=1"
        )
    # Damaged EXIF data are found when the pixels have been loaded, and do not matter.
    image.load()
    return make_upright(_to_rgb(image), read_orientation(image))


def _to_rgb(image: Image.Image) -> Pixels:
    """Return the pixels of an image as 8-bit RGB, without its orientation."""
    if image.mode == "F":
        return np.repeat(_floats_to_8_bits(np.asarray(image))[..., None], 3, axis=2)
    if image.mode.startswith("I"):  # convert() clips to 255 instead of scaling
        values = np.asarray(image)
        if image.mode == "I" and not 0 <= values.min() <= values.max() <= 65535:
            raise ValueError(
                f"its pixels have 32 bits, with values from {values.min()} to {values.max()}; "
                "convert it to 8 bits"
            )
        grey = to_8_bits(values.astype(np.uint16))
        if _tiff_tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO:  # Pillow inverts 8 bits only
            grey = 255 - grey
        return np.repeat(grey[..., None], 3, axis=2)
    if not _has_alpha(image):
        return np.array(image.convert("RGB"))
    # A direct conversion to RGB warns about transparent palettes.
    pixels = np.array(image.convert("RGBA"))
    rgb, alpha = np.ascontiguousarray(pixels[..., :3]), pixels[..., 3:].astype(np.uint16)
    if not (_is_faint(rgb) and np.ptp(alpha)):
        return rgb
    ground = 255 if rgb.mean() < 128 else 0
    return ((rgb * alpha + ground * (255 - alpha)) // 255).astype(np.uint8)


def is_drawn_in_alpha(pixels: Pixels, image: Image.Image) -> bool:
    """Return whether an image is visible in the alpha channel only.

    An example is dark text on a transparent ground, whose hidden colour is black.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype uint8
        The image without its alpha channel.
    image : PIL.Image.Image
        The opened file.

    Returns
    -------
    bool
    """
    return (
        _has_alpha(image)
        and not image.mode.startswith("I")
        and _is_faint(pixels)
        and bool(np.ptp(np.asarray(image.convert("RGBA").getchannel("A"))))
    )


def _is_faint(rgb: Pixels) -> bool:
    return bool(np.ptp(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)) < _MIN_LEVELS)


def is_deep_tiff(image: Image.Image) -> bool:
    """Return whether a TIFF is RGB with 16 bits per channel, of which Pillow drops the lower 8."""
    bits = _tiff_tag(image, _BITS_PER_SAMPLE)
    deep = isinstance(bits, tuple) and len(bits) > 1 and set(bits) == {16}
    return deep and _tiff_tag(image, _PHOTOMETRIC) == _RGB  # OpenCV decodes no CMYK


def _tiff_tag(image: Image.Image, tag: int) -> Any:
    """Return the value of a tag of an opened TIFF file; None for other images."""
    return getattr(image, "tag_v2", {}).get(tag)


def _has_alpha(image: Image.Image) -> bool:
    """Return whether an image has transparency or a palette that may have."""
    return image.mode in ("LA", "La", "P", "PA", "RGBA", "RGBa") or "transparency" in image.info


def read_orientation(image: Image.Image) -> Any:
    """Return the orientation in the EXIF or XMP data, as Pillow reads it; 1 if there is none."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data do not make the pixels unreadable
        return 1
    return orientation if isinstance(orientation, (int, float)) else 1


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


def to_8_bits(values: npt.NDArray[np.integer]) -> Pixels:
    """Scale 16-bit pixels by the number of bits that they use: 8, 10, 12, 14 or 16.

    Many cameras store 10 to 14 bits in files of 16 bits, and do not declare it.
    """
    if values.dtype == np.uint8:
        return values.view(np.uint8)
    bits = int(values.max()).bit_length()
    return (values >> (max(bits + bits % 2, 8) - 8)).astype(np.uint8)


def _floats_to_8_bits(values: npt.NDArray[np.floating]) -> Pixels:
    """Convert floats from 0 to 1 or from 0 to 255; others, such as temperatures, have no scale."""
    low, high = values.min(), values.max()
    if not 0 <= low <= high <= 255:  # False for NaN
        raise ValueError(
            f"its pixels are floats from {low} to {high}; floats are read from 0 to 1 or from 0 to "
            "255, without NaN. Convert it to 8 bits"
        )
    return np.rint(values * (255 if high <= 1 else 1)).astype(np.uint8)
