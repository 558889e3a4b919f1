"""Decoders against all paths of small lattices, in which ties and certainties are frequent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lattices import all_paths, collapse, spell, text_probabilities

from sklearn_lpr.decoding import NOTHING_READ, BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.syntax import PlateSyntax

ALPHABET = "AB1"
# More than the texts of four columns.
WIDE = 130

patterns = st.lists(st.sampled_from(["@", "#", "?", "A", "[B1]"]), min_size=1, max_size=4)
syntaxes = st.lists(patterns.map("".join), min_size=1, max_size=3).map(lambda p: PlateSyntax(*p))


@st.composite
def batches(draw):
    """Give lattices of small fractions, many of them 0 and many equal."""
    column = st.lists(st.integers(0, 4), min_size=4, max_size=4).filter(any)
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 4)))
    size = shape[0] * shape[1]
    weights = np.array(draw(st.lists(column, min_size=size, max_size=size)), dtype=float)
    weights = weights.reshape(*shape, 4)
    with np.errstate(divide="ignore"):
        lattices = np.log(weights / weights.sum(axis=2, keepdims=True))
    return lattices.astype(draw(st.sampled_from([np.float32, np.float64])))


def possible_texts(lattice):
    return {
        spell(symbols, ALPHABET): probability
        for symbols, probability in text_probabilities(lattice.astype(float)).items()
        if probability > 0
    }


def assert_consistent(reading):
    probabilities = [probability for _, probability in reading.candidates]
    assert len(dict(reading.candidates)) == len(probabilities)
    assert all(0 < probability <= 1 for probability in probabilities)
    assert all(0 < confidence <= 1 for confidence in reading.character_confidences)
    assert len(reading.character_confidences) == len(reading.text)
    if reading.text:
        assert (reading.text, reading.confidence) == reading.candidates[0]
    else:
        assert reading.confidence == 0


@given(batches())
def test_greedy_reads_a_most_probable_path_and_adds_up_all_of_its_text(lattices):
    for lattice, reading in zip(lattices, GreedyDecoder().decode(lattices, ALPHABET), strict=True):
        assert_consistent(reading)
        paths = dict(all_paths(lattice.astype(float)))
        best = max(paths.values())
        read_by_best = {
            spell(collapse(path), ALPHABET) for path, p in paths.items() if p > best * (1 - 1e-5)
        }
        assert reading.text in read_by_best
        if reading.text:
            expected = possible_texts(lattice)[reading.text]
            assert reading.confidence == pytest.approx(expected, rel=1e-5)


@given(batches(), st.none() | syntaxes, st.sampled_from([0.0, 1.5, np.inf]))
def test_a_wide_beam_finds_every_text_that_is_possible_and_allowed(lattices, syntax, weight):
    decoder = BeamSearchDecoder(WIDE, syntax=syntax, syntax_weight=weight, n_candidates=WIDE)

    def penalty(text):
        return 0.0 if syntax is None or syntax.matches(text) else weight

    for lattice, reading in zip(lattices, decoder.decode(lattices, ALPHABET), strict=True):
        assert_consistent(reading)
        expected = {
            text: probability
            for text, probability in possible_texts(lattice).items()
            if penalty(text) < np.inf
        }
        assert dict(reading.candidates) == pytest.approx(expected, rel=1e-5)
        scores = [np.log(p) - penalty(text) for text, p in reading.candidates]
        assert (np.diff(scores) < 1e-9).all()


@given(batches(), syntaxes, st.integers(1, 4), st.sampled_from([1.5, np.inf]))
def test_a_narrow_beam_finds_a_legal_text_where_there_is_one(lattices, syntax, width, weight):
    decoder = BeamSearchDecoder(width, syntax=syntax, syntax_weight=weight, n_candidates=WIDE)
    for lattice, reading in zip(lattices, decoder.decode(lattices, ALPHABET), strict=True):
        assert_consistent(reading)
        possible = possible_texts(lattice)
        for text, probability in reading.candidates:
            assert probability == pytest.approx(possible[text], rel=1e-5)
        is_legal = [syntax.matches(text) for text, _ in reading.candidates]
        assert any(is_legal) == any(map(syntax.matches, possible))
        if weight == np.inf:
            assert all(is_legal)
            assert any(is_legal) or reading == NOTHING_READ


@given(batches(), st.none() | syntaxes, st.integers(1, 6))
def test_a_lattice_is_read_alike_alone_and_among_others(lattices, syntax, width):
    for decoder in (
        GreedyDecoder(),
        BeamSearchDecoder(width, syntax=syntax, n_candidates=WIDE),
    ):
        together = decoder.decode(lattices, ALPHABET)
        for index, reading in enumerate(together):
            (alone,) = decoder.decode(lattices[index : index + 1], ALPHABET)
            assert dict(alone.candidates) == pytest.approx(dict(reading.candidates), rel=1e-12)
            assert alone.confidence == pytest.approx(reading.confidence, rel=1e-12)
