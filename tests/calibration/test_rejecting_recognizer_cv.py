"""Abstaining, with thresholds by hand and bounds against scipy's own."""

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
from table_reader import CheatingReader, TableReader, draw_readings, reading

from sklearn_lpr import read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.calibration._thresholds import acceptance_curve, threshold_for_accuracy
from sklearn_lpr.decoding import NOTHING_READ, PlateReading
from sklearn_lpr.metrics import accuracy_at_coverage, coverage_at_accuracy, plate_accuracy_scorer
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateNormalizer

# The tables are small, so that what they give is known by hand.
pytestmark = [
    pytest.mark.filterwarnings("ignore:target_accuracy=.* is judged by:UserWarning"),
    pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning"),
]

# Right, right, wrong, right, wrong, and nothing read.
FEW = [
    reading("AB1", 0.9, (0.9, 0.99, 0.95)),
    reading("AB2", 0.8, (0.99, 0.8, 0.99)),
    reading("XB3", 0.7, (0.3, 0.97, 0.96)),
    reading("AB4", 0.6, (0.98, 0.6, 0.9)),
    reading("AX5", 0.5, (0.9, 0.4, 0.7)),
    PlateReading("", 0.0, (), (("", 0.5), ("AB6", 0.2))),
]
FEW_TEXTS = ["AB1", "AB2", "AB3", "AB4", "AB5", "AB6"]
TABLE, TEXTS = draw_readings(400, random_state=0)
ROWS = np.arange(len(TEXTS))


def rejecting(table=FEW, reader=TableReader, **params):
    return RejectingRecognizerCV(reader(table), **{"cv": 2, **params})


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
    reader = fitted(target_accuracy=target)
    assert reader.best_threshold_ == threshold
    assert reader.best_score_ == pytest.approx(accuracy)
    assert reader.coverage_ == pytest.approx(coverage)
    read = reader.predict(range(6)).tolist()
    expected = [each.text if each.confidence >= threshold else "" for each in FEW]
    assert read == expected
    exact = sum(text == true for text, true in zip(read, FEW_TEXTS, strict=True))
    assert reader.score(range(6), FEW_TEXTS) == exact / 6


@pytest.mark.parametrize(
    ("target", "threshold"), [(0.1, 0.9), (1 / 6, 0.9), (0.5, 0.7), (0.6, 0.6), (5 / 6, 0.5)]
)
def test_the_highest_threshold_that_keeps_the_coverage(target, threshold):
    reader = fitted(target_coverage=target)
    assert reader.best_threshold_ == threshold
    assert reader.coverage_ >= target
    assert np.mean(reader.predict(range(6)) != "") == pytest.approx(reader.coverage_)


def test_the_curve_by_hand():
    curve = fitted(target_coverage=0.5).cv_results_
    assert curve.keys() == {"thresholds", "coverage", "accuracy"}
    assert curve["thresholds"].tolist() == [0.5, 0.6, 0.7, 0.8, 0.9]
    np.testing.assert_allclose(curve["coverage"], np.array([5, 4, 3, 2, 1]) / 6)
    np.testing.assert_allclose(curve["accuracy"], [3 / 5, 3 / 4, 2 / 3, 1, 1])


@pytest.mark.parametrize("target", [0.9, 0.95, 0.99])
def test_thresholds_agree_with_the_metrics(target):
    confidence = [each.confidence for each in TABLE]
    read = [each.text for each in TABLE]
    reader = rejecting(TABLE, target_accuracy=target).fit(ROWS, TEXTS)
    expected = coverage_at_accuracy(TEXTS, read, confidence, accuracy=target)
    assert reader.coverage_ == pytest.approx(expected)
    assert reader.best_score_ >= target
    reader.set_params(target_accuracy=None, target_coverage=target).fit(ROWS, TEXTS)
    expected = accuracy_at_coverage(TEXTS, read, confidence, coverage=target)
    assert reader.best_score_ == pytest.approx(expected)


