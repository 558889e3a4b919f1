"""Tests of CalibratedRecognizerCV, mostly with recognizers that predict by a table."""

import pickle
import warnings
from itertools import permutations

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from table_recognizer import (
    MemorizingRecognizer,
    TableRecognizer,
    check_interruption,
    draw_predictions,
    prediction,
)

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.calibration import CalibratedRecognizer, CalibratedRecognizerCV
from sklearn_lpr.calibration._kept_characters import kept_characters
from sklearn_lpr.calibration._maps import (
    CHARACTER_MAPS,
    PLATE_MAPS,
    LogisticMap,
    PowerMap,
    fit_map,
)
from sklearn_lpr.decoding import EMPTY_PREDICTION, BeamSearchDecoder, GreedyDecoder, PlateReading
from sklearn_lpr.images import SampleError
from sklearn_lpr.metrics import (
    area_under_risk_coverage,
    plate_brier_score,
    plate_calibration_error,
)
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateNormalizer

# The tables are small, so that the tests are fast.
pytestmark = pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning")

METHODS = ["temperature", "sigmoid", "isotonic"]
TABLE, TEXTS = draw_predictions(300, random_state=0)
ROWS = np.arange(len(TEXTS))


def calibrated_recognizer(calibrated):
    (recognizer,) = calibrated.calibrated_recognizers_
    return recognizer


def outcomes(table=TABLE, texts=TEXTS):
    return [
        (each.confidence, each.text == text, 1.0) for each, text in zip(table, texts, strict=True)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_calibration_reduces_the_calibration_error(method):
    table, texts = draw_predictions(6000, random_state=1)
    rows = np.arange(len(table))
    known, new = rows[:3000], rows[3000:]
    calibrated = CalibratedRecognizerCV(TableRecognizer(table), method=method).fit(
        known, texts[known]
    )
    before, after = [table[row].confidence for row in new], calibrated.score_samples(new)
    read = calibrated.predict(new)
    scores = (plate_calibration_error, plate_brier_score)
    error, brier = (score(texts[new], read, before) for score in scores)
    new_error, new_brier = (score(texts[new], read, after) for score in scores)
    assert error > 0.08
    # The error of the true probabilities on 3000 plates is about 0.02.
    assert new_error < 0.035
    assert new_brier < brier
    aurc = area_under_risk_coverage(texts[new], read, before)
    assert area_under_risk_coverage(texts[new], read, after) == pytest.approx(aurc, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_maps_are_fitted_to_the_predictions_of_all_folds(method):
    calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), method=method, cv=3).fit(
        ROWS, TEXTS
    )
    expected = fit_map(PLATE_MAPS[method], outcomes())
    confidences = np.array([each.confidence for each in TABLE])
    np.testing.assert_allclose(calibrated.score_samples(ROWS), expected(confidences), atol=1e-6)
    assert calibrated.n_predictions_ == len(TABLE)
    assert calibrated_recognizer(calibrated).estimator.seen_.keys() == set(ROWS)


def test_only_held_out_predictions_are_used():
    expected = CalibratedRecognizerCV(TableRecognizer(TABLE)).fit(ROWS, TEXTS)
    memorizing = CalibratedRecognizerCV(MemorizingRecognizer(TABLE)).fit(ROWS, TEXTS)
    assert calibrated_recognizer(memorizing).plate_map == calibrated_recognizer(expected).plate_map


def test_images_of_one_plate_are_held_out_together():
    texts = np.repeat(TEXTS[:100], 3)
    table = [PlateReading(text, 0.5) for text in texts[::-1]]
    calibrated = CalibratedRecognizerCV(TableRecognizer(table), ensemble=True, cv=4)
    calibrated.fit(np.arange(300), texts)
    for pair in calibrated.calibrated_recognizers_:
        seen = set(pair.estimator.seen_.values())
        assert len(seen) == 75
        assert len(pair.estimator.seen_) == 225


