"""Find damage in JPEG files that decoders do not report.

Decoders fill missing blocks with grey, skip surplus data, and blur images whose last scans are
missing, without an error.
"""

import io
import re
from typing import NamedTuple

import numpy as np
from PIL import Image

__all__ = ["JpegLayout", "find_jpeg_damage", "read_jpeg_layout"]

_START_OF_SCAN, _END = 0xDA, 0xD9
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_HUFFMAN_CODED = (_BASELINE, _EXTENDED, _PROGRESSIVE)
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
# In compressed data, 0xFF is followed by 0. The restart markers D0 to D7 are part of them.
_MARKER = re.compile(rb"\xff+[^\0\xff\xd0-\xd7]")
_RESTART = re.compile(rb"\xff+([\xd0-\xd7])")
# Eight bytes of ones, as many as decoders read ahead. No Huffman code consists of ones.
_ONES = b"\xff\0" * 8
# More bytes than one block needs; their value differs from what decoders assume.
_FILLING = b"\x55" * 16


class _Scan(NamedTuple):
    """A scan: its components, coefficients and bits, and the place of its data.

    The bits from `high_bit` on, or none if it is 0, come from earlier scans.
    """

    components: bytes
    first: int
    last: int
    high_bit: int
    low_bit: int
    start: int
    stop: int


class JpegLayout(NamedTuple):
    """The kind of the first image of a file, its components and scans, and its length."""

    frame: int
    components: bytes
    scans: list[_Scan]
    end: int


def read_jpeg_layout(content: bytes) -> JpegLayout | None:
    """Find the scans of the first image in a JPEG file.

    Parameters
    ----------
    content : bytes
        The file, which may contain more data after the image.

    Returns
    -------
    JpegLayout or None
        None if the file has no end-of-image marker.
    """
    frame, components, place = 0, b"", 2
    scans: list[_Scan] = []
    while True:
        match = _MARKER.search(content, place)
        if match is None:
            return None
        kind = content[match.end() - 1]
        if kind == _END:
            return JpegLayout(frame, components, scans, match.end())
        length = int.from_bytes(content[match.end() : match.end() + 2], "big")
        body = content[match.end() + 2 : match.end() + length]
        place = match.end() + length
        if kind in _HUFFMAN_CODED or kind in _OTHER_FRAMES:
            frame, components = kind, body[6::3]
        elif kind == _START_OF_SCAN and len(body) >= 4:
            stop = _MARKER.search(content, place)
            if stop is None:
                return None
            first, last, bits = body[-3:]
            scan = _Scan(body[1:-3:2], first, last, bits >> 4, bits & 15, place, stop.start())
            scans.append(scan)
            place = scan.stop


def find_jpeg_damage(content: bytes, layout: JpegLayout) -> str | None:
    """Describe what is wrong with the compressed data of a JPEG file that can be decoded.

    A scan must have as many data as its pixels need. A block that is lost or overwritten changes
    the number of the pixels that its data decode to, with a high probability but not always.

    Parameters
    ----------
    content : bytes
        The file up to the end-of-image marker.
    layout : JpegLayout
        The result of `read_jpeg_layout`.

    Returns
    -------
    str or None
        None if nothing is wrong, or the file is arithmetically coded or lossless.
    """
    if layout.frame not in _HUFFMAN_CODED:
        return None
    if _lacks_scans(layout):
        return "scans are missing"
    restarts = [_RESTART.findall(content, scan.start, scan.stop) for scan in layout.scans]
    for markers in restarts:
        if any(marker[0] != 0xD0 + number % 8 for number, marker in enumerate(markers)):
            return "restart markers are missing"
    if len(layout.scans) > 1 or any(restarts):
        missing = _lacks_data_inside(content, layout)
    else:
        missing = False
    return "compressed data are missing" if missing else _check_end(content, layout)


def _lacks_scans(layout: JpegLayout) -> bool:
    """Check whether a coefficient of a component, or its last bits, are in none of the scans."""
    if layout.frame != _PROGRESSIVE:
        return bool(set(layout.components).difference(*(scan.components for scan in layout.scans)))
    low_bits = np.full((256, 64), 14)
    for scan in layout.scans:
        for name in scan.components:
            bits = low_bits[name, scan.first : scan.last + 1]
            if scan.high_bit and (bits != scan.high_bit).any():
                return True
            bits[:] = scan.low_bit
    return bool((low_bits[list(layout.components)] > 0).any())


def _lacks_data_inside(content: bytes, layout: JpegLayout) -> bool:
    """Check whether more data before a marker change the pixels, because the decoder needs them."""
    parts, place = [], 0
    for scan in layout.scans:
        marks = [match.start() for match in _RESTART.finditer(content, scan.start, scan.stop)]
        for stop in [*marks, scan.stop]:
            parts.append(content[place:stop])
            place = stop
    filled = _FILLING.join([*parts, content[place:]])
    return _decode(content) != _decode(filled)


def _check_end(content: bytes, layout: JpegLayout) -> str | None:
    """Check that the pixels are complete when the last byte of the last scan is read, no sooner."""
    if layout.frame == _PROGRESSIVE:  # the decoder reads the marker before the pixels
        return None
    start, stop = layout.scans[-1].start, layout.scans[-1].stop
    # Some cameras fill the file with zeros before the marker; the zeros may also be pixels, even
    # all of them.
    last = max(len(content[:stop].rstrip(b"\0\xff")) - 1, start)
    file = _TwoParts(content[:last], content[last:stop] + _ONES)
    try:
        with Image.open(file, formats=["JPEG"]) as image:
            image.draft("L", (1, 1))  # the smallest, which is fast
            image.load()
    except OSError:
        return "compressed data are missing"
    return None if file.read_second else "there are more compressed data than pixels"


def _decode(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
        return image.tobytes()


class _TwoParts(io.BytesIO):
    """A file in two parts, of which the second is returned by a separate call of `read`."""

    def __init__(self, first: bytes, second: bytes) -> None:
        super().__init__(first)
        self._second = second
        self.read_second = False

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        if content or self.read_second:
            return content
        self.read_second = True
        return self._second