def test_without_a_target_99_percent_are_to_be_right():
    plain = rejecting(TABLE).fit(ROWS, TEXTS)
    assert (
        plain.best_threshold_
        == rejecting(TABLE, target_accuracy=0.99).fit(ROWS, TEXTS).best_threshold_
    )


def test_the_weakest_character_may_decide():
    reader = fitted(target_accuracy=1.0, criterion="weakest_character")
    # 0.9 and 0.8 and 0.6 are right, 0.4 and 0.3 are wrong: the fourth plate is kept.
    assert reader.best_threshold_ == 0.6
    assert reader.predict(range(6)).tolist() == ["AB1", "AB2", "", "AB4", "", ""]
    assert reader.cv_results_["thresholds"].tolist() == [0.3, 0.4, 0.6, 0.8, 0.9]


def test_each_character_may_be_decided_on():
    reader = fitted(target_accuracy=1.0, criterion="each_character")
    # 13 of 15 characters are right; the wrong ones have 0.3 and 0.4.
    assert reader.best_threshold_ == 0.6
    assert reader.best_score_ == 1
    assert reader.coverage_ == pytest.approx(13 / 15)
    found = reader.read(range(6))
    assert [each.text for each in found] == ["AB1", "AB2", "?B3", "AB4", "A?5", ""]
    assert found[0] == FEW[0]
    assert found[2] == PlateReading("?B3", 0.0, (0.0, 0.97, 0.96), FEW[2].candidates)
    assert reader.score(range(6), FEW_TEXTS) == 0.5


def test_a_plate_without_a_sure_character_is_unread():
    reader = fitted(target_accuracy=1.0, criterion="each_character", mark="_", unread="UNREAD")
    reader.estimator_.table[0] = reading("ZZZ", 0.1)
    assert reader.predict([0, 2, 5]).tolist() == ["UNREAD", "_B3", "UNREAD"]


def test_rejected_plates_have_no_confidence_but_candidates():
    reader = fitted(target_accuracy=1.0, unread="-")
    found = reader.read(range(6))
    assert found[:2] == FEW[:2]
    assert found[2] == PlateReading("-", 0.0, (0.0,), (("XB3", 0.7),))
    assert found[5] == PlateReading("-", 0.0, (0.0,), FEW[5].candidates)
    assert fitted(target_accuracy=1.0).read([2])[0] == PlateReading("", 0.0, (), (("XB3", 0.7),))


def test_lost_characters_do_not_make_their_neighbours_wrong():
    table = [reading(text[1:], 0.9) for text in FEW_TEXTS]
    reader = rejecting(table, target_accuracy=1.0, criterion="each_character")
    assert reader.fit(range(6), FEW_TEXTS).best_score_ == 1
    assert reader.predict([0]).tolist() == ["B1"]


# --- Targets that cannot be reached.


def test_an_accuracy_that_cannot_be_reached_rejects_everything():
    texts = ["AB9", *FEW_TEXTS[1:]]  # now the surest reading is wrong
    with pytest.warns(UserWarning, match="Everything is rejected") as caught:
        reader = rejecting(target_accuracy=0.9).fit(range(6), texts)
    message = str(caught[0].message)
    assert caught[0].filename == __file__
    assert "target_accuracy=0.9 is reached by no threshold on 5 readings" in message
    assert "an accuracy of 50.00% at a coverage of 66.7% (threshold 0.6)" in message
    assert reader.best_threshold_ == math.inf
    assert math.isnan(reader.best_score_)
    assert reader.coverage_ == 0
    assert reader.predict(range(6)).tolist() == [""] * 6


def test_a_coverage_that_cannot_be_reached_accepts_everything():
    with pytest.warns(
        UserWarning, match=r"read in 83\.3% of .* Every reading is accepted"
    ) as caught:
        reader = fitted(target_coverage=0.9)
    assert caught[0].filename == __file__
    assert reader.best_threshold_ == 0
    assert reader.best_score_ == pytest.approx(0.6)
    assert reader.coverage_ == pytest.approx(5 / 6)
    assert reader.predict(range(6)).tolist() == [each.text for each in FEW]


