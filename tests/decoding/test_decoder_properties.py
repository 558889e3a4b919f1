"""Compare the decoders with brute force on inputs with many ties and certainties."""

import numpy as np
import pytest
from brute_force import all_paths, collapse, spell, text_probabilities
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.decoding import EMPTY_PREDICTION, BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.syntax import PlateSyntax

# With few time steps, no text of a hard syntax may fit.
pytestmark = pytest.mark.filterwarnings("ignore:No text of syntax")

ALPHABET = "AB1"
# More than there are texts in four time steps.
WIDE = 130

patterns = st.lists(st.sampled_from(["@", "#", "?", "A", "[B1]"]), min_size=1, max_size=4)
syntaxes = st.lists(patterns.map("".join), min_size=1, max_size=3).map(lambda p: PlateSyntax(*p))


@st.composite
def batches(draw):
    """Draw probabilities that are small fractions, many of them 0 and many equal."""
    step = st.lists(st.integers(0, 4), min_size=4, max_size=4).filter(any)
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 4)))
    size = shape[0] * shape[1]
    weights = np.array(draw(st.lists(step, min_size=size, max_size=size)), dtype=float)
    weights = weights.reshape(*shape, 4)
    with np.errstate(divide="ignore"):
        log_proba = np.log(weights / weights.sum(axis=2, keepdims=True))
    return log_proba.astype(draw(st.sampled_from([np.float32, np.float64])))


def possible_texts(log_proba):
    return {
        spell(symbols, ALPHABET): probability
        for symbols, probability in text_probabilities(log_proba.astype(float)).items()
        if probability > 0
    }


def assert_consistent(prediction):
    probabilities = [probability for _, probability in prediction.candidates]
    assert len(dict(prediction.candidates)) == len(probabilities)
    assert all(0 < probability <= 1 for probability in probabilities)
    assert all(0 < confidence <= 1 for confidence in prediction.character_confidences)
    assert len(prediction.character_confidences) == len(prediction.text)
    if prediction.text:
        assert (prediction.text, prediction.confidence) == prediction.candidates[0]
    else:
        assert prediction.confidence == 0


@given(batches())
def test_greedy_follows_a_most_probable_path_and_sums_all_paths_of_its_text(log_proba):
    for sample, prediction in zip(
        log_proba, GreedyDecoder().decode(log_proba, ALPHABET), strict=True
    ):
        assert_consistent(prediction)
        paths = dict(all_paths(sample.astype(float)))
        best = max(paths.values())
        best_texts = {
            spell(collapse(path), ALPHABET) for path, p in paths.items() if p > best * (1 - 1e-5)
        }
        assert prediction.text in best_texts
        if prediction.text:
            expected = possible_texts(sample)[prediction.text]
            assert prediction.confidence == pytest.approx(expected, rel=1e-5)


@given(batches(), st.none() | syntaxes, st.sampled_from([0.0, 1.5, np.inf]))
def test_a_wide_beam_finds_every_text_that_is_possible_and_allowed(log_proba, syntax, weight):
    decoder = BeamSearchDecoder(WIDE, syntax=syntax, syntax_weight=weight, n_candidates=WIDE)

    def penalty(text):
        return 0.0 if syntax is None or syntax.matches(text) else weight

    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        assert_consistent(prediction)
        expected = {
            text: probability
            for text, probability in possible_texts(sample).items()
            if penalty(text) < np.inf
        }
        assert dict(prediction.candidates) == pytest.approx(expected, rel=1e-5)
        scores = [np.log(p) - penalty(text) for text, p in prediction.candidates]
        assert (np.diff(scores) < 1e-9).all()


@given(batches(), syntaxes, st.integers(1, 4), st.sampled_from([1.5, np.inf]))
def test_a_narrow_beam_finds_a_matching_text_if_one_is_possible(log_proba, syntax, width, weight):
    decoder = BeamSearchDecoder(width, syntax=syntax, syntax_weight=weight, n_candidates=WIDE)
    for sample, prediction in zip(log_proba, decoder.decode(log_proba, ALPHABET), strict=True):
        assert_consistent(prediction)
        possible = possible_texts(sample)
        for text, probability in prediction.candidates:
            assert probability == pytest.approx(possible[text], rel=1e-5)
        is_match = [syntax.matches(text) for text, _ in prediction.candidates]
        assert any(is_match) == any(map(syntax.matches, possible))
        if weight == np.inf:
            assert all(is_match)
            assert any(is_match) or prediction == EMPTY_PREDICTION


@given(batches(), st.none() | syntaxes, st.integers(1, 6))
def test_a_sample_is_decoded_alike_alone_and_in_a_batch(log_proba, syntax, width):
    for decoder in (
        GreedyDecoder(),
        BeamSearchDecoder(width, syntax=syntax, n_candidates=WIDE),
    ):
        together = decoder.decode(log_proba, ALPHABET)
        for index, prediction in enumerate(together):
            (alone,) = decoder.decode(log_proba[index : index + 1], ALPHABET)
            assert dict(alone.candidates) == pytest.approx(dict(prediction.candidates), rel=1e-12)
            assert alone.confidence == pytest.approx(prediction.confidence, rel=1e-12)
