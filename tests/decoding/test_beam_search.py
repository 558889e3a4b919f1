"""Beam search against all texts of small lattices."""

import numpy as np
import pytest
from lattices import (
    all_paths,
    collapse,
    random_lattices,
    segment_lattice,
    spell,
    text_probabilities,
)
from sklearn.base import clone

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.decoding import (
    NOTHING_READ,
    BeamSearchDecoder,
    GreedyDecoder,
    text_log_probability,
)
from sklearn_lpr.syntax import LATIN, PlateSyntax

ALPHABET = "AB1"
SYNTAX = PlateSyntax("@#", "@@#", "#")


def ranking(lattice, alphabet, weight=0.0, syntax=None):
    """Give all texts with their probabilities, the best first, by brute force."""
    scored = []
    for symbols, probability in text_probabilities(lattice).items():
        text = spell(symbols, alphabet)
        illegal = syntax is not None and not syntax.matches(text)
        if illegal and weight == np.inf:
            continue
        score = np.log(probability) - (weight if illegal else 0)
        scored.append((score, text, probability))
    return [(text, probability) for _, text, probability in sorted(scored, reverse=True)]


def assert_ranked(reading, expected, n_candidates):
    texts = [text for text, _ in reading.candidates]
    assert texts == [text for text, _ in expected[:n_candidates]]
    probabilities = [probability for _, probability in reading.candidates]
    assert probabilities == pytest.approx([p for _, p in expected[:n_candidates]], rel=1e-9)
    assert reading.text == texts[0]
    assert reading.confidence == (probabilities[0] if reading.text else 0)
    assert len(reading.character_confidences) == len(reading.text)


@pytest.mark.parametrize("weight", [None, 0.0, 1.5, 4.0, np.inf])
@pytest.mark.parametrize("n_columns", [1, 3, 4])
def test_wide_beam_ranks_all_texts_as_brute_force_does(weight, n_columns):
    lattices = random_lattices(10, n_columns, 1 + len(ALPHABET), seed=n_columns)
    syntax = None if weight is None else SYNTAX
    decoder = BeamSearchDecoder(300, syntax=syntax, syntax_weight=weight or 0.0, n_candidates=7)
    readings = decoder.decode(lattices, ALPHABET)
    for lattice, reading in zip(lattices, readings, strict=True):
        assert_ranked(reading, ranking(lattice, ALPHABET, weight or 0.0, syntax), 7)


def test_never_worse_than_greedy():
    lattices = random_lattices(200, 10, 6, seed=0)
    greedy = GreedyDecoder().decode(lattices, "ABCDE")
    for beam_width in (1, 3, 10):
        beam = BeamSearchDecoder(beam_width).decode(lattices, "ABCDE")
        best = np.array([reading.candidates[0][1] for reading in beam])
        # Both sum up the same paths, but not in the same order.
        assert (best >= [reading.confidence * (1 - 1e-12) for reading in greedy]).all()
    assert sum(a.text != b.text for a, b in zip(beam, greedy, strict=True)) > 20


def test_where_both_read_the_same_they_are_as_sure():
    lattices = random_lattices(100, 8, 4, seed=1).astype(np.float32)
    greedy = GreedyDecoder().decode(lattices, "ABC")
    beam = BeamSearchDecoder().decode(lattices, "ABC")
    same = [(a, b) for a, b in zip(greedy, beam, strict=True) if a.text == b.text and a.text]
    assert len(same) > 10
    for one, other in same:
        assert other.confidence == pytest.approx(one.confidence)
        assert other.character_confidences == pytest.approx(one.character_confidences)