@pytest.mark.parametrize("criterion", ["plate", "weakest_character", "each_character"])
@pytest.mark.parametrize("params", [{}, {"target_coverage": 0.5}, {"confidence_level": 0.9}])
def test_where_nothing_is_read_there_is_nothing_to_choose(criterion, params):
    reader = rejecting([NOTHING_READ] * 6, criterion=criterion, **params)
    with pytest.warns(UserWarning, match="nothing was read in them|read in 0.0% of"):
        reader.fit(range(6), FEW_TEXTS)
    assert all(values.size == 0 for values in reader.cv_results_.values())
    assert (reader.coverage_, math.isnan(reader.best_score_)) == (0, True)
    assert reader.predict([0]).tolist() == [""]


# --- Accuracies that few readings tell little of.


@pytest.mark.parametrize(("target", "needed"), [(0.9, 29), (0.95, 59), (0.99, 299)])
def test_too_few_accepted_readings_are_counted_in_a_warning(target, needed):
    texts = np.array([f"AB{index}" for index in range(2 * needed + 1)])
    # Right and accepted, then wrong and not, and nothing read.
    right = [reading(text, 0.9) for text in texts[:needed].tolist()]
    table = [*right, *[reading("wrong", 0.1)] * needed, NOTHING_READ]
    reader = rejecting(table, target_accuracy=target)
    rows = np.arange(len(table))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader.fit(rows, texts)
    assert reader.best_threshold_ == 0.9
    with pytest.warns(UserWarning, match="pass more plates") as caught:
        reader.fit(rows[1:], texts[1:])
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert f"target_accuracy={target!r} is judged by {needed - 1} accepted readings" in message
    assert f"up to {1 - 0.05 ** (1 / (needed - 1)):.1%}" in message
    assert f"{needed} of them" in message


def test_plates_without_weight_do_not_judge():
    texts = [f"AB{index}" for index in range(40)]
    table = [reading(text, 0.9) for text in texts]
    with pytest.warns(UserWarning, match="judged by 20 accepted readings"):
        rejecting(table, target_accuracy=0.9).fit(
            range(40), texts, sample_weight=np.repeat([0.0, 1.0], 20)
        )


def test_no_number_of_readings_shows_that_none_is_wrong():
    with pytest.warns(UserWarning, match="judged by 13 accepted characters.*target below 1"):
        fitted(target_accuracy=1.0, criterion="each_character")


@pytest.mark.parametrize("params", [{"target_coverage": 0.5}, {"confidence_level": 0.5}])
def test_neither_a_coverage_nor_a_bound_asks_for_so_many(params):
    if "confidence_level" in params:
        params = {"target_accuracy": 0.1, **params}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(**params)


# --- Bounds.


def test_bounds_are_those_of_clopper_and_pearson():
    reader = rejecting(TABLE, target_accuracy=0.8, confidence_level=0.95).fit(ROWS, TEXTS)
    curve = reader.cv_results_
    # 400 different thresholds are searched in at most 9 steps.
    level = 1 - 2 * 0.05 / 9
    for index in (0, 100, 250, 399):
        n_accepted = 400 - index
        n_right = round(curve["accuracy"][index] * n_accepted)
        expected = binomtest(n_right, n_accepted).proportion_ci(level, method="exact").low
        assert curve["accuracy_lower_bound"][index] == pytest.approx(expected)
    (chosen,) = np.flatnonzero(curve["thresholds"] == reader.best_threshold_)
    assert curve["accuracy_lower_bound"][chosen] >= 0.8
    careless = rejecting(TABLE, target_accuracy=0.8).fit(ROWS, TEXTS)
    assert reader.coverage_ < careless.coverage_


