"""Compare beam search with brute force over all texts."""

import warnings

import numpy as np
import pytest
from brute_force import (
    all_paths,
    collapse,
    random_log_proba,
    segment_log_proba,
    spell,
    text_probabilities,
)
from sklearn.base import clone

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.decoding import (
    EMPTY_PREDICTION,
    BeamSearchDecoder,
    GreedyDecoder,
    text_log_probability,
)
from sklearn_lpr.syntax import LATIN, PlateSyntax

ALPHABET = "AB1"
SYNTAX = PlateSyntax("@#", "@@#", "#")


def ranking(log_proba, alphabet, weight=0.0, syntax=None):
    """Return all texts with their probabilities, best first, by brute force."""
    scored = []
    for symbols, probability in text_probabilities(log_proba).items():
        text = spell(symbols, alphabet)
        mismatch = syntax is not None and not syntax.matches(text)
        if mismatch and weight == np.inf:
            continue
        score = np.log(probability) - (weight if mismatch else 0)
        scored.append((score, text, probability))
    return [(text, probability) for _, text, probability in sorted(scored, reverse=True)]


def assert_ranked(prediction, expected, n_candidates):
    texts = [text for text, _ in prediction.candidates]
    assert texts == [text for text, _ in expected[:n_candidates]]
    probabilities = [probability for _, probability in prediction.candidates]
    assert probabilities == pytest.approx([p for _, p in expected[:n_candidates]], rel=1e-9)
    assert prediction.text == texts[0]
    assert prediction.confidence == (probabilities[0] if prediction.text else 0)
    assert len(prediction.character_confidences) == len(prediction.text)


@pytest.mark.parametrize("weight", [None, 0.0, 1.5, 4.0, np.inf])
@pytest.mark.parametrize("n_time_steps", [1, 3, 4])
def test_wide_beam_ranks_all_texts_as_brute_force_does(weight, n_time_steps):
    log_proba = random_log_proba(10, n_time_steps, 1 + len(ALPHABET), seed=n_time_steps)
    syntax = None if weight is None else SYNTAX
    decoder = BeamSearchDecoder(300, syntax=syntax, syntax_weight=weight or 0.0, n_candidates=7)
    predictions = decoder.decode(log_proba, ALPHABET)
    for sample, prediction in zip(log_proba, predictions, strict=True):
        assert_ranked(prediction, ranking(sample, ALPHABET, weight or 0.0, syntax), 7)


def test_never_worse_than_greedy():
    log_proba = random_log_proba(200, 10, 6, seed=0)
    greedy = GreedyDecoder().decode(log_proba, "ABCDE")
    for beam_width in (1, 3, 10):
        beam = BeamSearchDecoder(beam_width).decode(log_proba, "ABCDE")
        best = np.array([prediction.candidates[0][1] for prediction in beam])
        # Both sum the same paths, in a different order.
        assert (best >= [prediction.confidence * (1 - 1e-12) for prediction in greedy]).all()
    assert sum(a.text != b.text for a, b in zip(beam, greedy, strict=True)) > 20


def test_equal_texts_have_equal_confidences():
    log_proba = random_log_proba(100, 8, 4, seed=1).astype(np.float32)
    greedy = GreedyDecoder().decode(log_proba, "ABC")
    beam = BeamSearchDecoder().decode(log_proba, "ABC")
    same = [(a, b) for a, b in zip(greedy, beam, strict=True) if a.text == b.text and a.text]
    assert len(same) > 10
    for one, other in same:
        assert other.confidence == pytest.approx(one.confidence)
        assert other.character_confidences == pytest.approx(one.character_confidences)


@pytest.mark.parametrize("weight", [1.0, np.inf])
def test_narrowest_beam_includes_the_best_matching_path(weight):
    log_proba = random_log_proba(60, 5, 1 + len(ALPHABET), seed=5)
    decoder = BeamSearchDecoder(1, syntax=SYNTAX, syntax_weight=weight, n_candidates=50)
    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        _, matching = max(
            (probability, spell(collapse(path), ALPHABET))
            for path, probability in all_paths(sample)
            if SYNTAX.matches(spell(collapse(path), ALPHABET))
        )
        assert matching in [text for text, _ in prediction.candidates]
        if weight == np.inf:
            assert SYNTAX.matches(prediction.text)


