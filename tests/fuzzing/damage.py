"""Random damage to image files."""

import numpy as np

from fuzzing.image_files import ImageFile, declare_size, encode_images, update_checksums

__all__ = ["damage"]

# Declared lengths: zero, one pixel, those of a plate and of a photo, and more than fits in memory.
_LENGTHS = (0, 1, 24, 94, 1000, 5000, 20000, 65535, 2**31 - 1, 2**32 - 1)
_SUFFIXES = (".jpg", ".png", ".bmp", ".gif", ".webp", ".tiff", ".txt", "")


def damage(rng: np.random.Generator) -> tuple[ImageFile, str]:
    """Draw a file, damage it or leave it intact, and draw a suffix, which may be wrong."""
    files = encode_images()
    file = files[rng.integers(len(files))]
    for _ in range(rng.choice(4, p=[0.05, 0.75, 0.15, 0.05])):
        mutate = _MUTATIONS[rng.integers(len(_MUTATIONS))]
        file = file._replace(content=mutate(rng, file))
    if file.format == "PNG" and rng.random() < 0.5:
        # Decoders stop at the first wrong checksum: without this, nothing behind it is decoded.
        file = file._replace(content=update_checksums(file.content))
    return file, _SUFFIXES[rng.integers(len(_SUFFIXES))]


def _truncate(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Truncate a file anywhere, near its beginning, or near its end."""
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
    """Overwrite two or four bytes with a large or a small number."""
    number = _LENGTHS[rng.integers(len(_LENGTHS))]
    size = int(rng.choice([2, 4]))
    field = (number % 256**size).to_bytes(size, ("little", "big")[rng.integers(2)])
    place = int(rng.integers(1 + min(len(file.content), 256)))
    return file.content[:place] + field + file.content[place + size :]


def _declare_any(rng: np.random.Generator, file: ImageFile) -> bytes:
    width, height = (_LENGTHS[place] for place in rng.integers(len(_LENGTHS), size=2))
    try:
        return declare_size(file, width, height).content
    except (KeyError, ValueError):  # declares another size, or none
        return _overwrite_number(rng, file)


def _splice(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Join the beginning of a file and the rest of another one."""
    files = encode_images()
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


_MUTATIONS = (
    _truncate,
    _overwrite,
    _overwrite,
    _overwrite_number,
    _declare_any,
    _splice,
    _repeat_or_remove,
    _append,
)
