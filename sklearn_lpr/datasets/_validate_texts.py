"""Find missing, unusual and conflicting texts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ..syntax import PlateSyntax
from ._spellings import unify_spelling
from ._validate_images import Finding

__all__ = ["count_characters", "count_lengths", "find_shared_plates", "find_text_problems"]

# Of samples that belong to no split. The numbers of folds, such as 0, are splits.
_NO_SPLIT = (None, "")


def count_characters(plates: set[str]) -> Counter[str]:
    """Count the plates in which each character occurs; characters are in alphabetical order."""
    return Counter(sorted(character for plate in plates for character in set(plate)))


def count_lengths(plates: set[str]) -> Counter[int]:
    """Count the plates of each length."""
    return Counter(map(len, plates))


def find_text_problems(
    texts: Sequence[str], raw: Sequence[Any], syntax: PlateSyntax | None, min_count: int
) -> Iterator[Finding]:
    """Find texts that are missing, invalid, rare or do not match the syntax.

    Parameters
    ----------
    texts : sequence of str
        The texts, "" for a missing or an invalid text.
    raw : sequence of object
        The original values of the texts.
    syntax : PlateSyntax or None
    min_count : int
        Characters and lengths of fewer different plates are rare.

    Yields
    ------
    Finding
    """
    plates = set(texts) - {""}
    characters, lengths = count_characters(plates), count_lengths(plates)
    for sample, text in enumerate(texts):
        if not text:
            yield _invalid_text(sample, raw[sample])
            continue
        rare = [
            f"{character!r} is in {characters[character]} plate(s)"
            for character in dict.fromkeys(text)
            if characters[character] < min_count
        ]
        if rare:
            yield Finding(sample, "rare_character", f"{', '.join(rare)}.")
        if lengths[len(text)] < min_count:
            yield Finding(
                sample, "rare_length", f"{lengths[len(text)]} plate(s) have length {len(text)}."
            )
        if syntax is not None and not syntax.matches(text):
            yield Finding(sample, "syntax_mismatch", f"{text!r} matches no pattern of the syntax.")


def _invalid_text(sample: int, value: Any) -> Finding:
    if not isinstance(value, str) or not value:
        return Finding(sample, "missing_text", f"The text is {value!r}.")
    unprintable = ", ".join(
        f"U+{ord(character):04X}"
        for character in dict.fromkeys(value)
        if not character.isprintable()
    )
    return Finding(
        sample,
        "invalid_text",
        f"The text {str(value)!r} contains {unprintable}, which cannot be printed; remove it.",
    )


def find_shared_plates(texts: Sequence[str], splits: Sequence[Any]) -> Iterator[Finding]:
    """Find samples whose plate, in any spelling, also occurs in another split.

    Parameters
    ----------
    texts : sequence of str
    splits : sequence of object
        The name of the split of each sample; None and "" stand for no split.

    Yields
    ------
    Finding
    """
    where: defaultdict[str, Counter[Any]] = defaultdict(Counter)
    plates = [unify_spelling(text) for text in texts]
    for plate, split in zip(plates, splits, strict=True):
        if plate and split not in _NO_SPLIT:
            where[plate][split] += 1
    for sample, (plate, split) in enumerate(zip(plates, splits, strict=True)):
        others = [f"{n} in {name!r}" for name, n in where[plate].items() if name != split]
        if split not in _NO_SPLIT and others:
            yield Finding(sample, "plate_in_two_splits", f"In {split!r}, and {', '.join(others)}.")
