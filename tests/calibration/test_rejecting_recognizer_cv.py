"""Tests of RejectingRecognizerCV, with known thresholds and bounds of SciPy."""

import math
import pickle
import warnings

import numpy as np
import pytest
import sklearn
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from table_recognizer import (
    MemorizingRecognizer,
    TableRecognizer,
    check_interruption,
    draw_predictions,
    prediction,
)

from sklearn_lpr import read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.calibration._thresholds import (
    acceptance_curve,
    threshold_for_accuracy,
    threshold_for_coverage,
)
from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading
from sklearn_lpr.metrics import accuracy_at_coverage, coverage_at_accuracy, plate_accuracy_scorer
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateNormalizer

# The tables are small, so that the results are known.
pytestmark = [
    pytest.mark.filterwarnings("ignore:target_accuracy=.* is estimated on:UserWarning"),
    pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning"),
]

# Correct, correct, wrong, correct, wrong, empty.
FEW = [
    prediction("AB1", 0.9, (0.9, 0.99, 0.95)),
    prediction("AB2", 0.8, (0.99, 0.8, 0.99)),
    prediction("XB3", 0.7, (0.3, 0.97, 0.96)),
    prediction("AB4", 0.6, (0.98, 0.6, 0.9)),
    prediction("AX5", 0.5, (0.9, 0.4, 0.7)),
    PlateReading("", 0.0, (), (("", 0.5), ("AB6", 0.2))),
]
FEW_TEXTS = ["AB1", "AB2", "AB3", "AB4", "AB5", "AB6"]
TABLE, TEXTS = draw_predictions(400, random_state=0)
ROWS = np.arange(len(TEXTS))


def rejecting(table=FEW, inner=TableRecognizer, **params):
    return RejectingRecognizerCV(inner(table), **{"cv": 2, **params})


def fitted(**params):
    return rejecting(**params).fit(range(6), FEW_TEXTS)


@pytest.mark.parametrize(
    ("target", "threshold", "accuracy", "coverage"),
    [
        (1.0, 0.8, 1.0, 2 / 6),
        (0.75, 0.6, 0.75, 4 / 6),
        (0.7, 0.6, 0.75, 4 / 6),
        (0.6, 0.5, 0.6, 5 / 6),
    ],
)
def test_the_lowest_threshold_that_reaches_the_accuracy(target, threshold, accuracy, coverage):
    recognizer = fitted(target_accuracy=target)
    assert recognizer.best_threshold_ == threshold
    assert recognizer.best_score_ == pytest.approx(accuracy)
    assert recognizer.coverage_ == pytest.approx(coverage)
    read = recognizer.predict(range(6)).tolist()
    expected = [each.text if each.confidence >= threshold else "" for each in FEW]
    assert read == expected
    exact = sum(text == true for text, true in zip(read, FEW_TEXTS, strict=True))
    assert recognizer.score(range(6), FEW_TEXTS) == exact / 6


@pytest.mark.parametrize(
    ("target", "threshold"), [(0.1, 0.9), (1 / 6, 0.9), (0.5, 0.7), (0.6, 0.6), (5 / 6, 0.5)]
)
def test_the_highest_threshold_that_reaches_the_coverage(target, threshold):
    recognizer = fitted(target_coverage=target)
    assert recognizer.best_threshold_ == threshold
    assert recognizer.coverage_ >= target
    assert np.mean(recognizer.predict(range(6)) != "") == pytest.approx(recognizer.coverage_)


def test_known_curve():
    curve = fitted(target_coverage=0.5).cv_results_
    assert curve.keys() == {"thresholds", "coverage", "accuracy"}
    assert curve["thresholds"].tolist() == [0.5, 0.6, 0.7, 0.8, 0.9]
    np.testing.assert_allclose(curve["coverage"], np.array([5, 4, 3, 2, 1]) / 6)
    np.testing.assert_allclose(curve["accuracy"], [3 / 5, 3 / 4, 2 / 3, 1, 1])


