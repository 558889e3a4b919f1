"""Find different spellings of one plate."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ._validate_images import Finding

__all__ = ["find_spellings", "unify_spelling"]

# Cyrillic and Greek capitals with the shape of a Latin capital.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXQW" + "ABEZHIKMNOPTYX"
)


def unify_spelling(text: str) -> str:
    """Convert a text to a form that is equal for all spellings of one plate.

    Case, compatibility characters such as full-width letters, separators, digits of other scripts
    and look-alike letters of other scripts are unified.
    """
    capitals = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    unified = "".join(
        str(unicodedata.decimal(character, character))
        for character in capitals
        if character.isalnum() or unicodedata.category(character).startswith("M")
    )
    return unified or text


def find_spellings(texts: Sequence[str]) -> Iterator[Finding]:
    """Find texts that are another spelling of the text of other samples.

    Parameters
    ----------
    texts : sequence of str
        The texts, "" for a missing text.

    Yields
    ------
    Finding
        One finding for each sample that does not have the most frequent spelling of its plate.
    """
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, int] = {}
    for sample, text in enumerate(texts):
        if text:
            spellings[unify_spelling(text)][text] += 1
            first.setdefault(text, sample)
    for sample, text in enumerate(texts):
        if not text:
            continue
        ((usual, _),) = spellings[unify_spelling(text)].most_common(1)
        if text != usual:
            detail = f"{text!r} may be the plate {usual!r} of sample {first[usual]}"
            yield Finding(sample, "several_spellings", f"{detail}{_name_characters(text, usual)}.")


def _name_characters(text: str, usual: str) -> str:
    """Name the characters beyond ASCII in which two texts differ, because they look alike."""
    names = [
        f"{character!r} is {unicodedata.name(character, f'U+{ord(character):04X}')}"
        for character in sorted(set(text) ^ set(usual))
        if not character.isascii()
    ]
    return f": {', '.join(names)}" if names else ""
