"""OnnxRecognizer: valid and invalid files, and use without the file and without Keras."""

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC, OnnxRecognizer, SegmentCNN, read_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateNormalizer
from sklearn_lpr.syntax import PlateSyntax

onnx = pytest.importorskip("onnx", reason="the extra 'export' is not installed")

from sklearn_lpr.export import load_pipeline, to_onnx  # noqa: E402

FILES = Path(__file__).parent / "files"
SHAPE = (8, 32, 1)


@pytest.fixture(scope="module")
def recognizer(draw_weights):
    decoder = BeamSearchDecoder(syntax=PlateSyntax("@@"), syntax_weight=1.0)
    return draw_weights(LPRNetCTC(n_filters=4, decoder=decoder), SHAPE)


@pytest.fixture(scope="module")
def chain(recognizer):
    return make_pipeline(PlateNormalizer(height=8, width=32, color="grey"), recognizer)


@pytest.fixture(scope="module")
def kept(chain, tmp_path_factory):
    return to_onnx(chain, tmp_path_factory.mktemp("export") / "chain.onnx")


@pytest.fixture
def path(kept, tmp_path):
    """Return a file that a test may damage and delete."""
    copy = tmp_path / "chain.onnx"
    copy.write_bytes(kept.read_bytes())
    return copy


@pytest.fixture(scope="module", name="X")
def noise():
    return np.random.default_rng(1).integers(0, 256, (8, *SHAPE), dtype=np.uint8)


def change_metadata(path, change):
    """Change the metadata of a file by a function."""
    model = onnx.load(path)
    (entry,) = model.metadata_props
    metadata = json.loads(entry.value)
    change(metadata)
    entry.value = json.dumps(metadata)
    onnx.save(model, path)


def test_predictions_are_those_of_the_exported_recognizer(recognizer, path, X):
    served = OnnxRecognizer(path)
    assert served.alphabet_ == "ABCD"
    assert served.image_shape_ == SHAPE
    assert served.architecture_ == recognizer.architecture_
    for there, here in zip(served.read(X), recognizer.read(X), strict=True):
        assert there.text == here.text
        assert there.confidence == pytest.approx(here.confidence, abs=1e-4)
    np.testing.assert_array_equal(
        served.fit(X, served.predict(X)).predict(X), recognizer.predict(X)
    )


@pytest.mark.parametrize("path", sorted(FILES.glob("chain-*.onnx")), ids=lambda path: path.stem)
def test_files_of_earlier_versions_predict_the_same(path):
    version = path.stem.removeprefix("chain-")
    expected = np.load(FILES / f"predictions-{version}.npz")
    served = load_pipeline(path)
    architecture = served[-1].architecture_
    assert (architecture["time_stride"], architecture["global_context"]) == (2, True)
    assert architecture["spatial_transformer"] is False
    predictions = read_plates(served, expected["X"])
    assert [prediction.text for prediction in predictions] == expected["texts"].tolist()
    confidences = [prediction.confidence for prediction in predictions]
    np.testing.assert_allclose(confidences, expected["confidences"], atol=1e-3)


def test_there_is_a_file_of_version_0_1_0():
    (output,) = onnx.load(FILES / "chain-0.1.0.onnx").graph.output
    assert output.name == "lattice"


def test_keras_is_not_imported(kept, chain, X, tmp_path):
    np.save(tmp_path / "X.npy", X)
    program = (
        "import sys, numpy as np\n"
        "from sklearn_lpr import OnnxRecognizer, read_plates\n"
        "from sklearn_lpr.export import load_pipeline\n"
        "path, plates = sys.argv[1:]\n"
        "X = np.load(plates)\n"
        "served = load_pipeline(path, n_threads=1)\n"
        "texts = [prediction.text for prediction in read_plates(served, X)]\n"
        "assert served.predict(X).tolist() == texts == OnnxRecognizer(path).predict(X).tolist()\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*sorted(loaded & {'keras', 'tensorflow', 'torch', 'jax', 'onnx'}))\n"
        "print(*texts, sep='|')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, kept, tmp_path / "X.npy"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    loaded, texts = ran.stdout.split("\n")[:2]
    assert loaded == ""
    assert texts.split("|") == chain.predict(X).tolist()


@pytest.mark.parametrize("load", [load_pipeline, lambda path: OnnxRecognizer(path).predict([])])
def test_an_absent_file_is_named(load, tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"path='.*absent\.onnx': there is no such file; pass .*to_onnx wrote",
    ):
        load(tmp_path / "absent.onnx")


def test_damaged_files_are_rejected(path):
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], content[:100], b"", b"no network"):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"path=.*chain\.onnx'"):
            load_pipeline(path)


