"""Which characters of a reading another text has as well."""

from .._character_alignment import align_characters

__all__ = ["kept_characters"]


def kept_characters(read: str, text: str) -> list[bool]:
    """Say of each character that was read whether its alignment with the true text keeps it."""
    return [character == true for true, character in align_characters(text, read) if character]
