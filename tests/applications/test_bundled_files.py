"""The bundled recognizer: its files, and what it reads."""

import hashlib
import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import onnxruntime
import pytest

from sklearn_lpr import OnnxRecognizer, load_recognizer
from sklearn_lpr._npz import open_npz
from sklearn_lpr.applications import bundled_calibration
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner
from sklearn_lpr.pretrained import read_pretrained

FOLDER = files("sklearn_lpr.pretrained")
NAMES = ("plate_recognizer.onnx", "plate_recognizer.npz", "plate_recognizer.json")


def test_the_files_are_small_and_belong_together():
    assert max(len(read_pretrained(name)) for name in NAMES) < 2_000_000
    recognizer = OnnxRecognizer()
    with open_npz(FOLDER / "plate_recognizer.npz") as archive:
        assert json.loads(archive.read_text("architecture")) == recognizer.architecture_
        assert archive.read_text("alphabet") == recognizer.alphabet_
    entries = json.loads(read_pretrained("plate_recognizer.json"))
    network = hashlib.sha256(read_pretrained("plate_recognizer.onnx")).hexdigest()
    assert entries["network"] == network


def test_it_reads_latin_letters_digits_umlauts_and_provinces():
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ÄÖÜ京沪粤") <= set(OnnxRecognizer().alphabet_)


def test_the_steps_before_the_network_are_those_of_training():
    steps = [type(step) for step in load_recognizer()[:-1]]
    assert steps == [PlateCropper, RowJoiner, PlateNormalizer]


def test_the_file_tells_how_it_was_trained():
    session = onnxruntime.InferenceSession(read_pretrained("plate_recognizer.onnx"))
    training = json.loads(session.get_modelmeta().custom_metadata_map["training"])
    assert training["script"] == "tools/train_world.py"
    assert {"settings", "versions", "sets"} <= training.keys()
    assert all(training["sets"].values())  # the licence of each


def test_the_calibration_is_plausible():
    calibration = bundled_calibration()
    assert calibration.target_accuracy == 0.99
    assert 0 < calibration.threshold < 1
    assert 0.3 < calibration.coverage <= 1
    assert calibration.n_plates >= 300


@pytest.mark.parametrize("layout", ["argentina", "brazil", "eu", "vietnam"])
def test_synthetic_plates_are_read(layout):
    X, y = make_plates(40, layouts=layout, random_state=7, return_X_y=True)
    assert load_recognizer().score(X, y) > 0.7


def test_real_plates_are_read(shared_data):
    X, y = load_plates(shared_data / "crops" / "eu" / "labels.csv", return_X_y=True)
    assert load_recognizer(detect=False).score(X[:100], y[:100]) > 0.85


def test_keras_is_not_imported():
    program = (
        "import sys, numpy as np\n"
        "from sklearn_lpr import load_recognizer\n"
        "load_recognizer(detect=False).predict([np.eye(30, 100, dtype=np.uint8) * 255])\n"
        "print(*{'keras', 'tensorflow', 'torch', 'jax', 'onnx'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


def test_predictions_do_not_depend_on_the_batch():
    X, _ = make_plates(5, layouts="eu", random_state=7, return_X_y=True)
    recognizer = load_recognizer()
    singly = [recognizer.predict([sample])[0] for sample in X]
    np.testing.assert_array_equal(recognizer.predict(X), singly)