@pytest.mark.parametrize("target", [0.9, 0.95, 0.99])
def test_thresholds_agree_with_the_metrics(target):
    confidence = [each.confidence for each in TABLE]
    read = [each.text for each in TABLE]
    recognizer = rejecting(TABLE, target_accuracy=target).fit(ROWS, TEXTS)
    expected = coverage_at_accuracy(TEXTS, read, confidence, accuracy=target)
    assert recognizer.coverage_ == pytest.approx(expected)
    assert recognizer.best_score_ >= target
    recognizer.set_params(target_accuracy=None, target_coverage=target).fit(ROWS, TEXTS)
    expected = accuracy_at_coverage(TEXTS, read, confidence, coverage=target)
    assert recognizer.best_score_ == pytest.approx(expected)


def test_the_default_target_is_an_accuracy_of_99_percent():
    plain = rejecting(TABLE).fit(ROWS, TEXTS)
    assert (
        plain.best_threshold_
        == rejecting(TABLE, target_accuracy=0.99).fit(ROWS, TEXTS).best_threshold_
    )


def test_weakest_character():
    recognizer = fitted(target_accuracy=1.0, criterion="weakest_character")
    # 0.9, 0.8 and 0.6 are correct, 0.4 and 0.3 are wrong: the fourth plate is accepted.
    assert recognizer.best_threshold_ == 0.6
    assert recognizer.predict(range(6)).tolist() == ["AB1", "AB2", "", "AB4", "", ""]
    assert recognizer.cv_results_["thresholds"].tolist() == [0.3, 0.4, 0.6, 0.8, 0.9]


def test_each_character():
    recognizer = fitted(target_accuracy=1.0, criterion="each_character")
    # 13 of 15 characters are correct; the wrong ones have 0.3 and 0.4.
    assert recognizer.best_threshold_ == 0.6
    assert recognizer.best_score_ == 1
    assert recognizer.coverage_ == pytest.approx(13 / 15)
    found = recognizer.read(range(6))
    assert [each.text for each in found] == ["AB1", "AB2", "?B3", "AB4", "A?5", ""]
    assert found[0] == FEW[0]
    assert found[2] == PlateReading("?B3", 0.0, (0.0, 0.97, 0.96), FEW[2].candidates)
    assert recognizer.score(range(6), FEW_TEXTS) == 0.5


def test_a_plate_whose_characters_are_all_rejected():
    recognizer = fitted(
        target_accuracy=1.0, criterion="each_character", mark="_", rejected_text="UNREAD"
    )
    recognizer.estimator_.table[0] = prediction("ZZZ", 0.1)
    assert recognizer.predict([0, 2, 5]).tolist() == ["UNREAD", "_B3", "UNREAD"]


def test_rejected_plates_have_confidence_0_and_candidates():
    recognizer = fitted(target_accuracy=1.0, rejected_text="-")
    found = recognizer.read(range(6))
    assert found[:2] == FEW[:2]
    assert found[2] == PlateReading("-", 0.0, (0.0,), (("XB3", 0.7),))
    assert found[5] == PlateReading("-", 0.0, (0.0,), FEW[5].candidates)
    assert fitted(target_accuracy=1.0).read([2])[0] == PlateReading("", 0.0, (), (("XB3", 0.7),))


def test_deletions_do_not_affect_other_characters():
    table = [prediction(text[1:], 0.9) for text in FEW_TEXTS]
    recognizer = rejecting(table, target_accuracy=1.0, criterion="each_character")
    assert recognizer.fit(range(6), FEW_TEXTS).best_score_ == 1
    assert recognizer.predict([0]).tolist() == ["B1"]


# --- Unreachable targets.


