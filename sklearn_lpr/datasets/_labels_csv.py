"""Read the samples that a CSV file of labels lists."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ._corner_columns import find_corner_columns, read_corners
from ._csv_file import CsvRow, read_csv
from ._fields import parse_text
from ._files import check_inside
from ._invisible import check_visible
from ._json_array import parse_char_boxes

__all__ = [
    "ALIASES",
    "FOLDER_REMEDY",
    "check_file",
    "choose_split",
    "csv_names",
    "find_labels",
    "read_labels",
    "read_text_cell",
    "row_reader",
]

_COLUMNS = ("file", "text")
# The names of the columns in the CSV files of fast-plate-ocr.
ALIASES = {"image_path": "file", "plate_text": "text", "plate_region": "region"}

# What a user can do about paths that lead out of the folder of the labels.
FOLDER_REMEDY = "if you trust the file, pass a folder that contains all images as image_folder"


class _Row(Protocol):
    @property
    def values(self) -> Mapping[str, str]: ...
    @property
    def problem(self) -> Exception | None: ...


_RowT = TypeVar("_RowT", bound=_Row)


def read_labels(path: Path, split: str | None) -> list[CsvRow]:
    """Read the rows of a split. Incomplete rows are included, because their split is unknown."""
    return choose_split(list(read_csv(path, _COLUMNS, aliases=ALIASES)), path, split)


def choose_split(rows: list[_RowT], path: Path, split: str | None) -> list[_RowT]:
    """Select the rows of a split, and those that cannot be read.

    Parameters
    ----------
    rows : list
        Rows with the attributes ``values`` and ``problem``.
    path : Path
        The file of the rows.
    split : str or None
        The split. None selects all rows.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        If there is no column ``split``, or the split does not exist.
    """
    if split is None or not rows:
        return rows
    complete = [row.values for row in rows if row.problem is None]
    if complete and "split" not in complete[0]:
        raise ValueError(
            f"split={split!r}, but {str(path)!r} has no column 'split'; pass split=None."
        )
    available = {values["split"] for values in complete}
    if split not in available:
        raise ValueError(f"split={split!r} is not in {str(path)!r}, which has {sorted(available)}.")
    return [row for row in rows if row.problem or row.values["split"] == split]


def csv_names(folder: Path) -> list[str]:
    """List the CSV files in a folder, with their suffix in any case, sorted by name."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and not path.name.startswith(".")
    )


def find_labels(folder: Path) -> list[str]:
    """List the CSV files in a folder that have the columns of labels."""
    found = []
    for name in csv_names(folder):
        try:
            next(read_csv(folder / name, _COLUMNS, aliases=ALIASES), None)
        except (OSError, ValueError):
            continue
        found.append(name)
    return found


def row_reader(
    rows: list[CsvRow], labels: Path, folder: Path
) -> Callable[[CsvRow], dict[str, Any]]:
    """Build a function that reads a row of labels.

    Parameters
    ----------
    rows : list of CsvRow
        The rows to read.
    labels : Path
        The file of the rows.
    folder : Path
        The folder that the paths are relative to.

    Returns
    -------
    callable
        Maps a row to its values, with the arrays ``corners`` and ``char_boxes``.

    Raises
    ------
    ValueError
        If some of the columns of corners are missing.
    """
    complete = [row.values for row in rows if row.problem is None]
    header = complete[0] if complete else {}
    columns = find_corner_columns(header, f"{str(labels)!r}, line 1")

    def read(row: CsvRow) -> dict[str, Any]:
        values: dict[str, Any] = dict(row.values)
        values["text"] = read_text_cell(row)
        if not values["text"]:
            raise ValueError(
                f"{row.place}: the column 'text' of {row.values['file']!r} is empty; leave out "
                "plates whose text is not known."
            )
        check_file(row, folder)
        if columns is not None:
            values["corners"] = read_corners(row.values, *columns, row.place)
        if "char_boxes" in values:
            place = f"{row.place}: the column 'char_boxes'"
            values["char_boxes"] = parse_char_boxes(values["char_boxes"], place)
        return values

    return read


def read_text_cell(row: CsvRow) -> str:
    """Return the text of a row, which may be empty, normalized to NFC.

    Raises
    ------
    ValueError
        If the text or the split contains an invisible character.
    """
    text = parse_text(row.values["text"], f"{row.place}: the column 'text'")
    check_visible(row.values.get("split", ""), f"{row.place}: the column 'split'")
    return text


def check_file(row: CsvRow, folder: Path) -> None:
    """Raise an error if the image of a row lies outside of a folder, or does not exist."""
    file = row.values["file"]
    place = f"{row.place}: the column 'file'"
    check_inside(file, folder, place, FOLDER_REMEDY)
    if not os.path.isfile(folder / file):
        if "\\" in file:
            remedy = "write the path with slashes instead of backslashes"
        else:
            remedy = "correct the path, or pass the folder that it is relative to as image_folder"
        raise FileNotFoundError(
            f"{place} is {file!r}, and there is no such file in {str(folder)!r}; {remedy}."
        )
