"""The report of `evaluate_plates` and its summary as text and HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

__all__ = ["PlateEvaluation"]

# The maximum numbers of rows in a summary; the tables themselves are complete.
_MAX_ROWS = 20
_MAX_ERRORS = 10

_SCORES = {
    "plate_accuracy": "plate accuracy",
    "coverage": "coverage (plates with a prediction)",
    "selective_accuracy": "selective accuracy (of these)",
    "character_error_rate": "character error rate (CER)",
    "character_accuracy": "character accuracy (1 - CER)",
    "length_accuracy": "length accuracy",
    "mean_confidence": "mean confidence",
    "plate_brier_score": "Brier score",
    "plate_calibration_error": "expected calibration error (ECE)",
    "area_under_risk_coverage": "area under risk-coverage curve (AURC)",
}
_PER_CHARACTER = {"character_accuracy", "character_error_rate"}
# These scores are not shown as percentages.
_NOT_PERCENT = {"plate_brier_score", "plate_calibration_error", "area_under_risk_coverage"}


# A generated __eq__ cannot compare data frames.
@dataclass(frozen=True, eq=False)
class PlateEvaluation:
    """Report of `evaluate_plates`; ``print`` it for a summary.

    Scores are between 0 and 1. ``low`` and ``high`` are the ends of their confidence intervals,
    NaN if there is no interval.

    Parameters
    ----------
    scores : DataFrame
        One row each for ``plate_accuracy``, ``coverage`` (the fraction of predictions that are
        not ``""``), ``selective_accuracy`` (the plate accuracy among these),
        ``character_error_rate``, ``character_accuracy`` and ``length_accuracy``. Predictions with
        confidences add ``mean_confidence``, ``plate_brier_score``, ``plate_calibration_error``
        and ``area_under_risk_coverage``. The columns are ``value``, ``low``, ``high`` and ``n``,
        the number of predictions or true characters.
    by_length : DataFrame
        By the length of the true text: ``n_samples``, ``n_plates`` (distinct texts),
        ``plate_accuracy``, ``coverage``, ``selective_accuracy``, ``character_error_rate``,
        ``length_accuracy`` and, for predictions with confidences, ``mean_confidence`` and
        ``plate_brier_score``. The ends of each interval are in columns that end in ``_low`` and
        ``_high``.
    by_position : DataFrame
        By the position in the true text, counted from 1: ``n``, ``accuracy``, ``low``, ``high``.
    by_group : dict of str to DataFrame
        The same columns as `by_length`, by the values of each column of `groups`.
    confusions : DataFrame
        The substituted characters, most frequent first: ``true``, ``predicted``, ``count``,
        ``fraction`` (of the occurrences of the true character) and ``n_plates``.
    deletions : DataFrame
        The missing characters: ``true``, ``count``, ``fraction`` and ``n_plates``.
    insertions : DataFrame
        The extra characters: ``predicted``, ``count``, ``fraction`` (of all predictions of the
        character) and ``n_plates``.
    n_samples : int
        The number of predictions.
    n_plates : int
        The number of distinct true texts, not counting "".
    confidence_level : float
        The confidence level of the intervals.
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
        # Chinese characters have double width in a terminal.
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
        accuracy = float(self.scores["value"]["plate_accuracy"])
        return (
            f"{self.n_samples} predictions of {self.n_plates} plates, plate accuracy {accuracy:.1%}"
        )

    def _sections(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the tables of a summary, formatted as texts, with their titles."""
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
            ("Confusions", self.confusions),
            ("Deletions", self.deletions),
            ("Insertions", self.insertions),
        ):
            if len(errors):
                yield _title(title, errors, _MAX_ERRORS), _error_table(errors)


def _title(title: str, table: pd.DataFrame, shown: int = _MAX_ROWS) -> str:
    return title if len(table) <= shown else f"{title} (the first {shown} of {len(table)})"


def _score_table(scores: pd.DataFrame, interval: str) -> pd.DataFrame:
    names = [str(name) for name in scores.index]
    units = ["characters" if name in _PER_CHARACTER else "predictions" for name in names]
    shown = {
        "value": [_number(value, name) for value, name in zip(scores["value"], names, strict=True)],
        interval: _intervals(scores["low"], scores["high"], names),
        "of": [f"{n} {unit}" for n, unit in zip(scores["n"], units, strict=True)],
    }
    return pd.DataFrame(shown, index=[_SCORES[name] for name in names])


def _group_table(table: pd.DataFrame, interval: str) -> pd.DataFrame:
    table = table.head(_MAX_ROWS)
    shown = {
        "accuracy": table["plate_accuracy"].map(_number),
        interval: _intervals(table["plate_accuracy_low"], table["plate_accuracy_high"]),
    }
    if (table["coverage"] < 1).any():
        shown["coverage"] = table["coverage"].map(_number)
        shown["accuracy of these"] = table["selective_accuracy"].map(_number)
    shown["CER"] = table["character_error_rate"].map(_number)
    if "mean_confidence" in table:
        shown["confidence"] = table["mean_confidence"].map(_number)
    shown |= {"predictions": table["n_samples"], "plates": table["n_plates"]}
    names = ["(missing)" if pd.isna(value) else str(value) for value in table.index]
    return pd.DataFrame(shown).set_axis(names, axis="index")


def _position_table(table: pd.DataFrame, interval: str) -> pd.DataFrame:
    table = table.head(_MAX_ROWS)
    shown = {
        "accuracy": table["accuracy"].map(_number),
        interval: _intervals(table["low"], table["high"]),
        "characters": table["n"],
    }
    return pd.DataFrame(shown).rename_axis(None)


def _error_table(errors: pd.DataFrame) -> pd.DataFrame:
    errors = errors.head(_MAX_ERRORS)
    characters = [column for column in ("true", "predicted") if column in errors]
    shown = {
        "count": errors["count"],
        "fraction": errors["fraction"].map(_number),
        "plates": errors["n_plates"],
    }
    names = [" predicted as ".join(row) for row in errors[characters].itertuples(index=False)]
    return pd.DataFrame(shown).set_axis(names, axis="index")


def _number(value: float, name: str = "") -> str:
    if pd.isna(value):
        return "-"
    return f"{value:.4f}" if name in _NOT_PERCENT else f"{value:.1%}"


def _intervals(low: pd.Series, high: pd.Series, names: Sequence[str] | None = None) -> list[str]:
    return [
        "" if pd.isna(start) else f"{_number(start, name)} to {_number(end, name)}"
        for start, end, name in zip(low, high, names or [""] * len(low), strict=True)
    ]
