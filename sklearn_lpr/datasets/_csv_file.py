"""Read CSV files row by row, so that invalid rows can be located and left out."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ._files import read_text
from ._invisible import strip_invisible

__all__ = ["CsvRow", "read_csv"]


class CsvRow(NamedTuple):
    """A row of a CSV file: its file and line, its values by column, and its error, if any."""

    place: str
    values: dict[str, str]
    problem: Exception | None = None


def read_csv(
    path: Path,
    required: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    encodings: Sequence[str] = ("utf-8-sig",),
) -> Iterator[CsvRow]:
    """Read the rows of a CSV file, with all values as text.

    White space and invisible characters around a value are removed. What spreadsheet programs write
    is read: empty rows after the header, empty columns after the last name, and rows without the
    last values if no row has values in these columns.

    Parameters
    ----------
    path : Path
    required : sequence of str
        The required columns.
    aliases : mapping of str to str, default=None
        Maps alternative names of columns to the names used here.
    encodings : sequence of str, default=("utf-8-sig",)
        The encodings, tried in this order.

    Yields
    ------
    CsvRow
        The `problem` of a row is an error if it has more values than the header, or lacks values
        that other rows have. If no row is complete, all rows are errors.

    Raises
    ------
    ValueError
        If the file is not a CSV file in one of the encodings, or lacks a required column.
    """
    aliases = aliases or {}
    rows = list(_read_rows(path, encodings))
    if rows and rows[0].problem is not None:
        raise rows[0].problem
    header = _without_empty_end(rows[0].cells) if rows else []
    columns = [aliases.get(name, name) for name in header]
    _check_columns(path, header, columns, required, aliases)
    rows = [row for row in rows[1:] if row.problem is not None or any(row.cells)]
    # A row with more values than names is an error of its own.
    lengths = [len(_without_empty_end(row.cells)) for row in rows]
    n_used = max((length for length in lengths if length <= len(columns)), default=0)
    n_needed = n_used if any(len(row.cells) >= len(columns) for row in rows) else len(columns)
    for row, length in zip(rows, lengths, strict=True):
        if row.problem is not None:
            raise row.problem
        problem = None
        if length > len(columns) or len(row.cells) < n_needed:
            problem = ValueError(
                f"{row.place}: the row has {len(row.cells)} fields, more or fewer than the "
                f"{len(columns)} fields of the header: {row.cells!r}."
            )
        values = dict(zip(columns, row.cells, strict=False))
        if problem is None:
            values = {**dict.fromkeys(columns, ""), **values}
        yield CsvRow(row.place, values, problem)


class _RawRow(NamedTuple):
    """The cells of a row, without white space around them, or the error of the file after it."""

    place: str
    cells: list[str]
    problem: ValueError | None = None


def _read_rows(path: Path, encodings: Sequence[str]) -> Iterator[_RawRow]:
    """Read the rows of a file, and at its end the error of a row that is not one of a CSV file."""
    lines = io.StringIO(read_text(path, *encodings), newline="")
    reader = csv.reader(lines, strict=True, skipinitialspace=True)
    try:
        for values in reader:
            place = f"{str(path)!r}, line {reader.line_num}"
            yield _RawRow(place, [strip_invisible(value) for value in values])
    except csv.Error as error:
        place = f"{str(path)!r}, line {reader.line_num}"
        problem = ValueError(f"{place}: this is not a row of a CSV file: {error}.")
        problem.__cause__ = error
        yield _RawRow(place, [], problem)


def _without_empty_end(cells: list[str]) -> list[str]:
    n_used = max((index for index, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:n_used]


def _check_columns(
    path: Path,
    header: list[str],
    columns: list[str],
    required: Sequence[str],
    aliases: Mapping[str, str],
) -> None:
    missing = [name for name in required if name not in columns]
    if not missing and len(set(columns)) == len(columns):
        return
    problem = f"lacks the column(s) {missing}" if missing else "contains a column twice"
    others = [alias for alias, name in aliases.items() if name in required]
    raise ValueError(
        f"{str(path)!r}, line 1: the header is {header!r} and {problem}; it must have "
        f"{list(required)}{f' (or {others})' if others else ''}, separated by commas."
    )
