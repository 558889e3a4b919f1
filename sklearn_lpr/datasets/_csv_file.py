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

    White space and invisible characters around a value are removed.

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
        The `problem` of a row is an error if it has more or fewer values than the header.

    Raises
    ------
    ValueError
        If the file is not a CSV file in one of the encodings, or lacks a required column.
    """
    aliases = aliases or {}
    lines = io.StringIO(read_text(path, *encodings), newline="")
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        names = [strip_invisible(name) for name in header]
        columns = [aliases.get(name, name) for name in names]
        _check_columns(path, header, columns, required, aliases)
        for values in filter(None, reader):
            place = f"{str(path)!r}, line {reader.line_num}"
            problem = None
            if len(values) != len(columns):
                problem = ValueError(
                    f"{place}: the row has {len(values)} fields, more or fewer than the "
                    f"{len(columns)} fields of the header: {values!r}."
                )
            cells = map(strip_invisible, values)
            yield CsvRow(place, dict(zip(columns, cells, strict=False)), problem)
    except csv.Error as error:
        raise ValueError(
            f"{str(path)!r}, line {reader.line_num}: this is not a row of a CSV file: {error}."
        ) from error


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