def test_texts_do_not_change_and_empty_ones_have_confidence_0():
    table = [*TABLE[:20], EMPTY_PREDICTION, PlateReading("", 0.0, (), (("", 0.6), ("A", 0.3)))]
    texts = [*TEXTS[:20], "AB", "CD"]
    calibrated = CalibratedRecognizerCV(TableRecognizer(table)).fit(range(22), texts)
    found = calibrated.read(range(22))
    assert [each.text for each in found] == [each.text for each in table]
    assert [each.confidence for each in found[20:]] == [0, 0]
    assert calibrated.n_predictions_ == 20
    plate_map = calibrated_recognizer(calibrated).plate_map
    assert [text for text, _ in found[21].candidates] == ["", "A"]
    np.testing.assert_allclose(
        [probability for _, probability in found[21].candidates], plate_map(np.array([0.6, 0.3]))
    )


def test_characters_have_a_separate_map():
    # Each prediction lacks the first character and has an insertion at the end.
    texts = [f"A{first}{second}-" for first, second in permutations("BCDEFG", 2)]
    table = [prediction(f"{text[1:]}Z", 0.6, (0.9, 0.9, 0.9, 0.6)) for text in texts]
    calibrated = CalibratedRecognizerCV(TableRecognizer(table), method="sigmoid", cv=3)
    pair = calibrated_recognizer(calibrated.fit(range(30), texts))
    expected = fit_map(CHARACTER_MAPS["sigmoid"], [(0.9, True, 3.0), (0.6, False, 1.0)] * 30)
    x = np.linspace(0.05, 0.95, 7)
    np.testing.assert_allclose(pair.character_map(x), expected(x), atol=1e-3)
    found = calibrated.read([0])[0]
    assert found.character_confidences[0] > 0.95
    assert found.character_confidences[3] < 0.05
    assert found.confidence < 0.1


@pytest.mark.parametrize(
    ("predicted", "true", "kept"),
    [
        ("\u00c5B1", "\u00c5B2", [True, True, False]),
        ("AB1", "\u00c5B1", [False, True, True]),
        ("A\u030aB1", "\u00c5B2", [True, True, True, False]),
        ("A\u030a\u00c4", "\u00c5\u00c4", [True, True, True]),
        ("A\u030a\u00c4", "\u00c5A", [True, True, False]),
        ("\u00c4A\u030a", "B\u00c5", [False, True, True]),
    ],
)
def test_characters_are_kept_in_any_unicode_form(predicted, true, kept):
    assert kept_characters(predicted, true) == kept


def test_decomposed_predictions_are_correct():
    texts = [f"\u00c5{index}" for index in range(60)]
    composed, decomposed = (
        [prediction(text.replace("\u00c5", letter), 0.9) for text in texts]
        for letter in ("\u00c5", "A\u030a")
    )
    first, second = (
        CalibratedRecognizerCV(TableRecognizer(table), cv=2).fit(range(60), texts).read([0])[0]
        for table in (composed, decomposed)
    )
    assert second.confidence == first.confidence
    # All of the characters are correct, those of a decomposed letter too.
    assert min(first.character_confidences + second.character_confidences) > 0.98


def test_character_confidences_are_optional():
    table = [PlateReading(each.text, each.confidence) for each in TABLE]
    calibrated = CalibratedRecognizerCV(TableRecognizer(table)).fit(ROWS, TEXTS)
    assert calibrated.read(ROWS[:1])[0].character_confidences == ()


@pytest.mark.parametrize("fitted_before", [False, True])
def test_an_interrupted_fit_changes_nothing(fitted_before):
    check_interruption(
        CalibratedRecognizerCV(TableRecognizer(TABLE), cv=2), ROWS, TEXTS, fitted_before
    )


def test_a_frozen_estimator_is_not_fitted():
    recognizer = TableRecognizer(TABLE).fit(ROWS[:10], TEXTS[:10])
    calibrated = CalibratedRecognizerCV(FrozenEstimator(recognizer)).fit(ROWS, TEXTS)
    assert calibrated_recognizer(calibrated).estimator.estimator is recognizer
    assert len(recognizer.seen_) == 10
    assert calibrated_recognizer(calibrated).plate_map == fit_map(
        PLATE_MAPS["temperature"], outcomes()
    )
    assert clone(calibrated).estimator.estimator is recognizer
    # Two plates are enough, because there are no folds.
    CalibratedRecognizerCV(FrozenEstimator(recognizer)).fit(ROWS[:2], TEXTS[:2])