def test_a_file_whose_network_outputs_nan_is_named(path, X, monkeypatch):
    pipeline = load_pipeline(path)
    model = pipeline[-1]._model
    outputs = model.log_proba

    def damaged(images):
        log_proba = outputs(images).copy()
        log_proba[1] = np.nan
        return log_proba

    monkeypatch.setattr(model, "log_proba", damaged)
    with pytest.raises(ValueError, match=r"path='.*': the network outputs NaN for sample 1\."):
        pipeline.predict(X)


def test_files_of_other_programs_are_rejected(path):
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"not written by sklearn_lpr\.export\.to_onnx"):
        load_pipeline(path)


def name_class(metadata):
    metadata["decoder"]["class"] = "Popen"


def name_step(metadata):
    metadata["steps"][0][1] = {"class": "builtins.eval", "parameters": {}}


def add_parameter(metadata):
    metadata["decoder"]["parameters"]["depth"] = 3


def come_later(metadata):
    metadata.update(format=99, version="7.0")


def lose_alphabet(metadata):
    del metadata["alphabet"]


def change_network(metadata):
    metadata["architecture"]["name"] = "crnn"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (name_class, "'Popen'.* does not support"),
        (name_step, "eval.* does not support"),
        (add_parameter, "BeamSearchDecoder of this version.*depth"),
        (come_later, r"written by sklearn_lpr 7\.0; update sklearn_lpr"),
        (lose_alphabet, r"damaged \(KeyError\('alphabet'\)\)"),
        (change_network, r"damaged \(KeyError.*no network 'crnn'"),
    ],
)
def test_invalid_metadata_are_rejected(change, message, path, X):
    change_metadata(path, change)
    with pytest.raises(ValueError, match=rf"path=.*{message}"):
        load_pipeline(path)
    with pytest.raises(ValueError, match=message):
        OnnxRecognizer(path).read(X)


def put(*keys, value):
    """Return a function that sets an entry of the metadata."""

    def change(metadata):
        for key in keys[:-1]:
            metadata = metadata[key]
        metadata[keys[-1]] = value

    return change


def remove(*keys):
    def change(metadata):
        for key in keys[:-1]:
            metadata = metadata[key]
        del metadata[keys[-1]]

    return change


def nested(depth):
    value = 0
    for _ in range(depth):
        value = {"tuple": [value]}
    return value


