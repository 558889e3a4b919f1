"""Recognize the formats of image files and check their structure before they are decoded."""

import re
from typing import BinaryIO

from PIL import Image

__all__ = [
    "check_size",
    "is_drawing",
    "is_encoded_image",
    "is_tiff",
    "open_image",
]

# Pillow also knows formats that it renders with other programs (EPS), that embed images of any
# size (ICO, ICNS, IPTC), or that are hardly used. A file in one of them may attack the decoder.
_FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "TIFF",
    "BMP",
    "GIF",
    "AVIF",
    "HEIF",
    "JPEG2000",
    "MPO",
    "DIB",
    "PCX",
    "QOI",
    "SGI",
    "TGA",
)
_DRAWINGS = ("EPS", "WMF")

_SIGNATURES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP|II\*\0|MM\0\*|II\+\0|MM\0\+|BM....\0\0\0\0|GIF8[79]a"
    rb"|....ftyp|\0\0\0\x0cjP  |\xff\x4f\xff\x51|P[1-6][\s#]|qoif",
    re.DOTALL,
)


def is_encoded_image(content: bytes) -> bool:
    """Return whether bytes begin like an image file."""
    return _SIGNATURES.match(content) is not None


def open_image(file: BinaryIO) -> Image.Image:
    """Read the header of an image file in one of the supported formats."""
    Image.init()
    return Image.open(file, formats=[name for name in _FORMATS if name in Image.OPEN])


def is_drawing(file: BinaryIO) -> str | None:
    """Return the name of a format that describes a drawing, or None for other files."""
    file.seek(0)
    prefix = file.read(16)
    for name in _DRAWINGS:
        accept = Image.OPEN[name][1] if name in Image.OPEN else None
        if accept is not None and accept(prefix):
            return name
    return None


def is_tiff(file: BinaryIO) -> bool:
    """Return whether a file begins like a TIFF, of which Pillow does not read all kinds."""
    file.seek(0)
    return file.read(4) in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def check_size(width: int, height: int) -> None:
    """Raise a ValueError if an image has more pixels than Pillow's limit."""
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > limit:
        raise ValueError(
            f"it declares {width} x {height} pixels, more than the {limit} allowed. Raise "
            "PIL.Image.MAX_IMAGE_PIXELS if you trust it."
        )
