"""Scorers: pass them as ``scoring=`` to cross-validation and searches; greater is better."""

from sklearn.metrics import make_scorer

from ._characters import (
    character_accuracy_score,
    character_error_rate,
    positional_character_accuracy_score,
)
from ._plates import length_accuracy_score, plate_accuracy_score

__all__ = [
    "character_accuracy_scorer",
    "length_accuracy_scorer",
    "neg_character_error_rate_scorer",
    "plate_accuracy_scorer",
    "positional_character_accuracy_scorer",
]

plate_accuracy_scorer = make_scorer(plate_accuracy_score)
length_accuracy_scorer = make_scorer(length_accuracy_score)
character_accuracy_scorer = make_scorer(character_accuracy_score)
positional_character_accuracy_scorer = make_scorer(positional_character_accuracy_score)
neg_character_error_rate_scorer = make_scorer(character_error_rate, greater_is_better=False)
