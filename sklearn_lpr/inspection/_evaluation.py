"""The report of `evaluate_plates`: its tables, and how they are shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

__all__ = ["PlateEvaluation"]

# What a summary shows of a long table; the table itself has all.
_MAX_ROWS = 20
_MAX_ERRORS = 10

_SCORES = {
    "plate_accuracy": "exact plates",
    "coverage": "plates read (coverage)",
    "accuracy_when_read": "exact among plates read",
    "character_error_rate": "character error rate (CER)",
    "character_accuracy": "characters right (1 - CER)",
    "length_accuracy": "right number of characters",
    "mean_confidence": "mean confidence",
    "plate_brier_score": "Brier score",
    "plate_calibration_error": "calibration error (ECE)",
    "area_under_risk_coverage": "area under risk-coverage (AURC)",
}
_OF_CHARACTERS = {"character_accuracy", "character_error_rate"}
# What is no share of anything is not shown as a percentage.
_NO_SHARES = {"plate_brier_score", "plate_calibration_error", "area_under_risk_coverage"}


# No generated __eq__: data frames cannot be compared by it.
@dataclass(frozen=True, eq=False)
class PlateEvaluation:
    """What `evaluate_plates` found; ``print`` it for a summary.

    Rates are between 0 and 1, ``low`` and ``high`` the ends of their intervals (NaN where there
    is none).

    Parameters
    ----------
    scores : DataFrame
        A row each for ``plate_accuracy``, ``coverage`` (the share of readings that are not ``""``),
        ``accuracy_when_read`` (of these), ``character_error_rate``, ``character_accuracy`` and
        ``length_accuracy``; for readings with confidences ``mean_confidence``,
        ``plate_brier_score``, ``plate_calibration_error`` and ``area_under_risk_coverage`` too.
        Columns: ``value``, ``low``, ``high``, and ``n``, the readings or true characters that the
        score is of.
    by_length : DataFrame
        By the length of the true text: ``n_samples``, ``n_plates`` (different texts), and
        ``plate_accuracy``, ``coverage``, ``accuracy_when_read``, ``character_error_rate``,
        ``length_accuracy`` and for readings with confidences ``mean_confidence`` and
        ``plate_brier_score``, each with the ends of its interval in columns that end in ``_low``
        and ``_high``.
    by_position : DataFrame
        By the position in the true text, from 1 on: ``n``, ``accuracy``, ``low`` and ``high``.
    by_group : dict of str to DataFrame
        As `by_length`, by the values of each column of groups.
    confusions : DataFrame
        The characters that were read for others, most frequent first: ``true``, ``read``,
        ``count``, ``share`` (of the true character's occurrences) and ``n_plates``.
    deletions : DataFrame
        The characters that were not read: ``true``, ``count``, ``share``, ``n_plates``.
    insertions : DataFrame
        The characters that are not there: ``read``, ``count``, ``share`` (of the times that the
        character was read), ``n_plates``.
    n_samples : int
        The number of readings.
    n_plates : int
        How many different true texts there are; "" is none.
    confidence_level : float
        Of the intervals.
    """

    scores: pd.DataFrame
    by_length: pd.DataFrame
    by_position: pd.DataFrame
    by_group: dict[str, pd.DataFrame]
    confusions: pd.DataFrame
    deletions: pd.DataFrame
    insertions: pd.DataFrame
    n_samples: int
    n_plates: int
    confidence_level: float

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._headline()})"

    def __str__(self) -> str:
        parts = [f"{self._headline()}."]
        # Chinese characters are twice as wide in a terminal.
        with pd.option_context("display.unicode.east_asian_width", True):
            for title, table in self._sections():
                parts.append(f"{title}\n{table.to_string()}")
        return "\n\n".join(parts)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the summary at an interactive prompt."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """Show the summary as tables in a notebook."""
        sections = [
            f"<details open><summary>{escape(title)}</summary>{table.to_html(border=0)}</details>"
            for title, table in self._sections()
        ]
        return f"<div><p><strong>{escape(self._headline())}</strong></p>{''.join(sections)}</div>"

    def _headline(self) -> str:
        exact = float(self.scores["value"]["plate_accuracy"])
        return f"{self.n_samples} readings of {self.n_plates} plates, {exact:.1%} exact"

    def _sections(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the tables of a summary, as texts, with their titles."""
        interval = f"{100 * self.confidence_level:.4g} % interval"
        yield "Scores", _score_table(self.scores, interval)
        for name, table in self.by_group.items():
            yield _title(f"By {name}", table), _group_table(table, interval)
        yield (
            _title("By length of the text", self.by_length),
            _group_table(self.by_length, interval),
        )
        yield (
            _title("By position in the text", self.by_position),
            _position_table(self.by_position, interval),
        )
        for title, errors in (
            ("Most confused", self.confusions),
            ("Not read", self.deletions),
            ("Read where there is none", self.insertions),
        ):
            if len(errors):
                yield _title(title, errors, _MAX_ERRORS), _error_table(errors)


def _title(title: str, table: pd.DataFrame, shown: int = _MAX_ROWS) -> str:
    return title if len(table) <= shown else f"{title} (the first {shown} of {len(table)})"


def _score_table(scores: pd.DataFrame, interval: str) -> pd.DataFrame:
    names = [str(name) for name in scores.index]
    units = ["characters" if name in _OF_CHARACTERS else "readings" for name in names]
    shown = {
        "value": [_number(value, name) for value, name in zip(scores["value"], names, strict=True)],
        interval: _intervals(scores["low"], scores["high"], names),
        "of": [f"{n} {unit}" for n, unit in zip(scores["n"], units, strict=True)],
    }
    return pd.DataFrame(shown, index=[_SCORES[name] for name in names])


def _group_table(table: pd.DataFrame, interval: str) -> pd.DataFrame:
    table = table.head(_MAX_ROWS)
    shown = {
        "exact": table["plate_accuracy"].map(_number),
        interval: _intervals(table["plate_accuracy_low"], table["plate_accuracy_high"]),
    }
    if (table["coverage"] < 1).any():
        shown["read"] = table["coverage"].map(_number)
        shown["exact of these"] = table["accuracy_when_read"].map(_number)
    shown["CER"] = table["character_error_rate"].map(_number)
    if "mean_confidence" in table:
        shown["confidence"] = table["mean_confidence"].map(_number)
    shown |= {"readings": table["n_samples"], "plates": table["n_plates"]}
    names = ["(missing)" if pd.isna(value) else str(value) for value in table.index]
    return pd.DataFrame(shown).set_axis(names, axis="index")


def _position_table(table: pd.DataFrame, interval: str) -> pd.DataFrame:
    table = table.head(_MAX_ROWS)
    shown = {
        "right": table["accuracy"].map(_number),
        interval: _intervals(table["low"], table["high"]),
        "characters": table["n"],
    }
    return pd.DataFrame(shown).rename_axis(None)


def _error_table(errors: pd.DataFrame) -> pd.DataFrame:
    errors = errors.head(_MAX_ERRORS)
    characters = [column for column in ("true", "read") if column in errors]
    shown = {
        "count": errors["count"],
        "share": errors["share"].map(_number),
        "plates": errors["n_plates"],
    }
    names = [" read as ".join(row) for row in errors[characters].itertuples(index=False)]
    return pd.DataFrame(shown).set_axis(names, axis="index")


def _number(value: float, name: str = "") -> str:
    if pd.isna(value):
        return "-"
    return f"{value:.4f}" if name in _NO_SHARES else f"{value:.1%}"


def _intervals(low: pd.Series, high: pd.Series, names: Sequence[str] | None = None) -> list[str]:
    return [
        "" if pd.isna(one) else f"{_number(one, name)} to {_number(other, name)}"
        for one, other, name in zip(low, high, names or [""] * len(low), strict=True)
    ]