DECODER = ("decoder", "parameters")
NORMALIZER = ("steps", 0, 1, "parameters")
ODD = [
    *(
        put(key, value=value)
        for key in ("alphabet", "name", "format", "architecture")
        for value in (None, 3, [], {}, True, 1e308, [[]], "")
    ),
    *(put("decoder", value=value) for value in (3, [], {}, True, "greedy", {"patterns": ["@"]})),
    *(
        put("architecture", name, value=value)
        for name in ("height", "width", "channels", "n_symbols", "n_filters", "name")
        for value in (None, [], {}, "8", 0, -1)
    ),
    *(put("architecture", name, value=10**400) for name in ("height", "channels", "n_symbols")),
    *(put("architecture", "dropout", value=value) for value in ([], {})),
    *(put("steps", value=value) for value in (None, 3, {}, True, 1e308, [[]], "")),
    put("architecture", "height", value=9),
    put("architecture", "height", value=True),
    put("architecture", "height", value=8.0),
    put("architecture", "depth", value=8),
    put("architecture", value={"name": "segment_cnn", "n_segments": 0}),
    remove("architecture", "width"),
    remove("architecture"),
    remove("steps"),
    put("alphabet", value="ABC"),
    put("alphabet", value="ABCDE"),
    put("alphabet", value="ABCA"),
    put("alphabet", value="ABC\ud800"),
    put("format", value="2"),
    put("format", value=float("nan")),
    put("format", value=-1),
    put("decoder", value=nested(300)),
    put(*DECODER, "beam_width", value=0),
    put(*DECODER, "beam_width", value="wide"),
    put(*DECODER, "beam_width", value=10**9),
    put(*DECODER, "syntax_weight", value={"float": "heavy"}),
    put(*DECODER, "syntax", value={"patterns": []}),
    put(*DECODER, "syntax", value={"patterns": [3]}),
    put(*DECODER, "syntax", value={"patterns": ["["]}),
    put(*DECODER, "syntax", value={"patterns": ["?" * 10**5]}),
    put(*DECODER, "syntax", value={"patterns": ["[\0-\U0010ffff]" * 100]}),
    put(*DECODER, "syntax", value={"class": "GreedyDecoder", "parameters": {}}),
    put("decoder", value={"class": "PlateNormalizer", "parameters": {}}),
    put("decoder", "parameters", value=[]),
    put(*NORMALIZER, "height", value=10**9),
    put(*NORMALIZER, "height", value={"tuple": [1]}),
    put(*NORMALIZER, "n_jobs", value=10**9),
    put(*NORMALIZER, "n_jobs", value=-(10**9)),
    put(*NORMALIZER, "color", value="infrared"),
    put(*NORMALIZER, "self", value=1),
    put("steps", 0, value=["a", {"class": "GreedyDecoder", "parameters": {}}]),
    put("steps", 0, value=["a", None]),
    put("steps", 0, value=["a"]),
    put("steps", 0, value="ab"),
    put("steps", 0, 0, value=3),
    put("steps", 0, 0, value=[]),
    put("steps", 0, 0, value="lprnetctc"),
    put("steps", 0, 0, value="a__b"),
    put("steps", 0, 0, value="memory"),
    put("steps", value=[["a", None]] * 10**5),
]


@pytest.mark.parametrize("change", ODD)
def test_odd_metadata_are_rejected(change, path):
    change_metadata(path, change)
    with pytest.raises(ValueError, match=r"^path='.*chain\.onnx': \w"):
        load_pipeline(path)


@pytest.mark.parametrize(
    "text",
    ["", "null", "3", "[]", "[" * 10**5, '{"format":' * 10**5, "NaN", '"format"', "9" * 5000],
)
def test_metadata_of_any_json_are_rejected(text, path):
    model = onnx.load(path)
    model.metadata_props[0].value = text
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"^path='.*chain\.onnx': \w"):
        load_pipeline(path)


@pytest.mark.parametrize("n_segments", [0, -1, None, 1.5, 10**9])
def test_odd_numbers_of_segments_are_rejected(n_segments, draw_weights, tmp_path):
    recognizer = draw_weights(SegmentCNN(n_filters=4), (3, 16, 12, 1))
    path = to_onnx(recognizer, tmp_path / "segments.onnx")
    assert load_pipeline(path)[-1].alphabet_ == "ABCD"
    change_metadata(path, put("architecture", "n_segments", value=n_segments))
    with pytest.raises(ValueError, match=r"its architecture is damaged"):
        load_pipeline(path)


def test_external_data_are_never_read(path, tmp_path, monkeypatch):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(np.ones(8, np.float32).tobytes())
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.dims == [8]:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="secret.bin")
    path.write_bytes(model.SerializeToString())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"path=.*external data"):
        load_pipeline(path)


def test_opening_a_file_computes_nothing(path):
    """The outer product of two constants would take 160 GB."""
    model = onnx.load(path)
    for name, shape in {"column": (200_000, 1), "row": (1, 200_000)}.items():
        model.graph.initializer.append(
            onnx.numpy_helper.from_array(np.ones(shape, np.float32), name)
        )
    model.graph.node.append(onnx.helper.make_node("Mul", ["column", "row"], ["product"]))
    model.graph.node.append(onnx.helper.make_node("ReduceMax", ["product"], ["top"]))
    output = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["before" if each == output else each for each in node.output]
    model.graph.node.append(onnx.helper.make_node("Add", ["before", "top"], [output]))
    path.write_bytes(model.SerializeToString())
    assert load_pipeline(path)[-1].alphabet_ == "ABCD"


