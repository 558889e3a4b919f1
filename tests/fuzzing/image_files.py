"""Small image files of many formats, and headers that declare another size."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import starmap
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

__all__ = ["ImageFile", "declare_size", "encode_images", "files_of_size", "update_checksums"]

SIZE = (94, 24)


class ImageFile(NamedTuple):
    """The format of a file, its variant (mode, compression, size), and its content."""

    format: str
    variant: str
    content: bytes


@cache
def encode_images() -> tuple[ImageFile, ...]:
    """Return intact files of many formats, modes and sizes."""
    return tuple(starmap(ImageFile, _encoded_files()))


def files_of_size() -> list[ImageFile]:
    """Return the intact files whose declared `SIZE` `declare_size` can change."""
    return [
        file for file in encode_images() if file.format in _FIELDS and " x " not in file.variant
    ]


def _encoded_files() -> Iterator[tuple[str, str, bytes]]:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (3, 10, 3), dtype=np.uint8)
    rgb = Image.fromarray(cv2.resize(coarse, SIZE, interpolation=cv2.INTER_LINEAR))
    modes = {mode: rgb.convert(mode) for mode in ("RGB", "L", "1", "P", "RGBA", "LA", "CMYK")}
    other = rgb.transpose(Image.Transpose.ROTATE_180)
    exif = Image.Exif()

    for mode in ("RGB", "L", "CMYK"):
        yield "JPEG", mode, _encoded(modes[mode], "JPEG", quality=90)
    yield "JPEG", "progressive", _encoded(rgb, "JPEG", progressive=True)
    for mode in ("RGB", "L", "1", "P", "RGBA", "LA"):
        yield "PNG", mode, _encoded(modes[mode], "PNG")
    yield "PNG", "animated", _encoded(rgb, "PNG", save_all=True, append_images=[other])
    for name, pixels in (("RGB", np.asarray(rgb)), ("grey", np.asarray(modes["L"]))):
        for format in ("PNG", "TIFF"):
            deep = cv2.imencode(f".{format.lower()}", pixels.astype(np.uint16) * 257)[1]
            yield format, f"16 bits {name}", deep.tobytes()
    for mode in ("RGB", "L", "1", "P"):
        yield "BMP", mode, _encoded(modes[mode], "BMP")
    yield "GIF", "P", _encoded(modes["P"], "GIF", transparency=3)
    yield "GIF", "animated", _encoded(rgb, "GIF", save_all=True, append_images=[other])
    yield "WEBP", "lossy", _encoded(rgb, "WEBP")
    yield "WEBP", "lossless", _encoded(rgb, "WEBP", lossless=True)
    yield "WEBP", "alpha", _encoded(modes["RGBA"], "WEBP")
    yield "WEBP", "animated", _encoded(rgb, "WEBP", save_all=True, append_images=[other])
    for mode in ("RGB", "L", "1", "P", "RGBA", "CMYK"):
        yield "TIFF", mode, _encoded(modes[mode], "TIFF")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg"):
        yield "TIFF", compression, _encoded(rgb, "TIFF", compression=compression)
    yield "TIFF", "32 bits", _encoded(modes["L"].convert("F"), "TIFF")
    for format in ("JPEG", "PNG", "WEBP", "TIFF"):
        for orientation in range(2, 9):
            exif[0x0112] = orientation
            yield format, f"orientation {orientation}", _encoded(rgb, format, exif=exif)
    for width, height in ((1, 1), (1, 300), (3000, 1)):
        for format in ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF"):
            yield format, f"{width} x {height}", _encoded(rgb.resize((width, height)), format)
    for format in ("PPM", "TGA", "ICO", "JPEG2000", "PCX"):
        yield "others", format, _encoded(rgb, format)
    yield "others", "EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{} loop\n%%EOF\n"
    yield "others", "text", "车牌,file\n京A12345,1.jpg\n".encode()
    yield "others", "nothing", b""


def _encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def declare_size(file: ImageFile, width: int, height: int) -> ImageFile:
    """Change the size declared in the header, and nothing else.

    The file must declare `SIZE`. A length that does not fit into the header's field is clipped to
    the largest one that fits.
    """
    content = file.content
    for field in _FIELDS[file.format]:
        content = content.replace(field(*SIZE), field(width, height))
    if content == file.content and (width, height) != SIZE:
        raise ValueError(f"the {file.format} file ({file.variant}) declares another size")
    if file.format == "PNG":
        content = update_checksums(content)
    return file._replace(content=content)


def _integers(code: str, limit: int) -> Callable[[int, int], bytes]:
    return lambda width, height: struct.pack(code, min(width, limit), min(height, limit))


def _jpeg_field(width: int, height: int) -> bytes:
    return struct.pack(">HH", min(height, 2**16 - 1), min(width, 2**16 - 1))


def _tiff_field(kind: int) -> Callable[[int, int], bytes]:
    limit = {3: 2**16 - 1, 4: 2**32 - 1}[kind]
    return lambda width, height: b"".join(
        struct.pack("<HHII", tag, kind, 1, min(length, limit))
        for tag, length in ((256, width), (257, height))
    )


def _webp_canvas(width: int, height: int) -> bytes:
    lengths = (min(max(length, 1), 2**24) - 1 for length in (width, height))
    return b"".join(length.to_bytes(3, "little") for length in lengths)


def _webp_lossless(width: int, height: int) -> bytes:
    width, height = (min(max(length, 1), 2**14) - 1 for length in (width, height))
    return b"\x2f" + (width | height << 14).to_bytes(4, "little")


_FIELDS: dict[str, tuple[Callable[[int, int], bytes], ...]] = {
    "JPEG": (_jpeg_field,),
    "PNG": (_integers(">II", 2**32 - 1),),
    "BMP": (_integers("<II", 2**32 - 1),),
    "GIF": (_integers("<HH", 2**16 - 1),),
    "WEBP": (_webp_canvas, _webp_lossless, _integers("<HH", 2**14 - 1)),
    "TIFF": (_tiff_field(3), _tiff_field(4)),
}


def update_checksums(png: bytes) -> bytes:
    """Recompute the checksums of a PNG's chunks, up to the first chunk that is cut off."""
    content = bytearray(png)
    start = 8
    while start + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, start)
        end = start + 8 + length
        if end + 4 > len(content):
            break
        struct.pack_into(">I", content, end, zlib.crc32(content[start + 4 : end]))
        start = end + 4
    return bytes(content)
