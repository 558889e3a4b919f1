"""Scorers for ``scoring=`` in cross-validation and searches; greater is better."""

from collections.abc import Callable
from typing import Any

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


def _make_scorer(metric: Callable[..., float], name: str, **kwargs: Any) -> Any:
    scorer = make_scorer(metric, **kwargs)
    # scikit-learn's curve displays label their axis with the name of a callable.
    scorer.__name__ = name
    sign = "" if kwargs.get("greater_is_better", True) else " with the opposite sign"
    scorer.__doc__ = (
        f"Scorer of `{metric.__name__}`{sign}, for ``scoring=`` in cross-validation and searches.\n"
        "\nCall it with a fitted recognizer, X and y."
    )
    return scorer


plate_accuracy_scorer = _make_scorer(plate_accuracy_score, "plate_accuracy")
length_accuracy_scorer = _make_scorer(length_accuracy_score, "length_accuracy")
character_accuracy_scorer = _make_scorer(character_accuracy_score, "character_accuracy")
positional_character_accuracy_scorer = _make_scorer(
    positional_character_accuracy_score, "positional_character_accuracy"
)
neg_character_error_rate_scorer = _make_scorer(
    character_error_rate, "neg_character_error_rate", greater_is_better=False
)
