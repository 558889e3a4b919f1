"""Tests of searches in several processes, on a cluster and with a pipeline's cache."""

import os

import joblib
import numpy as np
import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.metrics import neg_character_error_rate_scorer
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class KillsProcess(TransformerMixin, BaseEstimator):
    """Ends its process in `fit`, as the kernel does when memory runs out."""

    def fit(self, X, y=None):
        os._exit(1)

    def transform(self, X):
        return X


class CountsBatches(TransformerMixin, BaseEstimator):
    """Write the size of every transformed batch to a file."""

    def __init__(self, file=None):
        self.file = file

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        with open(self.file, "a") as lines:
            lines.write(f"{len(X)}\n")
        return X

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def build_pipeline(*steps, memory=None):
    recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0, alphabet="ABCD")
    normalize = PlateNormalizer(height=8, width=32, color="grey")
    return Pipeline([*steps, ("normalize", normalize), ("lprnet", recognizer)], memory=memory)


@pytest.mark.slow
def test_a_killed_worker_is_an_error(glyph_plates):
    X, y = glyph_plates(24)
    search = GridSearchCV(
        build_pipeline(("kill", KillsProcess())),
        {"normalize__width": [32, 40]},
        cv=PlateKFold(2),
        n_jobs=2,
    )
    with pytest.raises(TerminatedWorkerError):
        search.fit(X, y)


@pytest.mark.slow
def test_training_folds_are_transformed_once_for_all_candidates(glyph_plates, tmp_path):
    X, y = glyph_plates(24)
    file = tmp_path / "counts.txt"
    search = GridSearchCV(
        build_pipeline(("count", CountsBatches(file)), memory=str(tmp_path / "cache")),
        {"lprnet__learning_rate_init": [1e-3, 2e-3, 5e-3]},
        cv=PlateKFold(2),
        refit=False,
        error_score="raise",
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 3
    counted = [int(line) for line in file.read_text().split()]
    training = [len(train) for train, _ in PlateKFold(2).split(X, y)]
    testing = [len(test) for _, test in PlateKFold(2).split(X, y)]
    # Each training fold once. Pipelines do not cache test folds: once per candidate.
    assert sorted(counted) == sorted(training + 3 * testing)


def test_a_cache_identifies_files_by_their_names(glyph_plates, tmp_path):
    import cv2

    X, _ = glyph_plates(2)
    path = str(tmp_path / "plate.png")
    cropper = joblib.Memory(tmp_path / "cache", verbose=0).cache(
        PlateCropper(missing="whole").transform
    )
    cv2.imwrite(path, X[0])
    before = cropper([path])[0]
    cv2.imwrite(path, X[1])
    # The user guide describes this limitation.
    np.testing.assert_array_equal(cropper([path])[0], before)


def test_crops_of_another_version_are_not_used(glyph_plates, tmp_path, monkeypatch):
    X, _ = glyph_plates(4)
    calls = []

    def transform(transformer, X):
        calls.append(1)
        return transformer.transform(X)

    cached = joblib.Memory(tmp_path, verbose=0).cache(transform)
    for _ in range(2):
        cached(PlateCropper(missing="whole"), X)
    assert len(calls) == 1
    monkeypatch.setattr("sklearn_lpr.__version__", "9.9")
    cached(PlateCropper(missing="whole"), X)
    assert len(calls) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_scores_on_a_cluster_match_serial_scores(glyph_plates):
    distributed = pytest.importorskip("distributed")
    X, y = glyph_plates(48)
    scoring = {"cv": PlateKFold(2), "scoring": neg_character_error_rate_scorer}
    serial = cross_val_score(build_pipeline(), X, y, error_score="raise", **scoring)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        distributed_scores = cross_val_score(build_pipeline(), X, y, error_score="raise", **scoring)
    # Another number of threads changes the last bits, and rarely a character.
    np.testing.assert_allclose(distributed_scores, serial, atol=0.02)
