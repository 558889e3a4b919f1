"""Exported files in runtimes other than onnxruntime."""

import cv2
import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC, SegmentCNN

pytest.importorskip("onnx", reason="the extra 'export' is not installed")

from sklearn_lpr.export import load_pipeline, to_onnx

OPENCV_5 = int(cv2.__version__.split(".")[0]) >= 5

# OpenCV computes the hyperbolic tangent of large numbers as NaN.
SATURATED = "lprnet, transformer with large features"

NETWORKS = {
    "lprnet": (LPRNetCTC(n_filters=8), (24, 94, 3)),
    "lprnet, uneven": (LPRNetCTC(n_filters=5, time_stride=4), (13, 45, 1)),
    "lprnet, transformer": (LPRNetCTC(n_filters=8, spatial_transformer=True), (17, 33, 1)),
    SATURATED: (LPRNetCTC(n_filters=8, spatial_transformer=True), (17, 33, 1)),
    "segment_cnn": (SegmentCNN(n_filters=4), (3, 16, 12, 1)),
}


@pytest.fixture(params=NETWORKS)
def exported(request, draw_weights, tmp_path):
    """Return the name of a network, its file, images and the expected log-probabilities."""
    recognizer, shape = NETWORKS[request.param]
    recognizer = draw_weights(recognizer, shape)
    if request.param == SATURATED:
        recognizer.weights_["locate_features/bias"] += 200
    path = to_onnx(recognizer, tmp_path / "plates.onnx")
    X = np.random.default_rng(1).integers(0, 256, (3, *shape), dtype=np.uint8)
    return request.param, str(path), X, recognizer.log_proba(X)


def in_openvino(path, X):
    """Return the output of a file in OpenVINO, in float32 whatever the processor has."""
    openvino = pytest.importorskip("openvino")
    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    model = core.compile_model(core.read_model(path), "CPU", options)
    return next(iter(model(X).values()))


@pytest.mark.parametrize("classic", [False, True])
def test_opencv_computes_the_same_log_probabilities(classic, exported):
    name, path, X, expected = exported
    needs_5 = "transformer" in name or name == "segment_cnn"
    if (classic or not OPENCV_5) and needs_5:
        pytest.skip("OpenCV 4 has neither GridSample nor a number of segments that varies")
    options = {"engine": cv2.dnn.ENGINE_CLASSIC} if classic and OPENCV_5 else {}
    network = cv2.dnn.readNetFromONNX(path, **options)
    network.setInput(X, "images")
    np.testing.assert_allclose(network.forward(), expected, atol=1e-4)


def test_openvino_computes_the_same_log_probabilities(exported):
    _, path, X, expected = exported
    for n in (1, 3):
        np.testing.assert_allclose(in_openvino(path, X[:n]), expected[:n], atol=1e-4)


@pytest.mark.slow
def test_openvino_runs_int8(glyph_plates, tiny_lprnet, tmp_path):
    X, y = glyph_plates(192)
    recognizer = tiny_lprnet().fit(X, y)
    path = to_onnx(recognizer, tmp_path / "int8.onnx", quantize="int8", calibration=X[:100])
    X, _ = glyph_plates(300, random_state=1)
    expected = load_pipeline(path)[-1].log_proba(X)
    difference = np.exp(in_openvino(str(path), X)) - np.exp(expected)
    assert np.abs(difference).mean() < 0.01
