"""Compare the automaton with the syntax that it is built from."""

from itertools import product

import numpy as np
import pytest
from brute_force import encode

from sklearn_lpr.decoding._automaton import Automaton, build_automaton
from sklearn_lpr.decoding._ctc import pad_texts
from sklearn_lpr.syntax import LATIN, PlateSyntax


@pytest.mark.parametrize(
    "patterns",
    [
        ("@#",),
        ("@#", "#@", "##"),
        ("@", "@#", "@##"),
        ("[AB]#", "[B]#@", "B@"),
        ("Q#", "A#"),
        ("A\n1",),
    ],
)
def test_accepts_the_texts_that_match_and_no_others(patterns):
    alphabet = "AB1"
    syntax = PlateSyntax(*patterns)
    texts = ["".join(text) for length in range(5) for text in product(alphabet, repeat=length)]
    padded = pad_texts([np.array(encode(text, alphabet), dtype=int) for text in texts])
    accepted = build_automaton(syntax, alphabet).accepts(padded)
    assert accepted.tolist() == [syntax.matches(text) for text in texts]
    assert accepted.any()


def test_patterns_with_a_common_prefix_share_its_states():
    automaton = build_automaton(LATIN, "ABC123")
    assert automaton.transitions.shape == (11, 7)
    assert automaton.accepting.tolist() == [False] * 3 + [True] * 8


def test_blank_keeps_the_state():
    automaton = build_automaton(PlateSyntax("@#", "##"), "A1")
    assert automaton.transitions[:, 0].tolist() == list(range(len(automaton.accepting)))


def test_any_text():
    texts = pad_texts([np.array([], dtype=int), np.array([2, 2, 1])])
    assert Automaton.of_any_text(3).accepts(texts).all()


def test_error_names_the_characters_that_the_alphabet_lacks():
    with pytest.raises(ValueError, match="'京@' needs one of '京' at position 1") as caught:
        build_automaton(PlateSyntax("京@", "A#"), "AB")
    assert "'A#' needs one of '0123456789' at position 2" in str(caught.value)
    assert "alphabet='AB'" in str(caught.value)
