"""Find compressed pixels that were overwritten by zeros, as an incomplete copy leaves them."""

from collections.abc import Iterator

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
        return any(
            kind == b"VP8 " and _ZEROS in body for kind, body in _chunks(content, 12, "little")
        )
    if format in ("AVIF", "HEIF"):  # metadata, which may contain zeros, come first
        bodies = [body for kind, body in _chunks(content, 0, "big") if kind == b"mdat"]
        return bool(bodies) and bodies[-1].endswith(_ZEROS)
    return False


def _chunks(content: bytes, place: int, order: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kinds and contents of the chunks of a RIFF or ISO file."""
    while place + 8 <= len(content):
        head = content[place : place + 8]
        if order == "little":
            size = 8 + int.from_bytes(head[4:], "little")
            kind, step = head[:4], size + size % 2
        else:
            size = int.from_bytes(head[:4], "big") or len(content) - place
            kind, step = head[4:], max(size, 8)
        yield kind, content[place + 8 : place + size]
        place += step