def test_a_frozen_estimator_must_be_fitted_and_cannot_be_an_ensemble():
    with pytest.raises(NotFittedError):
        CalibratedRecognizerCV(FrozenEstimator(TableRecognizer(TABLE))).fit(ROWS, TEXTS)
    recognizer = FrozenEstimator(TableRecognizer(TABLE).fit(ROWS, TEXTS))
    with pytest.raises(ValueError, match="ensemble=False"):
        CalibratedRecognizerCV(recognizer, ensemble=True).fit(ROWS, TEXTS)


# --- Few predictions.


@pytest.mark.parametrize(
    ("method", "needed"), [("temperature", 50), ("sigmoid", 100), ("isotonic", 1000)]
)
@pytest.mark.parametrize("ensemble", [False, True])
def test_too_few_predictions_are_warned_of(method, needed, ensemble):
    table, texts = draw_predictions((2 if ensemble else 1) * needed + 1, random_state=0)
    table[0] = EMPTY_PREDICTION  # empty predictions do not count

    def fit(rows):
        halves = np.array_split(np.arange(len(rows)), 2)
        recognizer = TableRecognizer(table)
        return CalibratedRecognizerCV(
            recognizer, method=method, ensemble=ensemble, cv=[halves, halves[::-1]]
        ).fit(rows, texts[rows])

    rows = np.arange(len(table))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(rows)
    with pytest.warns(UserWarning, match="Pass more plates") as caught:
        fit(np.delete(rows, 1))
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert f"method={method!r} are fitted to {needed - 1} held-out predictions" in message
    assert f"about {needed}" in message
    assert ("or method='temperature'" in message) == (method != "temperature")
    assert ("ensemble=False" in message) == ensemble


# --- Ensembles.


class FoldRecognizer(TableRecognizer):
    """Predict by the second table if the first plate is in the training data, else by the first."""

    def read(self, X):
        return [self.table[0 in self.seen_][int(row)] for row in X]


def test_an_ensemble_averages_calibrated_predictions():
    tables = [draw_predictions(100, random_state)[0] for random_state in (1, 2)]
    texts = draw_predictions(100, 0)[1]
    folds = [(range(50), range(50, 100)), (range(50, 100), range(50))]
    ensemble = CalibratedRecognizerCV(FoldRecognizer(tables), ensemble=True, cv=folds)
    ensemble.fit(range(100), texts)
    maps = [pair.plate_map for pair in ensemble.calibrated_recognizers_]
    assert maps[0].exponent != maps[1].exponent
    for row, found in enumerate(ensemble.read(range(100))):
        means = {}
        for table, plate_map in zip(tables[::-1], maps, strict=True):
            probability = plate_map(np.array([table[row].confidence])).item()
            means[table[row].text] = means.get(table[row].text, 0) + probability / 2
        assert found.text == max(means, key=means.get)
        assert found.confidence == pytest.approx(means[found.text])


def test_an_ensemble_has_one_estimator_per_fold():
    ensemble = CalibratedRecognizerCV(TableRecognizer(TABLE), ensemble=True, cv=3).fit(ROWS, TEXTS)
    pairs = ensemble.calibrated_recognizers_
    assert [len(pair.estimator.seen_) for pair in pairs] == [200, 200, 200]
    for (_, test), pair in zip(PlateKFold(3).split(ROWS, TEXTS), pairs, strict=True):
        assert not pair.estimator.seen_.keys() & set(test)
        held_out = [TABLE[row] for row in test]
        assert pair.plate_map == fit_map(PLATE_MAPS["temperature"], outcomes(held_out, TEXTS[test]))
    assert ensemble.predict(ROWS).tolist() == [each.text for each in TABLE]


# --- Folds.


@pytest.mark.parametrize(
    ("cv", "n_predictions"),
    [
        (None, 300),
        (2, 300),
        (PlateKFold(3, shuffle=True, random_state=0), 300),
        (PlateShuffleSplit(1, test_size=0.2, random_state=0), 60),
        ([(ROWS[:200], ROWS[250:])], 50),
        ([(ROWS < 200, ROWS >= 250)], 50),
    ],
)
def test_types_of_cv(cv, n_predictions):
    calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), cv=cv).fit(ROWS, TEXTS)
    assert calibrated.n_predictions_ == n_predictions
    assert len(calibrated_recognizer(calibrated).estimator.seen_) == 300


