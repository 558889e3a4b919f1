"""Prefix beam search against a search that keeps its texts in a dictionary."""

from collections import defaultdict

import numpy as np
import pytest
from lattices import random_lattices, spell, text_probabilities

from sklearn_lpr.decoding._automaton import Automaton, build_automaton
from sklearn_lpr.decoding._prefix_search import prefix_beam_search
from sklearn_lpr.syntax import PlateSyntax

ALPHABET = "AB12"


def plain_search(lattice, beam_width, allowed):
    """Search one lattice as in the textbook: texts and the probabilities of their two ends."""
    beam = {(): [1.0, 0.0]}
    for column in np.exp(lattice):
        after = defaultdict(lambda: [0.0, 0.0])
        for text, (on_blank, on_character) in beam.items():
            after[text][0] += (on_blank + on_character) * column[0]
            if text:
                after[text][1] += on_character * column[text[-1]]
            for symbol in range(1, len(column)):
                if allowed((*text, symbol)):
                    repeats = text[-1:] == (symbol,)
                    paths = on_blank if repeats else on_blank + on_character
                    after[*text, symbol][1] += paths * column[symbol]
        beam = dict(sorted(after.items(), key=lambda item: -sum(item[1]))[:beam_width])
    return {text for text, ends in beam.items() if sum(ends) > 0}


def found_texts(texts, found):
    results = [[tuple(text[text > 0].tolist()) for text in row] for row in texts]
    return [
        [text for text, there in zip(row, mask, strict=True) if there]
        for row, mask in zip(results, found, strict=True)
    ]


@pytest.mark.parametrize("beam_width", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("syntax", [None, PlateSyntax("@#", "@@1#", "[A1]B")])
def test_keeps_the_texts_that_a_plain_search_keeps(beam_width, syntax):
    lattices = random_lattices(15, 9, 1 + len(ALPHABET), seed=beam_width)
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

    found = found_texts(*prefix_beam_search(lattices, beam_width, automaton))
    for lattice, texts in zip(lattices, found, strict=True):
        assert len(texts) == len(set(texts))
        assert set(texts) == plain_search(lattice, beam_width, allowed)


@pytest.mark.parametrize("beam_width", [2, 6, 25])
def test_where_most_symbols_are_impossible_no_text_is_found_twice(beam_width):
    rng = np.random.default_rng(beam_width)
    lattices = random_lattices(60, 8, 1 + len(ALPHABET), seed=beam_width)
    lattices[rng.random(lattices.shape) < 0.6] = -np.inf
    anything = Automaton.of_any_text(1 + len(ALPHABET))
    found = found_texts(*prefix_beam_search(lattices, beam_width, anything))
    for lattice, texts in zip(lattices, found, strict=True):
        assert len(texts) == len(set(texts))
        assert set(texts) == plain_search(lattice, beam_width, lambda text: True)


def test_finds_all_texts_when_the_beam_is_wide_enough():
    lattice = random_lattices(1, 3, 3, seed=0)
    expected = text_probabilities(lattice[0])
    texts, found = prefix_beam_search(lattice, len(expected) + 5, Automaton.of_any_text(3))
    assert set(found_texts(texts, found)[0]) == set(expected)
    assert found.sum() == len(expected)


def test_impossible_columns_leave_only_what_is_possible():
    with np.errstate(divide="ignore"):
        lattice = np.log([[[0, 1.0, 0], [1.0, 0, 0], [0, 0.5, 0.5]]])
    found = found_texts(*prefix_beam_search(lattice, 8, Automaton.of_any_text(3)))
    assert sorted(found[0]) == [(1, 1), (1, 2)]
