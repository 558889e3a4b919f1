"""Calibration of whole recognizers, mostly of some that read a table."""

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
from table_reader import CheatingReader, TableReader, draw_readings, reading

from sklearn_lpr import read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV
from sklearn_lpr.calibration._maps import CHARACTER_MAPS, PLATE_MAPS, fit_map
from sklearn_lpr.decoding import NOTHING_READ, BeamSearchDecoder, GreedyDecoder, PlateReading
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
TABLE, TEXTS = draw_readings(300, random_state=0)
ROWS = np.arange(len(TEXTS))


def fitted_pair(recognizer):
    (pair,) = recognizer.calibrated_recognizers_
    return pair


def outcomes(table=TABLE, texts=TEXTS):
    return [
        (each.confidence, each.text == text, 1.0) for each, text in zip(table, texts, strict=True)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_confidence_comes_to_mean_what_it_says(method):
    table, texts = draw_readings(6000, random_state=1)
    rows = np.arange(len(table))
    known, new = rows[:3000], rows[3000:]
    calibrated = CalibratedRecognizerCV(TableReader(table), method=method).fit(known, texts[known])
    before, after = [table[row].confidence for row in new], calibrated.score_samples(new)
    read = calibrated.predict(new)
    scores = (plate_calibration_error, plate_brier_score)
    error, brier = (score(texts[new], read, before) for score in scores)
    new_error, new_brier = (score(texts[new], read, after) for score in scores)
    assert error > 0.08
    # That of true probabilities, on so many plates, is about 0.02.
    assert new_error < 0.035
    assert new_brier < brier
    aurc = area_under_risk_coverage(texts[new], read, before)
    assert area_under_risk_coverage(texts[new], read, after) == pytest.approx(aurc, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_maps_are_fitted_to_the_readings_of_all_folds(method):
    calibrated = CalibratedRecognizerCV(TableReader(TABLE), method=method, cv=3).fit(ROWS, TEXTS)
    expected = fit_map(PLATE_MAPS[method], outcomes())
    confidences = np.array([each.confidence for each in TABLE])
    np.testing.assert_allclose(calibrated.score_samples(ROWS), expected(confidences), atol=1e-6)
    assert calibrated.n_readings_ == len(TABLE)
    assert fitted_pair(calibrated).estimator.seen_.keys() == set(ROWS)


def test_only_readings_of_other_plates_are_learnt_from():
    honest = CalibratedRecognizerCV(TableReader(TABLE)).fit(ROWS, TEXTS)
    cheating = CalibratedRecognizerCV(CheatingReader(TABLE)).fit(ROWS, TEXTS)
    assert fitted_pair(cheating).plate_map == fitted_pair(honest).plate_map


def test_pictures_of_one_plate_are_held_out_together():
    texts = np.repeat(TEXTS[:100], 3)
    table = [PlateReading(text, 0.5) for text in texts[::-1]]
    calibrated = CalibratedRecognizerCV(TableReader(table), ensemble=True, cv=4)
    calibrated.fit(np.arange(300), texts)
    for pair in calibrated.calibrated_recognizers_:
        seen = set(pair.estimator.seen_.values())
        assert len(seen) == 75
        assert len(pair.estimator.seen_) == 225


def test_texts_stay_and_empty_ones_have_no_confidence():
    table = [*TABLE[:20], NOTHING_READ, PlateReading("", 0.0, (), (("", 0.6), ("A", 0.3)))]
    texts = [*TEXTS[:20], "AB", "CD"]
    calibrated = CalibratedRecognizerCV(TableReader(table)).fit(range(22), texts)
    found = calibrated.read(range(22))
    assert [each.text for each in found] == [each.text for each in table]
    assert [each.confidence for each in found[20:]] == [0, 0]
    assert calibrated.n_readings_ == 20
    plate_map = fitted_pair(calibrated).plate_map
    assert [text for text, _ in found[21].candidates] == ["", "A"]
    np.testing.assert_allclose(
        [probability for _, probability in found[21].candidates], plate_map(np.array([0.6, 0.3]))
    )


def test_characters_have_a_map_of_their_own():
    # Each reading has lost the first character and has one more at the end: the rest is right.
    texts = [f"A{first}{second}-" for first, second in permutations("BCDEFG", 2)]
    table = [reading(f"{text[1:]}Z", 0.6, (0.9, 0.9, 0.9, 0.6)) for text in texts]
    calibrated = CalibratedRecognizerCV(TableReader(table), method="sigmoid", cv=3)
    pair = fitted_pair(calibrated.fit(range(30), texts))
    expected = fit_map(CHARACTER_MAPS["sigmoid"], [(0.9, True, 3.0), (0.6, False, 1.0)] * 30)
    x = np.linspace(0.05, 0.95, 7)
    np.testing.assert_allclose(pair.character_map(x), expected(x), atol=1e-3)
    found = calibrated.read([0])[0]
    assert found.character_confidences[0] > 0.95
    assert found.character_confidences[3] < 0.05
    assert found.confidence < 0.1


def test_recognizers_may_have_no_confidences_of_characters():
    table = [PlateReading(each.text, each.confidence) for each in TABLE]
    calibrated = CalibratedRecognizerCV(TableReader(table)).fit(ROWS, TEXTS)
    assert calibrated.read(ROWS[:1])[0].character_confidences == ()


def test_a_frozen_estimator_is_not_fitted_again():
    reader = TableReader(TABLE).fit(ROWS[:10], TEXTS[:10])
    calibrated = CalibratedRecognizerCV(FrozenEstimator(reader)).fit(ROWS, TEXTS)
    assert fitted_pair(calibrated).estimator.estimator is reader
    assert len(reader.seen_) == 10
    assert fitted_pair(calibrated).plate_map == fit_map(PLATE_MAPS["temperature"], outcomes())
    assert clone(calibrated).estimator.estimator is reader
    # Two plates, fewer than folds, are enough.
    CalibratedRecognizerCV(FrozenEstimator(reader)).fit(ROWS[:2], TEXTS[:2])


def test_a_frozen_estimator_must_be_fitted_and_is_no_ensemble():
    with pytest.raises(NotFittedError):
        CalibratedRecognizerCV(FrozenEstimator(TableReader(TABLE))).fit(ROWS, TEXTS)
    reader = FrozenEstimator(TableReader(TABLE).fit(ROWS, TEXTS))
    with pytest.raises(ValueError, match="ensemble=False"):
        CalibratedRecognizerCV(reader, ensemble=True).fit(ROWS, TEXTS)


# --- Few readings.


@pytest.mark.parametrize(
    ("method", "needed"), [("temperature", 50), ("sigmoid", 100), ("isotonic", 1000)]
)
@pytest.mark.parametrize("ensemble", [False, True])
def test_too_few_readings_are_counted_in_a_warning(method, needed, ensemble):
    table, texts = draw_readings((2 if ensemble else 1) * needed + 1, random_state=0)
    table[0] = NOTHING_READ  # which is no reading

    def fit(rows):
        halves = np.array_split(np.arange(len(rows)), 2)
        reader = TableReader(table)
        return CalibratedRecognizerCV(
            reader, method=method, ensemble=ensemble, cv=[halves, halves[::-1]]
        ).fit(rows, texts[rows])

    rows = np.arange(len(table))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(rows)
    with pytest.warns(UserWarning, match="Pass more plates") as caught:
        fit(np.delete(rows, 1))
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert f"method={method!r} are fitted to {needed - 1} held-out readings" in message
    assert f"about {needed}" in message
    assert ("or method='temperature'" in message) == (method != "temperature")
    assert ("ensemble=False" in message) == ensemble


# --- Ensembles.


class FoldReader(TableReader):
    """Reads by one table where it has seen the first plate, by another where it has not."""

    def read(self, X):
        return [self.table[0 in self.seen_][int(row)] for row in X]


def test_an_ensemble_averages_calibrated_readings():
    tables = [draw_readings(100, random_state)[0] for random_state in (1, 2)]
    texts = draw_readings(100, 0)[1]
    folds = [(range(50), range(50, 100)), (range(50, 100), range(50))]
    ensemble = CalibratedRecognizerCV(FoldReader(tables), ensemble=True, cv=folds)
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


def test_an_ensemble_keeps_an_estimator_a_fold():
    ensemble = CalibratedRecognizerCV(TableReader(TABLE), ensemble=True, cv=3).fit(ROWS, TEXTS)
    pairs = ensemble.calibrated_recognizers_
    assert [len(pair.estimator.seen_) for pair in pairs] == [200, 200, 200]
    for (_, test), pair in zip(PlateKFold(3).split(ROWS, TEXTS), pairs, strict=True):
        assert not pair.estimator.seen_.keys() & set(test)
        held_out = [TABLE[row] for row in test]
        assert pair.plate_map == fit_map(PLATE_MAPS["temperature"], outcomes(held_out, TEXTS[test]))
    assert ensemble.predict(ROWS).tolist() == [each.text for each in TABLE]


# --- Folds.


@pytest.mark.parametrize(
    ("cv", "n_readings"),
    [
        (None, 300),
        (2, 300),
        (PlateKFold(3, shuffle=True, random_state=0), 300),
        (PlateShuffleSplit(1, test_size=0.2, random_state=0), 60),
        ([(ROWS[:200], ROWS[250:])], 50),
        ([(ROWS < 200, ROWS >= 250)], 50),
    ],
)
def test_every_kind_of_folds_will_do(cv, n_readings):
    calibrated = CalibratedRecognizerCV(TableReader(TABLE), cv=cv).fit(ROWS, TEXTS)
    assert calibrated.n_readings_ == n_readings
    assert len(fitted_pair(calibrated).estimator.seen_) == 300


def test_folds_may_be_fitted_at_the_same_time():
    alone, together = (
        CalibratedRecognizerCV(TableReader(TABLE), n_jobs=n_jobs).fit(ROWS, TEXTS)
        for n_jobs in (None, 2)
    )
    assert fitted_pair(alone).plate_map == fitted_pair(together).plate_map


@pytest.mark.parametrize("ensemble", [False, True])
def test_a_bad_sample_is_named_by_its_index_in_the_whole(ensemble):
    calibrated = CalibratedRecognizerCV(TableReader(TABLE, bad_row=217), ensemble=ensemble, cv=2)
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
def test_confidences_that_are_none_are_refused(bad, message):
    table = [*TABLE[:11], bad, *TABLE[12:]]
    with pytest.raises(SampleError, match=f"Sample 11: .*{message}"):
        CalibratedRecognizerCV(TableReader(table), cv=2).fit(ROWS, TEXTS)
    calibrated = CalibratedRecognizerCV(TableReader(table), cv=2).fit(ROWS[20:], TEXTS[20:])
    with pytest.raises(SampleError, match=f"Sample 1: .*{message}"):
        calibrated.read([10, 11])


# --- What scikit-learn asks of a meta-estimator.


def test_large_batches_pass_in_chunks():
    calibrated = CalibratedRecognizerCV(TableReader(TABLE), cv=2).fit(ROWS, TEXTS)
    calibrated.read(np.repeat(ROWS, 4))
    assert fitted_pair(calibrated).estimator.largest_batch_ == 256


def test_weights_reach_maps_and_estimator():
    weight = np.where(ROWS < 150, 1.0, 0.0)
    weighted = CalibratedRecognizerCV(TableReader(TABLE), ensemble=True, cv=3)
    weighted.fit(ROWS, TEXTS, sample_weight=weight)
    for pair in weighted.calibrated_recognizers_:
        assert pair.estimator.weight_ == weight[list(pair.estimator.seen_)].tolist()
    whole = CalibratedRecognizerCV(TableReader(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)
    expected = fit_map(PLATE_MAPS["temperature"], outcomes()[:150])
    assert fitted_pair(whole).plate_map.exponent == pytest.approx(expected.exponent, rel=1e-4)
    assert fitted_pair(whole).estimator.weight_ == weight.tolist()


def test_weights_that_cannot_reach_the_training_are_told():
    class Unweighted(TableReader):
        def fit(self, X, y):
            return super().fit(X, y)

    calibrated = CalibratedRecognizerCV(Unweighted(TABLE))
    with pytest.warns(UserWarning, match="Unweighted takes no sample_weight") as caught:
        calibrated.fit(ROWS, TEXTS, sample_weight=np.ones(300))
    assert caught[0].filename == __file__
    frozen = FrozenEstimator(calibrated.calibrated_recognizers_[0].estimator)
    CalibratedRecognizerCV(frozen).fit(ROWS, TEXTS, sample_weight=np.ones(300))


def test_fit_parameters_are_cut_to_the_folds():
    weight = np.arange(1.0, 301)
    calibrated = CalibratedRecognizerCV(TableReader(TABLE), ensemble=True, cv=3)
    calibrated.fit(ROWS, TEXTS, hint=weight)
    for pair in calibrated.calibrated_recognizers_:
        np.testing.assert_array_equal(pair.estimator.hint_, weight[list(pair.estimator.seen_)])


def test_metadata_is_routed():
    weight = np.arange(1.0, 301)
    groups = ROWS // 3
    with sklearn.config_context(enable_metadata_routing=True):
        calibrated = CalibratedRecognizerCV(
            TableReader(TABLE).set_fit_request(sample_weight=True, hint=True),
            ensemble=True,
            cv=PlateKFold(3).set_split_request(groups=True),
        ).fit(ROWS, TEXTS, sample_weight=weight, groups=groups, hint="x")
        for pair in calibrated.calibrated_recognizers_:
            rows = list(pair.estimator.seen_)
            assert pair.estimator.weight_ == weight[rows].tolist()
            assert pair.estimator.hint_ == "x"
            assert not set(groups[rows]) & set(np.delete(groups, rows))
        with pytest.raises(UnsetMetadataPassedError):
            CalibratedRecognizerCV(TableReader(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)
        calibrated = CalibratedRecognizerCV(TableReader(TABLE))
        scores = cross_val_score(calibrated, ROWS, TEXTS, cv=2, params={})
        assert scores.shape == (2,)


def test_parameters_are_nested():
    calibrated = CalibratedRecognizerCV(make_pipeline(PlateNormalizer(), TableReader(TABLE)))
    calibrated.set_params(estimator__platenormalizer__height=12, estimator__tablereader__bad_row=3)
    assert calibrated.get_params()["estimator__platenormalizer__height"] == 12
    assert clone(calibrated).estimator[-1].bad_row == 3
    assert "TableReader" in calibrated._repr_html_()


def test_it_is_searched_and_cross_validated_by_plate():
    search = GridSearchCV(
        CalibratedRecognizerCV(TableReader(TABLE), cv=2),
        {"method": METHODS, "estimator__bad_row": [None, -1]},
        cv=PlateKFold(2),
        error_score="raise",
    ).fit(ROWS, TEXTS)
    assert read_plates(search, ROWS[:5])[0].text == TABLE[0].text
    around = CalibratedRecognizerCV(
        GridSearchCV(TableReader(TABLE), {"bad_row": [None, -1]}, cv=PlateKFold(2)), cv=2
    ).fit(ROWS, TEXTS)
    expected = fit_map(PLATE_MAPS["temperature"], outcomes())
    assert fitted_pair(around).plate_map.exponent == pytest.approx(expected.exponent, rel=1e-6)


def test_pickles_read_the_same():
    for method in METHODS:
        calibrated = CalibratedRecognizerCV(TableReader(TABLE), method=method).fit(ROWS, TEXTS)
        again = pickle.loads(pickle.dumps(calibrated))
        assert again.read(ROWS) == calibrated.read(ROWS)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"method": "beta"}, ValueError, "'method' parameter"),
        ({"cv": 1}, ValueError, "'cv' parameter|n_splits=1"),
        ({"ensemble": "auto"}, ValueError, "'ensemble' parameter"),
        ({"estimator": "reader"}, ValueError, "'estimator' parameter"),
        ({"estimator": LogisticRegression()}, TypeError, "reads no plates"),
        ({"estimator": make_pipeline(PlateNormalizer())}, TypeError, "reads no plates"),
        ({"cv": GroupKFold(2)}, ValueError, "groups"),
    ],
)
def test_bad_parameters_are_refused_before_any_training(params, error, message):
    class Untrainable(TableReader):
        def fit(self, X, y):
            raise AssertionError("It was trained.")

    with pytest.raises(error, match=message):
        CalibratedRecognizerCV(Untrainable(TABLE)).set_params(**params).fit(ROWS, TEXTS)


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
def test_bad_plates_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        CalibratedRecognizerCV(TableReader(TABLE)).fit(X, y)