def test_the_target_holds_for_plates_to_come():
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
            # Confidences are uniform: the mean of those accepted lies in the middle to 1.
            missed += 0.7 + 0.3 * (curve["thresholds"][chosen] + 1) / 2 < target
    assert missed <= 200 * (1 - level)


@pytest.mark.parametrize(("level", "needed"), [(0.9, 917), (0.95, 1073), (0.99, 1393)])
def test_a_bound_takes_as_many_readings_as_are_told(level, needed):
    for n_readings, reached in ((needed - 1, False), (needed, True)):
        outcomes = [(index / n_readings, "A", "A", 1.0) for index in range(n_readings)]
        curve = acceptance_curve(outcomes, float(n_readings), level)
        assert (threshold_for_accuracy(curve, 0.99)[0] is not None) == reached


def test_few_plates_are_not_enough_for_a_bound():
    texts = [f"AB{index}" for index in range(100)]
    table = [reading(text, 0.5 + index / 250) for index, text in enumerate(texts)]
    reader = rejecting(table, target_accuracy=0.99, confidence_level=0.95)
    with pytest.warns(
        UserWarning, match=r"of which 9\d\.\d\d% are certain at confidence_level=0.95"
    ):
        reader.fit(range(100), texts)
    assert reader.best_threshold_ == math.inf
    reader.set_params(target_accuracy=0.9).fit(range(100), texts)
    assert reader.coverage_ == 1


# --- Folds, and what scikit-learn asks of a meta-estimator.


def test_only_readings_of_other_plates_decide():
    honest = rejecting(TABLE, target_accuracy=0.95).fit(ROWS, TEXTS)
    cheating = rejecting(TABLE, CheatingReader, target_accuracy=0.95).fit(ROWS, TEXTS)
    assert cheating.best_threshold_ == honest.best_threshold_
    assert len(honest.estimator_.seen_) == 400


@pytest.mark.parametrize("cv", [None, PlateShuffleSplit(1, test_size=0.25, random_state=0)])
def test_folds_by_default_and_in_part(cv):
    reader = rejecting(TABLE, target_accuracy=0.9, cv=cv).fit(ROWS, TEXTS)
    assert len(reader.cv_results_["thresholds"]) == (400 if cv is None else 100)


def test_a_frozen_estimator_is_not_fitted_again():
    inner = TableReader(FEW).fit([0], ["AB1"])
    reader = RejectingRecognizerCV(FrozenEstimator(inner), target_accuracy=1.0)
    reader.fit(range(6), FEW_TEXTS)
    assert reader.best_threshold_ == 0.8
    assert inner.seen_ == {0: "AB1"}


def test_calibrated_confidences_are_decided_on():
    reader = RejectingRecognizerCV(
        CalibratedRecognizerCV(TableReader(TABLE), cv=2), target_accuracy=0.95, cv=2
    ).fit(ROWS, TEXTS)
    # The decision is the same, but its threshold can be understood.
    plain = rejecting(TABLE, target_accuracy=0.95).fit(ROWS, TEXTS)
    assert reader.coverage_ == pytest.approx(plain.coverage_, abs=0.05)
    assert reader.best_threshold_ < plain.best_threshold_


def test_weights_count_plates():
    weight = np.array([1.0, 1, 0, 1, 2, 1])
    reader = rejecting(target_accuracy=1.0).fit(range(6), FEW_TEXTS, sample_weight=weight)
    assert reader.best_threshold_ == 0.6
    assert reader.coverage_ == pytest.approx(3 / 6)
    assert reader.estimator_.weight_ == weight.tolist()
    reader.set_params(criterion="each_character")
    reader.fit(range(6), FEW_TEXTS, sample_weight=weight)
    assert reader.cv_results_["accuracy"][0] == pytest.approx(13 / 15)


