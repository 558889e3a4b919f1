"""Which character of a reading stands for which one of a text."""

from rapidfuzz.distance import Levenshtein

__all__ = ["align_characters"]


def align_characters(text: str, reading: str) -> list[tuple[str, str]]:
    """Pair the characters of two texts, with as few differences as their edit distance.

    Parameters
    ----------
    text, reading : str

    Returns
    -------
    list of (str, str)
        From left to right a character of the text and one of the reading; ``""`` stands in for
        the one that is missing: ``("A", "")`` was not read, ``("", "A")`` is not there. Where
        several alignments have as few differences, rapidfuzz's choice: it is always the same,
        the first of equal characters in a row is the one that is kept, and two characters that
        changed places are one that is not there and one that was not read.

    Examples
    --------
    >>> from sklearn_lpr._character_alignment import align_characters
    >>> align_characters("AB123", "AR23")
    [('A', 'A'), ('B', 'R'), ('1', ''), ('2', '2'), ('3', '3')]
    >>> align_characters("1", "11")
    [('1', '1'), ('', '1')]
    """
    pairs: list[tuple[str, str]] = []
    here = there = 0
    for edit in Levenshtein.editops(text, reading):
        # All between two edits is equal.
        pairs += zip(text[here : edit.src_pos], reading[there : edit.dest_pos], strict=True)
        here = edit.src_pos + (edit.tag != "insert")
        there = edit.dest_pos + (edit.tag != "delete")
        pairs.append((text[edit.src_pos : here], reading[edit.dest_pos : there]))
    return pairs + list(zip(text[here:], reading[there:], strict=True))