@pytest.mark.parametrize("weight", [1.0, np.inf])
def test_narrowest_beam_still_weighs_the_best_legal_path(weight):
    lattices = random_lattices(60, 5, 1 + len(ALPHABET), seed=5)
    decoder = BeamSearchDecoder(1, syntax=SYNTAX, syntax_weight=weight, n_candidates=50)
    for lattice, reading in zip(lattices, decoder.decode(lattices, ALPHABET), strict=True):
        _, legal = max(
            (probability, spell(collapse(path), ALPHABET))
            for path, probability in all_paths(lattice)
            if SYNTAX.matches(spell(collapse(path), ALPHABET))
        )
        assert legal in [text for text, _ in reading.candidates]
        if weight == np.inf:
            assert SYNTAX.matches(reading.text)


def test_hard_syntax_sums_paths_among_legal_texts():
    # The best legal path gives "AB", but "1" has three paths.
    with np.errstate(divide="ignore"):
        lattice = np.log([[[0.2, 0.45, 0, 0.35], [0.2, 0, 0.45, 0.35]]])
    decoder = BeamSearchDecoder(syntax=PlateSyntax("@@", "#"), syntax_weight=np.inf)
    reading = decoder.decode(lattice, ALPHABET)[0]
    assert [text for text, _ in reading.candidates] == ["1", "AB"]
    assert [p for _, p in reading.candidates] == pytest.approx([0.2625, 0.2025])


def test_weight_is_the_log_odds_at_which_the_reading_turns():
    lattice = np.log([[[0.01, 0.89, 0.01, 0.09]]])
    turn = np.log(0.89 / 0.09)
    for weight, text in [(turn - 0.01, "A"), (turn + 0.01, "1")]:
        decoder = BeamSearchDecoder(syntax=PlateSyntax("#"), syntax_weight=weight)
        reading = decoder.decode(lattice, ALPHABET)[0]
        assert reading.text == text
    assert reading.confidence == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("syntax", "text"),
    [(PlateSyntax("@#"), "A1"), (PlateSyntax("@@#"), "AB1"), (PlateSyntax("@@@#"), "")],
)
def test_segments_of_which_some_are_surplus_or_missing(syntax, text):
    segments = [[0.1, 0.7, 0.1, 0.1], [0.2, 0.1, 0.6, 0.1], [0.1, 0.1, 0.1, 0.7]]
    lattice = segment_lattice(segments)[None].astype(np.float32)
    decoder = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
    reading = decoder.decode(lattice, ALPHABET)[0]
    assert reading.text == text
    assert (reading == NOTHING_READ) is (text == "")


def test_blank_image():
    lattice = np.full((1, 4, 4), -np.inf)
    lattice[:, :, 0] = 0
    plain = BeamSearchDecoder().decode(lattice, ALPHABET)[0]
    assert (plain.text, plain.confidence, plain.character_confidences) == ("", 0, ())
    assert plain.candidates == (("", 1.0),)
    soft = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=1e6).decode(lattice, ALPHABET)[0]
    assert soft == plain
    hard = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=np.inf).decode(lattice, ALPHABET)[0]
    assert hard == NOTHING_READ


def test_empty_text_keeps_its_candidates():
    lattice = np.log([[[0.7, 0.2, 0.1]]])
    reading = BeamSearchDecoder().decode(lattice, "AB")[0]
    assert (reading.text, reading.confidence) == ("", 0)
    assert [text for text, _ in reading.candidates] == ["", "A", "B"]
    assert [p for _, p in reading.candidates] == pytest.approx([0.7, 0.2, 0.1])


def test_certain_text_has_confidence_one():
    with np.errstate(divide="ignore"):
        lattice = np.log([[[0, 1.0], [1.0, 0], [0, 1.0]]])
    reading = BeamSearchDecoder().decode(lattice, "A")[0]
    assert (reading.text, reading.confidence, reading.character_confidences) == ("AA", 1, (1, 1))


def test_equal_probabilities_come_in_the_order_of_the_alphabet():
    lattice = np.log(np.full((1, 1, 4), 0.25))
    texts = [text for text, _ in BeamSearchDecoder().decode(lattice, "BCA")[0].candidates]
    assert texts == ["", "B", "C", "A"]


