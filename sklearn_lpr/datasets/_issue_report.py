"""Report of the issues that the validation of a data set finds."""

import os
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ..images import PlateImage

__all__ = ["IssueReport", "name_source"]


# There is no generated __eq__, because it cannot compare data frames.
@dataclass(frozen=True, eq=False, repr=False)
class IssueReport:
    """The issues of a data set.

    Parameters
    ----------
    issues : DataFrame
        One row for each issue, sorted by sample, with the columns ``sample``, ``kind``, ``source``
        and ``detail``.
    """

    _kinds: ClassVar[tuple[str, ...]]

    issues: pd.DataFrame

    @property
    def counts(self) -> pd.Series:
        """The number of issues of each kind, including kinds without issues."""
        counts = self.issues["kind"].value_counts().reindex(self._kinds, fill_value=0)
        return counts.rename_axis("kind").rename("count")

    @property
    def _n_affected(self) -> int:
        """The number of samples with an issue."""
        return int(self.issues["sample"].nunique())

    def _summarize_kinds(self) -> list[str]:
        """Describe each kind of issue that occurs, with its number and its first sample."""
        lines = []
        for kind, count in self.counts[self.counts > 0].items():
            first = self.issues[self.issues["kind"] == kind].iloc[0]
            where = f" ({first['source']!r})" if first["source"] else ""
            lines.append(
                f"{count:7} {kind}, the first: sample {first['sample']}{where}. {first['detail']}"
            )
        return lines

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the summary at an interactive prompt."""
        printer.text(str(self))


def name_source(item: Any) -> str:
    """Return the file of a sample, or "" for an array."""
    source = item.source if isinstance(item, PlateImage) else item
    return str(source) if isinstance(source, (str, os.PathLike)) else ""
