import joblib
import numpy as np
import pytest
import sklearn
from fixed_recognizer import FixedRecognizer, numbered_images
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr import read_plates
from sklearn_lpr.ensemble import VotingRecognizer
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateNormalizer

X = numbered_images(4)
Y = ["AB1", "CD2", "EF3", "GH4"]


def recognizers():
    return [
        ("right", FixedRecognizer(Y, 0.5)),
        ("near", FixedRecognizer(["AB7", "CD2", "", "GH4"], 0.9)),
        ("far", FixedRecognizer(["AB7", "CO2", "EF3", ""], 0.3)),
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"voting": "confidence"}, ["AB7", "CD2", "EF3", "GH4"]),
        ({"voting": "confidence", "weights": [2, 1, 1]}, Y),
        ({"voting": "majority"}, ["AB7", "CD2", "EF3", "GH4"]),
        ({"voting": "mean"}, ["AB7", "CD2", "EF3", "GH4"]),
        ({"voting": "mean", "weights": [3, 1, 1]}, Y),
        ({"voting": "position", "weights": np.array([3, 1, 1])}, Y),
        ({"voting": "majority", "weights": [0, 0, 1]}, ["AB7", "CO2", "EF3", ""]),
    ],
)
def test_predictions_are_fused(params, expected):
    voter = VotingRecognizer(recognizers(), **params).fit(X, Y)
    assert voter.predict(X).tolist() == expected
    assert voter.score(X, Y) == np.mean([a == b for a, b in zip(expected, Y, strict=True)])


def test_confidences_and_candidates():
    first, second, third, fourth = VotingRecognizer(recognizers(), "majority").fit(X, Y).read(X)
    assert first.candidates[0] == ("AB7", pytest.approx((0.9 + 0.3) / 3))
    assert second.confidence == pytest.approx((0.5 + 0.9) / 3)
    assert third.confidence == pytest.approx((0.5 + 0.3) / 2)  # one has no vote
    assert fourth.confidence == pytest.approx((0.5 + 0.9) / 2)


def test_voting_and_weights_need_no_new_fit():
    voter = VotingRecognizer(recognizers()).fit(X, Y)
    fitted = voter.estimators_
    assert voter.set_params(weights=[2, 1, 1]).predict(X).tolist() == Y
    assert voter.estimators_ is fitted
    with pytest.raises(ValueError, match="'voting' parameter of VotingRecognizer"):
        voter.set_params(voting="median").predict(X)


def test_clones_are_fitted():
    given = recognizers()
    voter = VotingRecognizer(given).fit(X, np.array(Y))
    assert [each.fitted_with_ for each in voter.estimators_] == [(Y, None)] * 3
    assert voter.named_estimators_.near is voter.estimators_[1]
    assert voter.named_estimators.near is given[1][1]
    assert not hasattr(given[0][1], "fitted_with_")


def test_dropped_recognizers_are_not_used():
    voter = VotingRecognizer(recognizers(), "majority", weights=[1, 1, 9]).set_params(far="drop")
    voter.fit(X, Y)
    assert len(voter.estimators_) == 2
    assert voter.named_estimators_.far == "drop"
    assert voter.predict(X).tolist() == ["AB7", "CD2", "EF3", "GH4"]
    again = voter.set_params(near="drop").fit(X, Y)
    assert again.read(X) == again.estimators_[0].read(X)


def test_nested_parameters():
    voter = VotingRecognizer(recognizers())
    voter.set_params(near__confidence=0.4, far=FixedRecognizer(Y, 0.2), voting="position")
    params = voter.get_params()
    assert params["near__confidence"] == 0.4
    assert params["far"].confidence == params["far__confidence"] == 0.2
    assert set(voter.get_params(deep=False)) == {"estimators", "voting", "weights", "n_jobs"}
    assert clone(voter).get_params()["near__confidence"] == 0.4


def test_wrapped_and_nested_recognizers():
    pipeline = make_pipeline(
        PlateNormalizer(height=4, width=8, color="grey"), FixedRecognizer(Y, 0.6)
    )
    search = GridSearchCV(FixedRecognizer(Y), {"confidence": [0.1]}, cv=PlateKFold(2))
    random = RandomizedSearchCV(
        FixedRecognizer(Y), {"confidence": [0.2]}, n_iter=1, cv=PlateKFold(2)
    )
    frozen = FrozenEstimator(FixedRecognizer(["XX1"] * 4, 0.9).fit(X, ["ZZ9"] * 4))
    nested = VotingRecognizer([("one", FixedRecognizer(Y, 0.3))])
    voter = VotingRecognizer(
        [
            ("pipeline", pipeline),
            ("search", search),
            ("random", random),
            ("frozen", frozen),
            ("nested", nested),
        ],
        voting="majority",
    ).fit(X, Y)
    assert voter.predict(X).tolist() == Y
    assert voter.score_samples(X) == pytest.approx([(0.6 + 0.1 + 0.2 + 0.3) / 5] * 4)
    assert voter.named_estimators_.frozen.estimator.fitted_with_ == (["ZZ9"] * 4, None)