def test_networks_of_another_number_of_symbols_are_rejected(path):
    change_metadata(path, put("alphabet", value="ABC"))
    change_metadata(path, put("architecture", "n_symbols", value=4))
    with pytest.raises(ValueError, match=r"output .* for an alphabet of 3 characters"):
        load_pipeline(path)


@pytest.mark.parametrize("change", ["input", "output", "size"])
def test_networks_that_do_not_fit_their_metadata_are_rejected(change, path):
    model = onnx.load(path)
    (images,), (log_probs,) = model.graph.input, model.graph.output
    if change == "input":
        images.type.tensor_type.elem_type = onnx.TensorProto.INT8
    elif change == "output":
        model.graph.output.append(images)
    else:
        images.type.tensor_type.shape.dim[2].dim_value = 64
        log_probs.type.tensor_type.shape.dim[1].dim_value = 32
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match=r"^path='.*chain\.onnx': \w"):
        load_pipeline(path)


def test_metadata_that_are_not_json_are_rejected(path):
    model = onnx.load(path)
    model.metadata_props[0].value = "{'format': 1"
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"path=.*damaged"):
        load_pipeline(path)


@pytest.mark.parametrize("used", [True, False])
def test_pickles_and_clones_predict_without_the_file(used, path, chain, X):
    served = load_pipeline(path)
    texts = chain.predict(X)
    if used:
        served.predict(X)
    pickled = pickle.dumps(served)
    copy = clone(served)
    path.unlink()
    for each in (pickle.loads(pickled), copy, clone(pickle.loads(pickled))):
        np.testing.assert_array_equal(each.predict(X), texts)


def test_an_unused_recognizer_is_pickled_with_its_file(path, X):
    served = OnnxRecognizer(path)
    pickled = pickle.dumps(served)
    texts = served.predict(X)
    path.unlink()
    np.testing.assert_array_equal(pickle.loads(pickled).predict(X), texts)


@pytest.mark.slow
def test_other_processes_predict_with_it(kept, chain, X):
    served = load_pipeline(kept, n_threads=1)
    y = chain.predict(X)
    scores = cross_val_score(served, X, y, cv=PlateKFold(2), n_jobs=2)
    assert scores.tolist() == [1, 1]


def test_parameters_may_change(path, recognizer, draw_weights, tmp_path, X):
    served = OnnxRecognizer(path)
    served.predict(X)
    other = draw_weights(LPRNetCTC(n_filters=4), (8, 40, 1), alphabet="EF", random_state=2)
    served.set_params(path=to_onnx(other, tmp_path / "other.onnx"))
    assert served.alphabet_ == "EF"
    assert served.image_shape_ == (8, 40, 1)
    served.set_params(path=path, n_threads=2)
    np.testing.assert_array_equal(served.predict(X), recognizer.predict(X))
    with pytest.raises(ValueError, match="'n_threads' parameter of OnnxRecognizer"):
        served.set_params(n_threads=0).predict(X)


def test_the_decoder_can_be_set(kept, recognizer, X):
    served = load_pipeline(kept)
    # Under a strict syntax, every text has two letters.
    served.set_params(lprnetctc__decoder__syntax_weight=float("inf"))
    assert {len(text) for text in served.predict(X)} <= {0, 2}
    served.set_params(lprnetctc__decoder=GreedyDecoder())
    expected = clone(recognizer).set_params(decoder=GreedyDecoder())
    vars(expected).update(
        {name: value for name, value in vars(recognizer).items() if name.endswith("_")}
    )
    np.testing.assert_array_equal(served.predict(X), expected.predict(X))


def test_a_recognizer_without_a_pipeline_becomes_one_step(recognizer, tmp_path, X):
    served = load_pipeline(to_onnx(recognizer, tmp_path / "plates.onnx"))
    assert [name for name, _ in served.steps] == ["onnxrecognizer"]
    served.set_params(onnxrecognizer__decoder__syntax_weight=0.5)
    assert served[-1].decoder.syntax_weight == 0.5


def test_the_decoder_of_the_file_is_the_default(kept, recognizer, X):
    assert OnnxRecognizer(kept).decoder is None
    np.testing.assert_array_equal(OnnxRecognizer(kept).predict(X), recognizer.predict(X))


