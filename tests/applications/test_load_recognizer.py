"""The bundled recognizer as a pipeline, with a small network in place of the bundled one."""

import pickle
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr import OnnxRecognizer, PlateImage, load_recognizer, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import FormatDecoder
from sklearn_lpr.export import load_pipeline
from sklearn_lpr.syntax import BRAZIL, PERU, FormatPrior, PlateSyntax


@pytest.fixture(scope="module")
def plates():
    X, y = make_plates(6, layouts="eu", random_state=3, return_X_y=True)
    return X, y


@pytest.fixture
def crops(plates):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (30, 100, 3), dtype=np.uint8) for _ in range(6)]


def test_the_steps_are_those_of_the_file(world, tmp_path):
    path = tmp_path / "plate_recognizer.onnx"
    path.write_bytes(world["plate_recognizer.onnx"])
    stored = load_pipeline(path)
    recognizer = load_recognizer()
    assert list(recognizer.named_steps) == list(stored.named_steps)
    cropper = recognizer[0]
    assert (cropper.margin, cropper.locate, cropper.missing) == (
        0.05,
        "annotation",
        "detect_or_whole",
    )
    assert load_recognizer(detect=False)[0].missing == "whole"
    check_is_fitted(recognizer)


def test_confidences_are_calibrated_and_texts_are_not_changed(world, plates):
    X, _ = plates
    recognizer = load_recognizer()
    predictions = read_plates(recognizer, X)
    uncalibrated = Pipeline([*recognizer.steps[:-1], ("network", recognizer[-1].estimator)])
    plain = read_plates(uncalibrated, X)
    assert [each.text for each in predictions] == [each.text for each in plain]
    assert any(each.text for each in predictions)
    assert [each.confidence for each in predictions] == pytest.approx(
        [each.confidence**0.25 for each in plain]
    )


def test_corners_of_samples_are_used_and_crops_are_taken_whole(world, plates, crops):
    X, _ = plates
    with_corners = load_recognizer().predict(X)
    np.testing.assert_array_equal(load_recognizer(detect=False).predict(X), with_corners)
    recognizer = load_recognizer(detect=False)
    whole = [PlateImage(crop, corners=[[0, 0], [99, 0], [99, 29], [0, 29]]) for crop in crops]
    assert read_plates(recognizer, crops)[0].text != ""
    np.testing.assert_array_equal(load_recognizer().predict(crops), recognizer.predict(crops))
    assert recognizer[0].transform(crops)[0].shape == (30, 100, 3)
    assert recognizer[0].transform(whole)[0].shape != (30, 100, 3)  # with the margin


def test_a_photo_without_a_plate_has_no_text(world):
    photo = np.full((240, 400, 3), 128, np.uint8)
    photo[:120] = 100
    with pytest.warns(UserWarning, match="No plate was found in 1 of 1 samples"):
        assert read_plates(load_recognizer(), [photo])[0].text == ""


def test_a_small_image_without_a_detection_is_a_crop(world, crops):
    blank_margin = [np.pad(crop[10:20], ((30, 30), (0, 0), (0, 0)), "edge") for crop in crops[:1]]
    whole = load_recognizer(detect=False).predict(blank_margin)
    np.testing.assert_array_equal(load_recognizer().predict(blank_margin), whole)


@pytest.mark.parametrize(
    ("plate_format", "prior"),
    [
        (None, None),
        ("brazil", BRAZIL),
        (["brazil", "peru"], FormatPrior(BRAZIL, PERU)),
        (BRAZIL, BRAZIL),
        (FormatPrior("peru"), FormatPrior(PERU)),
        ([PlateSyntax("@#")], FormatPrior(PlateSyntax("@#"))),
    ],
)
def test_formats(world, plate_format, prior):
    decoder = load_recognizer(plate_format)[-1].estimator.estimator.decoder
    assert isinstance(decoder, FormatDecoder)
    assert decoder.prior == prior


@pytest.mark.parametrize(
    ("plate_format", "error", "reason"),
    [
        (
            "brasil",
            ValueError,
            "format='brasil': There is no plate format 'brasil'. Did you mean 'brazil'",
        ),
        (["peru", "atlantis"], ValueError, "format=['peru', 'atlantis']: There is no plate format"),
        ([7], TypeError, "format=[7]: "),
        (7, TypeError, "format=7 must be the name of a country"),
        ([], TypeError, "format=[] must be the name"),
    ],
)
def test_unknown_formats_are_errors(world, plate_format, error, reason):
    with pytest.raises(error, match=re.escape(reason)):
        load_recognizer(plate_format)


@pytest.mark.parametrize("plate_format", ["korea", ["brazil", "korea"], FormatPrior("korea")])
def test_formats_of_unknown_characters_warn(plate_format):
    with pytest.warns(UserWarning, match="knows none of '가거고구.*predicts no text of the plate"):
        load_recognizer(plate_format)


@pytest.mark.parametrize("plate_format", [None, "croatia", "serbia", "china"])
def test_formats_with_some_unknown_characters_do_not_warn(plate_format):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_recognizer(plate_format)


def test_detect_is_a_bool(world):
    with pytest.raises(ValueError, match="'detect' parameter of load_recognizer"):
        load_recognizer(detect="yes")


def test_tools_of_scikit_learn(world, plates):
    X, _ = plates
    recognizer = load_recognizer("brazil")
    expected = recognizer.predict(X)
    assert len(pickle.dumps(recognizer)) < 20_000  # the network stays with the package
    copies = [
        clone(recognizer),
        pickle.loads(pickle.dumps(recognizer)),
        FrozenEstimator(recognizer),
        clone(recognizer).fit(X, expected),
        pickle.loads(pickle.dumps(clone(recognizer).fit(X, expected))),
    ]
    for copy in copies:
        np.testing.assert_array_equal(copy.predict(X), expected)
        assert read_plates(copy, X) == read_plates(recognizer, X)
    assert cross_val_score(recognizer, X, expected, cv=3).tolist() == [1, 1, 1]
    name = "recognize__estimator__estimator__decoder__syntax_weight"
    assert clone(recognizer).set_params(**{name: 1.0}).get_params()[name] == 1.0


def test_the_bundled_network_alone(world):
    recognizer = OnnxRecognizer()
    assert recognizer.image_shape_ == (24, 94, 3)
    assert recognizer.alphabet_ == "0123456789ABCDEO"
    images = np.zeros((2, 24, 94, 3), np.uint8)
    assert recognizer.predict(images).tolist() == ["", ""]
    assert len(pickle.dumps(recognizer)) < 2_000


def test_nothing_of_keras_is_imported():
    program = (
        "import sys, sklearn_lpr\n"
        "print(*{'keras', 'tensorflow', 'torch', 'jax', 'onnx', 'onnxruntime'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []
