"""Write the table of `read_photos` as a CSV file that `load_plates` loads."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from ..applications._plate_table import plate_table
from ..images._corners import CORNER_COLUMNS
from ._messages import Failure

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PlateTable"]

# The decimal places of the columns.
_DECIMALS = {"confidence": 4, "detection_score": 4, **dict.fromkeys(CORNER_COLUMNS, 1)}


class PlateTable:
    """A CSV file with one row per plate.

    Paths of photos are written relative to the folder of the file, or absolute for photos
    elsewhere, and on standard output as they are. Bytes of a path that are not UTF-8 are escaped.

    Parameters
    ----------
    path : str
        The file, or ``"-"`` for standard output.
    """

    def __init__(self, path: str) -> None:
        if path == "-" and sys.stdout is None:
            raise Failure("Standard output is closed; pass a file as --csv.")
        self.folder = None if path == "-" else Path(os.path.abspath(path)).parent
        self._stack = ExitStack()
        try:
            self._file = self._stack.enter_context(
                click.open_file(path, "w", encoding="utf-8", errors="backslashreplace")
            )
        except OSError as error:
            raise Failure(f"--csv {path} cannot be written: {error.strerror}.") from error
        self._append(plate_table([]), header=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def write(self, rows: "pd.DataFrame") -> None:
        """Write rows of the table of `read_photos`."""
        rows = rows.assign(file=[self._name(photo) for photo in rows["file"]]).round(_DECIMALS)
        self._append(rows, header=False)
        self._file.flush()

    def _append(self, rows: "pd.DataFrame", *, header: bool) -> None:
        rows.to_csv(self._file, index=False, header=header, lineterminator="\n")

    def _name(self, photo: str) -> str:
        if self.folder is None:
            return photo
        absolute = Path(os.path.abspath(photo))
        inside = absolute.is_relative_to(self.folder)
        return (absolute.relative_to(self.folder) if inside else absolute).as_posix()