def test_an_unreachable_accuracy_rejects_all():
    texts = ["AB9", *FEW_TEXTS[1:]]  # the prediction with the highest confidence is wrong
    with pytest.warns(UserWarning, match="All predictions are rejected") as caught:
        recognizer = rejecting(target_accuracy=0.9).fit(range(6), texts)
    message = str(caught[0].message)
    assert caught[0].filename == __file__
    assert "target_accuracy=0.9 is reached by no threshold on 5 predictions" in message
    assert "an accuracy of 50.00% at a coverage of 66.7% (threshold 0.6)" in message
    assert recognizer.best_threshold_ == math.inf
    assert math.isnan(recognizer.best_score_)
    assert recognizer.coverage_ == 0
    assert recognizer.predict(range(6)).tolist() == [""] * 6


def test_an_unreachable_coverage_accepts_all():
    with pytest.warns(
        UserWarning, match=r"only 83\.3% of .* All predictions are accepted"
    ) as caught:
        recognizer = fitted(target_coverage=0.9)
    assert caught[0].filename == __file__
    assert recognizer.best_threshold_ == 0
    assert recognizer.best_score_ == pytest.approx(0.6)
    assert recognizer.coverage_ == pytest.approx(5 / 6)
    assert recognizer.predict(range(6)).tolist() == [each.text for each in FEW]


@pytest.mark.parametrize("criterion", ["plate", "weakest_character", "each_character"])
@pytest.mark.parametrize("params", [{}, {"target_coverage": 0.5}, {"confidence_level": 0.9}])
def test_empty_predictions(criterion, params):
    recognizer = rejecting([EMPTY_PREDICTION] * 6, criterion=criterion, **params)
    with pytest.warns(UserWarning, match="all predicted texts are empty|only 0.0% of"):
        recognizer.fit(range(6), FEW_TEXTS)
    assert all(values.size == 0 for values in recognizer.cv_results_.values())
    assert (recognizer.coverage_, math.isnan(recognizer.best_score_)) == (0, True)
    assert recognizer.predict([0]).tolist() == [""]


# --- Accuracies on few predictions.


@pytest.mark.parametrize(("target", "needed"), [(0.9, 29), (0.95, 59), (0.99, 299)])
def test_too_few_accepted_predictions_are_warned_of(target, needed):
    texts = np.array([f"AB{index}" for index in range(2 * needed + 1)])
    # Correct and accepted, wrong and rejected, empty.
    correct = [prediction(text, 0.9) for text in texts[:needed].tolist()]
    table = [*correct, *[prediction("wrong", 0.1)] * needed, EMPTY_PREDICTION]
    recognizer = rejecting(table, target_accuracy=target)
    rows = np.arange(len(table))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recognizer.fit(rows, texts)
    assert recognizer.best_threshold_ == 0.9
    with pytest.warns(UserWarning, match="pass more plates") as caught:
        recognizer.fit(rows[1:], texts[1:])
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert (
        f"target_accuracy={target!r} is estimated on {needed - 1} accepted predictions" in message
    )
    assert f"up to {1 - 0.05 ** (1 / (needed - 1)):.1%}" in message
    assert f"{needed} of them" in message


def test_plates_of_weight_0_do_not_count():
    texts = [f"AB{index}" for index in range(40)]
    table = [prediction(text, 0.9) for text in texts]
    with pytest.warns(UserWarning, match="estimated on 20 accepted predictions"):
        rejecting(table, target_accuracy=0.9).fit(
            range(40), texts, sample_weight=np.repeat([0.0, 1.0], 20)
        )


@pytest.mark.parametrize(
    ("criterion", "found"), [("plate", "20 accepted pred"), ("each_character", "80 accepted char")]
)
def test_plates_of_several_test_sets_count_once(criterion, found):
    texts = [f"AB{index}" for index in range(10, 50)]
    table = [prediction(text, 0.9) for text in texts]
    cv = [(ROWS[:20], ROWS[20:40])] * 3
    with pytest.warns(UserWarning, match=f"estimated on {found}"):
        rejecting(table, criterion=criterion, cv=cv).fit(range(40), texts)


