"""Tests of whole pipelines, from photos to texts, with scikit-learn's tools."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_lpr import LPRNetCTC, PlateImage, read_plates
from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.ensemble import VotingRecognizer, read_tracks
from sklearn_lpr.images import SampleError, object_array, stack_images
from sklearn_lpr.metrics import neg_character_error_rate_scorer, plate_accuracy_scorer
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def build_pipeline(memory=None, **params):
    """Return a pipeline that is small enough to fit in a second."""
    steps = [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer(height=8, width=32, color="grey")),
        (
            "lprnet",
            LPRNetCTC(n_filters=4, max_iter=2, random_state=0, alphabet="ABCD"),
        ),
    ]
    return Pipeline(steps, memory=memory).set_params(**params)


@pytest.fixture(scope="module")
def scenes(glyph_plates):
    """Return tiny plates inside larger images, with their corners."""
    crops, y = glyph_plates(48)
    X = []
    for crop in crops:
        scene = np.random.default_rng(0).integers(0, 255, (20, 50), dtype=np.uint8)
        scene[6:14, 9:41] = crop[:, :, 0]
        X.append(PlateImage(scene, corners=[[9, 6], [41, 6], [41, 14], [9, 14]]))
    return object_array(X), y


@pytest.fixture(scope="module")
def fitted(scenes):
    return build_pipeline(
        lprnet__max_iter=20, lprnet__learning_rate_init=0.01, lprnet__n_filters=8
    ).fit(*scenes)


def test_pipeline_learns_from_scenes(fitted, scenes):
    X, y = scenes
    assert fitted.score(X, y) > 0.8
    assert fitted.predict(X[:3]).dtype.kind == "U"


def test_prediction_does_not_depend_on_the_batch(fitted, scenes):
    X, _ = scenes
    assert fitted.predict(X).tolist() == [fitted.predict(X[i : i + 1])[0] for i in range(len(X))]


def test_clone_is_unfitted_and_fits_the_same(scenes):
    first = build_pipeline().fit(*scenes)
    copy = clone(first)
    with pytest.raises(NotFittedError):
        copy.predict(scenes[0])
    np.testing.assert_array_equal(
        copy.fit(*scenes).score_samples(scenes[0]), first.score_samples(scenes[0])
    )


@pytest.mark.parametrize("how", ["pickle", "joblib"])
def test_pipeline_is_saved_and_loaded(fitted, scenes, tmp_path, how):
    if how == "pickle":
        loaded = pickle.loads(pickle.dumps(fitted))
    else:
        joblib.dump(fitted, tmp_path / "chain.joblib")
        loaded = joblib.load(tmp_path / "chain.joblib")
    assert loaded.predict(scenes[0]).tolist() == fitted.predict(scenes[0]).tolist()


def test_cross_validation_scores_every_fold(scenes):
    scoring = {"exact": plate_accuracy_scorer, "cer": neg_character_error_rate_scorer}
    results = cross_validate(
        build_pipeline(), *scenes, cv=PlateKFold(3), scoring=scoring, error_score="raise"
    )
    assert results["test_exact"].shape == (3,)
    assert (results["test_cer"] < 0).all()


@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_search_over_parameters_of_several_steps(scenes, n_jobs):
    search = GridSearchCV(
        build_pipeline(),
        {"crop__margin": [0.0, 0.2], "lprnet__learning_rate_init": [1e-3, 1e-2]},
        cv=PlateKFold(2),
        scoring=neg_character_error_rate_scorer,
        n_jobs=n_jobs,
        error_score="raise",
    ).fit(*scenes)
    assert len(search.cv_results_["params"]) == 4
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert search.predict(scenes[0]).shape == (48,)


@pytest.mark.slow
def test_parallel_and_serial_search_have_the_same_scores(scenes):
    scores = [
        GridSearchCV(
            build_pipeline(lprnet__max_iter=10),
            {"crop__margin": [0.0, 0.2]},
            cv=PlateKFold(2),
            n_jobs=n_jobs,
            refit=False,
            error_score="raise",
            scoring=neg_character_error_rate_scorer,
        )
        .fit(*scenes)
        .cv_results_["mean_test_score"]
        for n_jobs in (None, 2)
    ]
    # Another number of threads changes the last bits, and rarely a character.
    np.testing.assert_allclose(scores[0], scores[1], atol=0.02)


def test_pipeline_memory_gives_the_same_predictions(scenes, tmp_path):
    cached = build_pipeline(memory=str(tmp_path))
    for _ in range(2):
        cached.fit(*scenes)
        np.testing.assert_array_equal(
            cached.score_samples(scenes[0]), build_pipeline().fit(*scenes).score_samples(scenes[0])
        )
    assert list(tmp_path.rglob("output.pkl"))


@pytest.mark.slow
def test_synthetic_plates_have_the_default_sizes():
    X, y = make_plates(16, random_state=0, return_X_y=True)
    model = make_pipeline(
        PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    )
    assert model.fit(X, y).predict(X).shape == (16,)


# --- read_plates


@pytest.mark.parametrize("batch_size", [None, 1, 7, 48, 1000, np.uint8(40), np.int8(100)])
def test_predictions_do_not_depend_on_batch_size(fitted, scenes, batch_size):
    predictions = read_plates(fitted, scenes[0], batch_size=batch_size)
    assert [prediction.text for prediction in predictions] == fitted.predict(scenes[0]).tolist()
    np.testing.assert_allclose(
        [prediction.confidence for prediction in predictions],
        fitted.score_samples(scenes[0]),
        atol=1e-4,
    )


def test_searches_and_frozen_estimators_are_unwrapped(fitted, scenes):
    X, y = scenes
    search = GridSearchCV(build_pipeline(), {"crop__margin": [0.1]}, cv=PlateKFold(2)).fit(X, y)
    nested = Pipeline([("none", "passthrough"), ("recognizer", FrozenEstimator(search))])
    for estimator in (search, nested, FrozenEstimator(fitted)):
        texts = [prediction.text for prediction in read_plates(estimator, X[:5], batch_size=2)]
        assert texts == estimator.predict(X[:5]).tolist()


def test_recognizer_without_pipeline(fitted, scenes):
    crops = fitted[:-1].transform(scenes[0])
    assert read_plates(fitted[-1], crops) == fitted[-1].read(crops)


@pytest.mark.parametrize("how", [list, pytest.param("series", id="Series")])
def test_paths_are_read_in_any_container(fitted, scenes, tmp_path, how):
    import cv2
    import pandas as pd

    paths = []
    for index, crop in enumerate(fitted["crop"].transform(scenes[0][:5])):
        paths.append(str(tmp_path / f"{index}.png"))
        cv2.imwrite(paths[-1], crop)
    X = pd.Series(paths, index=[9, 8, 7, 6, 5]) if how == "series" else how(paths)
    model = pickle.loads(pickle.dumps(fitted)).set_params(crop__missing="whole")
    texts = [prediction.text for prediction in read_plates(model, X, batch_size=2)]
    assert texts == fitted.predict(scenes[0][:5]).tolist()


def test_error_names_the_index_in_the_whole_batch(fitted, scenes, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not an image")
    X = scenes[0].copy()
    X[40] = PlateImage(broken, X[40].corners)
    with pytest.raises(SampleError, match=r"Sample 40: .*broken\.png"):
        read_plates(fitted, X, batch_size=16)


@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (PlateNormalizer(), TypeError, "is not a recognizer"),
        (make_pipeline(PlateCropper(), PlateNormalizer()), TypeError, "is not a recognizer"),
        (GridSearchCV(build_pipeline(), {"crop__margin": [0]}), NotFittedError, "GridSearchCV"),
        (
            RandomizedSearchCV(build_pipeline(), {"crop__margin": [0]}),
            NotFittedError,
            "RandomizedSearchCV",
        ),
        (
            RandomizedSearchCV(PlateNormalizer(), {}),
            TypeError,
            r"^PlateNormalizer\(\) is not a",
        ),
        (
            GridSearchCV(build_pipeline(), {"crop__margin": [0]}, refit=False),
            TypeError,
            r"GridSearchCV\(refit=False\) has no fitted recognizer; set refit=True",
        ),
        (build_pipeline(), NotFittedError, "LPRNetCTC"),
        (LPRNetCTC, TypeError, r"LPRNetCTC is a class; pass an instance: LPRNetCTC\(\)"),
        ([np.zeros((24, 94, 3), np.uint8)], TypeError, r"^(?s:.{,400}) is not a recognizer; pass"),
    ],
)
def test_other_estimators_are_rejected(scenes, estimator, error, message):
    with pytest.raises(error, match=message):
        read_plates(estimator, scenes[0])


def test_batch_size_is_checked(fitted, scenes):
    for batch_size in (0, -1, 2.5, "all"):
        with pytest.raises(ValueError, match="'batch_size' parameter of read_plates"):
            read_plates(fitted, scenes[0], batch_size=batch_size)


class DropsDarkPlates(RecognizerMixin, BaseEstimator):
    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def read(self, X):
        return [PlateReading("AB", 0.5) for image in X if image.mean() > 99]


def test_a_recognizer_that_drops_plates_is_an_error():
    X = [np.full((4, 8), level, np.uint8) for level in (200, 9, 150, 180)]
    recognizer = DropsDarkPlates().fit(X, None)
    message = r"DropsDarkPlates\.read returned 1 predictions for 2 samples; it must return one for"
    with pytest.raises(ValueError, match=message):
        read_plates(recognizer, X, batch_size=2)
    for meta in (RejectingRecognizerCV, CalibratedRecognizerCV):
        with pytest.raises(ValueError, match=message):
            meta(recognizer, cv=PlateKFold(2)).fit(X, ["AB", "AB", "CD", "CD"])


# --- Pipelines whose first step is a transformer of the user.


class DecodesBytes(TransformerMixin, BaseEstimator):
    """Decode the bytes of PNG files."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        import cv2

        return object_array([cv2.imdecode(np.frombuffer(x, np.uint8), 0) for x in X])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


