"""What several readings become, computed by hand and by properties."""

import itertools

import pytest
from fixed import reading
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.decoding import NOTHING_READ, PlateReading
from sklearn_lpr.ensemble._fusion import VOTINGS, fuse_readings


def fuse(*readings, voting, weights=None):
    weights = [1.0] * len(readings) if weights is None else weights
    return fuse_readings(readings, weights, voting)


def text_of(texts, voting="position", confidences=None, weights=None):
    confidences = [0.5] * len(texts) if confidences is None else confidences
    readings = [reading(*each) for each in zip(texts, confidences, strict=True)]
    return fuse(*readings, voting=voting, weights=weights).text


# --- The text.


def test_the_most_confident_reading_wins():
    texts = ["AB1", "AB1", "AB2"]
    assert text_of(texts, "confidence", [0.6, 0.7, 0.8]) == "AB2"
    assert text_of(texts, "confidence", [0.6, 0.7, 0.8], [1, 2, 1]) == "AB1"  # 1.4 to 0.8


def test_the_majority_wins_however_confident_the_rest_is():
    assert text_of(["AB1", "AB1", "AB2"], "majority", [0.1, 0.2, 0.9]) == "AB1"
    assert text_of(["AB1", "AB1", "AB2"], "majority", [0.1, 0.2, 0.9], [1, 1, 3]) == "AB2"


def test_confidence_breaks_ties_of_the_majority():
    texts = ["AB1", "AB2", "AB1", "AB2", "AB3"]
    assert text_of(texts, "majority", [0.5, 0.1, 0.5, 0.6, 0.9]) == "AB2"


def test_each_position_has_its_own_majority():
    # Each reading has one error of its own, so that no text has a majority.
    assert text_of(["XB1234", "AY1234", "AB1Z34"]) == "AB1234"
    assert text_of(["XB1234", "AY1234", "AB1Z34"], "majority") != "AB1234"


def test_weights_count_in_each_position():
    assert text_of(["AB1", "XB1", "XB2"], weights=[3, 1, 1]) == "AB1"


def test_the_surer_character_breaks_the_tie_of_a_position():
    first = PlateReading("AB1", 0.5, (0.9, 0.6, 0.9))
    second = PlateReading("XC1", 0.5, (0.6, 0.8, 0.9))
    assert fuse(first, second, voting="position").text == "AC1"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # One has lost its first character, one has doubled the last.
        (["AB123", "B123", "AB1233"], "AB123"),
        # Lost and gained: five characters, each in another place.
        (["AB123", "B1239", "AB128"], "AB123"),
        # Two of three have what the medoid lacks.
        (["AB23", "AB123", "AX123"], "AB123"),
        # Inserted at one place, one character more and less, which are aligned in turn.
        (["AB", "AXYB", "AYB", "AYB", "AB"], "AYB"),
        # What two of three lack is left out.
        (["AB-123", "AB123", "AB123"], "AB123"),
        # No gaps where none are needed.
        (["AB12", "BA12", "BA12"], "BA12"),
    ],
)
def test_characters_are_aligned_where_lengths_differ(texts, expected):
    assert text_of(texts) == expected


def test_a_gap_is_as_sure_as_its_reading():
    longer = PlateReading("AB12", 0.3, (0.9, 0.9, 0.9, 0.4))
    assert fuse(longer, PlateReading("AB1", 0.5, (0.9, 0.9, 0.6)), voting="position").text == "AB1"
    assert fuse(longer, PlateReading("AB1", 0.3, (0.9, 0.9, 0.3)), voting="position").text == "AB12"


def test_characters_of_any_alphabet_are_compared():
    assert text_of(["皖A1", "皖A1", "沪A1"]) == "皖A1"


# --- How sure it is.


@pytest.mark.parametrize("voting", VOTINGS)
def test_the_confidence_is_the_mean_probability_of_the_text(voting):
    fused = fuse(
        reading("AB1", 0.9),
        reading("AB1", 0.6),
        # It thinks of the right text as well.
        reading("AB2", 0.4, candidates=(("AB2", 0.4), ("AB1", 0.3))),
        voting=voting,
    )
    assert fused.text == "AB1"
    assert fused.confidence == pytest.approx((0.9 + 0.6 + 0.3) / 3)
    assert fused.character_confidences == pytest.approx(
        ((0.9 + 0.6 + 0.4) / 3, (0.9 + 0.6 + 0.4) / 3, (0.9 + 0.6) / 3)
    )
    assert [text for text, _ in fused.candidates] == ["AB1", "AB2"]
    assert [share for _, share in fused.candidates] == pytest.approx([0.6, 0.4 / 3])


