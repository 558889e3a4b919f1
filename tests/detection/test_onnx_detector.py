"""The detector that comes with the package."""

import json
import os
import pickle
from base64 import b64decode

import numpy as np
import onnxruntime
import pytest
from sklearn.base import clone

from sklearn_lpr._detection._onnx_detector import CORNER_NETWORK
from sklearn_lpr.datasets import load_ccpd, make_plates
from sklearn_lpr.detection import OnnxPlateDetector
from sklearn_lpr.metrics import detection_scores
from sklearn_lpr.pretrained import read_pretrained


def corners_of(samples):
    return [sample.corners[np.newaxis] for sample in samples]


@pytest.mark.parametrize("layout", ["argentina", "brazil", "eu"])
def test_synthetic_plates_are_found(layout):
    X, _ = make_plates(30, layouts=layout, random_state=7, return_X_y=True)
    scores = detection_scores(corners_of(X), OnnxPlateDetector().detect_all(X))
    assert scores.recall > 0.85
    assert scores.precision > 0.85


def test_scenes_of_ccpd_that_did_not_train_are_searched(shared_data):
    X, _ = load_ccpd(shared_data / "ccpd" / "scenes", return_X_y=True)
    X = sorted(X, key=lambda sample: str(sample.source))[-10:]
    assert detection_scores(corners_of(X), OnnxPlateDetector(n_jobs=2).detect_all(X)).recall >= 0.9


def test_it_needs_no_fit_and_copies_find_the_same():
    X, _ = make_plates(4, layouts="eu", random_state=7, return_X_y=True)
    detector = OnnxPlateDetector(threshold=0.2)
    expected = detector.predict(X)
    assert len(pickle.dumps(detector)) < 10_000  # the network stays with the package
    for copy in (clone(detector), pickle.loads(pickle.dumps(detector)), detector.fit(X)):
        assert copy.threshold == 0.2
        for found, there in zip(copy.predict(X), expected, strict=True):
            np.testing.assert_array_equal(found, there)


def test_the_file_tells_how_it_was_trained():
    session = onnxruntime.InferenceSession(read_pretrained("plate_detector.onnx"))
    training = json.loads(session.get_modelmeta().custom_metadata_map["training"])
    assert training["script"] == "tools/train_detector.py"
    assert {"settings", "versions", "sets"} <= training.keys()
    assert all(training["sets"].values())  # the licence of each


def test_the_corner_network_tells_how_it_was_trained():
    file = onnxruntime.InferenceSession(read_pretrained("plate_detector.onnx"))
    content = b64decode(file.get_modelmeta().custom_metadata_map[CORNER_NETWORK])
    session = onnxruntime.InferenceSession(content)
    training = json.loads(session.get_modelmeta().custom_metadata_map["training"])
    assert training["script"] == "tools/train_corners.py"
    assert {"settings", "versions", "sets"} <= training.keys()


def test_a_damaged_bundled_file_is_a_clear_error(monkeypatch):
    monkeypatch.setattr("sklearn_lpr._onnx_file.read_pretrained", lambda _: b"no")
    X, _ = make_plates(1, random_state=0, return_X_y=True)
    with pytest.raises(ValueError, match="path=None: onnxruntime cannot load it"):
        OnnxPlateDetector().predict(X)


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (RuntimeError("no memory"), "onnxruntime cannot compute its network: no memory"),
        (np.zeros((1, 2, 2, 5), np.float32), r"an array of shape \(1, 2, 2, 5\) instead of"),
        (np.zeros(9, np.float32), r"an array of shape \(9,\) instead of"),
    ],
    ids=["failure", "outputs", "dimensions"],
)
def test_errors_of_the_network_name_the_file(outcome, message):
    detector = OnnxPlateDetector()

    class Session:
        def run(self, names, inputs):
            if isinstance(outcome, Exception):
                raise outcome
            return [outcome]

    detector._cached = (None, 1, os.getpid()), (Session(), None)
    with pytest.raises(ValueError, match=f"path=None: .*{message}"):
        detector.detect([np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)])
