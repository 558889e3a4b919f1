"""Brier score, calibration error and risk–coverage metrics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.metrics import (
    accuracy_at_coverage,
    area_under_risk_coverage,
    coverage_at_accuracy,
    plate_brier_score,
    plate_calibration_curve,
    plate_calibration_error,
    risk_coverage_curve,
)

METRICS = {
    "brier": plate_brier_score,
    "curve": plate_calibration_curve,
    "ece": plate_calibration_error,
    "risk": risk_coverage_curve,
    "aurc": area_under_risk_coverage,
    "accuracy": lambda *args, **kwargs: accuracy_at_coverage(*args, coverage=0.5, **kwargs),
    "coverage": lambda *args, **kwargs: coverage_at_accuracy(*args, accuracy=0.5, **kwargs),
}
any_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)

# For each plate: whether the text is exact, its confidence in percent (with ties), its weight.
plates = st.lists(
    st.tuples(st.booleans(), st.integers(0, 100), st.integers(1, 3)), min_size=1, max_size=30
)


def texts(exact):
    """Return true and predicted texts with the given outcomes."""
    return ["AB12"] * len(exact), ["AB12" if right else "AB1" for right in exact]


def random_plates(n_samples, random_state):
    rng = np.random.default_rng(random_state)
    confidence = rng.permutation(np.linspace(0.02, 0.98, n_samples))
    return rng.random(n_samples) < confidence**2, confidence


def test_brier_score_of_an_example():
    # (0.1² + 0.6² + 0.5² + 0²) / 4
    assert plate_brier_score(
        *texts([True, False, True, False]), [0.9, 0.6, 0.5, 0.0]
    ) == pytest.approx(0.155)


@pytest.mark.parametrize("weighted", [False, True])
def test_brier_score_equals_that_of_scikit_learn(weighted):
    exact, confidence = random_plates(50, 0)
    weight = np.random.default_rng(1).uniform(0, 2, 50) if weighted else None
    assert plate_brier_score(*texts(exact), confidence, sample_weight=weight) == pytest.approx(
        brier_score_loss(exact, confidence, sample_weight=weight)
    )


def test_calibration_error_of_an_example():
    exact = [True, True, False, True, False, False]
    confidence = [0.9, 0.8, 0.7, 0.5, 0.3, 0.1]
    accuracy, mean_confidence, fraction = plate_calibration_curve(
        *texts(exact), confidence, n_bins=3
    )
    np.testing.assert_allclose(accuracy, [0, 0.5, 1])
    np.testing.assert_allclose(mean_confidence, [0.2, 0.6, 0.85])
    np.testing.assert_allclose(fraction, [1 / 3] * 3)
    error = plate_calibration_error(*texts(exact), confidence, n_bins=3)
    assert error == pytest.approx((0.2 + 0.1 + 0.15) / 3)


@pytest.mark.parametrize("n_bins", [1, 5, 15])
def test_calibration_curve_equals_that_of_scikit_learn(n_bins):
    exact, confidence = random_plates(60, 2)
    expected = calibration_curve(exact, confidence, n_bins=n_bins, strategy="quantile")
    accuracy, mean_confidence, fraction = plate_calibration_curve(
        *texts(exact), confidence, n_bins=n_bins
    )
    np.testing.assert_allclose([accuracy, mean_confidence], expected)
    error = np.abs(np.subtract(*expected)).mean()
    assert plate_calibration_error(*texts(exact), confidence, n_bins=n_bins) == pytest.approx(error)
    np.testing.assert_allclose(fraction, 1 / n_bins)


def test_plates_of_equal_confidence_stay_in_one_bin():
    # The middle of the five plates with 0.6 is in the second of two bins.
    confidence = [0.1, 0.2, 0.6, 0.6, 0.6, 0.6, 0.6]
    accuracy, mean_confidence, fraction = plate_calibration_curve(
        *texts([False, False, True, True, True, False, False]), confidence, n_bins=2
    )
    np.testing.assert_allclose(accuracy, [0, 0.6])
    np.testing.assert_allclose(mean_confidence, [0.15, 0.6])
    np.testing.assert_allclose(fraction, [2 / 7, 5 / 7])


def test_more_bins_than_plates_leave_bins_empty():
    accuracy, mean_confidence, fraction = plate_calibration_curve(
        *texts([False, True]), [0.25, 0.5], n_bins=15
    )
    assert accuracy.tolist() == [0, 1]
    assert mean_confidence.tolist() == [0.25, 0.5]
    assert fraction.tolist() == [0.5, 0.5]


def test_risk_coverage_of_an_example():
    # The two plates with 0.8 are one step.
    exact = [True, False, True, True, False]
    confidence = [0.9, 0.8, 0.8, 0.4, 0.0]
    coverage, accuracy, thresholds = risk_coverage_curve(*texts(exact), confidence)
    np.testing.assert_allclose(coverage, [0.2, 0.6, 0.8, 1])
    np.testing.assert_allclose(accuracy, [1, 2 / 3, 3 / 4, 3 / 5])
    assert thresholds.tolist() == [0.9, 0.8, 0.4, 0.0]
    aurc = area_under_risk_coverage(*texts(exact), confidence)
    assert aurc == pytest.approx(0.2 * 0 + 0.4 / 3 + 0.2 / 4 + 0.2 * 2 / 5)


def test_area_is_the_mean_risk_without_ties():
    exact, confidence = random_plates(40, 3)
    wrong = ~exact[np.argsort(-confidence)]
    expected = np.mean(np.cumsum(wrong) / np.arange(1, 41))
    assert area_under_risk_coverage(*texts(exact), confidence) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("coverage", "accuracy"), [(0.01, 1), (0.2, 1), (0.21, 2 / 3), (0.6, 2 / 3), (0.7, 0.75)]
)
def test_accuracy_at_coverage_reaches_the_coverage(coverage, accuracy):
    pair = texts([True, False, True, True, False])
    confidence = [0.9, 0.8, 0.8, 0.4, 0.0]
    assert accuracy_at_coverage(*pair, confidence, coverage=coverage) == pytest.approx(accuracy)


@pytest.mark.parametrize(
    ("accuracy", "coverage"), [(1, 0.2), (0.76, 0.2), (0.75, 0.8), (0.6, 1), (0, 1)]
)
def test_coverage_at_accuracy_is_the_highest(accuracy, coverage):
    pair = texts([True, False, True, True, False])
    confidence = [0.9, 0.8, 0.8, 0.4, 0.0]
    assert coverage_at_accuracy(*pair, confidence, accuracy=accuracy) == pytest.approx(coverage)


@pytest.mark.parametrize("weight", [1, 0.3, 0.7])
def test_values_equal_to_the_target_reach_it(weight):
    pair = texts([True] * 5 + [False])
    weights = [weight] * 6  # the sums of 0.3 and of 0.7 are rounded
    # Five of six are correct, and those five are the most confident.
    found = coverage_at_accuracy(*pair, [0.5] * 6, accuracy=5 / 6, sample_weight=weights)
    assert found == 1
    confidence = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    found = accuracy_at_coverage(*pair, confidence, coverage=5 / 6, sample_weight=weights)
    assert found == pytest.approx(1)


def test_coverage_is_0_if_the_accuracy_is_not_reached():
    assert coverage_at_accuracy(*texts([False, True]), [0.9, 0.8], accuracy=0.9) == 0


@given(plates, st.integers(1, 16), st.data())
def test_order_does_not_matter_and_weights_repeat_plates(drawn, n_bins, data):
    exact, percent, weight = map(np.array, zip(*drawn, strict=True))
    confidence = percent / 100
    repeated = np.repeat(np.arange(len(drawn)), weight)
    repeated = data.draw(st.permutations(repeated.tolist()))
    for name, metric in METRICS.items():
        options = {"n_bins": n_bins} if name in ("curve", "ece") else {}
        once = metric(*texts(exact), confidence, sample_weight=weight, **options)
        many = metric(*texts(exact[repeated]), confidence[repeated], **options)
        np.testing.assert_allclose(once, many, atol=1e-12)


@given(plates)
def test_the_curve_ends_at_plate_accuracy_and_areas_are_bounded(drawn):
    exact, percent, weight = map(np.array, zip(*drawn, strict=True))
    arguments = (*texts(exact), percent / 100)
    plain = np.average(exact, weights=weight)
    whole = accuracy_at_coverage(*arguments, coverage=1, sample_weight=weight)
    assert whole == pytest.approx(plain)
    assert coverage_at_accuracy(*arguments, accuracy=0, sample_weight=weight) == 1
    constant = area_under_risk_coverage(
        *texts(exact), np.full(len(drawn), 0.5), sample_weight=weight
    )
    assert constant == pytest.approx(1 - plain)
    # At coverage c the risk is at least 1 - plain / c. Integrated, this bounds the area.
    lowest = 1 - plain + (plain * np.log(plain) if plain else 0)
    assert lowest - 1e-12 <= area_under_risk_coverage(*arguments, sample_weight=weight) <= 1
    assert 0 <= plate_calibration_error(*arguments, sample_weight=weight) <= 1
    # By Jensen's inequality, the Brier score is at least the squared error of the bins.
    squared = plate_calibration_error(*arguments, sample_weight=weight) ** 2
    assert squared <= plate_brier_score(*arguments, sample_weight=weight) + 1e-12


@any_metric
def test_images_without_a_plate_and_a_text_are_left_out(metric):
    true, predicted, confidence = ["A1", "B2", ""], ["A1", "B8", "C3"], [0.9, 0.4, 0.3]
    found = metric([*true, ""], [*predicted, ""], [*confidence, 0.0])
    np.testing.assert_array_equal(found, metric(true, predicted, confidence))
    nothing = metric(["", ""], ["", ""], [0.0, 0.0])
    if isinstance(nothing, tuple):  # a curve
        assert [values.size for values in nothing] == [0, 0, 0]
    else:
        assert np.isnan(nothing)


@any_metric
def test_plates_of_weight_0_are_left_out(metric):
    exact, confidence = [True, False, True, False], [0.9, 0.6, 0.3, 0.2]
    np.testing.assert_array_equal(
        metric(*texts(exact), confidence, sample_weight=[1, 1, 1, 0]),
        metric(*texts(exact[:3]), confidence[:3]),
    )


@any_metric
@pytest.mark.parametrize(
    ("confidence", "message"),
    [
        ([0.5], r"confidence has shape \(1,\); pass one number for each of the 2 plates"),
        ([[0.5, 0.5]], r"confidence has shape \(1, 2\)"),
        ([0.5, 1.5], r"confidence\[1\] is 1.5; a confidence is a probability"),
        ([-0.1, 0.5], r"confidence\[0\] is -0.1"),
        ([0.5, np.nan], r"confidence\[1\] is nan"),
    ],
)
def test_bad_confidences_are_named(metric, confidence, message):
    with pytest.raises(ValueError, match=message):
        metric(*texts([True, False]), confidence)


@any_metric
def test_bad_texts_and_weights_are_named(metric):
    with pytest.raises(ValueError, match="y_true holds 2 texts and y_pred 1"):
        metric(["AB", "CD"], ["AB"], [0.5, 0.5])
    with pytest.raises(ValueError, match=r"sample_weight\[1\] is -1"):
        metric(["AB", "CD"], ["AB", "CD"], [0.5, 0.5], sample_weight=[1, -1])


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        (plate_calibration_error, {"n_bins": 0}),
        (plate_calibration_curve, {"n_bins": 2.5}),
        (accuracy_at_coverage, {"coverage": 0}),
        (accuracy_at_coverage, {"coverage": 1.1}),
        (coverage_at_accuracy, {"accuracy": -0.1}),
    ],
)
def test_bad_options_are_named(metric, options):
    (name,) = options
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        metric(*texts([True, False]), [0.5, 0.5], **options)


@pytest.mark.parametrize(
    "metric",
    [
        plate_brier_score,
        plate_calibration_curve,
        plate_calibration_error,
        accuracy_at_coverage,
        coverage_at_accuracy,
    ],
)
def test_the_error_for_an_option_names_the_metric(metric):
    options = {"coverage": 1} if metric is accuracy_at_coverage else {}
    options |= {"accuracy": 1} if metric is coverage_at_accuracy else {}
    message = f"The 'sample_weight' parameter of {metric.__name__} must be an array-like or None"
    with pytest.raises(ValueError, match=message):
        metric(*texts([True, False]), [0.5, 0.5], sample_weight="equal", **options)


@any_metric
def test_arguments_are_not_modified(metric):
    confidence, weight = np.array([0.5, 0.25]), np.array([1.0, 2.0])
    for array in (confidence, weight):
        array.flags.writeable = False
    np.testing.assert_array_equal(
        metric(*texts([True, False]), confidence, sample_weight=weight),
        metric(*texts([True, False]), [0.5, 0.25], sample_weight=[1, 2]),
    )


@pytest.mark.parametrize(
    ("confidence", "sample_weight", "message"),
    [
        (
            [PlateReading("A", 0.5), PlateReading("B", 0.5)],
            None,
            r"confidence is \[PlateReading.*each.confidence",
        ),
        (["high", "low"], None, r"confidence is \['high', 'low'\]; pass one probability per plate"),
        ([0.5, 0.5], ["a", "b"], r"sample_weight is \['a', 'b'\]; pass one weight per plate"),
        ([0.5, 0.5], [[1], [2, 3]], r"sample_weight is \[\[1\], \[2, 3\]\]; pass one weight"),
    ],
)
def test_what_is_no_number_is_named(confidence, sample_weight, message):
    with pytest.raises((TypeError, ValueError), match=message):
        plate_brier_score(["A", "B"], ["A", "B"], confidence, sample_weight=sample_weight)