def test_no_number_of_predictions_shows_an_accuracy_of_1():
    with pytest.warns(UserWarning, match="estimated on 13 accepted characters.*target below 1"):
        fitted(target_accuracy=1.0, criterion="each_character")


@pytest.mark.parametrize("params", [{"target_coverage": 0.5}, {"confidence_level": 0.5}])
def test_coverage_and_bounds_have_no_warning(params):
    if "confidence_level" in params:
        params = {"target_accuracy": 0.1, **params}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(**params)


# --- Bounds.


def test_bounds_are_clopper_pearson_bounds():
    recognizer = rejecting(TABLE, target_accuracy=0.8, confidence_level=0.95).fit(ROWS, TEXTS)
    curve = recognizer.cv_results_
    # 400 different thresholds are searched in at most 9 steps.
    level = 1 - 2 * 0.05 / 9
    for index in (0, 100, 250, 399):
        n_accepted = 400 - index
        n_right = round(curve["accuracy"][index] * n_accepted)
        expected = binomtest(n_right, n_accepted).proportion_ci(level, method="exact").low
        assert curve["accuracy_lower_bound"][index] == pytest.approx(expected)
    (chosen,) = np.flatnonzero(curve["thresholds"] == recognizer.best_threshold_)
    assert curve["accuracy_lower_bound"][chosen] >= 0.8
    without_bound = rejecting(TABLE, target_accuracy=0.8).fit(ROWS, TEXTS)
    assert recognizer.coverage_ < without_bound.coverage_


def test_the_target_holds_for_unseen_plates():
    rng = np.random.default_rng(0)
    target, level, missed = 0.9, 0.9, 0
    for _ in range(200):
        confidence = rng.random(300)
        right = rng.random(300) < 0.7 + 0.3 * confidence
        outcomes = [
            (float(each), "A", "A" if exact else "B", 1.0)
            for each, exact in zip(confidence, right, strict=True)
        ]
        curve = acceptance_curve(outcomes, 300.0, level)
        chosen, _ = threshold_for_accuracy(curve, target)
        if chosen is not None:
            # Confidences are uniform: the mean of accepted ones is midway between threshold and 1.
            missed += 0.7 + 0.3 * (curve["thresholds"][chosen] + 1) / 2 < target
    assert missed <= 200 * (1 - level)


@pytest.mark.parametrize(("level", "needed"), [(0.9, 917), (0.95, 1073), (0.99, 1393)])
def test_bounds_need_the_documented_number_of_predictions(level, needed):
    for n_predictions, reached in ((needed - 1, False), (needed, True)):
        outcomes = [(index / n_predictions, "A", "A", 1.0) for index in range(n_predictions)]
        curve = acceptance_curve(outcomes, float(n_predictions), level)
        assert (threshold_for_accuracy(curve, 0.99)[0] is not None) == reached


def test_few_plates_do_not_reach_a_bound():
    texts = [f"AB{index}" for index in range(100)]
    table = [prediction(text, 0.5 + index / 250) for index, text in enumerate(texts)]
    recognizer = rejecting(table, target_accuracy=0.99, confidence_level=0.95)
    with pytest.warns(UserWarning, match=r"a lower bound of 9\d\.\d\d% at confidence_level=0.95"):
        recognizer.fit(range(100), texts)
    assert recognizer.best_threshold_ == math.inf
    recognizer.set_params(target_accuracy=0.9).fit(range(100), texts)
    assert recognizer.coverage_ == 1


# --- Folds, and the interface of meta-estimators.


def test_only_held_out_predictions_are_used():
    expected = rejecting(TABLE, target_accuracy=0.95).fit(ROWS, TEXTS)
    memorizing = rejecting(TABLE, MemorizingRecognizer, target_accuracy=0.95).fit(ROWS, TEXTS)
    assert memorizing.best_threshold_ == expected.best_threshold_
    assert len(expected.estimator_.seen_) == 400


