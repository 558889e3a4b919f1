"""Correctness of the single characters of a predicted text."""

import unicodedata
from itertools import islice

from .._character_alignment import align_characters

__all__ = ["kept_characters"]


def kept_characters(predicted: str, true: str) -> list[bool]:
    """Return for each predicted character whether the alignment with the true text keeps it.

    The true text is in Unicode NFC. A predicted text in another form is compared with it in the
    decomposed form, NFD, where each character is correct if all of its parts are kept.
    """
    if unicodedata.is_normalized("NFC", predicted):
        return _kept(predicted, true)
    parts = [unicodedata.normalize("NFD", character) for character in predicted]
    kept = iter(_kept("".join(parts), unicodedata.normalize("NFD", true)))
    # The list takes the results of all parts of a character, where `all` stops at a wrong one.
    return [all(list(islice(kept, len(part)))) for part in parts]


def _kept(predicted: str, true: str) -> list[bool]:
    return [
        character == correct
        for correct, character in align_characters(true, predicted)
        if character
    ]
