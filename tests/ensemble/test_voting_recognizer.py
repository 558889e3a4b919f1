import joblib
import numpy as np
import pytest
import sklearn
from fixed import Fixed, numbered
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr import read_plates
from sklearn_lpr.ensemble import VotingRecognizer
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateNormalizer

X = numbered(4)
Y = ["AB1", "CD2", "EF3", "GH4"]


def members():
    return [
        ("right", Fixed(Y, 0.5)),
        ("near", Fixed(["AB7", "CD2", "", "GH4"], 0.9)),
        ("far", Fixed(["AB7", "CO2", "EF3", ""], 0.3)),
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"voting": "confidence"}, ["AB7", "CD2", "EF3", "GH4"]),
        ({"voting": "confidence", "weights": [2, 1, 1]}, Y),
        ({"voting": "majority"}, ["AB7", "CD2", "EF3", "GH4"]),
        ({"voting": "position", "weights": np.array([3, 1, 1])}, Y),
        ({"voting": "majority", "weights": [0, 0, 1]}, ["AB7", "CO2", "EF3", ""]),
    ],
)
def test_readings_are_fused(params, expected):
    voter = VotingRecognizer(members(), **params).fit(X, Y)
    assert voter.predict(X).tolist() == expected
    assert voter.score(X, Y) == np.mean([a == b for a, b in zip(expected, Y, strict=True)])


def test_confidences_and_candidates_are_those_of_the_fusion():
    first, second, third, fourth = VotingRecognizer(members(), "majority").fit(X, Y).read(X)
    assert first.candidates[0] == ("AB7", pytest.approx((0.9 + 0.3) / 3))
    assert second.confidence == pytest.approx((0.5 + 0.9) / 3)
    assert third.confidence == pytest.approx((0.5 + 0.3) / 2)  # one abstains
    assert fourth.confidence == pytest.approx((0.5 + 0.9) / 2)


def test_voting_and_weights_act_without_a_new_fit():
    voter = VotingRecognizer(members()).fit(X, Y)
    fitted = voter.estimators_
    assert voter.set_params(weights=[2, 1, 1]).predict(X).tolist() == Y
    assert voter.estimators_ is fitted
    with pytest.raises(ValueError, match="'voting' parameter of VotingRecognizer"):
        voter.set_params(voting="mean").predict(X)


def test_members_are_fitted_as_clones_to_the_texts():
    given = members()
    voter = VotingRecognizer(given).fit(X, np.array(Y))
    assert [each.fitted_with_ for each in voter.estimators_] == [(Y, None)] * 3
    assert voter.named_estimators_.near is voter.estimators_[1]
    assert voter.named_estimators.near is given[1][1]
    assert not hasattr(given[0][1], "fitted_with_")


def test_dropped_members_are_neither_fitted_nor_asked():
    voter = VotingRecognizer(members(), "majority", weights=[1, 1, 9]).set_params(far="drop")
    voter.fit(X, Y)
    assert len(voter.estimators_) == 2
    assert voter.named_estimators_.far == "drop"
    assert voter.predict(X).tolist() == ["AB7", "CD2", "EF3", "GH4"]
    again = voter.set_params(near="drop").fit(X, Y)
    assert again.read(X) == again.estimators_[0].read(X)


def test_parameters_are_reached_by_name():
    voter = VotingRecognizer(members())
    voter.set_params(near__confidence=0.4, far=Fixed(Y, 0.2), voting="position")
    params = voter.get_params()
    assert params["near__confidence"] == 0.4
    assert params["far"].confidence == params["far__confidence"] == 0.2
    assert set(voter.get_params(deep=False)) == {"estimators", "voting", "weights", "n_jobs"}
    assert clone(voter).get_params()["near__confidence"] == 0.4


