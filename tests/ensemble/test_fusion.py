"""Tests of the fusion of predictions, with known results and by properties."""

import itertools

import pytest
from fixed_recognizer import prediction
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading
from sklearn_lpr.ensemble._fusion import VOTINGS, fuse_predictions


def fuse(*predictions, voting, weights=None):
    weights = [1.0] * len(predictions) if weights is None else weights
    return fuse_predictions(predictions, weights, voting)


def text_of(texts, voting="position", confidences=None, weights=None):
    confidences = [0.5] * len(texts) if confidences is None else confidences
    predictions = [prediction(*each) for each in zip(texts, confidences, strict=True)]
    return fuse(*predictions, voting=voting, weights=weights).text


@pytest.mark.parametrize("voting", VOTINGS)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (PlateReading("AB1", float("nan")), "'AB1' with a confidence of nan"),
        (PlateReading("AB1", 1.5), "'AB1' with a confidence of 1.5"),
        (PlateReading("AB1", 0.5, (0.5,)), "'AB1' with 1 confidences of characters"),
    ],
)
def test_impossible_predictions_are_errors(wrong, message, voting):
    with pytest.raises(ValueError, match=message):
        fuse(prediction("AB2", 0.9), wrong, voting=voting)


# --- The text.


def test_confidence_selects_the_most_confident_prediction():
    texts = ["AB1", "AB1", "AB2"]
    assert text_of(texts, "confidence", [0.6, 0.7, 0.8]) == "AB2"
    assert text_of(texts, "confidence", [0.6, 0.7, 0.8], [1, 2, 1]) == "AB1"  # 1.4 to 0.8


def test_majority_does_not_depend_on_confidence():
    assert text_of(["AB1", "AB1", "AB2"], "majority", [0.1, 0.2, 0.9]) == "AB1"
    assert text_of(["AB1", "AB1", "AB2"], "majority", [0.1, 0.2, 0.9], [1, 1, 3]) == "AB2"


def test_ties_of_the_majority_are_resolved_by_confidence():
    texts = ["AB1", "AB2", "AB1", "AB2", "AB3"]
    assert text_of(texts, "majority", [0.5, 0.1, 0.5, 0.6, 0.9]) == "AB2"


def test_mean_selects_the_text_with_the_highest_mean_probability():
    texts = ["AB1", "AB2", "AB2"]
    assert text_of(texts, "mean", [0.8, 0.3, 0.4]) == "AB1"  # 0.8 to 0.7
    assert text_of(texts, "mean", [0.8, 0.5, 0.4]) == "AB2"  # 0.8 to 0.9
    assert text_of(texts, "mean", [0.8, 0.5, 0.4], [2, 1, 1]) == "AB1"  # 1.6 to 0.9


def test_candidates_count_for_the_mean():
    first = prediction("AB1", 0.5, candidates=(("AB1", 0.5), ("AB2", 0.4)))
    second = prediction("AB2", 0.3)
    assert fuse(first, second, voting="mean").text == "AB2"  # 0.7 to 0.5
    assert fuse(first, second, voting="mean").confidence == pytest.approx(0.35)


def test_position_takes_the_majority_of_each_position():
    # Each prediction has a different error, so that no text has a majority.
    assert text_of(["XB1234", "AY1234", "AB1Z34"]) == "AB1234"
    assert text_of(["XB1234", "AY1234", "AB1Z34"], "majority") != "AB1234"


def test_position_uses_weights():
    assert text_of(["AB1", "XB1", "XB2"], weights=[3, 1, 1]) == "AB1"


def test_ties_of_a_position_are_resolved_by_character_confidence():
    first = PlateReading("AB1", 0.5, (0.9, 0.6, 0.9))
    second = PlateReading("XC1", 0.5, (0.6, 0.8, 0.9))
    assert fuse(first, second, voting="position").text == "AC1"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # One deletion of the first character, one repetition of the last one.
        (["AB123", "B123", "AB1233"], "AB123"),
        # A deletion and an insertion: five characters, each at another position.
        (["AB123", "B1239", "AB128"], "AB123"),
        # Two of three have a character that the medoid lacks.
        (["AB23", "AB123", "AX123"], "AB123"),
        # Insertions of different lengths at one position, which are aligned recursively.
        (["AB", "AXYB", "AYB", "AYB", "AB"], "AYB"),
        # A character that two of three lack is left out.
        (["AB-123", "AB123", "AB123"], "AB123"),
        # No gaps if none are needed.
        (["AB12", "BA12", "BA12"], "BA12"),
    ],
)
def test_texts_of_different_lengths_are_aligned(texts, expected):
    assert text_of(texts) == expected


def test_a_gap_has_the_confidence_of_the_whole_prediction():
    longer = PlateReading("AB12", 0.3, (0.9, 0.9, 0.9, 0.4))
    assert fuse(longer, PlateReading("AB1", 0.5, (0.9, 0.9, 0.6)), voting="position").text == "AB1"
    assert fuse(longer, PlateReading("AB1", 0.3, (0.9, 0.9, 0.3)), voting="position").text == "AB12"


def test_characters_of_any_alphabet():
    assert text_of(["皖A1", "皖A1", "沪A1"]) == "皖A1"


