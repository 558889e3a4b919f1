"""Locate the compressed pixels in AVIF and HEIF files, which are ISO base media files."""

import io
from collections.abc import Iterator

__all__ = ["compressed_pixels", "iso_boxes"]

# The kinds of items that contain metadata, in which zeros are usual.
_METADATA = (b"Exif", b"mime", b"uri ")


def iso_boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each box of a file or of another box."""
    place = 0
    while place + 8 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big") or len(content) - place
        yield content[place + 4 : place + 8], content[place + 8 : place + size]
        place += max(size, 8)


def compressed_pixels(content: bytes) -> list[bytes]:
    """Return the parts of a file that contain compressed pixels.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    list of bytes
        Empty if the file has no valid list of items.
    """
    meta = next((body[4:] for kind, body in iso_boxes(content) if kind == b"meta"), b"")
    boxes = dict(iso_boxes(meta))
    try:
        kinds = dict(_item_kinds(boxes.get(b"iinf", b"")))
        extents = list(_extents(boxes.get(b"iloc", b"")))
    except EOFError:
        return []
    return [
        content[start : start + length]
        for item, start, length in extents
        if kinds.get(item, _METADATA[0]) not in _METADATA
    ]


class _Numbers(io.BytesIO):
    """Big-endian numbers in the content of a box."""

    def next(self, size: int) -> int:
        part = self.read(size)
        if len(part) < size:
            raise EOFError
        return int.from_bytes(part, "big")


def _item_kinds(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the kind of each item in the box ``iinf``."""
    numbers = _Numbers(body)
    version = numbers.next(1)
    numbers.next(3 + (4 if version else 2))  # flags and number of items
    for _, entry in iso_boxes(numbers.read()):
        fields = _Numbers(entry)
        size = 4 if fields.next(1) > 2 else 2
        fields.next(3)
        item = fields.next(size)
        fields.next(2)
        yield item, fields.read(4)


def _extents(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the item, the start and the length of each extent in the box ``iloc``."""
    numbers = _Numbers(body)
    version = numbers.next(1)
    numbers.next(3)
    sizes = numbers.next(2)
    start_size, length_size, base_size, index_size = (sizes >> bits & 15 for bits in (12, 8, 4, 0))
    for _ in range(numbers.next(4 if version == 2 else 2)):
        item = numbers.next(4 if version == 2 else 2)
        method = numbers.next(2) & 15 if version else 0
        numbers.next(2)
        base = numbers.next(base_size)
        for _ in range(numbers.next(2)):
            if version:
                numbers.next(index_size)
            start, length = base + numbers.next(start_size), numbers.next(length_size)
            if not method:  # others are relative to further boxes
                yield item, start, length