def test_hard_syntax_sums_the_paths_of_matching_texts():
    # The best matching path is that of "AB", but "1" has three paths.
    with np.errstate(divide="ignore"):
        log_proba = np.log([[[0.2, 0.45, 0, 0.35], [0.2, 0, 0.45, 0.35]]])
    decoder = BeamSearchDecoder(syntax=PlateSyntax("@@", "#"), syntax_weight=np.inf)
    prediction = decoder.decode(log_proba, ALPHABET)[0]
    assert [text for text, _ in prediction.candidates] == ["1", "AB"]
    assert [p for _, p in prediction.candidates] == pytest.approx([0.2625, 0.2025])


def test_weight_is_the_log_odds_at_which_the_prediction_changes():
    log_proba = np.log([[[0.01, 0.89, 0.01, 0.09]]])
    turn = np.log(0.89 / 0.09)
    for weight, text in [(turn - 0.01, "A"), (turn + 0.01, "1")]:
        decoder = BeamSearchDecoder(syntax=PlateSyntax("#"), syntax_weight=weight)
        prediction = decoder.decode(log_proba, ALPHABET)[0]
        assert prediction.text == text
    assert prediction.confidence == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("syntax", "text"),
    [(PlateSyntax("@#"), "A1"), (PlateSyntax("@@#"), "AB1"), (PlateSyntax("@@@#"), "")],
)
def test_surplus_or_missing_segments(syntax, text):
    segments = [[0.1, 0.7, 0.1, 0.1], [0.2, 0.1, 0.6, 0.1], [0.1, 0.1, 0.1, 0.7]]
    log_proba = segment_log_proba(segments)[None].astype(np.float32)
    decoder = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
    prediction = decoder.decode(log_proba, ALPHABET)[0]
    assert prediction.text == text
    assert (prediction == EMPTY_PREDICTION) is (text == "")


def test_blank_image():
    log_proba = np.full((1, 4, 4), -np.inf)
    log_proba[:, :, 0] = 0
    plain = BeamSearchDecoder().decode(log_proba, ALPHABET)[0]
    assert (plain.text, plain.confidence, plain.character_confidences) == ("", 0, ())
    assert plain.candidates == (("", 1.0),)
    soft = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=1e6).decode(log_proba, ALPHABET)[0]
    assert soft == plain
    hard = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=np.inf).decode(log_proba, ALPHABET)[0]
    assert hard == EMPTY_PREDICTION


def test_empty_text_keeps_its_candidates():
    log_proba = np.log([[[0.7, 0.2, 0.1]]])
    prediction = BeamSearchDecoder().decode(log_proba, "AB")[0]
    assert (prediction.text, prediction.confidence) == ("", 0)
    assert [text for text, _ in prediction.candidates] == ["", "A", "B"]
    assert [p for _, p in prediction.candidates] == pytest.approx([0.7, 0.2, 0.1])


def test_certain_text_has_confidence_one():
    with np.errstate(divide="ignore"):
        log_proba = np.log([[[0, 1.0], [1.0, 0], [0, 1.0]]])
    prediction = BeamSearchDecoder().decode(log_proba, "A")[0]
    assert (prediction.text, prediction.confidence, prediction.character_confidences) == (
        "AA",
        1,
        (1, 1),
    )


def test_equal_probabilities_are_in_the_order_of_the_alphabet():
    log_proba = np.log(np.full((1, 1, 4), 0.25))
    texts = [text for text, _ in BeamSearchDecoder().decode(log_proba, "BCA")[0].candidates]
    assert texts == ["", "B", "C", "A"]


@pytest.mark.parametrize("n_candidates", [1, 3, 8])
def test_number_of_candidates(n_candidates):
    log_proba = random_log_proba(5, 6, 4, seed=2)
    predictions = BeamSearchDecoder(n_candidates=n_candidates).decode(log_proba, "ABC")
    assert {len(prediction.candidates) for prediction in predictions} == {n_candidates}


