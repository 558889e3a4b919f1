"""Tests of the alignment of true and predicted texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from sklearn_lpr._character_alignment import align_characters

# Few characters, so that random texts have many of them in common.
texts = st.text("AB1京", max_size=8)


@pytest.mark.parametrize(
    ("true", "predicted", "pairs"),
    [
        ("", "", []),
        ("A", "", [("A", "")]),
        ("", "A", [("", "A")]),
        ("B0", "80", [("B", "8"), ("0", "0")]),
        ("京A1", "A1", [("京", ""), ("A", "A"), ("1", "1")]),
        ("AB1", "XAB1", [("", "X"), ("A", "A"), ("B", "B"), ("1", "1")]),
        # The choice among equally short alignments that the docstring describes.
        ("AAB", "AB", [("A", "A"), ("A", ""), ("B", "B")]),
        ("AB", "AAB", [("A", "A"), ("", "A"), ("B", "B")]),
        ("AB", "BA", [("", "B"), ("A", "A"), ("B", "")]),
    ],
)
def test_known_alignments(true, predicted, pairs):
    assert align_characters(true, predicted) == pairs


@given(texts, texts)
def test_alignment_has_both_texts_and_the_edit_distance(true, predicted):
    pairs = align_characters(true, predicted)
    assert "".join(character for character, _ in pairs) == true
    assert "".join(character for _, character in pairs) == predicted
    assert sum(a != b for a, b in pairs) == Levenshtein.distance(true, predicted)
    assert ("", "") not in pairs
