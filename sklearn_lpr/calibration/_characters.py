"""Confidences of single characters, and predictions without some of their characters."""

from collections.abc import Sequence
from dataclasses import replace

from ..decoding import PlateReading

__all__ = ["character_confidences", "mask_characters"]


def character_confidences(prediction: PlateReading) -> tuple[float, ...]:
    """Return the confidences of the characters; raise a ValueError if there are none."""
    if not prediction.character_confidences:
        raise ValueError(
            f"The prediction {prediction.text!r} has no confidences of characters; use "
            "criterion='plate'."
        )
    return prediction.character_confidences


def mask_characters(prediction: PlateReading, accepts: Sequence[bool], mark: str) -> PlateReading:
    """Return a prediction with a mark in place of each character that is not accepted."""
    return replace(
        prediction,
        text="".join(
            character if accept else mark
            for character, accept in zip(prediction.text, accepts, strict=True)
        ),
        confidence=0.0,
        character_confidences=tuple(
            confidence if accept else 0.0
            for confidence, accept in zip(character_confidences(prediction), accepts, strict=True)
        ),
    )
