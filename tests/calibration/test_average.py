"""Tests of averaged predictions with known results."""

import pytest

from sklearn_lpr.calibration._average import average_predictions
from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading


def test_the_text_with_the_highest_mean_is_selected():
    found = average_predictions(
        [
            PlateReading("AB", 0.9, (0.95, 0.9), (("AB", 0.9), ("A8", 0.1))),
            PlateReading("A8", 0.6, (0.9, 0.7), (("A8", 0.6), ("AB", 0.3))),
        ]
    )
    assert found.text == "AB"
    assert found.confidence == pytest.approx(0.6)
    assert found.candidates == (("AB", pytest.approx(0.6)), ("A8", pytest.approx(0.35)))
    # The other prediction keeps only the A.
    assert found.character_confidences == pytest.approx((0.925, 0.45))


def test_agreement_outweighs_a_single_high_confidence():
    found = average_predictions(
        [PlateReading("AB", 0.9), PlateReading("A8", 0.5), PlateReading("A8", 0.5)]
    )
    assert (found.text, found.confidence) == ("A8", pytest.approx(1 / 3))
    assert found.character_confidences == ()
    assert found.candidates == ()


def test_characters_are_aligned():
    found = average_predictions(
        [
            PlateReading("ABC", 0.8, (0.9, 0.8, 0.7)),
            PlateReading("BC", 0.4, (0.5, 0.3)),
        ]
    )
    assert found.text == "ABC"
    assert found.character_confidences == pytest.approx((0.45, 0.65, 0.5))


def test_candidates_alone_are_not_selected():
    # A plate format does not allow "A2", which has a higher probability.
    found = average_predictions(
        [
            PlateReading("AZ", 0.2, (), (("AZ", 0.2), ("A2", 0.6))),
            PlateReading("A7", 0.1, (), (("A7", 0.1), ("A2", 0.7))),
        ]
    )
    assert found.text == "AZ"
    # It is still the most probable candidate.
    assert found.candidates == (("A2", pytest.approx(0.65)), ("AZ", pytest.approx(0.1)))


def test_the_selected_text_stays_among_the_candidates():
    found = average_predictions(
        [
            PlateReading("AB", 0.3, (), (("AB", 0.3), ("A8", 0.25))),
            PlateReading("AB", 0.3, (), (("A8", 0.5), ("A6", 0.9))),
        ]
    )
    # Means: A6 0.45, A8 0.375, AB 0.3, for which two candidates have no place.
    assert (found.text, found.confidence) == ("AB", pytest.approx(0.3))
    assert found.candidates == (("A6", pytest.approx(0.45)), ("AB", pytest.approx(0.3)))


def test_empty_predictions():
    nothing = PlateReading("", 0.0, (), (("", 0.7), ("A", 0.2)))
    assert average_predictions([nothing, EMPTY_PREDICTION]) == EMPTY_PREDICTION
    found = average_predictions([nothing, PlateReading("A", 0.4, (0.4,), (("A", 0.4),))])
    assert (found.text, found.confidence) == ("A", pytest.approx(0.3))
    assert found.candidates == (("A", pytest.approx(0.3)),)


def test_ties_keep_the_order():
    assert average_predictions([PlateReading("B", 0.5), PlateReading("A", 0.5)]).text == "B"
