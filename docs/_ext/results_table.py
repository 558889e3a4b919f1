"""Directive ``results-table``: a table of a file in ``benchmarks/results``."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

_RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


def read_table(name: str, number: int = 0) -> pd.DataFrame:
    """Return the table with a number in a file of results; cells are text or numbers."""
    text = (_RESULTS / name).read_text(encoding="utf-8")
    found = re.findall(r"(?:^\|.*\|[ ]*$\n?)+", text, re.MULTILINE)
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
        for line in found[number].strip().split("\n")
    ]
    return pd.DataFrame(rows[2:], columns=rows[0])


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in re.split(r"[;\n]", text) if entry.strip()]


def _columns(text: str, known: Sequence[str]) -> dict[str, str]:
    """Parse ``column; column as title``, one or more in a line."""
    titles = {}
    for entry in _entries(text):
        fits = [name for name in known if f"{entry} as ".startswith(f"{name} as ")]
        if not fits:
            raise ValueError(f"no column of {list(known)} is {entry!r}")
        name = max(fits, key=len)
        titles[name] = entry[len(name) + len(" as ") :] or name
    return titles


class ResultsTable(SphinxDirective):
    """Insert columns of a table of results.

    ``where`` is a query for its rows. ``columns`` and ``labels`` list columns and cells, with
    ``as`` before another name; without ``columns`` the table is shown as it is. The columns in
    ``mean`` are averaged over rows that are equal otherwise. ``number`` selects a table of a file
    with several, from 0.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "columns": directives.unchanged,
        "where": directives.unchanged,
        "mean": directives.unchanged,
        "labels": directives.unchanged,
        "number": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Read the file and build the table."""
        name = self.arguments[0]
        self.env.note_dependency(str(_RESULTS / name))
        table = read_table(name, self.options.get("number", 0))
        if "where" in self.options:
            table = table.query(self.options["where"])
        if "columns" not in self.options:
            return [self._build(table)]
        try:
            columns = _columns(self.options["columns"], table.columns)
        except ValueError as error:
            raise self.error(f"{name}: {error}") from error
        means = _entries(self.options.get("mean", ""))
        table = table[list(columns)]
        if means:
            groups = [column for column in columns if column not in means]
            table = table.astype(dict.fromkeys(means, float))
            table = table.groupby(groups, sort=False, as_index=False)[means].mean()
            table[means] = table[means].map(lambda value: f"{value:.3f}")
        if table.empty:
            raise self.error(f"no row of {name} fits")
        labels = dict(label.split(" as ", 1) for label in _entries(self.options.get("labels", "")))
        table = table.replace(labels)
        return [self._build(table[list(columns)].rename(columns=columns))]

    def _build(self, table: pd.DataFrame) -> nodes.table:
        group = nodes.tgroup(cols=table.shape[1])
        group += [nodes.colspec(colwidth=1) for _ in table.columns]
        group += nodes.thead("", self._row(table.columns))
        group += nodes.tbody("", *(self._row(row) for row in table.to_numpy()))
        return nodes.table("", group)

    def _row(self, cells: Any) -> nodes.row:
        return nodes.row("", *(self._cell(str(cell)) for cell in cells))

    def _cell(self, text: str) -> nodes.entry:
        paragraph = nodes.paragraph()
        for index, part in enumerate(text.replace("\\|", "|").split("`")):
            if part:
                paragraph += nodes.literal("", part) if index % 2 else nodes.Text(part)
        return nodes.entry("", paragraph)


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("results-table", ResultsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
