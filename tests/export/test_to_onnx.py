"""Export: log-probabilities, metadata, int8 quantization and errors."""

import json
import sys
import warnings

import joblib
import numpy as np
import onnxruntime
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_lpr import LPRNetCTC, SegmentCNN, read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, FormatDecoder, GreedyDecoder
from sklearn_lpr.ensemble import VotingRecognizer
from sklearn_lpr.images import object_array
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer, RowJoiner
from sklearn_lpr.syntax import FormatPrior, PlateSyntax

onnx = pytest.importorskip("onnx", reason="the extra 'export' is not installed")

from sklearn_lpr.export import load_pipeline, to_onnx  # noqa: E402

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def operations_at_inference(path, folder):
    """Return the operations of a file after the optimization that onnxruntime does."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return {node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node}


def metadata_of(path):
    entries = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    return json.loads(entries["sklearn_lpr"])


@pytest.mark.parametrize(
    ("params", "shape"),
    [
        ({}, (24, 94, 3)),
        ({"n_filters": 5}, (8, 32, 1)),
        ({"global_context": False}, (8, 32, 3)),
        ({"time_stride": 1}, (9, 31, 1)),
        ({"time_stride": 4}, (13, 45, 3)),
        ({"spatial_transformer": True}, (24, 94, 3)),
        ({"spatial_transformer": True, "time_stride": 4, "global_context": False}, (17, 33, 1)),
        ({}, (1, 14, 1)),
    ],
    ids=str,
)
def test_log_proba_of_lprnet_is_that_of_keras(params, shape, draw_weights, tmp_path):
    recognizer = draw_weights(LPRNetCTC(**{"n_filters": 8, **params}), shape)
    X = np.random.default_rng(1).integers(0, 256, (5, *shape), dtype=np.uint8)
    X[3] = 77  # holds no plate
    log_proba = recognizer.log_proba(X)
    assert np.ptp(log_proba[0]) > 1  # otherwise the comparison shows nothing
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))[-1]
    # The transformer adds to the rounding errors, which differ between processors.
    np.testing.assert_allclose(served.log_proba(X), log_proba, rtol=1e-4, atol=1e-4)
    assert served.read(X)[3].text == ""


def test_an_active_transformer_moves_the_image(draw_weights, tmp_path):
    shape = (24, 94, 3)
    X = np.random.default_rng(1).integers(0, 256, (2, *shape), dtype=np.uint8)
    recognizer = draw_weights(LPRNetCTC(n_filters=8, spatial_transformer=True), shape)
    active = load_pipeline(to_onnx(recognizer, tmp_path / "active.onnx"))[-1].log_proba(X)
    recognizer.weights_["align/openness"] = np.zeros((), np.float32)
    inactive = load_pipeline(to_onnx(recognizer, tmp_path / "inactive.onnx"))[-1].log_proba(X)
    assert np.abs(active - inactive).max() > 0.1


@pytest.mark.parametrize("position", [True, False])
@pytest.mark.parametrize("shape", [(4, 24, 16, 1), (3, 9, 11, 3)], ids=str)
def test_log_proba_of_segment_cnn_is_that_of_keras(position, shape, draw_weights, tmp_path):
    n_segments, *size = shape
    recognizer = draw_weights(SegmentCNN(n_filters=4, position=position), shape)
    rng = np.random.default_rng(1)
    counts = [n_segments, 1, 0, n_segments + 1]  # fewer segments, none, more than in training
    X = object_array([rng.integers(0, 256, (n, *size), dtype=np.uint8) for n in counts])
    X[0][1] = 9  # a segment of one colour is no segment
    log_proba = recognizer.log_proba(X)
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))[-1]
    np.testing.assert_allclose(served.log_proba(X), log_proba, rtol=0, atol=1e-4)
    assert [prediction.text for prediction in served.read(X)] == recognizer.predict(X).tolist()
    # A prediction does not depend on the number of segments of the other plates of a batch.
    alone = [served.read(object_array([plate]))[0].text for plate in X]
    assert alone == recognizer.predict(X).tolist()


@pytest.mark.slow
def test_the_texts_of_a_trained_recognizer_are_the_same(glyph_plates, tiny_lprnet, tmp_path):
    recognizer = tiny_lprnet(spatial_transformer=True).fit(*glyph_plates(192))
    X, y = glyph_plates(1000, random_state=1)
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))
    np.testing.assert_array_equal(served.predict(X), recognizer.predict(X))
    assert served.score(X, y) > 0.8
    found = [prediction.confidence for prediction in read_plates(served, X)]
    expected = [prediction.confidence for prediction in read_plates(recognizer, X)]
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.slow
def test_the_texts_of_1000_synthetic_plates_are_the_same_through_the_whole_pipeline(
    draw_weights, tmp_path
):
    X, _ = make_plates(1000, random_state=0, return_X_y=True)
    network = draw_weights(LPRNetCTC(n_filters=16), (24, 94, 3), ALPHABET, random_state=2)
    recognizer = make_pipeline(PlateCropper(margin=0.1), PlateNormalizer(), network)
    texts = [prediction.text for prediction in read_plates(recognizer, X)]
    assert len(set(texts)) > 100
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))
    same = [
        prediction.text == text
        for prediction, text in zip(read_plates(served, X), texts, strict=True)
    ]
    # In one of 47000 time steps, the two best symbols of untrained weights may differ by rounding.
    assert sum(same) >= 999


def test_a_pipeline_that_segments_is_restored(draw_weights, tmp_path):
    X, _ = make_plates(12, random_state=0, return_X_y=True)
    segmenter = CharacterSegmenter(height=20, width=12)
    network = draw_weights(SegmentCNN(n_filters=4), (8, 20, 12, 1), ALPHABET)
    recognizer = make_pipeline(PlateCropper(), RowJoiner(), segmenter, network)
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))
    assert [name for name, _ in served.steps] == [name for name, _ in recognizer.steps]
    for there, here in zip(served[:-1], recognizer[:-1], strict=True):
        assert repr(there) == repr(here)
    np.testing.assert_array_equal(served.predict(X), recognizer.predict(X))


def wrapped(network):
    crops = ("crop", PlateCropper(missing="whole"))
    size = ("size", PlateNormalizer(height=8, width=32, color="grey"))
    chain = Pipeline([crops, ("nothing", None), size, ("read", network)])
    nested = Pipeline([("size", Pipeline([crops])), ("inner", Pipeline([size, ("read", network)]))])
    search = GridSearchCV(clone(chain), {"read__decoder": [None]})
    search.best_estimator_ = chain
    return {
        "pipeline": (chain, ["crop", "size", "read"]),
        "frozen": (FrozenEstimator(chain), ["crop", "size", "read"]),
        "search": (search, ["crop", "size", "read"]),
        "frozen inside": (
            Pipeline([crops, ("size", FrozenEstimator(size[1])), ("read", network)]),
            ["crop", "size", "read"],
        ),
        "nested": (nested, ["crop", "size", "read"]),
        "frozen at the end": (
            FrozenEstimator(Pipeline([crops, size, ("read", FrozenEstimator(network))])),
            ["crop", "size", "read"],
        ),
    }


@pytest.mark.parametrize(
    "kind", ["pipeline", "frozen", "search", "frozen inside", "nested", "frozen at the end"]
)
def test_what_is_around_a_recognizer_is_flattened(kind, draw_weights, tmp_path):
    estimator, names = wrapped(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)))[kind]
    X = list(np.random.default_rng(0).integers(0, 256, (4, 16, 60, 3), dtype=np.uint8))
    served = load_pipeline(to_onnx(estimator, tmp_path / "plates.onnx"))
    assert [name for name, _ in served.steps] == names
    np.testing.assert_array_equal(served.predict(X), estimator.predict(X))


def test_equal_names_of_nested_steps_are_numbered(draw_weights, tmp_path):
    network = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    inner = Pipeline(
        [("one", PlateNormalizer(height=8, width=32, color="grey")), ("read", network)]
    )
    outer = Pipeline([("one", PlateCropper(missing="whole")), ("two", inner)])
    served = load_pipeline(to_onnx(outer, tmp_path / "plates.onnx"))
    assert [name for name, _ in served.steps] == ["one-1", "one-2", "read"]


def test_numbered_names_do_not_collide_with_others(draw_weights, tmp_path):
    network = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    size = PlateNormalizer(height=8, width=32, color="grey")
    # make_pipeline has numbered two of the steps.
    outer = make_pipeline(make_pipeline(size, size), make_pipeline(size), size, network)
    served = load_pipeline(to_onnx(outer, tmp_path / "plates.onnx"))
    names = [name for name, _ in served.steps]
    assert len(set(names)) == 5
    assert {"platenormalizer-1", "platenormalizer-2"} < set(names)


@pytest.mark.parametrize(
    ("decoder", "message"),
    [
        (
            BeamSearchDecoder(syntax=PlateSyntax(*[f"A{number:06}" for number in range(1500)])),
            "syntax of .* has a plate format of 10500 characters; a file holds at most 10000",
        ),
        (
            FormatDecoder(FormatPrior(*[PlateSyntax("A" * n) for n in range(1, 1002)])),
            "prior of .* has 1001 plate formats; a file has at most 1000",
        ),
    ],
)
def test_formats_that_no_file_may_hold_are_an_error(decoder, message, draw_weights, tmp_path):
    network = draw_weights(LPRNetCTC(n_filters=4, decoder=decoder), (8, 32, 1))
    with pytest.raises(ValueError, match=message):
        to_onnx(network, tmp_path / "plates.onnx")
    assert not list(tmp_path.iterdir())


def test_parameters_may_be_booleans_of_numpy(draw_weights, tmp_path):
    cropper = PlateCropper(rectify=np.bool_(False), missing="whole")
    size = PlateNormalizer(height=8, width=32, color="grey")
    network = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    path = to_onnx(make_pipeline(cropper, size, network), tmp_path / "plates.onnx")
    assert load_pipeline(path)[0].rectify is False


@pytest.mark.slow
def test_a_fitted_search_is_exported(glyph_plates, tiny_lprnet, tmp_path):
    X, y = glyph_plates(64)
    search = GridSearchCV(tiny_lprnet(max_iter=2), {"decoder": [None, BeamSearchDecoder()]}, cv=2)
    with pytest.raises(NotFittedError):
        to_onnx(search, tmp_path / "plates.onnx")
    with pytest.warns(match="."):  # training is too short
        search.fit(X, y)
    served = load_pipeline(to_onnx(search, tmp_path / "plates.onnx"))
    np.testing.assert_array_equal(served.predict(X), search.predict(X))


def test_the_metadata_hold_all_that_a_prediction_needs(draw_weights, tmp_path):
    syntax = PlateSyntax("AB#", "@@@")
    decoder = BeamSearchDecoder(beam_width=7, syntax=syntax, syntax_weight=float("inf"))
    network = draw_weights(LPRNetCTC(n_filters=4, decoder=decoder), (8, 32, 3))
    recognizer = make_pipeline(
        PlateCropper(margin=0.1), PlateNormalizer(height=8, width=32, channel_order="bgr"), network
    )
    path = to_onnx(recognizer, str(tmp_path / "plates.onnx"))
    assert path == tmp_path / "plates.onnx"
    metadata = metadata_of(path)
    assert metadata["format"] == 2
    assert metadata["alphabet"] == "ABCD"
    assert metadata["architecture"] == network.architecture_
    assert metadata["channel_order"] == "bgr"
    assert metadata["quantize"] is None
    assert [name for name, _ in metadata["steps"]] == ["platecropper", "platenormalizer"]
    assert metadata["decoder"]["class"] == "BeamSearchDecoder"
    restored = load_pipeline(path)[-1].decoder
    assert repr(restored) == repr(decoder)
    assert restored.syntax == syntax
    assert restored.syntax_weight == float("inf")


def test_a_prior_over_formats_is_in_the_metadata(draw_weights, tmp_path):
    decoder = FormatDecoder(FormatPrior(PlateSyntax("AB#", "@@@"), "peru", weights=[1, 3]))
    network = draw_weights(LPRNetCTC(n_filters=4, decoder=decoder), (8, 32, 3))
    restored = load_pipeline(to_onnx(network, tmp_path / "plates.onnx"))[-1].decoder
    assert restored.prior == decoder.prior
    network.decoder = FormatDecoder()
    restored = load_pipeline(to_onnx(network, tmp_path / "plates.onnx"))[-1].decoder
    assert restored.prior is None


@pytest.mark.parametrize(
    ("channels", "steps", "order"),
    [
        (1, [PlateNormalizer(height=8, width=32, color="grey")], "grey"),
        (3, [PlateNormalizer(height=8, width=32)], "rgb"),
        (3, [], "rgb"),
    ],
)
def test_the_channel_order_is_in_the_metadata(channels, steps, order, draw_weights, tmp_path):
    network = draw_weights(LPRNetCTC(n_filters=4), (8, 32, channels))
    path = to_onnx(make_pipeline(*steps, network), tmp_path / "plates.onnx")
    assert metadata_of(path)["channel_order"] == order


def test_the_file_is_an_onnx_model_with_any_number_of_images(draw_weights, tmp_path):
    path = to_onnx(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)), tmp_path / "plates.onnx")
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    (images,), (log_probs,) = model.graph.input, model.graph.output
    shape = [each.dim_param or each.dim_value for each in images.type.tensor_type.shape.dim]
    assert (images.name, shape) == ("images", ["n", 8, 32, 1])
    shape = [each.dim_param or each.dim_value for each in log_probs.type.tensor_type.shape.dim]
    assert (log_probs.name, shape) == ("log_probs", ["n", 16, 5])


def test_an_earlier_file_is_replaced_and_no_other_file_remains(draw_weights, tmp_path):
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    path = to_onnx(recognizer, tmp_path / "plates.onnx")
    first = path.read_bytes()
    path.write_text("something else")
    assert to_onnx(recognizer, path).read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == ["plates.onnx"]


def test_an_earlier_file_stays_if_it_cannot_be_replaced(draw_weights, tmp_path, monkeypatch):
    path = tmp_path / "plates.onnx"
    path.write_text("earlier")

    def fail(source, target):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        to_onnx(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)), path)
    assert path.read_text() == "earlier"
    assert [each.name for each in tmp_path.iterdir()] == ["plates.onnx"]


def test_a_symbolic_link_and_the_mode_of_a_file_stay(draw_weights, tmp_path):
    target, link = tmp_path / "v1.onnx", tmp_path / "current.onnx"
    target.touch()
    target.chmod(0o640)
    link.symlink_to(target.name)
    to_onnx(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)), link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert load_pipeline(target)[-1].alphabet_ == "ABCD"


class OwnNormalizer(PlateNormalizer):
    pass


class OwnDecoder(GreedyDecoder):
    pass


class OwnDetector:
    def detect(self, X):
        return [None] * len(X)


@pytest.mark.parametrize(
    ("steps", "decoder", "message"),
    [
        ([OwnNormalizer()], None, "step 'ownnormalizer' is a OwnNormalizer"),
        ([PlateCropper(detector=OwnDetector())], None, "detector of The step 'platecropper'"),
        ([], OwnDecoder(), "decoder of LPRNetCTC is a OwnDecoder"),
    ],
)
def test_objects_of_other_packages_are_rejected_by_name(
    steps, decoder, message, draw_weights, tmp_path
):
    network = draw_weights(LPRNetCTC(n_filters=4, decoder=decoder), (8, 32, 1))
    with pytest.raises(TypeError, match=message):
        to_onnx(make_pipeline(*steps, network), tmp_path / "plates.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"quantize": "int4"}, "'quantize' parameter of to_onnx"),
        ({"quantize": "int8"}, "needs calibration="),
        ({"calibration": [np.zeros((8, 32, 1), np.uint8)]}, "quantize='int8' alone"),
    ],
)
def test_invalid_combinations_of_arguments_are_rejected(arguments, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        to_onnx(LPRNetCTC(), tmp_path / "plates.onnx", **arguments)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("absent/plates.onnx", FileNotFoundError, "there is no folder '.*absent'; create it first"),
        (".", IsADirectoryError, "is a folder; pass the path of the file to write"),
    ],
)
def test_a_path_that_cannot_be_written_is_rejected_first(name, error, message, tmp_path):
    with pytest.raises(error, match=f"path='.*'.* {message}"):
        to_onnx(LPRNetCTC(), tmp_path / name)  # the path is checked before the estimator


def test_what_cannot_be_exported_is_rejected(tmp_path):
    path = tmp_path / "plates.onnx"
    with pytest.raises(NotFittedError):
        to_onnx(LPRNetCTC(), path)
    with pytest.raises(TypeError, match="is not a recognizer"):
        to_onnx(make_pipeline(PlateCropper(), PlateNormalizer()), path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "around",
    [
        CalibratedRecognizerCV(LPRNetCTC()),
        RejectingRecognizerCV(make_pipeline(PlateNormalizer(), LPRNetCTC())),
        VotingRecognizer([("one", LPRNetCTC())]),
    ],
    ids=lambda around: type(around).__name__,
)
def test_the_error_for_meta_estimators_explains_how_to_serve_them(around, tmp_path):
    name = type(around).__name__
    with pytest.raises(
        TypeError,
        match=f"{name} has no network to export.*load_pipeline.*FrozenEstimator.*new {name}, "
        "fit that.*held out.*joblib.dump",
    ):
        to_onnx(make_pipeline(PlateCropper(), around), tmp_path / "plates.onnx")
    assert list(tmp_path.iterdir()) == []


def test_meta_estimators_around_an_exported_recognizer_are_saved_by_joblib(draw_weights, tmp_path):
    path = to_onnx(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)), tmp_path / "plates.onnx")
    served = load_pipeline(path)
    X = np.random.default_rng(1).integers(0, 256, (60, 8, 32, 1), dtype=np.uint8)
    texts = served.predict(X)
    calibrated = CalibratedRecognizerCV(FrozenEstimator(served)).fit(X, texts)
    rejecting = RejectingRecognizerCV(FrozenEstimator(calibrated), target_coverage=0.5)
    joblib.dump(rejecting.fit(X, texts), tmp_path / "rejecting.joblib")
    path.unlink()  # the saved estimator holds its content
    again = joblib.load(tmp_path / "rejecting.joblib")
    np.testing.assert_array_equal(again.predict(X), rejecting.predict(X))


def test_an_exported_recognizer_cannot_be_exported_again(draw_weights, tmp_path):
    path = to_onnx(draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1)), tmp_path / "plates.onnx")
    with pytest.raises(TypeError, match="OnnxRecognizer has no network to export"):
        to_onnx(load_pipeline(path), tmp_path / "again.onnx")


@pytest.mark.parametrize("quantize", [None, "int8"])
def test_the_missing_extra_is_named(quantize, draw_weights, tmp_path, monkeypatch):
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    calibration = None if quantize is None else np.zeros((4, 8, 32, 1), np.uint8)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-lpr\[export\]'"):
        to_onnx(recognizer, tmp_path / "plates.onnx", quantize, calibration)


def test_blank_plates_do_not_calibrate(draw_weights, tmp_path):
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    blank = np.repeat(np.arange(110, dtype=np.uint8), 8 * 32).reshape(-1, 8, 32, 1)
    path = tmp_path / "int8.onnx"
    with pytest.raises(ValueError, match="All 110 plates of calibration= are blank"):
        to_onnx(recognizer, path, quantize="int8", calibration=blank)
    assert not path.exists()
    X = np.random.default_rng(0).integers(0, 256, (20, 8, 32, 1), dtype=np.uint8)
    with pytest.warns(UserWarning, match="calibration= has 20 plates"):
        to_onnx(recognizer, path, quantize="int8", calibration=np.concatenate([blank, X]))
    alone = tmp_path / "alone.onnx"
    with pytest.warns(UserWarning, match="calibration= has 20 plates"):
        to_onnx(recognizer, alone, quantize="int8", calibration=X)
    assert path.read_bytes() == alone.read_bytes()


def test_calibration_plates_of_another_size_are_rejected(draw_weights, tmp_path):
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    with pytest.raises(ValueError, match="put a PlateNormalizer before it"):
        to_onnx(recognizer, tmp_path / "plates.onnx", "int8", np.zeros((4, 8, 30, 1), np.uint8))


@pytest.mark.parametrize(("n_plates", "warns"), [(99, True), (100, False)])
def test_few_calibration_plates_are_counted_in_a_warning(n_plates, warns, draw_weights, tmp_path):
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    X = np.random.default_rng(1).integers(0, 256, (n_plates, 8, 32, 1), dtype=np.uint8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        to_onnx(recognizer, tmp_path / "plates.onnx", "int8", X)
    found = [each for each in caught if "calibration" in str(each.message)]
    assert len(found) == warns
    if warns:
        assert found[0].filename == __file__
        assert "calibration= has 99 plates" in str(found[0].message)
        assert "a few hundred" in str(found[0].message)


@pytest.mark.slow
@pytest.mark.parametrize("spatial_transformer", [False, True])
def test_int8_predicts_nearly_the_same(spatial_transformer, glyph_plates, tiny_lprnet, tmp_path):
    X, y = glyph_plates(192)
    recognizer = tiny_lprnet(spatial_transformer=spatial_transformer).fit(X, y)
    path = to_onnx(recognizer, tmp_path / "int8.onnx", quantize="int8", calibration=X[:100])
    assert metadata_of(path)["quantize"] == "int8"
    operations = operations_at_inference(path, tmp_path)
    assert "QLinearConv" in operations
    assert "LogSoftmax" in operations  # 8 bits are too few for it
    X, y = glyph_plates(300, random_state=1)
    served = load_pipeline(path, n_threads=1)
    assert np.mean(served.predict(X) == recognizer.predict(X)) > 0.9
    assert served.score(X, y) > recognizer.score(X, y) - 0.05
    assert served.predict(np.zeros((1, 8, 32, 1), np.uint8)).tolist() == [""]


@pytest.mark.filterwarnings("ignore:calibration= has 24 plates:UserWarning")
def test_int8_of_segments(draw_weights, tmp_path):
    shape = (3, 16, 12, 1)
    recognizer = draw_weights(SegmentCNN(n_filters=4), shape)
    rng = np.random.default_rng(1)
    X = object_array([rng.integers(0, 256, (n, *shape[1:]), dtype=np.uint8) for n in (3, 2, 1) * 8])
    served = load_pipeline(to_onnx(recognizer, tmp_path / "int8.onnx", "int8", X))[-1]
    difference = np.exp(served.log_proba(X)) - np.exp(recognizer.log_proba(X))
    assert 0 < np.abs(difference).mean() < 0.05
    # Padding and the time steps between segments stay certain.
    np.testing.assert_array_equal(served.log_proba(X)[:, 1::2, 0], 0)
