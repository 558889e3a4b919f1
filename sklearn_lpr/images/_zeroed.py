"""Find compressed pixels that were overwritten by zeros, as an incomplete copy leaves them."""

from collections.abc import Iterator

from ._iso_items import compressed_pixels

__all__ = ["is_zeroed"]

# The arithmetic coders of these formats do not produce so many zeros in sequence.
_ZEROS = bytes(256)


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
        return any(kind == b"VP8 " and _ZEROS in body for kind, body in _riff_chunks(content))
    if format in ("AVIF", "HEIF"):
        return any(_ZEROS in part for part in compressed_pixels(content))
    return False


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each chunk of a RIFF file."""
    place = 12
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        yield content[place : place + 4], content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
