"""Comparison of an exported recognizer with the original."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.calibration import CalibratedRecognizer
from sklearn_lpr.calibration._maps import PowerMap
from sklearn_lpr.preprocessing import PlateNormalizer

pytest.importorskip("onnx", reason="the extra 'export' is not installed")

from sklearn_lpr.export import compare, to_onnx


@pytest.fixture(scope="module")
def recognizer(draw_weights):
    network = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    return make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), network)


@pytest.fixture(scope="module")
def plates():
    return list(np.random.default_rng(1).integers(0, 256, (20, 12, 40, 3), dtype=np.uint8))


def test_float32_differs_by_rounding_alone(recognizer, plates, tmp_path):
    texts = recognizer.predict(plates)
    found = compare(recognizer, to_onnx(recognizer, tmp_path / "plates.onnx"), plates, texts)
    assert (found.n_plates, found.n_same_texts) == (20, 20)
    assert (found.accuracy, found.exported_accuracy) == (1, 1)
    assert 0 <= found.max_probability_difference <= found.max_difference < 1e-4


def test_ground_truth_is_optional(recognizer, plates, tmp_path):
    found = compare(recognizer, to_onnx(recognizer, tmp_path / "plates.onnx"), plates)
    assert found.accuracy is None
    assert found.exported_accuracy is None
    assert found.n_same_texts == 20


def test_differences_to_the_file_of_another_recognizer_are_found(
    recognizer, plates, draw_weights, tmp_path
):
    other = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1), random_state=7)
    path = to_onnx(make_pipeline(recognizer[0], other), tmp_path / "other.onnx")
    texts = recognizer.predict(plates)
    found = compare(recognizer, path, plates, texts)
    same = int((make_pipeline(recognizer[0], other).predict(plates) == texts).sum())
    assert (found.n_same_texts, found.accuracy) == (same, 1)
    assert found.exported_accuracy == pytest.approx(same / 20)
    assert found.max_difference > 0.1
    assert 0.1 < found.max_probability_difference <= 1


@pytest.mark.parametrize(
    ("parameters", "shape", "alphabet", "message"),
    [
        ({}, (8, 32, 1), "DCBA", "has the alphabet 'DCBA', and the estimator 'ABCD'"),
        ({"time_stride": 1}, (8, 32, 1), "ABCD", "time steps, and the estimator one of"),
    ],
)
def test_the_file_of_another_recognizer_is_an_error(
    recognizer, plates, draw_weights, tmp_path, parameters, shape, alphabet, message
):
    other = draw_weights(LPRNetCTC(n_filters=4, **parameters), shape)
    other.alphabet_ = alphabet
    path = to_onnx(make_pipeline(recognizer[0], other), tmp_path / "other.onnx")
    with pytest.raises(ValueError, match=message):
        compare(recognizer, path, plates)


def test_arguments_are_checked_before_predictions(recognizer, plates, tmp_path):
    path = to_onnx(recognizer, tmp_path / "plates.onnx")
    calibrated = CalibratedRecognizer(recognizer, PowerMap(1.0), PowerMap(1.0))
    with pytest.raises(TypeError, match="CalibratedRecognizer has no network to export"):
        compare(calibrated, path, plates)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        compare(recognizer, path, plates, ["A"])
