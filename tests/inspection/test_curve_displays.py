"""Confusion matrix, risk–coverage curve and reliability diagram."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.inspection import (
    CharacterConfusionDisplay,
    ReliabilityDisplay,
    RiskCoverageDisplay,
)
from sklearn_lpr.metrics import (
    area_under_risk_coverage,
    plate_calibration_curve,
    plate_calibration_error,
    risk_coverage_curve,
)

TRUE = ["AB12", "CD34", "EF56", "GH78"]
PREDICTED = ["AB12", "CD3", "EF56", "GH7B"]
CONFIDENCE = [0.9, 0.6, 0.8, 0.2]
PREDICTIONS = [PlateReading(*each) for each in zip(PREDICTED, CONFIDENCE, strict=True)]
curves = pytest.mark.parametrize("display", [ReliabilityDisplay, RiskCoverageDisplay])


def test_confusions_are_counted_by_true_and_predicted_character():
    display = CharacterConfusionDisplay.from_predictions(
        ["8A", "8B", "B8", "1"], ["BA", "BB", "B", "1X"]
    )
    assert display.characters == ["8", "B", "X"]
    np.testing.assert_array_equal(
        display.counts, [[0, 2, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0]]
    )
    assert display.ax_.get_title() == "4 character errors"
    drawn = {(text.get_position(), text.get_text()) for text in display.ax_.texts}
    assert drawn == {((1, 0), "2"), ((3, 0), "1"), ((2, 3), "1")}
    assert display.im_.get_array().mask.diagonal().all()


def test_the_most_frequent_confusions_are_shown():
    true = ["0"] * 5 + ["8"] * 3 + ["1"]
    predicted = ["D"] * 5 + ["B"] * 3 + ["0"]
    display = CharacterConfusionDisplay.from_predictions(true, predicted, n_characters=3)
    # With 0 and D there is room for 1, but not for 8 and B.
    assert display.characters == ["0", "1", "D"]
    assert display.ax_.get_title() == "6 of 9 character errors"


def test_title_of_a_single_error():
    display = CharacterConfusionDisplay.from_predictions(["A1"], ["A7"])
    assert display.ax_.get_title() == "1 character error"


def test_perfect_predictions_have_an_empty_matrix():
    display = CharacterConfusionDisplay.from_predictions(TRUE, TRUE)
    assert display.counts.tolist() == [[0]]
    assert display.ax_.get_title() == "0 character errors"


def test_confusions_of_chinese_characters():
    predictions = [PlateReading("沪A1", 0.5)]
    display = CharacterConfusionDisplay.from_predictions(["京A1"], predictions)
    assert display.characters == ["京", "沪"]


def test_matrix_is_drawn_into_given_axes():
    figure, ax = plt.subplots()
    display = CharacterConfusionDisplay(np.array([[0, 2], [1, 0]]), ["A"]).plot(ax=ax)
    assert (display.ax_, display.figure_) == (ax, figure)


def test_risk_equals_that_of_the_metric():
    coverage, accuracy, _ = risk_coverage_curve(TRUE, PREDICTED, CONFIDENCE)
    display = RiskCoverageDisplay.from_predictions(TRUE, PREDICTIONS, name="model")
    x, y = display.line_.get_data()
    np.testing.assert_allclose(x[1:], coverage)
    np.testing.assert_allclose(y[1:], 1 - accuracy)
    assert (x[0], y[0]) == (0, y[1])
    area = area_under_risk_coverage(TRUE, PREDICTED, CONFIDENCE)
    assert display.line_.get_label() == f"model, AURC = {area:.3f}"
    # The area under the drawn steps equals the area in the legend.
    assert np.sum(np.diff(x) * y[1:]) == pytest.approx(area)


def test_a_risk_curve_needs_a_text():
    with pytest.raises(ValueError, match="there is no confidence to draw"):
        RiskCoverageDisplay.from_predictions(["", ""], [PlateReading("", 0.0)] * 2)
    display = ReliabilityDisplay.from_predictions(["", ""], [PlateReading("", 0.0)] * 2)
    assert display.mean_confidence.size == 0
    assert display.line_.get_label() == "ECE = nan"


def test_the_ideal_curve_is_that_of_a_perfect_confidence():
    rng = np.random.default_rng(0)
    true = ["A"] * 400
    predicted = ["A" if right else "B" for right in rng.random(400) < 0.6]
    predictions = [PlateReading(text, 0.9 if text == "A" else 0.1) for text in predicted]
    display = RiskCoverageDisplay.from_predictions(true, predictions)
    (ideal,) = (line for line in display.ax_.lines if line.get_label() == "ideal confidence")
    coverage, accuracy, _ = risk_coverage_curve(
        true, predicted, [p.confidence for p in predictions]
    )
    np.testing.assert_allclose(np.interp(coverage, *ideal.get_data()), 1 - accuracy, atol=1e-9)


def test_reliability_equals_that_of_the_metric():
    accuracy, confidence, _ = plate_calibration_curve(TRUE, PREDICTED, CONFIDENCE, n_bins=2)
    display = ReliabilityDisplay.from_predictions(TRUE, PREDICTIONS, n_bins=2, name="model")
    np.testing.assert_allclose(display.line_.get_data(), [confidence, accuracy])
    error = plate_calibration_error(TRUE, PREDICTED, CONFIDENCE, n_bins=2)
    assert display.line_.get_label() == f"model, ECE = {error:.3f}"


@curves
def test_weights_reach_the_metric(display):
    weighted = display.from_predictions(TRUE, PREDICTIONS, sample_weight=[1, 0, 2, 1])
    repeated = display.from_predictions(
        [TRUE[index] for index in (0, 2, 2, 3)], [PREDICTIONS[index] for index in (0, 2, 2, 3)]
    )
    np.testing.assert_allclose(weighted.line_.get_data(), repeated.line_.get_data())
    assert weighted.line_.get_label() == repeated.line_.get_label()


@curves
def test_curves_share_axes_and_have_one_entry_each_in_the_legend(display):
    first = display.from_predictions(TRUE, PREDICTIONS, name="one", color="black")
    second = display.from_predictions(TRUE, PREDICTIONS, name="two", ax=first.ax_)
    assert second.figure_ is first.figure_
    names = [text.get_text() for text in first.ax_.get_legend().get_texts()]
    assert len(names) == len(set(names)) == (3 if display is ReliabilityDisplay else 4)
    assert first.line_.get_color() == "black"
    third = second.plot(name="three")
    assert third.figure_ is not first.figure_
    assert third.line_.get_label().startswith("three, ")


def test_axes_show_all_risk_curves():
    first = RiskCoverageDisplay.from_predictions(["A"] * 4, [PlateReading("A", 0.5)] * 4)
    assert first.ax_.get_ylim()[0] == 0
    RiskCoverageDisplay.from_predictions(["A"] * 2, [PlateReading("B", 0.5)] * 2, ax=first.ax_)
    low, high = first.ax_.get_ylim()
    assert low == 0
    assert high >= 1


@curves
def test_the_default_name_is_the_class_of_the_recognizer(display, recognizer, darken, shades):
    drawn = display.from_estimator(make_pipeline(darken, recognizer), shades(9, 99), ["A0", "A4"])
    assert drawn.line_.get_label().startswith("Shade, ")