class TakesColumn(DecodesBytes):
    """Decode a column of a data frame."""

    def transform(self, X):
        return super().transform(X["png"])


class LookUp(DecodesBytes):
    """Look up images by number."""

    def __init__(self, images=None):
        self.images = images

    def transform(self, X):
        return object_array([self.images[int(number)] for number in X])


class Oversampler(BaseEstimator):
    """Repeat all training samples, as a sampler of imbalanced-learn does some of them."""

    def fit_resample(self, X, y):
        return [*X, *X], np.concatenate([y, y])


class ResamplingPipeline(Pipeline):
    """Pipeline that applies samplers in `fit` only, as that of imbalanced-learn."""

    def fit(self, X, y=None, **params):
        X, y = self.steps[0][1].fit_resample(X, y)
        self._rest().fit(X, y, **params)
        return self

    def predict(self, X):
        return self._rest().predict(X)

    def _rest(self):
        return Pipeline(self.steps[1:])

    def __sklearn_is_fitted__(self):
        return True


def own_pipelines():
    """Return the batch of each type, and a pipeline that accepts it, by name."""
    import cv2
    import pandas as pd

    X = np.random.default_rng(0).integers(0, 256, (12, 8, 32, 1), dtype=np.uint8)
    files = [cv2.imencode(".png", image)[1].tobytes() for image in X]
    recognizer = FixedRecognizer([f"AB{index}" for index in range(12)])
    for name, batch, steps in [
        ("bytes", files, [DecodesBytes(), KeepsImages(), recognizer]),
        ("frame", pd.DataFrame({"png": files}), [TakesColumn(), recognizer]),
        ("numbers", np.arange(12), [LookUp(X), recognizer]),
        ("nested", files, [make_pipeline(DecodesBytes(), KeepsImages()), recognizer]),
    ]:
        yield pytest.param(batch, make_pipeline(*steps), id=name)
    sampled = ResamplingPipeline([("sampler", Oversampler()), ("recognizer", recognizer)])
    yield pytest.param(list(X), sampled, id="sampler")


