"""Compare the decoder with a prior over plate formats with brute force over all texts."""

import numpy as np
import pytest
from brute_force import random_log_proba, segment_log_proba, spell, text_probabilities
from hypothesis import given, settings
from test_decoder_properties import assert_consistent, batches, syntaxes

from sklearn_lpr.decoding import EMPTY_PREDICTION, FormatDecoder, GreedyDecoder
from sklearn_lpr.decoding._variants import text_variants
from sklearn_lpr.syntax import BRAZIL, FormatPrior, PlateSyntax

ALPHABET = "AB1"
PRIOR = FormatPrior(PlateSyntax("@#"), PlateSyntax("??", "???"))


def scores(log_proba, prior, syntax_weight):
    """Return the probability of each text, and its product with the weight, by brute force."""
    probabilities = {
        spell(symbols, ALPHABET): probability
        for symbols, probability in text_probabilities(log_proba).items()
    }
    products = {
        text: probability * min(1, prior.weight(text) + np.exp(-syntax_weight))
        for text, probability in probabilities.items()
    }
    return probabilities, products


@pytest.mark.parametrize("syntax_weight", [0.0, 1.5, 3.0])
@pytest.mark.parametrize("n_segments", [1, 2, 3])
def test_texts_in_doubt_are_ranked_as_brute_force_does(syntax_weight, n_segments):
    segments = np.exp(random_log_proba(40, n_segments, 1 + len(ALPHABET), seed=n_segments))
    segments[:, :, 0] /= 20  # a run of blanks has one variant at most
    segments /= segments.sum(axis=2, keepdims=True)
    log_proba = np.array([segment_log_proba(sample, log_zero=-1e3) for sample in segments])
    decoder = FormatDecoder(PRIOR, syntax_weight=syntax_weight, n_candidates=100)
    n_compared = 0
    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        probabilities, products = scores(sample, PRIOR, syntax_weight)
        assert prediction.text == max(products, key=products.__getitem__)
        compared = [text for text, _ in prediction.candidates]
        if len(compared) == 1:
            continue
        n_compared += 1
        assert compared == sorted(compared, key=products.__getitem__, reverse=True)
        best = products[compared[0]] / probabilities[compared[0]]
        # Texts that are not compared count with the weight of the best one.
        rest = (1 - sum(probabilities[text] for text in compared)) * best
        total = sum(products[text] for text in compared) + rest
        assert [probability for _, probability in prediction.candidates] == pytest.approx(
            [products[text] / total for text in compared]
        )
    assert n_compared > 3


def test_posterior_by_hand():
    # Nothing, O or 0 in the third place: 0.1, 0.4, 0.5. The prior has weight 1 for three letters
    # and four digits, and 0 for all others.
    sure = {letter: np.eye(6)[index] for index, letter in enumerate("-0OABC")}
    steps = [sure["A"], sure["B"], np.array([0.1, 0.5, 0.4, 0, 0, 0]), *[sure["0"]] * 4]
    with np.errstate(divide="ignore"):
        log_proba = np.log([step for step in steps for step in (step, sure["-"])])
    decoder = FormatDecoder(BRAZIL)
    [prediction] = decoder.decode(log_proba[np.newaxis], "0OABC")
    rest = 0.6 * np.exp(-3)
    assert prediction.text == "ABO0000"
    assert prediction.confidence == pytest.approx(0.4 / (0.4 + rest))
    assert [text for text, _ in prediction.candidates] == ["ABO0000", "AB00000", "AB0000"]
    assert prediction.character_confidences == pytest.approx([1, 1, 0.4, 1, 1, 1, 1])


@pytest.mark.parametrize(
    ("probability", "text"), [(0.9, "AB00000"), (0.99, "AB00000"), (0.6, "ABO0000")]
)
def test_clear_evidence_stands(probability, text):
    segments = [np.eye(6)[index] * 0.94 + 0.01 for index in (3, 4, 1, 1, 1, 1, 1)]
    segments[2] = np.array([0.001, probability, 0.999 - probability, 0, 0, 0]) + 1e-9
    log_proba = segment_log_proba(segments)
    # The odds of 0.9 against 0.1 are below exp(3).
    weight = 3.0 if probability != 0.9 else 2.0
    decoder = FormatDecoder(BRAZIL, syntax_weight=weight)
    assert decoder.decode(log_proba[np.newaxis], "0OABC")[0].text == text


