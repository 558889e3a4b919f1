"""Calibration files: what is fitted, written and read."""

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

from sklearn_lpr.applications import Calibration, bundled_calibration
from sklearn_lpr.applications._calibration import fit_calibration
from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.calibration import CalibratedRecognizerCV
from sklearn_lpr.calibration._maps import LogisticMap, PowerMap
from sklearn_lpr.decoding import PlateReading


class Recognizer(RecognizerMixin, BaseEstimator):
    """A fitted recognizer whose plates are their texts."""

    def fit(self, X, y):
        return self

    def read(self, X):
        return [PlateReading(text, p, (p,) * len(text)) for text, p in X]

    def __sklearn_is_fitted__(self):
        return True


@pytest.fixture
def held_out():
    # Predictions below 0.6 are wrong, all others right.
    confidences = np.linspace(0.3, 0.99, 1000)
    X = [("AB", p) for p in confidences.tolist()]
    y = ["AB" if p >= 0.6 else "XY" for p in confidences]
    return X, y


@pytest.mark.parametrize("method", ["temperature", "sigmoid"])
def test_maps_and_threshold_are_those_of_the_estimators(method, held_out, tmp_path):
    X, y = held_out
    calibration = fit_calibration(Recognizer(), X, y, method=method)
    calibrated = CalibratedRecognizerCV(FrozenEstimator(Recognizer()), method=method).fit(X, y)
    [expected] = calibrated.calibrated_recognizers_
    assert calibration.plate_map == expected.plate_map
    assert calibration.character_map == expected.character_map
    accepted = calibrated.score_samples(X) >= calibration.threshold
    right = np.array([text == true for (text, _), true in zip(X, y, strict=True)])
    assert right[accepted].mean() >= 0.99
    assert calibration.coverage == accepted.mean()
    assert calibration.n_plates == 1000
    # One more wrong prediction among those accepted would be too much.
    assert accepted.sum() == pytest.approx(right.sum() / 0.99, abs=1)
    calibration.write(tmp_path / "calibration.json")
    assert Calibration.read((tmp_path / "calibration.json").read_bytes()) == calibration


def test_the_file_is_json_with_the_parameters_of_the_maps(tmp_path):
    calibration = Calibration(PowerMap(1.5), LogisticMap(0.5, 0.1), 0.99, 0.8, 0.9, 500)
    calibration.write(tmp_path / "calibration.json", sets={"eu": "AGPL-3.0"})
    assert json.loads((tmp_path / "calibration.json").read_text()) == {
        "format": 1,
        "plate_map": {"kind": "power", "exponent": 1.5},
        "character_map": {"kind": "logistic", "slope": 0.5, "intercept": 0.1},
        "target_accuracy": 0.99,
        "threshold": 0.8,
        "coverage": 0.9,
        "n_plates": 500,
        "sets": {"eu": "AGPL-3.0"},
    }


def test_the_bundled_calibration_is_read(world):
    calibration = bundled_calibration()
    assert calibration.plate_map == PowerMap(0.25)
    assert (calibration.threshold, calibration.target_accuracy) == (0.75, 0.99)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format": 2}', b'{"format": 1, "plate_map": {"kind": "power", "a": 1}}'],
)
def test_damaged_files_are_errors(content):
    with pytest.raises(ValueError, match="is not a calibration, or is damaged"):
        Calibration.read(content)


def test_a_target_out_of_reach_is_an_error():
    X, y = [("AB", 0.5)] * 300, ["AB", "XY", "XY"] * 100
    with (
        pytest.warns(UserWarning, match="reached by no threshold"),
        pytest.raises(
            ValueError, match=r"target_accuracy=0.99 is reached by no threshold on the 300"
        ),
    ):
        fit_calibration(Recognizer(), X, y)
    with pytest.raises(ValueError, match="'method' parameter of fit_calibration"):
        fit_calibration(Recognizer(), X, y, method="isotonic")