def test_folds_are_fitted_in_parallel():
    serial, parallel = (
        CalibratedRecognizerCV(TableRecognizer(TABLE), n_jobs=n_jobs).fit(ROWS, TEXTS)
        for n_jobs in (None, 2)
    )
    assert calibrated_recognizer(serial).plate_map == calibrated_recognizer(parallel).plate_map


@pytest.mark.parametrize("ensemble", [False, True])
def test_invalid_samples_are_named_by_the_index_in_the_batch(ensemble):
    calibrated = CalibratedRecognizerCV(
        TableRecognizer(TABLE, bad_row=217), ensemble=ensemble, cv=2
    )
    with pytest.raises(SampleError, match=r"Sample 217: it is bad\."):
        calibrated.fit(ROWS, TEXTS)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (PlateReading("AB", np.nan), "'AB' with a confidence of nan"),
        (PlateReading("AB", 1.5), "'AB' with a confidence of 1.5"),
        (PlateReading("AB", 0.5, (0.5, np.nan)), "confidence of nan"),
        (PlateReading("AB", 0.5, (), (("AB", -0.1),)), "confidence of -0.1"),
        (PlateReading("AB", 0.5, (0.5,)), "1 confidences of characters"),
    ],
)
def test_invalid_confidences_are_rejected(bad, message):
    table = [*TABLE[:11], bad, *TABLE[12:]]
    with pytest.raises(SampleError, match=f"Sample 11: .*{message}"):
        CalibratedRecognizerCV(TableRecognizer(table), cv=2).fit(ROWS, TEXTS)
    calibrated = CalibratedRecognizerCV(TableRecognizer(table), cv=2).fit(ROWS[20:], TEXTS[20:])
    with pytest.raises(SampleError, match=f"Sample 1: .*{message}"):
        calibrated.read([10, 11])


# --- The interface of meta-estimators.


def test_large_batches_are_predicted_in_chunks():
    calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), cv=2).fit(ROWS, TEXTS)
    calibrated.read(np.repeat(ROWS, 4))
    assert calibrated_recognizer(calibrated).estimator.largest_batch_ == 256


def test_weights_reach_maps_and_estimator():
    weight = np.where(ROWS < 150, 1.0, 0.0)
    weighted = CalibratedRecognizerCV(TableRecognizer(TABLE), ensemble=True, cv=3)
    weighted.fit(ROWS, TEXTS, sample_weight=weight)
    for pair in weighted.calibrated_recognizers_:
        assert pair.estimator.weight_ == weight[list(pair.estimator.seen_)].tolist()
    whole = CalibratedRecognizerCV(TableRecognizer(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)
    expected = fit_map(PLATE_MAPS["temperature"], outcomes()[:150])
    assert calibrated_recognizer(whole).plate_map.exponent == pytest.approx(
        expected.exponent, rel=1e-4
    )
    assert calibrated_recognizer(whole).estimator.weight_ == weight.tolist()


def test_unsupported_sample_weights_are_warned_of():
    class Unweighted(TableRecognizer):
        def fit(self, X, y):
            return super().fit(X, y)

    calibrated = CalibratedRecognizerCV(Unweighted(TABLE))
    with pytest.warns(UserWarning, match="Unweighted takes no sample_weight") as caught:
        calibrated.fit(ROWS, TEXTS, sample_weight=np.ones(300))
    assert caught[0].filename == __file__
    frozen = FrozenEstimator(calibrated.calibrated_recognizers_[0].estimator)
    CalibratedRecognizerCV(frozen).fit(ROWS, TEXTS, sample_weight=np.ones(300))


def test_fit_parameters_are_indexed_by_fold():
    weight = np.arange(1.0, 301)
    calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), ensemble=True, cv=3)
    calibrated.fit(ROWS, TEXTS, hint=weight)
    for pair in calibrated.calibrated_recognizers_:
        np.testing.assert_array_equal(pair.estimator.hint_, weight[list(pair.estimator.seen_)])


def test_metadata_routing():
    weight = np.arange(1.0, 301)
    groups = ROWS // 3
    with sklearn.config_context(enable_metadata_routing=True):
        calibrated = CalibratedRecognizerCV(
            TableRecognizer(TABLE).set_fit_request(sample_weight=True, hint=True),
            ensemble=True,
            cv=PlateKFold(3).set_split_request(groups=True),
        ).fit(ROWS, TEXTS, sample_weight=weight, groups=groups, hint="x")
        for pair in calibrated.calibrated_recognizers_:
            rows = list(pair.estimator.seen_)
            assert pair.estimator.weight_ == weight[rows].tolist()
            assert pair.estimator.hint_ == "x"
            assert not set(groups[rows]) & set(np.delete(groups, rows))
        with pytest.raises(UnsetMetadataPassedError):
            CalibratedRecognizerCV(TableRecognizer(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)
        calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE))
        scores = cross_val_score(calibrated, ROWS, TEXTS, cv=2, params={})
        assert scores.shape == (2,)


