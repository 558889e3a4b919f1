"""Read npz archives of plain arrays, whatever a file contains."""

import io
import math
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from ._files import open_regular

__all__ = ["NpzArchive", "NpzError", "open_npz"]

# Other methods decompress without a limit.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# NumPy refuses longer headers than 10,000 characters.
_MAX_HEADER = 1 << 14  # bytes
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}

_MAX_TEXT = 1 << 22  # bytes


class NpzError(ValueError):
    """A file is not an npz archive of plain arrays, or is damaged."""


class _Header(NamedTuple):
    """The header of an array in an archive."""

    shape: tuple[int, ...]
    order: Any  # "F" or "C"
    dtype: np.dtype[Any]
    size: int  # of the header, in bytes


class NpzArchive:
    """The arrays in an archive. Each is read only when it is needed.

    All methods raise an `NpzError` for an array that is missing or damaged. Nothing is unpickled.

    Parameters
    ----------
    file : binary file

    Attributes
    ----------
    names : list of str
        In the order of the archive.
    is_compressed : bool
        Whether some array takes more memory than bytes in the file.
    """

    def __init__(self, file: BinaryIO) -> None:
        with _report_damage():
            self._archive = zipfile.ZipFile(file)
            entries = self._archive.infolist()
            size = file.seek(0, os.SEEK_END)
        self._entries = {entry.filename.removesuffix(".npy"): entry for entry in entries}
        self.names = list(self._entries)
        self.is_compressed = sum(entry.file_size for entry in entries) > size or any(
            entry.compress_type != zipfile.ZIP_STORED for entry in entries
        )

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of an array, without reading the array."""
        with _report_damage(), self._open(name) as file:
            return self._header(name, file).shape

    def read(self, name: str) -> npt.NDArray[Any]:
        """Read an array. It takes as much memory as its shape and dtype say."""
        with _report_damage():
            with self._open(name) as file:
                header = self._header(name, file)
            with self._open(name) as file:
                content = file.read()  # to the end, where zipfile checks the CRC-32
            array: npt.NDArray[Any] = np.ndarray(
                header.shape, header.dtype, content, header.size, order=header.order
            )
            return array.copy(order="A")

    def read_text(self, name: str) -> str:
        """Read a string, of at most a million characters."""
        with _report_damage():
            if self._entries[name].file_size > _MAX_TEXT:
                raise NpzError(f"{name!r} is too long")
            array = self.read(name)
            if array.shape != () or array.dtype.kind != "U":
                raise NpzError(f"{name!r} is not a string")
            return str(array)

    def _open(self, name: str) -> zipfile.ZipExtFile:
        entry = self._entries[name]
        if entry.compress_type not in _COMPRESSIONS:
            raise NpzError(f"{name!r} is compressed by an unsupported method")
        return self._archive.open(entry)  # type: ignore[return-value]

    def _header(self, name: str, file: Any) -> _Header:
        start = io.BytesIO(file.read(_MAX_HEADER))
        shape, fortran_order, dtype = _HEADERS[np.lib.format.read_magic(start)](start)
        if dtype.hasobject:
            raise NpzError(f"{name!r} holds Python objects, which are never unpickled")
        if dtype.itemsize == 0:
            raise NpzError(f"{name!r} has a dtype of size 0")
        size = start.tell() + math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or size != self._entries[name].file_size:
            raise NpzError(f"{name!r} is incomplete")
        return _Header(shape, "F" if fortran_order else "C", dtype, start.tell())


@contextmanager
def open_npz(path: str | os.PathLike[str]) -> Iterator[NpzArchive]:
    """Open an npz archive.

    Parameters
    ----------
    path : path-like

    Yields
    ------
    NpzArchive

    Raises
    ------
    OSError
        If the file cannot be opened or is not a regular file.
    NpzError
        If it is not an archive.
    """
    with open_regular(path) as file:
        yield NpzArchive(file)


@contextmanager
def _report_damage() -> Iterator[None]:
    try:
        yield
    except NpzError:
        raise
    # zipfile, its decompressors and NumPy's parser of headers raise a dozen types of errors.
    except Exception as error:
        raise NpzError(f"{type(error).__name__}: {error}") from error
