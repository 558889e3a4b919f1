"""The alphabet of a recognizer."""

import unicodedata

import numpy as np
import pytest

from sklearn_lpr.recognition._alphabet import choose_alphabet

COMPOSED = "B1\u00c5\u00d6"  # B, 1, A with ring, O with diaeresis


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_alphabet_is_composed_as_texts_are(form):
    texts = np.array(["\u00c51", "B\u00d6"])
    assert choose_alphabet(unicodedata.normalize(form, COMPOSED), texts) == COMPOSED


@pytest.mark.parametrize("alphabet", ["A\u030aB\u00c5", "\u00c5BA\u030a", "\u212b\u00c5"])
def test_two_unicode_forms_of_a_character_are_a_repetition(alphabet):
    with pytest.raises(ValueError, match="it repeats '\u00c5'"):
        choose_alphabet(alphabet, np.array(["B"]))
