"""Tests of sample weights in pipelines and searches, with and without metadata routing."""

import numpy as np
import pytest
import sklearn
from packaging.version import Version
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateNormalizer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def build_pipeline(fit=None, score=None):
    recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0, alphabet="ABCD")
    if sklearn.get_config()["enable_metadata_routing"]:
        recognizer.set_fit_request(sample_weight=fit).set_score_request(sample_weight=score)
    normalize = PlateNormalizer(height=8, width=32, color="grey")
    return Pipeline([("normalize", normalize), ("lprnet", recognizer)])


@pytest.fixture(scope="module")
def plates(glyph_plates):
    X, y = glyph_plates(32)
    return X, y, np.where(np.arange(32) < 16, 1.0, 0.0)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def confidences(fitted, X):
    return fitted.score_samples(X)


def test_weights_reach_the_last_step_without_routing(plates):
    X, y, weight = plates
    weighted = build_pipeline().fit(X, y, lprnet__sample_weight=weight)
    assert not np.array_equal(confidences(weighted, X), confidences(build_pipeline().fit(X, y), X))


def test_weights_reach_the_last_step_with_routing(plates, routing):
    X, y, weight = plates
    weighted = build_pipeline(fit=True, score=True).fit(X, y, sample_weight=weight)
    direct = LPRNetCTC(n_filters=4, max_iter=1, random_state=0, alphabet="ABCD").fit(
        X, y, sample_weight=weight
    )
    np.testing.assert_array_equal(confidences(weighted, X), confidences(direct, X))
    assert weighted.score(X, y, sample_weight=weight) == weighted.score(X[:16], y[:16])


@pytest.mark.skipif(
    Version(sklearn.__version__) < Version("1.7"),
    reason="the searches of scikit-learn 1.6 need a request of the pipeline itself",
)
def test_searches_route_weights(plates, routing):
    X, y, weight = plates
    search = GridSearchCV(
        build_pipeline(fit=True, score=True),
        {"lprnet__learning_rate_init": [1e-3, 1e-2]},
        cv=PlateKFold(2),
        error_score="raise",
    ).fit(X, y, sample_weight=weight)
    refitted = build_pipeline(fit=True, score=True).set_params(**search.best_params_)
    refitted.fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(confidences(search, X), confidences(refitted, X))


def test_weights_without_a_request_are_an_error(plates, routing):
    X, y, weight = plates
    with pytest.raises(UnsetMetadataPassedError):
        cross_validate(
            build_pipeline(),
            X,
            y,
            params={"sample_weight": weight},
            cv=PlateKFold(2),
            error_score="raise",
        )


def test_plate_splitters_need_no_groups(plates, routing):
    X, y, _ = plates
    scores = cross_validate(
        build_pipeline(), X, y, cv=PlateKFold(2), params={}, error_score="raise"
    )
    assert scores["test_score"].shape == (2,)


@pytest.mark.parametrize("output", ["default", "pandas"])
def test_global_output_setting_does_not_change_images(plates, output):
    X, y, _ = plates
    plain = build_pipeline().fit(X, y)
    with sklearn.config_context(transform_output=output):
        assert isinstance(plain[:-1].transform(X), np.ndarray)
        assert build_pipeline().fit(X, y).predict(X).tolist() == plain.predict(X).tolist()


def test_the_diagram_links_to_the_documentation():
    html = build_pipeline()._repr_html_()
    assert "/api/generated/sklearn_lpr.preprocessing.PlateNormalizer.html" in html
    assert "/api/generated/sklearn_lpr.recognition.LPRNetCTC.html" in html


def test_all_parameters_round_trip():
    model = build_pipeline()
    before = model.get_params(deep=True)
    after = model.set_params(**before).get_params(deep=True)
    assert before.keys() == after.keys()
    assert before == after


@pytest.mark.parametrize("large", [1e30, 1e20, 3e38, np.finfo(np.float32).max])
def test_weights_that_overflow_are_rejected(plates, large):
    X, y, weight = plates
    weight = np.where(np.arange(32) == 5, large, weight)
    recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0, alphabet="ABCD")
    with pytest.raises(ValueError, match=r"sample_weight\[5\] is .*; scale the weights"):
        recognizer.fit(X, y, sample_weight=weight)


def test_large_weights_are_accepted(plates):
    X, y, weight = plates
    recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0, alphabet="ABCD")
    recognizer.fit(X, y, sample_weight=1e6 * (1 + weight))
    assert np.isfinite(recognizer.score_samples(X)).all()