def test_any_mix_of_recognizers_votes():
    chain = make_pipeline(PlateNormalizer(height=4, width=8, color="grey"), Fixed(Y, 0.6))
    search = GridSearchCV(Fixed(Y), {"confidence": [0.1]}, cv=PlateKFold(2))
    random = RandomizedSearchCV(Fixed(Y), {"confidence": [0.2]}, n_iter=1, cv=PlateKFold(2))
    frozen = FrozenEstimator(Fixed(["XX1"] * 4, 0.9).fit(X, ["ZZ9"] * 4))
    nested = VotingRecognizer([("one", Fixed(Y, 0.3))])
    voter = VotingRecognizer(
        [
            ("chain", chain),
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


def test_it_votes_in_pipelines_and_searches():
    voter = VotingRecognizer(members())
    chain = make_pipeline(PlateNormalizer(height=4, width=8, color="grey"), voter)
    search = GridSearchCV(
        chain,
        {"votingrecognizer__weights": [[1, 1, 1], [2, 1, 1]]},
        cv=PlateKFold(2),
        error_score="raise",
    ).fit(X, Y)
    assert search.best_params_ == {"votingrecognizer__weights": [2, 1, 1]}
    assert search.best_score_ == 1
    assert [each.text for each in read_plates(search, X)] == Y


def test_parallel_fits_agree():
    with joblib.parallel_config("threading"):
        voter = VotingRecognizer(members(), n_jobs=2).fit(X, Y)
    assert voter.read(X) == VotingRecognizer(members()).fit(X, Y).read(X)


# --- Weights of plates.


def test_sample_weights_reach_all_without_routing():
    voter = VotingRecognizer(members()).fit(X, Y, sample_weight=[1, 2, 3, 4])
    assert [each.fitted_with_[1] for each in voter.estimators_] == [[1, 2, 3, 4]] * 3


def test_metadata_is_routed_to_who_requests_it():
    with sklearn.config_context(enable_metadata_routing=True):
        voter = VotingRecognizer(
            [
                ("weighted", Fixed(Y).set_fit_request(sample_weight=True)),
                ("plain", Fixed(Y).set_fit_request(sample_weight=False)),
            ]
        )
        voter.fit(X, Y, sample_weight=[1, 2, 3, 4])
    assert voter.estimators_[0].fitted_with_[1] == [1, 2, 3, 4]
    assert voter.estimators_[1].fitted_with_[1] is None


def test_metadata_that_nobody_knows_is_refused():
    with pytest.raises(TypeError, match=r"got \['groups'\]"):
        VotingRecognizer(members()).fit(X, Y, groups=[1, 2, 3, 4])


# --- What is refused, before anything is fitted.


class Unfitted(Fixed):
    def fit(self, X, y):
        raise AssertionError("It is fitted.")


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"estimators": []}, ValueError, "not dropped. Got \\[\\]"),
        ({"estimators": [("one", "drop")]}, ValueError, "not dropped"),
        ({"estimators": [Unfitted()]}, ValueError, r"\(name, recognizer\) pairs. Got Unfitted"),
        ({"estimators": [("one", Unfitted()), ("one", Unfitted())]}, ValueError, "not unique"),
        ({"estimators": [("a__b", Unfitted())]}, ValueError, "must not contain __"),
        ({"estimators": [("voting", Unfitted())]}, ValueError, "conflict with constructor"),
        ({"estimators": (("one", Unfitted()),)}, ValueError, "'estimators' parameter"),
        ({"estimators": [("one", BaseEstimator())]}, TypeError, "reads no plates"),
        ({"estimators": [("one", make_pipeline(BaseEstimator()))]}, TypeError, "reads no plates"),
        ({"estimators": [("one", Unfitted)]}, TypeError, "is a class"),
        ({"voting": "mean"}, ValueError, "'voting' parameter"),
        ({"weights": [1, 2]}, ValueError, r"each of 1 estimators, .* Got \[1, 2\]"),
        ({"weights": [-1]}, ValueError, r"at least 0.* Got \[-1\]"),
        ({"weights": [np.nan]}, ValueError, "finite"),
        ({"weights": {"one": 1}}, ValueError, r"'weights' .* a list .* Got \{'one': 1\}"),
        ({"weights": ["a"]}, ValueError, r"'weights' .* a list .* Got \['a'\]"),
        ({"weights": [[1], [1, 2]]}, ValueError, r"'weights' .* Got \[\[1\], \[1, 2\]\]"),
        ({"weights": [0]}, ValueError, r"above 0 for a recognizer .* Got \[0\]"),
    ],
)
def test_what_cannot_vote_is_refused(params, error, message):
    voter = VotingRecognizer(**{"estimators": [("one", Unfitted())], **params})
    with pytest.raises(error, match=message):
        voter.fit(X, Y)


@pytest.mark.parametrize(
    ("y", "message"), [(["A", None, "C", "D"], r"y\[1\]"), (["A"], "inconsistent numbers")]
)
def test_bad_texts_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        VotingRecognizer([("one", Unfitted())]).fit(X, y)


def test_it_must_be_fitted():
    with pytest.raises(NotFittedError):
        VotingRecognizer(members()).predict(X)


def test_the_diagram_shows_the_members_side_by_side():
    html = VotingRecognizer(members())._repr_html_()
    assert "sk-parallel-item" in html
    assert "near" in html
