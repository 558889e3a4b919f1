"""Compare the ONNX files of `to_onnx` with those of Keras's own export.

Needs openvino, and tf2onnx or jax2onnx for each backend::

    python benchmarks/export_writers.py --output benchmarks/results/export_writers.md
"""

import argparse
import importlib.metadata
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _report import argument_parser, publish

PACKAGES = ("onnx", "onnxruntime", "openvino", "tf2onnx", "jax2onnx", "jax")

TRAINING = {"max_iter": 4, "random_state": 0}
N_PLATES = 400
OWN = "layer by layer"


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--backends", nargs="+", default=["tensorflow", "jax"])
    parser.add_argument("--pairs", type=int, default=200, help="timed pairs of predictions")
    parser.add_argument("--worker", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(Path(arguments.worker), arguments.pairs)))
        return
    rows: list[dict[str, Any]] = []
    for backend in arguments.backends:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--worker", folder]
            ran = subprocess.run(
                [*command, "--pairs", str(arguments.pairs)],
                env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
        found = json.loads(ran.stdout.splitlines()[-1])
        known = {(row["network"], row["writer"]) for row in rows}
        rows += [row for row in found if (row["network"], row["writer"]) not in known]
    titles = list(dict.fromkeys(row["network"] for row in rows))
    rows.sort(key=lambda row: titles.index(row["network"]))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    publish(
        "Writers of ONNX files",
        f"{versions}. Trained on {N_PLATES} synthetic plates for {TRAINING['max_iter']} epochs. "
        "Differences are the largest ones between a log-probability of the file and of Keras, on "
        "one and on five plates, in float32. Inference takes one plate on one thread of "
        f"onnxruntime: medians of {arguments.pairs} predictions; ratios to the file written {OWN} "
        "are medians of pairs. int8 is static quantization with the same settings on 100 plates. "
        "*Segments* is a prediction for more segments than the "
        "network was built for. A dash means that an earlier step failed, or does not apply.",
        rows,
        arguments.output,
    )


def measure(folder: Path, n_pairs: int) -> list[dict[str, Any]]:
    """Export each network with both writers, and measure the files."""
    import keras

    from sklearn_lpr.networks import Network

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    rows = []
    for title, recognizer, plates in trained_recognizers():
        X, architecture = recognizer._check_images(plates[:100])
        network = Network(architecture)
        network.load(recognizer.weights_)
        expected = network.predict(X[:5])
        keras_writer = f"Keras, {keras.config.backend()}"
        writers: dict[str, Callable[[Path], None]] = {
            OWN: lambda path, a=architecture, n=network: write_own(path, a, n),
            keras_writer: lambda path, n=network: write_with_keras(path, n),
        }
        sessions: dict[str, Any] = {}
        for writer, write in writers.items():
            path = folder / f"{len(rows)}.onnx"
            row: dict[str, Any] = {"network": title, "writer": writer}
            row |= dict.fromkeys(COLUMNS, "–")
            rows.append(row)
            start = time.perf_counter()
            error = failure(lambda write=write, path=path: write(path))
            if error:
                row["seconds to export"] = error
                continue
            row["seconds to export"] = time.perf_counter() - start
            # jax2onnx writes large weights to a second file.
            files = folder.glob(f"{path.name}*")
            row["kB"] = sum(file.stat().st_size for file in files) // 1000
            for runtime, predict in RUNTIMES.items():
                row[runtime] = difference(predict, path, X[:5], expected)
            if "n_segments" in architecture:
                wider = np.concatenate([X[:1], X[1:2]], axis=1)
                error = failure(lambda path=path, wider=wider: in_onnxruntime(path, wider))
                row["segments"] = error or "yes"
            sessions[writer] = {"float32": open_session(path)}
            quantized = folder / f"{len(rows)}-int8.onnx"
            error = failure(lambda path=path, q=quantized, X=X: quantize(path, q, X))
            if error:
                row["int8 ms"] = error
                continue
            row["int8 kB"] = quantized.stat().st_size // 1000
            sessions[writer]["int8"] = open_session(quantized)
        time_pairs(sessions, X[:1], {row["writer"]: row for row in rows[-2:]}, n_pairs)
    return rows


COLUMNS = (
    "kB",
    "seconds to export",
    "onnxruntime",
    "OpenVINO",
    "OpenCV",
    "segments",
    "ms",
    "ratio",
    "int8 kB",
    "int8 ms",
    "int8 ratio",
)


def trained_recognizers() -> Iterator[tuple[str, Any, Any]]:
    """Yield recognizers trained on synthetic plates for a few epochs, and these plates.

    Random weights have features that are too small for the fast arithmetic of processors.
    """
    from sklearn_lpr import LPRNetCTC, SegmentCNN
    from sklearn_lpr.datasets import make_plates
    from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

    X, y = make_plates(N_PLATES, syntaxes="@@@-####", random_state=0, return_X_y=True)
    crops = PlateCropper().transform(X)
    images = PlateNormalizer(height=24, width=94).transform(crops)
    for title, options in {
        "LPRNetCTC": {},
        "LPRNetCTC, spatial transformer": {"spatial_transformer": True},
    }.items():
        yield title, LPRNetCTC(n_filters=64, **options, **TRAINING).fit(images, y), images
    segments = CharacterSegmenter().transform(crops)
    yield "SegmentCNN", SegmentCNN(n_filters=16, **TRAINING).fit(segments, y), segments


def write_own(path: Path, architecture: dict[str, Any], network: Any) -> None:
    import onnx

    from sklearn_lpr.networks import get_network
    from sklearn_lpr.networks._onnx_graph import Graph

    sizes = dict(architecture)
    graph = Graph(network.weights)
    get_network(sizes.pop("name")).write_onnx(graph, **sizes)
    onnx.save(graph.model(), path)


def write_with_keras(path: Path, network: Any) -> None:
    network.model(np.zeros((1, *network.model.input_shape[1:]), np.uint8))
    network.model.export(str(path), format="onnx", verbose=False)


def failure(act: Callable[[], Any]) -> str | None:
    """Return how an action fails, or None."""
    try:
        act()
    except Exception as error:
        sentence = " ".join(str(error).split()).partition(". ")[0]
        return f"fails: {sentence[:40]}".replace("|", "/")
    return None


def difference(predict: Callable[..., Any], path: Path, X: np.ndarray, expected: np.ndarray) -> str:
    """Return the largest difference on one and on all samples, or the failure."""
    found = {}

    def act() -> None:
        for n in (1, len(X)):
            found[n] = np.abs(predict(path, X[:n]) - expected[:n]).max()

    return failure(act) or f"{max(found.values()):.1e}"


def open_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session: Any, X: np.ndarray) -> np.ndarray:
    return session.run(None, {session.get_inputs()[0].name: X})[0]


