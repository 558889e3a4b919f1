"""Which character of a reading stands for which one of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from sklearn_lpr._character_alignment import align_characters

# Few characters, so that texts have much in common.
texts = st.text("AB1京", max_size=8)


@pytest.mark.parametrize(
    ("text", "reading", "pairs"),
    [
        ("", "", []),
        ("A", "", [("A", "")]),
        ("", "A", [("", "A")]),
        ("B0", "80", [("B", "8"), ("0", "0")]),
        ("京A1", "A1", [("京", ""), ("A", "A"), ("1", "1")]),
        ("AB1", "XAB1", [("", "X"), ("A", "A"), ("B", "B"), ("1", "1")]),
        # What the docstring says where several alignments are as short.
        ("AAB", "AB", [("A", "A"), ("A", ""), ("B", "B")]),
        ("AB", "AAB", [("A", "A"), ("", "A"), ("B", "B")]),
        ("AB", "BA", [("", "B"), ("A", "A"), ("B", "")]),
    ],
)
def test_pairs_by_hand(text, reading, pairs):
    assert align_characters(text, reading) == pairs


@given(texts, texts)
def test_pairs_spell_both_texts_with_the_fewest_differences(text, reading):
    pairs = align_characters(text, reading)
    assert "".join(character for character, _ in pairs) == text
    assert "".join(character for _, character in pairs) == reading
    assert sum(a != b for a, b in pairs) == Levenshtein.distance(text, reading)
    assert ("", "") not in pairs
