"""Write the plates of photos as a CSV file that `load_plates` loads."""

import csv
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click
import numpy as np

from ._messages import Failure

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PlateTable"]

_POINTS = [f"{axis}{point}" for point in (1, 2, 3, 4) for axis in "xy"]
_COLUMNS = ["file", "text", "confidence", *_POINTS, "detection_score", "rows", "error"]


class PlateTable:
    """A CSV file with one row per plate.

    Paths of photos are written relative to the folder of the file, or absolute for photos
    elsewhere, and on standard output as they are.

    Parameters
    ----------
    path : str
        The file, or ``"-"`` for standard output.
    """

    def __init__(self, path: str) -> None:
        self.folder = None if path == "-" else Path(path).resolve().parent
        self._stack = ExitStack()
        try:
            self._file = self._stack.enter_context(click.open_file(path, "w", encoding="utf-8"))
        except OSError as error:
            raise Failure(f"--csv {path} cannot be written: {error.strerror}.") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(_COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def write(self, rows: "pd.DataFrame") -> None:
        """Write rows of the table of `read_photos`."""
        for row in rows.to_dict("records"):
            corners, score = row["corners"], row["detection_score"]
            self._writer.writerow(
                [
                    self._name(row["photo"]),
                    row["text"],
                    f"{row['confidence']:.4f}",
                    *([""] * 8 if corners is None else [f"{x:.1f}" for x in corners.flat]),
                    "" if np.isnan(score) else f"{score:.4f}",
                    row["rows"],
                    row["error"] or "",
                ]
            )
        self._file.flush()

    def _name(self, photo: str) -> str:
        if self.folder is None:
            return photo
        absolute = Path(os.path.abspath(photo))
        inside = absolute.is_relative_to(self.folder)
        return (absolute.relative_to(self.folder) if inside else absolute).as_posix()
