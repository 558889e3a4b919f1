"""Rates over any part of the readings, with intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Levenshtein

from ._bootstrap import Bootstrap

__all__ = ["Rates"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """Rates as sums over readings, so that they can be given for any part of them."""

    names: list[str]
    numerators: Floats
    denominators: Floats
    plate: npt.NDArray[np.intp]
    bootstrap: Bootstrap

    @classmethod
    def count_up(
        cls,
        true: list[str],
        read: list[str],
        confidence: Floats | None,
        plate: npt.NDArray[np.intp],
        bootstrap: Bootstrap,
    ) -> "Rates":
        """Count what each reading adds to each rate."""
        one = np.ones(len(true))
        exact, known, edits, same_length = np.array(
            [
                (
                    text == reading,
                    reading != "",
                    Levenshtein.distance(text, reading),
                    len(text) == len(reading),
                )
                for text, reading in zip(true, read, strict=True)
            ],
            dtype=np.float64,
        ).T
        characters = np.array([len(text) for text in true], dtype=np.float64)
        rates = {
            "plate_accuracy": (exact, one),
            "coverage": (known, one),
            "accuracy_when_read": (exact * known, known),
            "character_error_rate": (edits, characters),
            "length_accuracy": (same_length, one),
        }
        if confidence is not None:
            rates["mean_confidence"] = (confidence, one)
            rates["plate_brier_score"] = ((confidence - exact) ** 2, one)
        numerators, denominators = (
            np.column_stack(sums) for sums in zip(*rates.values(), strict=True)
        )
        return cls(list(rates), numerators, denominators, plate, bootstrap)

    def scores(self) -> pd.DataFrame:
        """Give each rate over all readings, and the characters' accuracy after their errors."""
        scores = pd.DataFrame(
            self._values(slice(None)), index=["value", "low", "high", "n"], columns=self.names
        ).T
        value, low, high, n = scores.loc["character_error_rate"]
        scores.loc["character_accuracy"] = [*np.maximum(0, 1 - np.array([value, high, low])), n]
        names = list(self.names)
        names.insert(names.index("character_error_rate") + 1, "character_accuracy")
        return scores.loc[names]

    def table(self, values: pd.Series, name: str) -> pd.DataFrame:
        """Give the rates for the readings of each value, a row each."""
        numbers, uniques = _number_values(values)
        columns = [f"{rate}{end}" for rate in self.names for end in ("", "_low", "_high")]
        rows = []
        for number in range(len(uniques)):
            part = np.flatnonzero(numbers == number)
            n_plates = len(np.unique(self.plate[part][self._n_characters[part] > 0]))
            rows.append([len(part), n_plates, *self._values(part)[:3].T.ravel()])
        return pd.DataFrame(
            rows,
            columns=["n_samples", "n_plates", *columns],
            index=pd.Index(uniques, name=name, tupleize_cols=False),
        )

    @property
    def _n_characters(self) -> Floats:
        return self.denominators[:, self.names.index("character_error_rate")]

    def _values(self, part: Any) -> Floats:
        """Give value, low end, high end and denominator of each rate, for some readings."""
        numerators, denominators = self.numerators[part], self.denominators[part]
        total = denominators.sum(axis=0)
        value = np.divide(
            numerators.sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0
        )
        low, high = self.bootstrap.intervals(numerators, denominators, self.plate[part])
        return np.array([value, low, high, total])


def _number_values(values: pd.Series) -> tuple[npt.NDArray[np.intp], Any]:
    """Give equal values equal numbers, in their order if any; what is missing is a value too."""
    try:
        return pd.factorize(values, sort=True, use_na_sentinel=False)
    except TypeError:  # no order
        return pd.factorize(values, use_na_sentinel=False)
