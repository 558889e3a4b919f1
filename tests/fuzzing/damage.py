"""Random damage to files of images and others."""

from collections.abc import Callable

import numpy as np

from fuzzing.image_files import ImageFile, declare_size, encode_images, update_checksums

__all__ = ["damage", "damage_bytes"]

# Declared lengths: zero, one pixel, those of a plate and of a photo, and more than fits in memory.
_LENGTHS = (0, 1, 24, 94, 1000, 5000, 20000, 65535, 2**31 - 1, 2**32 - 1)
_SUFFIXES = (".jpg", ".png", ".bmp", ".gif", ".webp", ".tiff", ".txt", "")


def damage(rng: np.random.Generator) -> tuple[ImageFile, str]:
    """Draw a file, damage it or leave it intact, and draw a suffix, which may be wrong."""
    files = encode_images()
    file = files[rng.integers(len(files))]
    for _ in range(_draw_number(rng)):
        choice = int(rng.integers(len(_ANY_FILE) + len(_IMAGES_ONLY)))
        if choice < len(_ANY_FILE):
            content = _ANY_FILE[choice](rng, file.content)
        else:
            content = _IMAGES_ONLY[choice - len(_ANY_FILE)](rng, file)
        file = file._replace(content=content)
    if file.format == "PNG" and rng.random() < 0.5:
        # Decoders stop at the first wrong checksum: without this, nothing behind it is decoded.
        file = file._replace(content=update_checksums(file.content))
    return file, _SUFFIXES[rng.integers(len(_SUFFIXES))]


def damage_bytes(rng: np.random.Generator, content: bytes) -> bytes:
    """Damage the content of a file of any kind, or leave it intact."""
    for _ in range(_draw_number(rng)):
        content = _ANY_FILE[rng.integers(len(_ANY_FILE))](rng, content)
    return content


def _draw_number(rng: np.random.Generator) -> int:
    """Draw the number of changes to a file."""
    return int(rng.choice(4, p=[0.05, 0.75, 0.15, 0.05]))


def _truncate(rng: np.random.Generator, content: bytes) -> bytes:
    """Truncate a file anywhere, near its beginning, or near its end."""
    length = len(content)
    near = int(rng.integers(1 + min(length, 64)))
    return content[: (int(rng.integers(1 + length)), near, length - near)[rng.integers(3)]]


def _overwrite(rng: np.random.Generator, content: bytes) -> bytes:
    """Change a few bytes, in the header or anywhere."""
    changed = bytearray(content)
    reach = (64, len(content))[rng.integers(2)]
    for place in rng.integers(0, max(1, min(reach, len(content))), rng.integers(1, 9)):
        changed[place : place + 1] = bytes([rng.choice([0, 1, 0x7F, 0xFF, rng.integers(256)])])
    return bytes(changed)


def _overwrite_number(rng: np.random.Generator, content: bytes) -> bytes:
    """Overwrite two or four bytes with a large or a small number."""
    number = _LENGTHS[rng.integers(len(_LENGTHS))]
    size = int(rng.choice([2, 4]))
    field = (number % 256**size).to_bytes(size, ("little", "big")[rng.integers(2)])
    place = int(rng.integers(1 + min(len(content), 256)))
    return content[:place] + field + content[place + size :]


def _declare_any(rng: np.random.Generator, file: ImageFile) -> bytes:
    width, height = (_LENGTHS[place] for place in rng.integers(len(_LENGTHS), size=2))
    try:
        return declare_size(file, width, height).content
    except (KeyError, ValueError):  # declares another size, or none
        return _overwrite_number(rng, file.content)


def _splice(rng: np.random.Generator, file: ImageFile) -> bytes:
    """Join the beginning of a file and the rest of another one."""
    files = encode_images()
    other = files[rng.integers(len(files))].content
    place = int(rng.integers(1 + min(len(file.content), 200)))
    return file.content[:place] + other[place:]


def _repeat_or_remove(rng: np.random.Generator, content: bytes) -> bytes:
    start, stop = sorted(rng.integers(1 + len(content), size=2).tolist())
    stop = min(stop, start + 200)
    part = content[start:stop] * int(rng.choice([0, 2, 5]))
    return content[:start] + part + content[stop:]


def _append(rng: np.random.Generator, content: bytes) -> bytes:
    return content + rng.bytes(int(rng.integers(1, 100)))


def _zero(rng: np.random.Generator, content: bytes) -> bytes:
    """Overwrite a block, or all that follows a place, by zeros, as an incomplete copy leaves it."""
    start = int(rng.integers(1 + len(content)))
    length = int(min(rng.choice([16, 256, 4096, len(content)]), len(content) - start))
    return content[:start] + bytes(length) + content[start + length :]


_ANY_FILE: tuple[Callable[[np.random.Generator, bytes], bytes], ...] = (
    _truncate,
    _overwrite,
    _overwrite,
    _overwrite_number,
    _repeat_or_remove,
    _append,
    _zero,
)
_IMAGES_ONLY: tuple[Callable[[np.random.Generator, ImageFile], bytes], ...] = (
    _declare_any,
    _splice,
)