def test_weights_weigh_the_means():
    fused = fuse(reading("AB1", 0.9), reading("AB2", 0.6), voting="majority", weights=[3, 1])
    assert (fused.text, fused.confidence) == ("AB1", pytest.approx(3 * 0.9 / 4))
    assert fused.character_confidences == pytest.approx((0.825, 0.825, 0.675))


def test_the_vote_may_overrule_what_is_most_probable():
    fused = fuse(*[reading("A", 0.1)] * 2, reading("B", 0.9), voting="majority")
    assert (fused.text, fused.confidence) == ("A", pytest.approx(0.2 / 3))
    assert [text for text, _ in fused.candidates] == ["B", "A"]


def test_a_composed_text_has_the_product_of_its_characters():
    fused = fuse(reading("XB", 0.9), reading("AY", 0.9), reading("AB", 0.3), voting="position")
    assert fused.text == "AB"
    assert fused.confidence == pytest.approx(0.1)  # one has read it
    fused = fuse(*(reading(text, 0.9) for text in ("XB1", "AY1", "AB2")), voting="position")
    assert fused.text == "AB1"
    assert fused.character_confidences == pytest.approx((0.6, 0.6, 0.6))
    assert fused.confidence == pytest.approx(0.6**3)
    assert dict(fused.candidates)["AB1"] == fused.confidence


def test_without_character_confidences_the_whole_stands_for_them():
    fused = fuse(PlateReading("AB1", 0.6), PlateReading("AB2", 0.3), voting="confidence")
    assert fused.character_confidences == pytest.approx((0.45, 0.45, 0.3))


# --- Who does not vote.


@pytest.mark.parametrize("voting", VOTINGS)
def test_who_reads_nothing_does_not_vote(voting):
    only = PlateReading("AB1", 0.3, (0.9, 0.8, 0.7), (("AB1", 0.3), ("AB7", 0.2)))
    assert fuse(NOTHING_READ, only, NOTHING_READ, voting=voting) is only
    assert fuse(NOTHING_READ, NOTHING_READ, voting=voting) == NOTHING_READ
    assert fuse(only, reading("XYZ", 0.9), voting=voting, weights=[1, 0]) is only


# --- Properties.

probabilities = st.floats(0, 1, allow_subnormal=False)
readings = st.builds(
    lambda text, confidence: reading(text, confidence if text else 0.0),
    st.text("AB12", max_size=5),
    probabilities,
)
votings = st.sampled_from(sorted(VOTINGS))


@given(st.lists(readings, min_size=1, max_size=4), votings)
def test_the_order_of_the_readings_does_not_matter(several, voting):
    expected = fuse(*several, voting=voting)
    for order in itertools.permutations(several):
        assert fuse(*order, voting=voting) == expected


@given(st.lists(readings, min_size=1, max_size=7), votings)
def test_a_fused_reading_is_a_reading(several, voting):
    fused = fuse(*several, voting=voting)
    assert 0 <= fused.confidence <= 1
    assert bool(fused.text) == any(each.text for each in several)
    assert len(fused.character_confidences) == len(fused.text)
    assert all(0 <= each <= 1 for each in fused.character_confidences)
    shares = [share for _, share in fused.candidates]
    assert shares == sorted(shares, reverse=True)
    if fused.text:
        assert (fused.text, fused.confidence) in fused.candidates


@given(st.text("AB12", min_size=1), st.lists(probabilities, min_size=1, max_size=5), votings)
def test_what_all_read_is_read(text, confidences, voting):
    fused = fuse(*(reading(text, each) for each in confidences), voting=voting)
    assert fused.text == text
    assert fused.confidence == pytest.approx(sum(confidences) / len(confidences))


@given(st.lists(readings, min_size=1, max_size=5), st.sampled_from([0.5, 2, 8]), votings)
def test_the_scale_of_the_weights_does_not_matter(several, scale, voting):
    scaled = fuse(*several, voting=voting, weights=[scale] * len(several))
    assert scaled == fuse(*several, voting=voting)


@given(readings.filter(lambda each: each.text), readings, votings)
def test_two_equal_votes_beat_one_by_number(first, second, voting):
    if voting != "confidence":
        assert fuse(first, second, first, voting=voting).text == first.text
