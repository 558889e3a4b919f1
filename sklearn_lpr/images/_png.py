"""Check the chunks of PNG files, which decoders check in part only."""

import os
import zlib
from typing import BinaryIO

__all__ = ["check_png"]

_CHUNK = 1 << 20  # bytes


def check_png(file: BinaryIO) -> tuple[set[bytes], int]:
    """Check that the chunks with the pixels of a PNG are complete and unchanged.

    Pillow does not check the checksums of pixels, and may read an image whose rest is zeros.
    OpenCV allocates memory for the declared length of a chunk before it reads the chunk.

    Parameters
    ----------
    file : binary file

    Returns
    -------
    kinds : set of bytes
        The kinds of the chunks.
    end : int
        The length of the image in bytes; 0 if the last chunk is missing.

    Raises
    ------
    ValueError
        If a chunk with pixels is truncated, or its checksum is wrong.
    """
    length = file.seek(0, os.SEEK_END)
    kinds: set[bytes] = set()
    place = 8
    while place < length:
        file.seek(place)
        head = file.read(8)
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        place += 12 + size
        if place > length and kind != b"IDAT":
            return kinds, 0
        if place > length:
            raise ValueError("the file is truncated")
        kinds.add(kind)
        if kind == b"IEND":
            return kinds, place
        if kind in (b"IHDR", b"PLTE", b"IDAT") and not _is_unchanged(file, kind, size):
            raise ValueError(f"the checksum of its chunk {kind.decode()} is wrong")
    return kinds, 0


def _is_unchanged(file: BinaryIO, kind: bytes, size: int) -> bool:
    """Compare the checksum of a chunk, whose content follows, with its stored checksum."""
    checksum = zlib.crc32(kind)
    while size > 0:
        checksum = zlib.crc32(file.read(min(size, _CHUNK)), checksum)
        size -= _CHUNK
    return file.read(4) == checksum.to_bytes(4, "big")
