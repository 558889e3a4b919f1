"""Find compressed pixels that were overwritten by zeros, as an incomplete copy leaves them."""

from collections.abc import Iterator

from ._iso_items import compressed_pixels

__all__ = ["is_zeroed"]

# The arithmetic coders of these formats seldom produce so many zeros in sequence.
_N_ZEROS = 256

# In WebP, a black or even area of so many pixels may be one byte, which is zero.
_PIXELS_PER_ZERO = 256


def is_zeroed(content: bytes, format: str) -> bool:
    """Check whether compressed pixels of a lossy WebP, AVIF or HEIF file are zeros.

    Decoders report no error for them.

    Parameters
    ----------
    content : bytes
        The file.
    format : str
        The name of the format in Pillow.

    Returns
    -------
    bool
        False for all other formats.
    """
    if format == "WEBP":
        return any(
            kind == b"VP8 " and bytes(max(_N_ZEROS, _n_pixels(body) // _PIXELS_PER_ZERO)) in body
            for kind, body in _riff_chunks(content)
        )
    if format in ("AVIF", "HEIF"):
        return any(bytes(_N_ZEROS) in part for part in compressed_pixels(content))
    return False


def _n_pixels(frame: bytes) -> int:
    """Return the number of pixels of a VP8 frame, whose header has the width and the height."""
    width, height = (int.from_bytes(frame[i : i + 2], "little") & 0x3FFF for i in (6, 8))
    return width * height


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each chunk of a RIFF file."""
    place = 12
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        yield content[place : place + 4], content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
