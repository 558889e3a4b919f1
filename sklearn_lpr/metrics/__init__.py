"""How well plates are read: scores for texts, and scorers for cross-validation and searches."""

from ._characters import (
    character_accuracy_score,
    character_error_rate,
    positional_character_accuracy_score,
)
from ._plates import length_accuracy_score, plate_accuracy_score
from ._scorers import (
    character_accuracy_scorer,
    length_accuracy_scorer,
    neg_character_error_rate_scorer,
    plate_accuracy_scorer,
    positional_character_accuracy_scorer,
)

__all__ = [
    "character_accuracy_score",
    "character_accuracy_scorer",
    "character_error_rate",
    "length_accuracy_score",
    "length_accuracy_scorer",
    "neg_character_error_rate_scorer",
    "plate_accuracy_score",
    "plate_accuracy_scorer",
    "positional_character_accuracy_score",
    "positional_character_accuracy_scorer",
]
