"""The items of ISO base media files, in files that are written by hand."""

import struct

import pytest

from sklearn_lpr.images._iso_items import compressed_pixels, iso_boxes


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def entry(number, kind, version=2):
    number = struct.pack(">H" if version == 2 else ">I", number)
    return box(b"infe", bytes([version, 0, 0, 0]), number, b"\0\0", kind)


def file(iinf, iloc, data=b"0123456789"):
    """Put the data first, so that places do not depend on the other boxes: they start at 8."""
    return box(b"mdat", data) + box(b"meta", bytes(4), box(b"hdlr", b"x"), iinf, iloc)


IINF = box(b"iinf", bytes(4), b"\0\2", entry(1, b"Exif"), entry(7, b"av01"))


def test_boxes_of_a_file():
    content = box(b"ftyp", b"avif") + struct.pack(">I4s", 0, b"mdat") + b"the rest"
    assert list(iso_boxes(content)) == [(b"ftyp", b"avif"), (b"mdat", b"the rest")]


def test_only_extents_of_pixels_are_returned():
    # Starts and lengths of 4 bytes each; item 1 is metadata.
    extents = struct.pack(">HHHII", 1, 0, 1, 8, 5) + struct.pack(">HHHIIII", 7, 0, 2, 9, 2, 13, 3)
    iloc = box(b"iloc", bytes(4), b"\x44\0\0\2", extents)
    assert compressed_pixels(file(IINF, iloc)) == [b"12", b"567"]


def test_versions_with_base_index_and_method():
    iinf = box(b"iinf", b"\1\0\0\0", struct.pack(">I", 2), entry(7, b"hvc1", 3), entry(8, b"grid"))
    # Starts of 2, lengths of 1, bases of 4 and indices of 1 byte.
    pixels = struct.pack(">IHHIHBHB", 7, 0, 0, 8, 1, 0, 4, 3)
    elsewhere = struct.pack(">IHHIHBHB", 8, 1, 0, 8, 1, 0, 0, 3)  # in another box of the file
    iloc = box(b"iloc", b"\2\0\0\0", b"\x21\x41", struct.pack(">I", 2), pixels, elsewhere)
    assert compressed_pixels(file(iinf, iloc)) == [b"456"]
    pixels = struct.pack(">HHHIHBHB", 7, 0, 0, 8, 1, 0, 4, 3)
    iloc = box(b"iloc", b"\1\0\0\0", b"\x21\x41", b"\0\1", pixels)
    assert compressed_pixels(file(iinf, iloc)) == [b"456"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        box(b"mdat", b"0123"),
        file(IINF, box(b"iloc", bytes(4), b"\x44\0\0\2")),
        file(IINF, box(b"iloc")),
        file(box(b"iinf", bytes(3)), box(b"iloc", bytes(4), b"\x44\0\0\0")),
    ],
)
def test_without_a_valid_list_of_items_there_are_no_pixels(content):
    assert compressed_pixels(content) == []