def test_metadata_is_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        inner = TableReader(TABLE).set_fit_request(sample_weight=True, hint=False)
        reader = RejectingRecognizerCV(inner, target_accuracy=0.9, cv=2)
        reader.fit(ROWS, TEXTS, sample_weight=np.ones(400))
        assert reader.estimator_.weight_ == [1.0] * 400


def test_it_is_searched_cross_validated_and_cloned():
    reader = rejecting(TABLE, target_coverage=0.8)
    scores = cross_validate(
        reader, ROWS, TEXTS, cv=PlateKFold(2), scoring=plate_accuracy_scorer, error_score="raise"
    )
    assert (scores["test_score"] > 0.5).all()
    search = GridSearchCV(
        reader, {"target_coverage": [0.5, 0.9]}, cv=PlateKFold(2), error_score="raise"
    ).fit(ROWS, TEXTS)
    # Whoever rejects less reads more.
    assert search.best_params_ == {"target_coverage": 0.9}
    assert read_plates(search, ROWS[:3]) == search.best_estimator_.read(ROWS[:3])
    chain = clone(rejecting(reader=lambda _: make_pipeline(PlateNormalizer(), TableReader())))
    chain.set_params(estimator__platenormalizer__height=12, estimator__tablereader__bad_row=3)
    assert chain.get_params()["estimator__platenormalizer__height"] == 12
    assert "TableReader" in chain._repr_html_()


def test_pickles_read_the_same():
    reader = fitted(target_accuracy=1.0)
    assert pickle.loads(pickle.dumps(reader)).read(range(6)) == reader.read(range(6))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"target_accuracy": 0.9, "target_coverage": 0.9}, "exclude each other"),
        ({"target_accuracy": 1.1}, "'target_accuracy' parameter"),
        ({"target_coverage": 0.0}, "'target_coverage' parameter"),
        ({"criterion": "mean"}, "'criterion' parameter"),
        ({"mark": "??"}, "mark='\\?\\?' must be one character"),
        ({"mark": ""}, "mark='' must be one character"),
        ({"unread": "a\nb"}, "cannot be printed"),
        ({"unread": None}, "'unread' parameter"),
        ({"confidence_level": 1.0}, "'confidence_level' parameter"),
        ({"confidence_level": 0.9, "target_coverage": 0.5}, "means nothing with target_coverage"),
    ],
)
def test_bad_parameters_are_refused_before_any_training(params, message):
    class Untrainable(TableReader):
        def fit(self, X, y):
            raise AssertionError("It was trained.")

    with pytest.raises(ValueError, match=message):
        rejecting(reader=Untrainable, **params).fit(range(6), FEW_TEXTS)


def test_bounds_take_no_weights():
    with pytest.raises(ValueError, match="pass no sample_weight"):
        rejecting(confidence_level=0.9).fit(range(6), FEW_TEXTS, sample_weight=np.ones(6))


@pytest.mark.parametrize("criterion", ["weakest_character", "each_character"])
def test_characters_cannot_decide_without_confidences(criterion):
    table = [PlateReading(each.text, each.confidence) for each in FEW]
    with pytest.raises(ValueError, match="no confidences of the characters of 'AB"):
        rejecting(table, criterion=criterion).fit(range(6), FEW_TEXTS)


def test_unfitted_ones_read_nothing():
    with pytest.raises(NotFittedError):
        rejecting().predict([0])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_pipeline_of_a_network_abstains(glyph_plates, tiny_lprnet):
    X, y = glyph_plates(80)
    chain = make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), tiny_lprnet())
    reader = RejectingRecognizerCV(
        chain, target_coverage=0.5, cv=PlateShuffleSplit(1, test_size=0.3, random_state=0)
    ).fit(X, y)
    new, _ = glyph_plates(40, random_state=1)
    plain = reader.estimator_.predict(new)
    sure = reader.estimator_.score_samples(new) >= reader.best_threshold_
    assert 0 < sure.sum() < len(new)
    np.testing.assert_array_equal(reader.predict(new), np.where(sure, plain, ""))
