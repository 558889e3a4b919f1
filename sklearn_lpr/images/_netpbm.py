"""Read PBM, PGM and PPM files.

Pillow reads their comments byte by byte and text pixel by pixel, which takes seconds to minutes.
"""

import re
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["NetpbmHeader", "decode_netpbm", "read_netpbm_header"]

# Longer headers, such as those with a longer comment, are not accepted.
_MAX_LENGTH = 2**16
_SPACE = rb"(?:\s|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(
    rb"P(?:([14])%b(\d{1,9})%b(\d{1,9})|([2356])%b(\d{1,9})%b(\d{1,9})%b(\d{1,5}))\s"
    % ((_SPACE,) * 5)
)


class NetpbmHeader(NamedTuple):
    """Kind (the digit after P), size, maximum value of a pixel, and length of the header."""

    kind: int
    width: int
    height: int
    maximum: int
    length: int


def read_netpbm_header(file: BinaryIO) -> NetpbmHeader | None:
    """Return the header of a PBM, PGM or PPM file, or None for other files."""
    file.seek(0)
    match = _HEADER.match(file.read(_MAX_LENGTH))
    if match is None:
        return None
    kind, width, height, *maximum = (int(number) for number in match.groups() if number)
    return NetpbmHeader(kind, width, height, maximum[0] if maximum else 1, match.end())


def decode_netpbm(content: bytes, header: NetpbmHeader) -> npt.NDArray[np.integer]:
    """Decode a PBM, PGM or PPM file.

    Parameters
    ----------
    content : bytes
        The file.
    header : NetpbmHeader
        Its header.

    Returns
    -------
    ndarray of shape (height, width, 1 or 3), dtype uint8 or uint16
        Values from 0 to 255, or from 0 to 65535 if the maximum is greater than 255.

    Raises
    ------
    ValueError
        If the file is empty or truncated.
    """
    kind, width, height, maximum, _ = header
    if width * height * maximum == 0:
        raise ValueError("it has no pixels")
    channels = 3 if kind in (3, 6) else 1
    row = (width + 7) // 8 if kind == 4 else width * channels
    dtype = np.dtype(">u2" if maximum > 255 else np.uint8)
    body = content[header.length :]
    values: npt.NDArray[np.integer]
    if kind > 3:
        values = np.frombuffer(body[: row * height * dtype.itemsize], dtype)
    elif kind == 1:  # digits need no space between them
        digits = np.frombuffer(re.sub(rb"#[^\r\n]*", b"", body), np.uint8) - ord("0")
        values = digits[digits <= 1][: row * height]
    else:
        text = re.sub(rb"#[^\r\n]*", b"", body)
        numbers = text.split()[: row * height]
        values = np.fromiter(map(int, numbers), np.int64, len(numbers))
    if values.size < row * height:
        raise ValueError("the file is truncated")
    if kind == 4:
        values = np.unpackbits(values.astype(np.uint8).reshape(height, row), axis=1)[:, :width]
    if kind in (1, 4):
        values = 1 - values  # 1 is black
    values = values.reshape(height, width, channels)
    if maximum in (255, 65535):
        return values.astype(np.uint8 if maximum == 255 else np.uint16)
    if maximum < 255:
        return np.rint(values.clip(0, maximum) * (255 / maximum)).astype(np.uint8)
    return np.rint(values.clip(0, maximum) * (65535 / maximum)).astype(np.uint16)