@pytest.mark.parametrize("cv", [None, PlateShuffleSplit(1, test_size=0.25, random_state=0)])
def test_default_folds_and_a_single_split(cv):
    recognizer = rejecting(TABLE, target_accuracy=0.9, cv=cv).fit(ROWS, TEXTS)
    assert len(recognizer.cv_results_["thresholds"]) == (400 if cv is None else 100)


@pytest.mark.parametrize("fitted_before", [False, True])
def test_an_interrupted_fit_changes_nothing(fitted_before):
    check_interruption(rejecting(TABLE, target_accuracy=0.9), ROWS, TEXTS, fitted_before)


def test_a_frozen_estimator_is_not_fitted():
    inner = TableRecognizer(FEW).fit([0], ["AB1"])
    recognizer = RejectingRecognizerCV(FrozenEstimator(inner), target_accuracy=1.0)
    recognizer.fit(range(6), FEW_TEXTS)
    assert recognizer.best_threshold_ == 0.8
    assert inner.seen_ == {0: "AB1"}


def test_calibrated_confidences():
    recognizer = RejectingRecognizerCV(
        CalibratedRecognizerCV(TableRecognizer(TABLE), cv=2), target_accuracy=0.95, cv=2
    ).fit(ROWS, TEXTS)
    # The decisions are the same, but the threshold is a probability.
    plain = rejecting(TABLE, target_accuracy=0.95).fit(ROWS, TEXTS)
    assert recognizer.coverage_ == pytest.approx(plain.coverage_, abs=0.05)
    assert recognizer.best_threshold_ < plain.best_threshold_


def test_sample_weights():
    weight = np.array([1.0, 1, 0, 1, 2, 1])
    recognizer = rejecting(target_accuracy=1.0).fit(range(6), FEW_TEXTS, sample_weight=weight)
    assert recognizer.best_threshold_ == 0.6
    assert recognizer.coverage_ == pytest.approx(3 / 6)
    assert recognizer.estimator_.weight_ == weight.tolist()
    recognizer.set_params(criterion="each_character")
    recognizer.fit(range(6), FEW_TEXTS, sample_weight=weight)
    assert recognizer.cv_results_["accuracy"][0] == pytest.approx(13 / 15)


@pytest.mark.parametrize("weight", [1, 0.3, 0.7])
def test_an_accuracy_equal_to_the_target_reaches_it(weight):
    # The prediction of the highest confidence is wrong. 0.3 and 0.7 are rounded.
    table = [prediction(text, 0.4 + index / 10) for index, text in enumerate(FEW_TEXTS[:5])]
    recognizer = rejecting([*table, prediction("ZZ9", 0.9)], target_accuracy=5 / 6)
    recognizer.fit(range(6), FEW_TEXTS, sample_weight=np.full(6, weight))
    assert (recognizer.best_threshold_, recognizer.coverage_) == (0.4, 1)


def test_metadata_routing():
    with sklearn.config_context(enable_metadata_routing=True):
        inner = TableRecognizer(TABLE).set_fit_request(sample_weight=True, hint=False)
        recognizer = RejectingRecognizerCV(inner, target_accuracy=0.9, cv=2)
        recognizer.fit(ROWS, TEXTS, sample_weight=np.ones(400))
        assert recognizer.estimator_.weight_ == [1.0] * 400


def test_cross_validation_search_and_clone():
    recognizer = rejecting(TABLE, target_coverage=0.8)
    scores = cross_validate(
        recognizer,
        ROWS,
        TEXTS,
        cv=PlateKFold(2),
        scoring=plate_accuracy_scorer,
        error_score="raise",
    )
    assert (scores["test_score"] > 0.5).all()
    search = GridSearchCV(
        recognizer, {"target_coverage": [0.5, 0.9]}, cv=PlateKFold(2), error_score="raise"
    ).fit(ROWS, TEXTS)
    # The score is higher with fewer rejections.
    assert search.best_params_ == {"target_coverage": 0.9}
    assert read_plates(search, ROWS[:3]) == search.best_estimator_.read(ROWS[:3])
    nested = clone(rejecting(inner=lambda _: make_pipeline(PlateNormalizer(), TableRecognizer())))
    nested.set_params(estimator__platenormalizer__height=12, estimator__tablerecognizer__bad_row=3)
    assert nested.get_params()["estimator__platenormalizer__height"] == 12
    assert "TableRecognizer" in nested._repr_html_()