def test_nested_parameters():
    calibrated = CalibratedRecognizerCV(make_pipeline(PlateNormalizer(), TableRecognizer(TABLE)))
    calibrated.set_params(
        estimator__platenormalizer__height=12, estimator__tablerecognizer__bad_row=3
    )
    assert calibrated.get_params()["estimator__platenormalizer__height"] == 12
    assert clone(calibrated).estimator[-1].bad_row == 3
    assert "TableRecognizer" in calibrated._repr_html_()


def test_grid_search():
    search = GridSearchCV(
        CalibratedRecognizerCV(TableRecognizer(TABLE), cv=2),
        {"method": METHODS, "estimator__bad_row": [None, -1]},
        cv=PlateKFold(2),
        error_score="raise",
    ).fit(ROWS, TEXTS)
    assert read_plates(search, ROWS[:5])[0].text == TABLE[0].text
    around = CalibratedRecognizerCV(
        GridSearchCV(TableRecognizer(TABLE), {"bad_row": [None, -1]}, cv=PlateKFold(2)), cv=2
    ).fit(ROWS, TEXTS)
    expected = fit_map(PLATE_MAPS["temperature"], outcomes())
    assert calibrated_recognizer(around).plate_map.exponent == pytest.approx(
        expected.exponent, rel=1e-6
    )


def test_pickles_predict_the_same():
    for method in METHODS:
        calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), method=method).fit(ROWS, TEXTS)
        again = pickle.loads(pickle.dumps(calibrated))
        assert again.read(ROWS) == calibrated.read(ROWS)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"method": "beta"}, ValueError, "'method' parameter"),
        ({"cv": 1}, ValueError, "'cv' parameter|n_splits=1"),
        ({"ensemble": "auto"}, ValueError, "'ensemble' parameter"),
        ({"estimator": "recognizer"}, ValueError, "'estimator' parameter"),
        ({"estimator": LogisticRegression()}, TypeError, "is not a recognizer"),
        ({"estimator": make_pipeline(PlateNormalizer())}, TypeError, "is not a recognizer"),
        ({"cv": GroupKFold(2)}, ValueError, "groups"),
    ],
)
def test_invalid_parameters_are_rejected_before_training(params, error, message):
    class FailsToFit(TableRecognizer):
        def fit(self, X, y):
            raise AssertionError("It was trained.")

    with pytest.raises(error, match=message):
        CalibratedRecognizerCV(FailsToFit(TABLE)).set_params(**params).fit(ROWS, TEXTS)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (ROWS, None, "y is None"),
        (ROWS, TEXTS[:-1], "inconsistent numbers of samples"),
        (ROWS[:4], ["A", "B", "C", "C"], "n_splits=5 is more than the 3 distinct plates"),
        ([], [], "X is empty"),
        (ROWS[:2], ["A", None], r"y\[1\] is None"),
    ],
)
def test_invalid_plates_are_rejected(X, y, message):
    with pytest.raises(ValueError, match=message):
        CalibratedRecognizerCV(TableRecognizer(TABLE)).fit(X, y)