def test_a_certain_text_is_that_of_the_greedy_decoder():
    log_proba = random_log_proba(30, 4, 1 + len(ALPHABET), seed=3) * 4
    log_proba -= np.logaddexp.reduce(log_proba, axis=2, keepdims=True)
    greedy = GreedyDecoder().decode(log_proba, ALPHABET)
    predictions = FormatDecoder(PRIOR).decode(log_proba, ALPHABET)
    certain = [index for index, each in enumerate(greedy) if each.confidence > 1 / (1 + np.exp(-3))]
    assert 3 < len(certain) < 30
    for index in certain:
        assert predictions[index] == greedy[index]


@pytest.mark.parametrize("n_samples", [0, 1, 300])
def test_batches_of_any_size_give_the_predictions_of_single_plates(n_samples):
    log_proba = random_log_proba(n_samples, 5, 1 + len(ALPHABET), seed=0)
    decoder = FormatDecoder(PRIOR)
    together = decoder.decode(log_proba, ALPHABET)
    singly = [decoder.decode(sample[np.newaxis], ALPHABET)[0] for sample in log_proba]
    assert [each.text for each in together] == [each.text for each in singly]
    assert [each.confidence for each in together] == pytest.approx(
        [each.confidence for each in singly]
    )


@given(batches(), syntaxes)
@settings(deadline=None)
def test_predictions_are_consistent(log_proba, syntax):
    decoder = FormatDecoder(syntax, n_candidates=3)
    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        assert_consistent(prediction)
        assert len(prediction.candidates) <= 3
        possible = {
            spell(symbols, ALPHABET)
            for symbols, probability in text_probabilities(sample.astype(float)).items()
            if probability > 0
        }
        assert {text for text, _ in prediction.candidates} <= possible


def test_nothing_is_read_from_blanks_and_from_impossible_steps():
    log_proba = np.full((2, 3, 1 + len(ALPHABET)), -np.inf)
    log_proba[0, :, 0] = 0
    decoder = FormatDecoder()
    first, second = decoder.decode(log_proba, ALPHABET)
    assert (first.text, first.confidence) == ("", 0)
    assert second == EMPTY_PREDICTION


def test_variants_are_those_of_lowest_cost():
    # A at 0.6 or B at 0.4, then a blank, then 1 at 0.9 or nothing at 0.1.
    segments = [[0, 0.6, 0.4, 0], [1, 0, 0, 0], [0.1, 0, 0, 0.9]]
    with np.errstate(divide="ignore"):
        log_proba = np.log([segments])
    samples, texts = text_variants(log_proba, 1.0, 10)
    assert samples.tolist() == [0, 0]
    assert texts.tolist() == [[1, 3], [2, 3]]
    samples, texts = text_variants(log_proba, 10.0, 10)
    assert texts.tolist() == [[1, 0], [1, 3], [2, 0], [2, 3]]
    samples, texts = text_variants(log_proba, 10.0, 3)
    assert texts.tolist() == [[1, 0], [1, 3], [2, 3]]


def test_a_variant_may_have_a_character_where_the_best_path_has_blanks():
    # Nothing or A at the second of three blank steps.
    with np.errstate(divide="ignore"):
        log_proba = np.log([[[1, 0], [0.7, 0.3], [1, 0]]])
    _, texts = text_variants(log_proba, 3.0, 10)
    assert texts.tolist() == [[0], [1]]


@pytest.mark.parametrize(
    "parameters",
    [{"prior": "brazil"}, {"syntax_weight": -1}, {"syntax_weight": np.inf}, {"n_candidates": 0}],
)
def test_invalid_parameters_are_errors(parameters):
    log_proba = random_log_proba(1, 2, 1 + len(ALPHABET), seed=0)
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter"):
        FormatDecoder(**parameters).decode(log_proba, ALPHABET)


@pytest.mark.parametrize("syntax_weight", [500.0, 800.0, 1e300])
def test_a_text_of_no_format_remains_with_any_penalty(syntax_weight):
    log_proba = np.log([[[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]])
    decoder = FormatDecoder(PlateSyntax("##"), syntax_weight=syntax_weight)
    [prediction] = decoder.decode(log_proba, "AB")
    assert prediction.text == "AB"
    assert 0 < prediction.confidence <= 1
