"""Scores with confidence intervals, overall and by group."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Levenshtein

from ._bootstrap import Bootstrap

__all__ = ["GroupedScores"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GroupedScores:
    """Scores as ratios of sums over samples, so that they can be computed for any group."""

    names: list[str]
    numerators: Floats
    denominators: Floats
    plate: npt.NDArray[np.intp]
    bootstrap: Bootstrap

    @classmethod
    def from_predictions(
        cls,
        true: list[str],
        predicted: list[str],
        confidence: Floats | None,
        plate: npt.NDArray[np.intp],
        bootstrap: Bootstrap,
    ) -> "GroupedScores":
        """Compute the terms of each sample in the numerator and denominator of each score."""
        one = np.ones(len(true))
        exact, has_text, edits, same_length = np.array(
            [
                (
                    text == prediction,
                    prediction != "",
                    Levenshtein.distance(text, prediction),
                    len(text) == len(prediction),
                )
                for text, prediction in zip(true, predicted, strict=True)
            ],
            dtype=np.float64,
        ).T
        characters = np.array([len(text) for text in true], dtype=np.float64)
        scores = {
            "plate_accuracy": (exact, one),
            "coverage": (has_text, one),
            "selective_accuracy": (exact * has_text, has_text),
            "character_error_rate": (edits, characters),
            "length_accuracy": (same_length, one),
        }
        if confidence is not None:
            # As in the metrics, an image without a plate and a text has no confidence to judge.
            judged = np.maximum(has_text, characters > 0)
            scores["mean_confidence"] = (confidence * judged, judged)
            scores["plate_brier_score"] = ((confidence - exact) ** 2 * judged, judged)
        numerators, denominators = (
            np.column_stack(sums) for sums in zip(*scores.values(), strict=True)
        )
        return cls(list(scores), numerators, denominators, plate, bootstrap)

    def overall(self) -> pd.DataFrame:
        """Return each score over all samples, with the character accuracy after the CER."""
        scores = pd.DataFrame(
            self._values(slice(None)), index=["value", "low", "high", "n"], columns=self.names
        ).T
        value, low, high, n = scores.loc["character_error_rate"]
        scores.loc["character_accuracy"] = [*np.maximum(0, 1 - np.array([value, high, low])), n]
        names = list(self.names)
        names.insert(names.index("character_error_rate") + 1, "character_accuracy")
        return scores.loc[names]

    def by_group(self, values: pd.Series, name: str) -> pd.DataFrame:
        """Return the scores of each group, one per row."""
        codes, uniques = _factorize(values)
        columns = [f"{score}{end}" for score in self.names for end in ("", "_low", "_high")]
        rows = []
        for code in range(len(uniques)):
            group = np.flatnonzero(codes == code)
            n_plates = len(np.unique(self.plate[group][self._n_characters[group] > 0]))
            rows.append([len(group), n_plates, *self._values(group)[:3].T.ravel()])
        return pd.DataFrame(
            rows,
            columns=["n_samples", "n_plates", *columns],
            index=pd.Index(uniques, name=name, tupleize_cols=False),
        )

    @property
    def _n_characters(self) -> Floats:
        return self.denominators[:, self.names.index("character_error_rate")]

    def _values(self, group: Any) -> Floats:
        """Return the value, both ends of the interval and the denominator of each score."""
        numerators, denominators = self.numerators[group], self.denominators[group]
        total = denominators.sum(axis=0)
        value = np.divide(
            numerators.sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0
        )
        low, high = self.bootstrap.intervals(numerators, denominators, self.plate[group])
        return np.array([value, low, high, total])


def _factorize(values: pd.Series) -> tuple[npt.NDArray[np.intp], Any]:
    """Encode values as integers, in sorted order if they have one; missing is a value too."""
    try:
        return pd.factorize(values, sort=True, use_na_sentinel=False)
    except TypeError:  # no order
        return pd.factorize(values, use_na_sentinel=False)
