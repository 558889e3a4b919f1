"""The alphabet of a recognizer."""

import unicodedata

import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.networks import _network
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


def test_an_error_names_the_text_with_a_character_outside_the_alphabet():
    with pytest.raises(
        ValueError, match=r"y\[1\] is 'BXA1Y', which has 'XY' outside alphabet='1AB'"
    ):
        choose_alphabet("1AB", np.array(["AB1", "BXA1Y"]))


def test_the_default_is_the_characters_of_all_texts_in_order():
    assert choose_alphabet(None, np.array(["B1", "1A", "粤B"])) == "1AB粤"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("alphabet", "sizes"), [("AB12", [5]), (None, [4, 5])])
def test_folds_with_a_given_alphabet_share_one_network(monkeypatch, alphabet, sizes):
    built = []

    class Counted(_network.Network):
        def __init__(self, architecture):
            built.append(architecture["n_symbols"])
            super().__init__(architecture)

    monkeypatch.setattr(_network, "Network", Counted)
    monkeypatch.setattr(_network, "_pool", _network._Pool())
    X = np.random.default_rng(0).integers(0, 256, (4, 8, 32, 1), np.uint8)
    for text in ("AB1", "AB12"):  # the first fold lacks a character
        recognizer = LPRNetCTC(n_filters=2, max_iter=1, alphabet=alphabet, random_state=0)
        assert len(recognizer.fit(X, [text] * 4).log_proba(X)[0, 0]) == 1 + len(alphabet or text)
    assert built == sizes