def test_pipelines_and_searches():
    voter = VotingRecognizer(recognizers())
    pipeline = make_pipeline(PlateNormalizer(height=4, width=8, color="grey"), voter)
    search = GridSearchCV(
        pipeline,
        {"votingrecognizer__weights": [[1, 1, 1], [2, 1, 1]]},
        cv=PlateKFold(2),
        error_score="raise",
    ).fit(X, Y)
    assert search.best_params_ == {"votingrecognizer__weights": [2, 1, 1]}
    assert search.best_score_ == 1
    assert [each.text for each in read_plates(search, X)] == Y


def test_parallel_fits_agree():
    with joblib.parallel_config("threading"):
        voter = VotingRecognizer(recognizers(), n_jobs=2).fit(X, Y)
    assert voter.read(X) == VotingRecognizer(recognizers()).fit(X, Y).read(X)


# --- Sample weights.


def test_sample_weights_without_routing():
    voter = VotingRecognizer(recognizers()).fit(X, Y, sample_weight=[1, 2, 3, 4])
    assert [each.fitted_with_[1] for each in voter.estimators_] == [[1, 2, 3, 4]] * 3


def test_sample_weights_none_are_not_passed():
    # The fit of a pipeline raises an error for any sample_weight.
    pipeline = make_pipeline(PlateNormalizer(4, 8, color="grey"), FixedRecognizer(Y))
    voter = VotingRecognizer([("one", pipeline)])
    assert voter.fit(X, Y, sample_weight=None).predict(X).tolist() == Y


def test_metadata_routing():
    with sklearn.config_context(enable_metadata_routing=True):
        voter = VotingRecognizer(
            [
                ("weighted", FixedRecognizer(Y).set_fit_request(sample_weight=True)),
                ("plain", FixedRecognizer(Y).set_fit_request(sample_weight=False)),
            ]
        )
        voter.fit(X, Y, sample_weight=[1, 2, 3, 4])
    assert voter.estimators_[0].fitted_with_[1] == [1, 2, 3, 4]
    assert voter.estimators_[1].fitted_with_[1] is None


def test_unknown_metadata_is_rejected():
    with pytest.raises(TypeError, match=r"got \['groups'\]"):
        VotingRecognizer(recognizers()).fit(X, Y, groups=[1, 2, 3, 4])


# --- Invalid input, which is rejected before any fit.


class FailsToFit(FixedRecognizer):
    def fit(self, X, y):
        raise AssertionError("It fits.")


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"estimators": []}, ValueError, "not dropped. Got \\[\\]"),
        ({"estimators": [("one", "drop")]}, ValueError, "not dropped"),
        ({"estimators": [FailsToFit()]}, ValueError, r"\(name, recognizer\) pairs. Got FailsToFit"),
        ({"estimators": [("one", FailsToFit()), ("one", FailsToFit())]}, ValueError, "not unique"),
        ({"estimators": [("a__b", FailsToFit())]}, ValueError, "must not contain __"),
        ({"estimators": [("voting", FailsToFit())]}, ValueError, "conflict with constructor"),
        ({"estimators": (("one", FailsToFit()),)}, ValueError, "'estimators' parameter"),
        ({"estimators": [("one", BaseEstimator())]}, TypeError, "not a recognizer"),
        (
            {"estimators": [("one", make_pipeline(BaseEstimator()))]},
            TypeError,
            "is not a recognizer",
        ),
        ({"estimators": [("one", FailsToFit)]}, TypeError, "is a class"),
        ({"voting": "median"}, ValueError, "'voting' parameter"),
        ({"weights": [1, 2]}, ValueError, r"each of 1 estimators, .* Got \[1, 2\]"),
        ({"weights": [-1]}, ValueError, r"at least 0.* Got \[-1\]"),
        ({"weights": [np.nan]}, ValueError, "finite"),
        ({"weights": {"one": 1}}, ValueError, r"'weights' .* a list .* Got \{'one': 1\}"),
        ({"weights": ["a"]}, ValueError, r"'weights' .* a list .* Got \['a'\]"),
        ({"weights": [[1], [1, 2]]}, ValueError, r"'weights' .* Got \[\[1\], \[1, 2\]\]"),
        ({"weights": [0]}, ValueError, r"above 0 for a recognizer .* Got \[0\]"),
    ],
)
def test_invalid_parameters_are_rejected(params, error, message):
    voter = VotingRecognizer(**{"estimators": [("one", FailsToFit())], **params})
    with pytest.raises(error, match=message):
        voter.fit(X, Y)


@pytest.mark.parametrize(
    ("y", "message"), [(["A", None, "C", "D"], r"y\[1\]"), (["A"], "inconsistent numbers")]
)
def test_invalid_texts_are_rejected(y, message):
    with pytest.raises(ValueError, match=message):
        VotingRecognizer([("one", FailsToFit())]).fit(X, y)


def test_unfitted_recognizers():
    with pytest.raises(NotFittedError):
        VotingRecognizer(recognizers()).predict(X)


def test_the_diagram_is_parallel():
    html = VotingRecognizer(recognizers())._repr_html_()
    assert "sk-parallel-item" in html
    assert "near" in html
