"""Alignment of the characters of a true and a predicted text."""

from rapidfuzz.distance import Levenshtein

__all__ = ["align_characters"]


def align_characters(true: str, predicted: str) -> list[tuple[str, str]]:
    """Align two texts by edit distance.

    Parameters
    ----------
    true, predicted : str
        The two texts.

    Returns
    -------
    list of (str, str)
        Pairs of a true and a predicted character, from left to right. ``("A", "")`` is a deletion
        (a character that was not predicted), ``("", "A")`` an insertion. The number of pairs with
        different characters is the edit distance. Where several alignments have that number,
        the result is the one that rapidfuzz returns, which is deterministic: of a run of equal
        characters the first is aligned, and two transposed characters are an insertion and a
        deletion.

    Examples
    --------
    >>> from sklearn_lpr._character_alignment import align_characters
    >>> align_characters("AB123", "AR23")
    [('A', 'A'), ('B', 'R'), ('1', ''), ('2', '2'), ('3', '3')]
    >>> align_characters("1", "11")
    [('1', '1'), ('', '1')]
    """
    pairs: list[tuple[str, str]] = []
    i = j = 0
    for edit in Levenshtein.editops(true, predicted):
        # The characters between two edits are equal.
        pairs += zip(true[i : edit.src_pos], predicted[j : edit.dest_pos], strict=True)
        i = edit.src_pos + (edit.tag != "insert")
        j = edit.dest_pos + (edit.tag != "delete")
        pairs.append((true[edit.src_pos : i], predicted[edit.dest_pos : j]))
    return pairs + list(zip(true[i:], predicted[j:], strict=True))