@pytest.mark.parametrize("syntax", [None, LATIN])
def test_batch_equals_one_by_one(syntax):
    # More samples than are searched at once.
    log_proba = random_log_proba(150, 9, 6, seed=4).astype(np.float32)
    decoder = BeamSearchDecoder(4, syntax=syntax)
    together = decoder.decode(log_proba, "ABC12")
    assert together == [decoder.decode(sample[None], "ABC12")[0] for sample in log_proba]


def test_probability_is_not_rescaled_by_the_syntax():
    log_proba = random_log_proba(4, 6, 4, seed=7)
    decoder = BeamSearchDecoder(syntax=SYNTAX, syntax_weight=np.inf)
    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        symbols = np.array([ALPHABET.index(character) + 1 for character in prediction.text])
        expected = np.exp(text_log_probability(sample[None], [symbols])[0])
        assert prediction.confidence == pytest.approx(expected)


def test_log_proba_may_be_read_only_and_is_not_modified():
    log_proba = random_log_proba(5, 6, 4, seed=2).astype(np.float32)
    before = log_proba.copy()
    log_proba.setflags(write=False)
    BeamSearchDecoder(syntax=SYNTAX).decode(log_proba, ALPHABET)
    np.testing.assert_array_equal(log_proba, before)


def test_no_samples():
    assert BeamSearchDecoder(syntax=SYNTAX).decode(np.zeros((0, 5, 4)), ALPHABET) == []


def test_a_beam_width_of_a_small_integer_type():
    log_proba = random_log_proba(2, 5, 4, seed=0)
    expected = BeamSearchDecoder(255).decode(log_proba, "ABC")
    assert BeamSearchDecoder(np.uint8(255)).decode(log_proba, "ABC") == expected


def test_without_time_steps_there_is_no_text():
    assert [each.text for each in BeamSearchDecoder().decode(np.zeros((1, 0, 4)), "ABC")] == [""]


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


def test_syntax_that_cannot_be_written_with_the_alphabet():
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


def test_all_or_no_greedy_texts_match():
    log_proba = segment_log_proba([[0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])[None]
    for syntax, text in [(PlateSyntax("@#"), "A1"), (PlateSyntax("#"), "1")]:
        decoder = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
        assert decoder.decode(log_proba, ALPHABET)[0].text == text


@pytest.mark.parametrize(
    ("patterns", "n_time_steps", "n_warnings"),
    [
        (("@@@#",), 3, 1),
        (("@@@#",), 4, 0),
        (("AA",), 2, 1),  # a repeated character needs a blank in between
        (("AA",), 3, 0),
        (("@@@#", "@#"), 3, 0),  # a shorter pattern fits
        (("@@@#", "BB1"), 3, 1),
    ],
)
def test_warns_if_no_text_of_a_hard_syntax_fits_into_the_time_steps(
    patterns, n_time_steps, n_warnings
):
    log_proba = random_log_proba(200, n_time_steps, 1 + len(ALPHABET), seed=0)
    decoder = BeamSearchDecoder(syntax=PlateSyntax(*patterns), syntax_weight=np.inf)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        predictions = decoder.decode(log_proba, ALPHABET)
    assert len(caught) == n_warnings
    assert all(prediction == EMPTY_PREDICTION for prediction in predictions) is bool(n_warnings)
    for warning in caught:
        assert f"syntax={PlateSyntax(*patterns)!r}" in str(warning.message)
        assert f"{n_time_steps} time steps" in str(warning.message)


def test_no_warning_about_time_steps_for_blank_images_or_a_soft_syntax():
    blank = np.full((2, 1, 4), -np.inf)
    blank[:, :, 0] = 0
    syntax = PlateSyntax("@@@#")
    hard = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert hard.decode(blank, ALPHABET) == [EMPTY_PREDICTION] * 2
        assert hard.decode(blank[:0], ALPHABET) == []
        soft = BeamSearchDecoder(syntax=syntax, syntax_weight=20.0)
        assert soft.decode(random_log_proba(5, 2, 4, seed=0), ALPHABET)