def test_weights_must_count_something():
    for weight, message in ((np.zeros(300), "zero for every plate"), (-np.ones(300), "egative")):
        with pytest.raises(ValueError, match=message):
            CalibratedRecognizerCV(TableReader(TABLE)).fit(ROWS, TEXTS, sample_weight=weight)


def test_where_nothing_is_read_nothing_is_calibrated():
    table = [NOTHING_READ] * 300
    with pytest.warns(UserWarning, match="confidences stay as they are"):
        calibrated = CalibratedRecognizerCV(TableReader(table)).fit(ROWS, TEXTS)
    assert calibrated.read(ROWS[:2]) == [NOTHING_READ] * 2
    fitted_pair(calibrated).estimator.table[0] = reading("AB", 0.25)
    assert calibrated.read(ROWS[:1])[0].confidence == pytest.approx(0.25)


def test_unfitted_ones_read_nothing():
    with pytest.raises(NotFittedError):
        CalibratedRecognizerCV(TableReader(TABLE)).predict(ROWS)


# --- With networks.


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_pipeline_of_a_network_is_calibrated(glyph_plates, tiny_lprnet, tmp_path):
    X, y = glyph_plates(80)
    chain = make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), tiny_lprnet())
    calibrated = CalibratedRecognizerCV(
        chain, cv=PlateShuffleSplit(1, test_size=0.3, random_state=0)
    ).fit(X, y)
    plain = fitted_pair(calibrated).estimator
    np.testing.assert_array_equal(calibrated.predict(X), plain.predict(X))
    raw = [each.confidence for each in read_plates(plain, X)]
    found = calibrated.score_samples(X)
    np.testing.assert_allclose(found, fitted_pair(calibrated).plate_map(np.array(raw)), atol=1e-6)
    again = clone(calibrated).fit(X, y)
    np.testing.assert_array_equal(again.score_samples(X), found)
    # The decoder acts when plates are read; what is fitted stays.
    fitted_pair(calibrated).estimator.set_params(lprnetctc__decoder=BeamSearchDecoder())
    assert len(calibrated.read(X[:1])[0].candidates) > 1
    calibrated.set_params(estimator__lprnetctc__decoder=GreedyDecoder())
    assert isinstance(clone(calibrated).estimator[-1].decoder, GreedyDecoder)