def test_blank_images_have_no_text(kept, recognizer, X):
    served = OnnxRecognizer(kept)
    X = X.copy()
    X[2] = 255
    predictions = served.read(X)
    assert predictions[2] == recognizer.read(X)[2]
    assert (predictions[2].text, predictions[2].confidence) == ("", 0)
    assert predictions[3].text == served.read(X[3:4])[0].text


def test_images_of_another_size_are_rejected(kept):
    with pytest.raises(
        ValueError, match=r"OnnxRecognizer is expecting images of shape \(8, 32, 1\)"
    ):
        OnnxRecognizer(kept).predict(np.zeros((2, 8, 30, 1), np.uint8))
    with pytest.raises(ValueError, match=r"\(8, 32, 1\)"):
        OnnxRecognizer(kept).fit(np.zeros((2, 8, 32, 3), np.uint8), ["A", "B"])


def test_threads_predict_at_the_same_time(kept, X):
    served = OnnxRecognizer(kept, n_threads=1)
    expected = OnnxRecognizer(kept).log_proba(X)
    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(served.log_proba, X) for _ in range(16)]
        for future in futures:
            np.testing.assert_allclose(future.result(), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("n_threads", "variable", "expected"),
    [(3, "2", 3), (None, "2", 2), (None, None, 0), (None, " 4,2", 4), (None, "", 0)],
)
def test_the_number_of_threads(n_threads, variable, expected, kept, monkeypatch):
    import onnxruntime

    seen = []
    session = onnxruntime.InferenceSession

    def observed(content, options, **kwargs):
        seen.append(options.intra_op_num_threads)
        return session(content, options, **kwargs)

    monkeypatch.setattr(onnxruntime, "InferenceSession", observed)
    if variable is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", variable)
    assert load_pipeline(kept, n_threads=n_threads)[-1].alphabet_ == "ABCD"
    assert seen == [expected]  # there is one session


def test_batches_do_not_change_predictions(kept, X):
    many = np.concatenate([X] * 40)  # more than one batch of the network
    served = OnnxRecognizer(kept)
    expected = np.concatenate([served.log_proba(each[np.newaxis]) for each in X] * 40)
    np.testing.assert_allclose(served.log_proba(many), expected, atol=1e-5)


def test_joblib_saves_it(kept, chain, X, tmp_path):
    joblib.dump(load_pipeline(kept), tmp_path / "chain.joblib")
    served = joblib.load(tmp_path / "chain.joblib")
    np.testing.assert_array_equal(served.predict(X), chain.predict(X))
    assert Path(served[-1].path) == kept


def test_sizes_that_do_not_fit_each_other_are_an_error_with_the_name_of_the_file(path, X):
    model = onnx.load(path)
    [node] = [node for node in model.graph.node if node.op_type == "Reshape"][-1:]
    [shape] = [each for each in model.graph.initializer if each.name == node.input[1]]
    sizes = onnx.numpy_helper.to_array(shape).copy()
    sizes[-1] = 3 * 47
    shape.CopyFrom(onnx.numpy_helper.from_array(sizes, shape.name))
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"path='.*chain\.onnx': onnxruntime cannot"):
        load_pipeline(path).predict(X)


def test_listing_its_attributes_opens_no_file(tmp_path):
    for recognizer in (OnnxRecognizer(), OnnxRecognizer(tmp_path / "missing.onnx")):
        assert {"predict", "alphabet_", "path"} <= set(dir(recognizer))
        assert "_cached" not in vars(recognizer)


def test_the_html_display_of_a_missing_file_shows_the_parameters(tmp_path):
    recognizer = OnnxRecognizer(tmp_path / "missing.onnx")
    for estimator in (recognizer, make_pipeline(PlateNormalizer(), recognizer)):
        assert "missing.onnx" in estimator._repr_html_()


@pytest.mark.parametrize("n_threads", [0, -1, "2", 1.5])
def test_a_wrong_number_of_threads_is_an_error_when_the_file_is_loaded(n_threads, kept):
    with pytest.raises(ValueError, match="'n_threads' parameter of OnnxRecognizer"):
        load_pipeline(kept, n_threads=n_threads)
    with pytest.raises(ValueError, match="'n_threads' parameter of OnnxRecognizer"):
        _ = OnnxRecognizer(kept, n_threads=n_threads).alphabet_
