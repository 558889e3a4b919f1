"""Read CSV files so that a broken row can be named and left out."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ._files import read_text

__all__ = ["Row", "read_csv"]


class Row(NamedTuple):
    """A row: where it is, its values by column, and why it cannot be loaded."""

    place: str
    values: dict[str, str]
    problem: Exception | None = None


def read_csv(
    path: Path,
    required: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    encodings: Sequence[str] = ("utf-8-sig",),
) -> Iterator[Row]:
    """Read the rows of a CSV file; nothing in it is ever taken for a number or as missing.

    Parameters
    ----------
    path : Path
    required : sequence of str
        The columns that must be there.
    aliases : mapping of str to str, default=None
        What others call the columns.
    encodings : sequence of str, default=("utf-8-sig",)
        Tried one after the other.

    Yields
    ------
    Row
        Where the number of its values is not that of the columns it has a problem.

    Raises
    ------
    ValueError
        If the file is no CSV file in one of the encodings, or lacks a column.
    """
    aliases = aliases or {}
    lines = io.StringIO(read_text(path, *encodings), newline="")
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        columns = [aliases.get(name.strip(), name.strip()) for name in header]
        _check_columns(path, header, columns, required, aliases)
        for values in filter(None, reader):
            place = f"{str(path)!r}, line {reader.line_num}"
            problem = None
            if len(values) != len(columns):
                problem = ValueError(
                    f"{place}: the row has {len(values)} fields, more or fewer than the header, "
                    f"which has {len(columns)}: {values!r}."
                )
            yield Row(place, dict(zip(columns, values, strict=False)), problem)
    except csv.Error as error:
        raise ValueError(
            f"{str(path)!r}, line {reader.line_num}: not a row of CSV: {error}."
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
    problem = f"lacks the column(s) {missing}" if missing else "names a column twice"
    others = [alias for alias, name in aliases.items() if name in required]
    raise ValueError(
        f"{str(path)!r}, line 1: the header is {header!r} and {problem}; it must have "
        f"{list(required)}{f' (or {others})' if others else ''}, separated by commas."
    )