@pytest.mark.parametrize("n_candidates", [1, 3, 8])
def test_number_of_candidates(n_candidates):
    lattices = random_lattices(5, 6, 4, seed=2)
    readings = BeamSearchDecoder(n_candidates=n_candidates).decode(lattices, "ABC")
    assert {len(reading.candidates) for reading in readings} == {n_candidates}


@pytest.mark.parametrize("syntax", [None, LATIN])
def test_batch_equals_one_by_one(syntax):
    # More than are searched at once.
    lattices = random_lattices(150, 9, 6, seed=4).astype(np.float32)
    decoder = BeamSearchDecoder(4, syntax=syntax)
    together = decoder.decode(lattices, "ABC12")
    assert together == [decoder.decode(lattice[None], "ABC12")[0] for lattice in lattices]


def test_probability_is_not_rescaled_by_the_syntax():
    lattices = random_lattices(4, 6, 4, seed=7)
    decoder = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=np.inf)
    for lattice, reading in zip(lattices, decoder.decode(lattices, ALPHABET), strict=True):
        symbols = np.array([ALPHABET.index(character) + 1 for character in reading.text])
        expected = np.exp(text_log_probability(lattice[None], [symbols])[0])
        assert reading.confidence == pytest.approx(expected)


def test_lattices_may_be_read_only_and_stay_as_they_are():
    lattices = random_lattices(5, 6, 4, seed=2).astype(np.float32)
    before = lattices.copy()
    lattices.setflags(write=False)
    BeamSearchDecoder(syntax=SYNTAX).decode(lattices, ALPHABET)
    np.testing.assert_array_equal(lattices, before)


def test_no_lattice():
    assert BeamSearchDecoder(syntax=SYNTAX).decode(np.zeros((0, 5, 4)), ALPHABET) == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"beam_width": 0}, "beam_width"),
        ({"beam_width": 2.5}, "beam_width"),
        ({"syntax": ["@@@####"]}, "syntax"),
        ({"syntax": SYNTAX, "syntax_weight": -1.0}, "syntax_weight"),
        ({"n_candidates": 0}, "n_candidates"),
    ],
)
def test_parameters_are_checked(parameters, message):
    with pytest.raises(ValueError, match=f"The '{message}' parameter of BeamSearchDecoder"):
        BeamSearchDecoder(**parameters).decode(np.zeros((0, 5, 4)), ALPHABET)


def test_syntax_that_the_alphabet_cannot_write():
    decoder = BeamSearchDecoder(syntax=PlateSyntax("京#"))
    with pytest.raises(ValueError, match="'京#' needs one of '京' at position 1"):
        decoder.decode(np.zeros((0, 5, 4)), ALPHABET)


def test_parameters_can_be_set_and_cloned():
    decoder = clone(BeamSearchDecoder(5, syntax=SYNTAX).set_params(syntax_weight=np.inf))
    assert decoder.get_params() == {
        "beam_width": 5,
        "syntax": SYNTAX,
        "syntax_weight": np.inf,
        "n_candidates": 5,
    }


def test_parameters_of_a_recognizers_decoder():
    recognizer = LPRNetCTC(decoder=BeamSearchDecoder(syntax=SYNTAX))
    twin = clone(recognizer.set_params(decoder__syntax_weight=1.5, decoder__beam_width=3))
    assert twin.get_params()["decoder__syntax"] == SYNTAX
    assert twin.get_params()["decoder__syntax_weight"] == 1.5
    assert twin.decoder.beam_width == 3


def test_greedy_texts_that_are_all_legal_or_none():
    lattice = segment_lattice([[0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])[None]
    for syntax, text in [(PlateSyntax("@#"), "A1"), (PlateSyntax("#"), "1")]:
        decoder = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
        assert decoder.decode(lattice, ALPHABET)[0].text == text