class KeepsImages(PlateNormalizer):
    """Return a normalized batch in the original size."""

    def __init__(self):
        super().__init__(height=8, width=32, color="grey")


class FixedRecognizer(RecognizerMixin, BaseEstimator):
    """Predict a text by the sum of pixels; it needs images of 8 x 32 pixels."""

    def __init__(self, texts=()):
        self.texts = texts

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def read(self, X):
        return [
            PlateReading(self.texts[int(image.sum()) % len(self.texts)], 0.5)
            for image in stack_images(X)
        ]


@pytest.mark.parametrize(("X", "pipeline"), list(own_pipelines()))
@pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning")
def test_the_first_step_may_accept_other_samples(X, pipeline):
    y = np.array([f"AB{index}" for index in range(12)])
    fitted = clone(pipeline).fit(X, y)
    texts = fitted.predict(X).tolist()
    assert len(set(texts)) > 1
    for batch_size in (None, 5):
        assert [each.text for each in read_plates(fitted, X, batch_size=batch_size)] == texts
    for model in (
        CalibratedRecognizerCV(pipeline, cv=3),
        RejectingRecognizerCV(pipeline, target_coverage=0.9, cv=3),
        VotingRecognizer([("first", pipeline), ("second", pipeline)]),
        FrozenEstimator(fitted),
    ):
        assert [each.text for each in read_plates(model.fit(X, y), X)] == texts
    _, predictions = read_tracks(fitted, X, list(range(12)), batch_size=5)
    assert [each.text for each in predictions] == texts


def test_the_index_of_an_invalid_sample_after_an_own_first_step(tmp_path):
    images = {number: np.eye(8, 32, dtype=np.uint8) * number for number in range(12)}
    images[9] = np.zeros((8, 32, 5), np.uint8)
    pipeline = make_pipeline(LookUp(images), KeepsImages(), FixedRecognizer(["A"]))
    with pytest.raises(SampleError, match="Sample 9:"):
        read_plates(pipeline, np.arange(12), batch_size=5)
