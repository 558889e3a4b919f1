"""Correctness of the single characters of a predicted text."""

from .._character_alignment import align_characters

__all__ = ["kept_characters"]


def kept_characters(predicted: str, true: str) -> list[bool]:
    """Return for each predicted character whether the alignment with the true text keeps it."""
    return [
        character == correct
        for correct, character in align_characters(true, predicted)
        if character
    ]
