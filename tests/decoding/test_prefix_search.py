"""Compare prefix beam search with a textbook search that keeps its texts in a dictionary."""

from collections import defaultdict

import numpy as np
import pytest
from brute_force import random_log_proba, spell, text_probabilities

from sklearn_lpr.decoding._automaton import Automaton, build_automaton
from sklearn_lpr.decoding._prefix_search import prefix_beam_search
from sklearn_lpr.syntax import PlateSyntax

ALPHABET = "AB12"


def plain_search(log_proba, beam_width, allowed):
    """Search one sample as in the textbook, with each text's probability by its last symbol."""
    beam = {(): [1.0, 0.0]}
    for step in np.exp(log_proba):
        after = defaultdict(lambda: [0.0, 0.0])
        for text, (on_blank, on_character) in beam.items():
            after[text][0] += (on_blank + on_character) * step[0]
            if text:
                after[text][1] += on_character * step[text[-1]]
            for symbol in range(1, len(step)):
                if allowed((*text, symbol)):
                    repeats = text[-1:] == (symbol,)
                    paths = on_blank if repeats else on_blank + on_character
                    after[*text, symbol][1] += paths * step[symbol]
        beam = dict(sorted(after.items(), key=lambda item: -sum(item[1]))[:beam_width])
    return {text for text, ends in beam.items() if sum(ends) > 0}


def found_texts(texts, found):
    results = [[tuple(text[text > 0].tolist()) for text in row] for row in texts]
    return [
        [text for text, is_found in zip(row, mask, strict=True) if is_found]
        for row, mask in zip(results, found, strict=True)
    ]


@pytest.mark.parametrize("beam_width", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("syntax", [None, PlateSyntax("@#", "@@1#", "[A1]B")])
def test_keeps_the_same_texts_as_a_plain_search(beam_width, syntax):
    log_proba = random_log_proba(15, 9, 1 + len(ALPHABET), seed=beam_width)
    if syntax is None:
        automaton = Automaton.of_any_text(1 + len(ALPHABET))
    else:
        automaton = build_automaton(syntax, ALPHABET)

    def allowed(text):
        if syntax is None:
            return True
        written = spell(text, ALPHABET)
        return any(
            len(written) <= len(positions)
            and all(c in position for c, position in zip(written, positions, strict=False))
            for positions in syntax.positions
        )

    found = found_texts(*prefix_beam_search(log_proba, beam_width, automaton))
    for sample, texts in zip(log_proba, found, strict=True):
        assert len(texts) == len(set(texts))
        assert set(texts) == plain_search(sample, beam_width, allowed)


@pytest.mark.parametrize("beam_width", [2, 6, 25])
def test_no_text_is_found_twice_if_most_symbols_are_impossible(beam_width):
    rng = np.random.default_rng(beam_width)
    log_proba = random_log_proba(60, 8, 1 + len(ALPHABET), seed=beam_width)
    log_proba[rng.random(log_proba.shape) < 0.6] = -np.inf
    any_text = Automaton.of_any_text(1 + len(ALPHABET))
    found = found_texts(*prefix_beam_search(log_proba, beam_width, any_text))
    for sample, texts in zip(log_proba, found, strict=True):
        assert len(texts) == len(set(texts))
        assert set(texts) == plain_search(sample, beam_width, lambda text: True)


def test_finds_all_texts_if_the_beam_is_wide_enough():
    log_proba = random_log_proba(1, 3, 3, seed=0)
    expected = text_probabilities(log_proba[0])
    texts, found = prefix_beam_search(log_proba, len(expected) + 5, Automaton.of_any_text(3))
    assert set(found_texts(texts, found)[0]) == set(expected)
    assert found.sum() == len(expected)


def test_only_possible_texts_are_found():
    with np.errstate(divide="ignore"):
        log_proba = np.log([[[0, 1.0, 0], [1.0, 0, 0], [0, 0.5, 0.5]]])
    found = found_texts(*prefix_beam_search(log_proba, 8, Automaton.of_any_text(3)))
    assert sorted(found[0]) == [(1, 1), (1, 2)]
