"""Image files of every kind, damage to them, and odd samples, drawn from a generator."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import starmap
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from sklearn_lpr import PlateImage
from sklearn_lpr.images import box_corners

__all__ = ["ImageFile", "damage", "declare", "draw_odd_sample", "files_of_size", "seed_files"]

SIZE = (94, 24)
# Sizes that headers declare: none, one pixel, a plate's, a photo's, and what no memory holds.
_LENGTHS = (0, 1, 24, 94, 1000, 5000, 20000, 65535, 2**31 - 1, 2**32 - 1)
_SUFFIXES = (".jpg", ".png", ".bmp", ".gif", ".webp", ".tiff", ".txt", "")


class ImageFile(NamedTuple):
    """The format of a file, what there is to say of it, and its content."""

    format: str
    variant: str
    content: bytes


@cache
def seed_files() -> tuple[ImageFile, ...]:
    """Give whole files of many formats, modes and sizes."""
    return tuple(starmap(ImageFile, _encoded_files()))


def files_of_size() -> list[ImageFile]:
    """Give the whole files that declare `SIZE` in a way that `declare` knows."""
    return [file for file in seed_files() if file.format in _FIELDS and " x " not in file.variant]


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


def declare(file: ImageFile, width: int, height: int) -> ImageFile:
    """Change the size that the header declares, and nothing else.

    The file must declare `SIZE`. What has no room in the header's fields is cut to the largest
    size that has.
    """
    content = file.content
    for field in _FIELDS[file.format]:
        content = content.replace(field(*SIZE), field(width, height))
    if content == file.content and (width, height) != SIZE:
        raise ValueError(f"the {file.format} file ({file.variant}) declares another size")
    if file.format == "PNG":
        content = _with_checksums(content)
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


def damage(rng: np.random.Generator) -> tuple[ImageFile, str]:
    """Draw a file, damage it or leave it whole, and draw a suffix, which may be wrong."""
    files = seed_files()
    file = files[rng.integers(len(files))]
    for _ in range(rng.choice(4, p=[0.05, 0.75, 0.15, 0.05])):
        harm = _HARMS[rng.integers(len(_HARMS))]
        file = file._replace(content=harm(rng, file))
    if file.format == "PNG" and rng.random() < 0.5:
        # Otherwise nothing behind the first wrong checksum is ever looked at.
        file = file._replace(content=_with_checksums(file.content))
    return file, _SUFFIXES[rng.integers(len(_SUFFIXES))]


def _truncate(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Cut a file off anywhere, near its beginning or near its end."""
    length = len(file.content)
    near = int(rng.integers(1 + min(length, 64)))
    return file.content[: (int(rng.integers(1 + length)), near, length - near)[rng.integers(3)]]


def _overwrite(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Change a few bytes, in the header or anywhere."""
    content = bytearray(file.content)
    reach = (64, len(content))[rng.integers(2)]
    for place in rng.integers(0, max(1, min(reach, len(content))), rng.integers(1, 9)):
        content[place : place + 1] = bytes([rng.choice([0, 1, 0x7F, 0xFF, rng.integers(256)])])
    return bytes(content)


def _overwrite_number(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Put a large or a small number over a field of two or four bytes."""
    number = _LENGTHS[rng.integers(len(_LENGTHS))]
    size = int(rng.choice([2, 4]))
    field = (number % 256**size).to_bytes(size, ("little", "big")[rng.integers(2)])
    place = int(rng.integers(1 + min(len(file.content), 256)))
    return file.content[:place] + field + file.content[place + size :]


def _declare_any(rng: np.random.Generator, file: ImageFile) -> bytes:
    width, height = (_LENGTHS[place] for place in rng.integers(len(_LENGTHS), size=2))
    try:
        return declare(file, width, height).content
    except (KeyError, ValueError):  # declares another size, or none
        return _overwrite_number(rng, file)


def _splice(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Put the beginning of a file before the rest of another."""
    files = seed_files()
    other = files[rng.integers(len(files))].content
    place = int(rng.integers(1 + min(len(file.content), 200)))
    return file.content[:place] + other[place:]


def _repeat_or_remove(rng: np.random.Generator, file: ImageFile) -> bytes:
    start, stop = sorted(rng.integers(1 + len(file.content), size=2).tolist())
    stop = min(stop, start + 200)
    part = file.content[start:stop] * int(rng.choice([0, 2, 5]))
    return file.content[:start] + part + file.content[stop:]


def _append(rng: np.random.Generator, file: ImageFile) -> bytes:
    return file.content + rng.bytes(int(rng.integers(1, 100)))


_HARMS = (
    _truncate,
    _overwrite,
    _overwrite,
    _overwrite_number,
    _declare_any,
    _splice,
    _repeat_or_remove,
    _append,
)


def _with_checksums(png: bytes) -> bytes:
    """Make the checksums of a PNG's chunks right as far as chunks can be told."""
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


def draw_odd_sample(rng: np.random.Generator) -> Any:
    """Draw an array of any size, right or wrong, with or without corners, or what is no image."""
    choice = rng.random()
    if choice < 0.1:
        return _NO_IMAGES[rng.integers(len(_NO_IMAGES))]
    if choice < 0.2:
        return _wrong_array(rng)
    pixels = _pixels(rng)
    return pixels if choice < 0.5 else PlateImage(pixels, _corners(rng, *pixels.shape[:2]))


_NO_IMAGES = (None, 3, float("nan"), b"a.png", "", "gone.png", ".", "a\0b", [[0, 1]], ("a.png",))


def _pixels(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Give noise of few or many levels, mostly small, sometimes very long."""
    longest = int(rng.choice([2, 8, 40, 120, 3000], p=[0.1, 0.2, 0.4, 0.29, 0.01]))
    shape = [int(rng.integers(1, longest + 1)), int(rng.integers(1, min(longest, 120) + 1))]
    shape = shape[:: int(rng.choice([1, -1]))] + [[], [1], [3]][rng.integers(3)]
    levels = rng.integers(0, 256, int(rng.choice([1, 2, 3, 256])), dtype=np.uint8)
    pixels = rng.choice(levels, shape)
    pixels = pixels[:, ::-1] if rng.random() < 0.2 else pixels
    pixels.flags.writeable = bool(rng.random() < 0.5)
    return pixels


def _wrong_array(rng: np.random.Generator) -> npt.NDArray[Any]:
    dtypes = (np.uint8, np.int8, np.uint16, np.float32, np.complex64, bool, object, "U3")
    shape = rng.choice([0, 1, 2, 3, 4, 20], int(rng.integers(0, 6)))
    return np.zeros(shape, dtypes[rng.integers(len(dtypes))])


def _corners(rng: np.random.Generator, height: int, width: int) -> npt.NDArray[np.float64]:
    """Give corners that are right, nearly right, or not at all."""
    left, right = sorted(rng.uniform(0, width, 2))
    top, bottom = sorted(rng.uniform(0, height, 2))
    corners = box_corners(left, top, right - left, bottom - top)
    scale = rng.choice([0, 0.1, 1, 100], p=[0.4, 0.3, 0.2, 0.1]) * min(width, height)
    corners += rng.normal(0, 1, (4, 2)) * scale
    if rng.random() < 0.1:
        corners[rng.integers(4), rng.integers(2)] = rng.choice([np.nan, np.inf, 0.0, -1e300])
    return corners if rng.random() < 0.9 else rng.permutation(corners)
