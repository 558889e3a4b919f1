"""Find and remove invisible characters in labels."""

__all__ = ["check_visible", "strip_invisible"]


# Characters without a glyph: joiners, fillers and variation selectors.
_WITHOUT_GLYPH = frozenset(
    map(chr, [0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)])
)


def strip_invisible(value: str) -> str:
    """Remove white space and invisible characters from both ends of a value."""
    if value.isascii() and value.isprintable():
        return value.strip()
    visible = [index for index, character in enumerate(value) if _is_visible(character)]
    return value[visible[0] : visible[-1] + 1] if visible else ""


def check_visible(value: str, place: str) -> str:
    """Check that a value contains no invisible characters except spaces.

    Parameters
    ----------
    value : str
    place : str
        The location of the value for error messages.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the value contains an invisible character; the message names its code point.
    """
    if value.isascii() and value.isprintable():
        return value
    for character in value:
        if character != " " and not _is_visible(character):
            raise ValueError(
                f"{place} is {value!r}, which contains the invisible character "
                f"U+{ord(character):04X}; remove it."
            )
    return value


def _is_visible(character: str) -> bool:
    return character.isprintable() and not character.isspace() and character not in _WITHOUT_GLYPH