def test_pickles_predict_the_same():
    recognizer = fitted(target_accuracy=1.0)
    assert pickle.loads(pickle.dumps(recognizer)).read(range(6)) == recognizer.read(range(6))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"target_accuracy": 0.9, "target_coverage": 0.9}, "exclude each other"),
        ({"target_accuracy": 1.1}, "'target_accuracy' parameter"),
        ({"target_coverage": 0.0}, "'target_coverage' parameter"),
        ({"criterion": "mean"}, "'criterion' parameter"),
        ({"mark": "??"}, "mark='\\?\\?' must be one printable character"),
        ({"mark": ""}, "mark='' must be one printable character"),
        ({"rejected_text": "a\nb"}, "printable characters"),
        ({"rejected_text": None}, "'rejected_text' parameter"),
        ({"confidence_level": 1.0}, "'confidence_level' parameter"),
        (
            {"confidence_level": 0.9, "target_coverage": 0.5},
            "cannot be combined with target_coverage",
        ),
        (
            {"confidence_level": 0.9, "cv": [([0, 1, 2], [3, 4, 5]), ([3, 4, 5], [2, 3])]},
            "The test sets of cv contain sample 3 2 times",
        ),
    ],
)
def test_invalid_parameters_are_rejected_before_training(params, message):
    class FailsToFit(TableRecognizer):
        def fit(self, X, y):
            raise AssertionError("It was trained.")

    with pytest.raises(ValueError, match=message):
        rejecting(inner=FailsToFit, **params).fit(range(6), FEW_TEXTS)


def test_bounds_accept_no_sample_weight():
    with pytest.raises(ValueError, match="pass no sample_weight"):
        rejecting(confidence_level=0.9).fit(range(6), FEW_TEXTS, sample_weight=np.ones(6))


@pytest.mark.parametrize("criterion", ["weakest_character", "each_character"])
def test_missing_character_confidences_are_an_error(criterion):
    table = [PlateReading(each.text, each.confidence) for each in FEW]
    with pytest.raises(ValueError, match=r"The prediction 'AB.' has no confidences of characters"):
        rejecting(table, criterion=criterion).fit(range(6), FEW_TEXTS)


def test_unfitted():
    with pytest.raises(NotFittedError):
        rejecting().predict([0])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_pipeline_with_a_network(glyph_plates, tiny_lprnet):
    X, y = glyph_plates(80)
    pipeline = make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), tiny_lprnet())
    recognizer = RejectingRecognizerCV(
        pipeline, target_coverage=0.5, cv=PlateShuffleSplit(1, test_size=0.3, random_state=0)
    ).fit(X, y)
    new, _ = glyph_plates(40, random_state=1)
    plain = recognizer.estimator_.predict(new)
    sure = recognizer.estimator_.score_samples(new) >= recognizer.best_threshold_
    assert 0 < sure.sum() < len(new)
    np.testing.assert_array_equal(recognizer.predict(new), np.where(sure, plain, ""))


@pytest.mark.parametrize("n_empty", range(0, 50, 7))
def test_a_coverage_is_reached_in_spite_of_rounding(n_empty):
    n = 100
    confidences = np.linspace(0.99, 0.01, n - n_empty)
    outcomes = [(confidence, "A", "A", 1.0) for confidence in confidences.tolist()]
    curve = acceptance_curve(outcomes, float(n), None)
    for n_accepted in range(1, n - n_empty + 1):
        threshold = threshold_for_coverage(curve, n_accepted / n)
        assert curve["thresholds"][threshold] == confidences[n_accepted - 1]