def in_onnxruntime(path: Path, X: np.ndarray) -> np.ndarray:
    return run(open_session(path), X)


def in_openvino(path: Path, X: np.ndarray) -> np.ndarray:
    import openvino

    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    return next(iter(core.compile_model(core.read_model(path), "CPU", options)(X).values()))


def in_opencv(path: Path, X: np.ndarray) -> np.ndarray:
    import cv2

    network = cv2.dnn.readNetFromONNX(str(path))
    network.setInput(X)
    return network.forward()


RUNTIMES = {"onnxruntime": in_onnxruntime, "OpenVINO": in_openvino, "OpenCV": in_opencv}


def quantize(path: Path, quantized: Path, X: np.ndarray) -> None:
    import onnx

    from sklearn_lpr.export._quantize import in_batches, quantize_to_int8

    onnx.save(quantize_to_int8(onnx.load(path), in_batches(X)), quantized)


def time_pairs(sessions: dict[str, Any], X: np.ndarray, rows: dict[str, Any], n_pairs: int) -> None:
    """Time the files in turn, and enter medians and ratios in the rows."""
    for precision, (ms, ratio) in {
        "float32": ("ms", "ratio"),
        "int8": ("int8 ms", "int8 ratio"),
    }.items():
        present = {
            writer: each[precision] for writer, each in sessions.items() if precision in each
        }
        seconds: dict[str, list[float]] = {writer: [] for writer in present}
        for _ in range(n_pairs):
            for writer, session in present.items():
                start = time.perf_counter()
                error = failure(lambda session=session: run(session, X))
                seconds[writer].append(np.nan if error else time.perf_counter() - start)
        for writer, times in seconds.items():
            if not np.isnan(times).any():
                rows[writer][ms] = f"{1e3 * np.median(times):.2f}"
                rows[writer][ratio] = f"{np.median(np.divide(times, seconds[OWN])):.2f}"


if __name__ == "__main__":
    main()