# --- The confidence.


@pytest.mark.parametrize("voting", VOTINGS)
def test_the_confidence_is_the_mean_probability_of_the_text(voting):
    fused = fuse(
        prediction("AB1", 0.9),
        prediction("AB1", 0.6),
        # The correct text is among its candidates.
        prediction("AB2", 0.4, candidates=(("AB2", 0.4), ("AB1", 0.3))),
        voting=voting,
    )
    assert fused.text == "AB1"
    assert fused.confidence == pytest.approx((0.9 + 0.6 + 0.3) / 3)
    assert fused.character_confidences == pytest.approx(
        ((0.9 + 0.6 + 0.4) / 3, (0.9 + 0.6 + 0.4) / 3, (0.9 + 0.6) / 3)
    )
    assert [text for text, _ in fused.candidates] == ["AB1", "AB2"]
    assert [probability for _, probability in fused.candidates] == pytest.approx([0.6, 0.4 / 3])


def test_means_are_weighted():
    fused = fuse(prediction("AB1", 0.9), prediction("AB2", 0.6), voting="majority", weights=[3, 1])
    assert (fused.text, fused.confidence) == ("AB1", pytest.approx(3 * 0.9 / 4))
    assert fused.character_confidences == pytest.approx((0.825, 0.825, 0.675))


def test_the_selected_text_need_not_be_the_most_probable_one():
    fused = fuse(*[prediction("A", 0.1)] * 2, prediction("B", 0.9), voting="majority")
    assert (fused.text, fused.confidence) == ("A", pytest.approx(0.2 / 3))
    assert [text for text, _ in fused.candidates] == ["B", "A"]


def test_a_composed_text_has_the_product_of_its_characters():
    fused = fuse(
        prediction("XB", 0.9), prediction("AY", 0.9), prediction("AB", 0.3), voting="position"
    )
    assert fused.text == "AB"
    assert fused.confidence == pytest.approx(0.1)  # one vote
    fused = fuse(*(prediction(text, 0.9) for text in ("XB1", "AY1", "AB2")), voting="position")
    assert fused.text == "AB1"
    assert fused.character_confidences == pytest.approx((0.6, 0.6, 0.6))
    assert fused.confidence == pytest.approx(0.6**3)
    assert dict(fused.candidates)["AB1"] == fused.confidence


def test_missing_character_confidences_are_those_of_the_text():
    fused = fuse(PlateReading("AB1", 0.6), PlateReading("AB2", 0.3), voting="confidence")
    assert fused.character_confidences == pytest.approx((0.45, 0.45, 0.3))


# --- Predictions without a vote.


@pytest.mark.parametrize("voting", VOTINGS)
def test_empty_predictions_have_no_vote(voting):
    only = PlateReading("AB1", 0.3, (0.9, 0.8, 0.7), (("AB1", 0.3), ("AB7", 0.2)))
    assert fuse(EMPTY_PREDICTION, only, EMPTY_PREDICTION, voting=voting) is only
    assert fuse(EMPTY_PREDICTION, EMPTY_PREDICTION, voting=voting) == EMPTY_PREDICTION
    assert fuse(only, prediction("XYZ", 0.9), voting=voting, weights=[1, 0]) is only


# --- Properties.

probabilities = st.floats(0, 1, allow_subnormal=False)
predictions = st.builds(
    lambda text, confidence: prediction(text, confidence if text else 0.0),
    st.text("AB12", max_size=5),
    probabilities,
)
votings = st.sampled_from(sorted(VOTINGS))


@given(st.lists(predictions, min_size=1, max_size=4), votings)
def test_the_order_of_predictions_does_not_matter(several, voting):
    expected = fuse(*several, voting=voting)
    for order in itertools.permutations(several):
        assert fuse(*order, voting=voting) == expected


@given(st.lists(predictions, min_size=1, max_size=7), votings)
def test_fused_predictions_are_valid(several, voting):
    fused = fuse(*several, voting=voting)
    assert 0 <= fused.confidence <= 1
    assert bool(fused.text) == any(each.text for each in several)
    assert len(fused.character_confidences) == len(fused.text)
    assert all(0 <= each <= 1 for each in fused.character_confidences)
    probabilities = [probability for _, probability in fused.candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    if fused.text:
        assert (fused.text, fused.confidence) in fused.candidates


@given(st.text("AB12", min_size=1), st.lists(probabilities, min_size=1, max_size=5), votings)
def test_unanimous_texts_are_selected(text, confidences, voting):
    fused = fuse(*(prediction(text, each) for each in confidences), voting=voting)
    assert fused.text == text
    assert fused.confidence == pytest.approx(sum(confidences) / len(confidences))


@given(st.lists(predictions, min_size=1, max_size=5), st.sampled_from([0.5, 2, 8]), votings)
def test_the_scale_of_weights_does_not_matter(several, scale, voting):
    scaled = fuse(*several, voting=voting, weights=[scale] * len(several))
    assert scaled == fuse(*several, voting=voting)


@given(predictions.filter(lambda each: each.text), predictions, votings)
def test_two_equal_votes_outnumber_another(first, second, voting):
    if voting in ("majority", "position"):
        assert fuse(first, second, first, voting=voting).text == first.text
