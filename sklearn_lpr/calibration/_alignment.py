"""Which characters two texts share, by their alignment with the fewest edits."""

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

__all__ = ["kept_characters", "shared_runs"]


def shared_runs(text: str, other: str) -> Iterator[tuple[slice, slice]]:
    """Give the places in both texts of each run of characters that the alignment keeps."""
    for block in Levenshtein.opcodes(text, other).as_matching_blocks():
        yield slice(block.a, block.a + block.size), slice(block.b, block.b + block.size)


def kept_characters(read: str, text: str) -> list[bool]:
    """Say of each character that was read whether its alignment with the true text keeps it."""
    kept = [False] * len(read)
    for places, _ in shared_runs(read, text):
        kept[places] = [True] * (places.stop - places.start)
    return kept