def test_weights_must_have_a_positive_one():
    for weight, message in ((np.zeros(300), "zero for every plate"), (-np.ones(300), "egative")):
        with pytest.raises(ValueError, match=message):
            CalibratedRecognizerCV(TableRecognizer(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)


def test_empty_predictions_are_not_calibrated():
    table = [EMPTY_PREDICTION] * 300
    with pytest.warns(UserWarning, match="confidences are not calibrated"):
        calibrated = CalibratedRecognizerCV(TableRecognizer(table)).fit(ROWS, TEXTS)
    assert calibrated.read(ROWS[:2]) == [EMPTY_PREDICTION] * 2
    calibrated_recognizer(calibrated).estimator.table[0] = prediction("AB", 0.25)
    assert calibrated.read(ROWS[:1])[0].confidence == pytest.approx(0.25)


def test_unfitted():
    with pytest.raises(NotFittedError):
        CalibratedRecognizerCV(TableRecognizer(TABLE)).predict(ROWS)


# --- Neural networks.


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_pipeline_with_a_network(glyph_plates, tiny_lprnet, tmp_path):
    X, y = glyph_plates(80)
    pipeline = make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), tiny_lprnet())
    calibrated = CalibratedRecognizerCV(
        pipeline, cv=PlateShuffleSplit(1, test_size=0.3, random_state=0)
    ).fit(X, y)
    plain = calibrated_recognizer(calibrated).estimator
    np.testing.assert_array_equal(calibrated.predict(X), plain.predict(X))
    raw = [each.confidence for each in read_plates(plain, X)]
    found = calibrated.score_samples(X)
    np.testing.assert_allclose(
        found, calibrated_recognizer(calibrated).plate_map(np.array(raw)), atol=1e-6
    )
    again = clone(calibrated).fit(X, y)
    np.testing.assert_array_equal(again.score_samples(X), found)
    # The decoder takes effect at prediction time, without a new fit.
    calibrated_recognizer(calibrated).estimator.set_params(lprnetctc__decoder=BeamSearchDecoder())
    assert len(calibrated.read(X[:1])[0].candidates) > 1
    calibrated.set_params(estimator__lprnetctc__decoder=GreedyDecoder())
    assert isinstance(clone(calibrated).estimator[-1].decoder, GreedyDecoder)


def test_given_maps_need_a_fitted_recognizer_or_a_fit():
    recognizer = CalibratedRecognizer(LPRNetCTC(), PowerMap(2.0), LogisticMap())
    with pytest.raises(NotFittedError):
        recognizer.read(np.zeros((1, 24, 94, 3), np.uint8))
    with pytest.raises(TypeError, match="is not a recognizer"):
        CalibratedRecognizer(PlateNormalizer(), PowerMap(), LogisticMap()).fit([], [])


def test_predictions_of_weight_0_do_not_count():
    weight = np.zeros(len(TABLE))
    weight[:3] = 1
    frozen = FrozenEstimator(TableRecognizer(TABLE).fit(ROWS, TEXTS))
    with pytest.warns(UserWarning, match="are fitted to 3 held-out predictions"):
        calibrated = CalibratedRecognizerCV(frozen).fit(ROWS, TEXTS, sample_weight=weight)
    assert calibrated.n_predictions_ == 3


@pytest.mark.parametrize("ensemble", [False, True])
def test_a_cv_without_splits_is_an_error(ensemble):
    splits = PlateKFold(3).split(ROWS, TEXTS)
    calibrated = CalibratedRecognizerCV(TableRecognizer(TABLE), cv=splits, ensemble=ensemble)
    calibrated.fit(ROWS, TEXTS)
    with pytest.raises(ValueError, match=r"has no splits\. A generator has none left"):
        calibrated.fit(ROWS, TEXTS)


class _Column:
    """Weights in a column whose `any` takes no axis, as that of polars."""

    def __init__(self, values):
        self._values = values

    def __len__(self):
        return len(self._values)

    def any(self):
        return any(self._values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self._values, dtype=dtype)


def test_weights_may_be_a_column_of_another_library():
    frozen = FrozenEstimator(TableRecognizer(TABLE).fit(ROWS, TEXTS))
    expected, found = (
        CalibratedRecognizerCV(frozen).fit(ROWS, TEXTS, sample_weight=weights)
        for weights in ([1.0, 2.0] * 150, _Column([1.0, 2.0] * 150))
    )
    assert found.score_samples(ROWS).tolist() == expected.score_samples(ROWS).tolist()


@pytest.mark.filterwarnings("default:The maps of method=:UserWarning")
@pytest.mark.parametrize("method", ["temperature", "sigmoid"])
def test_weights_that_count_as_few_plates_are_warned_of(method):
    frozen = FrozenEstimator(TableRecognizer(TABLE).fit(ROWS, TEXTS))
    calibrated = CalibratedRecognizerCV(frozen, method=method)
    with pytest.warns(UserWarning, match=r"to 300 held-out predictions whose weights sum to 1, "):
        calibrated.fit(ROWS, TEXTS, sample_weight=np.full(300, 1 / 300))
