r"""Compare the inference time of recognizers, from array to text, with resizing and decoding.

Run from the project's root::

    python benchmarks/speed.py --model model.joblib --plates ../shared/data/crops/cn_lyl8213 \
        --test-plates ../shared/data/lprnet_pytorch_test --peers /path/to/other/bin/python \
        --output benchmarks/results/speed.md

Each recognizer runs in its own process and the processes take turns, so that ratios are valid on a
busy machine, too. ``--peers`` is the Python of an environment with fast-plate-ocr
(``pip install "fast-plate-ocr[train,onnx]"``) and rapidocr; a missing package is reported.
Without ``--model`` a network is trained for one epoch: its predictions are wrong, its speed is the
same.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from _report import argument_parser, publish
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.metrics import plate_accuracy_score
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

PEER = "fast-plate-ocr CCT-XS"
PEAK = "matrix multiply"


class Worker:
    """A process that runs one recognizer, and the times that it measured."""

    def __init__(self, python: str, name: str, n_threads: int, file: Path, plates: Path) -> None:
        limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        worker = Path(__file__).with_name("_speed_worker.py")
        self._process = subprocess.Popen(
            [python, str(worker), name, str(n_threads), str(file), str(plates)],
            env={**os.environ, **dict.fromkeys(limits, str(n_threads))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.seconds: dict[int, list[float]] = {}
        answer = self._answer()
        self.absent: str | None = answer.get("absent")
        self.flop: float | None = answer.get("flop")

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"absent": "its process ended"}

    def predict(self, batch: int, n_calls: int) -> None:
        """Predict batches, and store how long each took."""
        if self.absent is not None:
            return
        assert self._process.stdin is not None
        print(json.dumps({"batch": batch, "calls": n_calls}), file=self._process.stdin, flush=True)
        answer = self._answer()
        self.absent = answer.get("absent")
        self.seconds.setdefault(batch, []).extend(answer.get("seconds", ()))

    def plate_seconds(self, batch: int) -> float:
        """Return the median seconds per plate."""
        return float(np.median(self.seconds[batch])) / batch

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="fitted recognizer, stored by joblib"
    )
    parser.add_argument(
        "--plates",
        type=Path,
        metavar="FOLDER",
        help="plates to predict, and to calibrate int8 models",
    )
    parser.add_argument(
        "--test-plates", type=Path, metavar="FOLDER", help="plates to measure accuracy on"
    )
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64], metavar="N")
    parser.add_argument("--n-filters", type=int, default=32, help="without --model")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=200, help="calls per round with one plate")
    arguments = parser.parse_args()

    model = load_model(arguments)
    crops = [np.asarray(sample.pixels()) for sample in load_samples(arguments.plates)]
    notes, rows = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(model, crops, Path(folder), notes)
        plates = Path(folder) / "plates.npz"
        np.savez(plates, *crops[: max(arguments.batches) * 4])
        for n_threads in arguments.threads:
            rows += compare(files, plates, n_threads, arguments, notes)
        if arguments.test_plates is not None:
            notes.append(score(model, files, arguments.test_plates))
    publish(
        "Inference time per plate",
        f"Median milliseconds per plate over {arguments.rounds} rounds, in which all recognizers "
        f"take turns; {len(crops)} plates ({arguments.plates or 'synthetic'}). {describe(model)} "
        f"Ratios are to {PEER}, whose weights are untrained; the peak is the rate at which NumPy "
        "multiplies float32 matrices of 1024 x 1024 with the same number of threads.\n\n"
        + "\n\n".join(notes),
        rows,
        arguments.output,
    )


def load_model(arguments: argparse.Namespace) -> Pipeline:
    """Return the pipeline to measure: from its file, or trained for one epoch."""
    if arguments.model is None:
        X, y = make_plates(64, random_state=0, return_X_y=True)
        network = LPRNetCTC(arguments.n_filters, max_iter=1, random_state=0)
        recognizer = make_pipeline(PlateCropper(missing="whole"), PlateNormalizer(), network)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return recognizer.fit(X, y)
    model = joblib.load(arguments.model)
    if isinstance(model, Pipeline):
        return model
    height, width, channels = model.image_shape_
    color = "grey" if channels == 1 else "rgb"
    return make_pipeline(PlateNormalizer(height, width, color=color), model)


def load_samples(folder: Path | None) -> Any:
    if folder is not None:
        return load_plates(folder).data
    scenes = make_plates(256, random_state=1).data
    return [type(scenes[0])(crop) for crop in PlateCropper(margin=0.05).transform(scenes)]


def write_files(
    model: Pipeline, crops: list[np.ndarray], folder: Path, notes: list[str]
) -> dict[str, tuple[str, Path]]:
    """Write the files of our recognizers; return the kind of worker and the file of each."""
    files = {"Keras": ("keras", folder / "model.joblib")}
    joblib.dump(model, files["Keras"][1])
    try:
        from sklearn_lpr.export import to_onnx

        int8: dict[str, Any] = {"quantize": "int8", "calibration": crops[:256]}
        for precision, options in (("float32", {}), ("int8", int8)):
            file = folder / f"{precision}.onnx"
            to_onnx(model, file, **options)
            files[f"onnxruntime, {precision}"] = ("onnx", file)
    except ImportError as error:
        notes.append(f"No ONNX files: {error}")
    return files


def compare(
    files: dict[str, tuple[str, Path]],
    plates: Path,
    n_threads: int,
    arguments: argparse.Namespace,
    notes: list[str],
) -> list[dict[str, Any]]:
    """Measure all recognizers in turns with one number of threads."""
    recognizers = {
        name: Worker(sys.executable, worker, n_threads, file, plates)
        for name, (worker, file) in files.items()
    }
    no_file = Path(os.devnull)
    for name, worker in ((PEER, "fast-plate-ocr"), ("rapidocr", "rapidocr")):
        recognizers[name] = Worker(arguments.peers, worker, n_threads, no_file, plates)
    recognizers[PEAK] = Worker(sys.executable, PEAK, n_threads, no_file, plates)
    for _ in range(arguments.rounds):
        for batch in arguments.batches:
            for name, recognizer in recognizers.items():
                if name == PEAK or (name == "rapidocr" and batch > 1):
                    continue
                recognizer.predict(batch, max(2, arguments.calls // batch))
            recognizers[PEAK].predict(1, 5)
    for recognizer in recognizers.values():
        recognizer.close()
    peak = recognizers[PEAK].flop / recognizers[PEAK].plate_seconds(1)
    flop = next((recognizer.flop for recognizer in recognizers.values() if recognizer.flop), None)
    rows = []
    for batch in arguments.batches:
        for name, recognizer in recognizers.items():
            if recognizer.absent is not None:
                notes.append(
                    f"{name} is not available with {n_threads} threads: {recognizer.absent}."
                )
                recognizer.seconds = {}
                recognizer.absent = None
            if name == PEAK or batch not in recognizer.seconds:
                continue
            seconds = recognizer.plate_seconds(batch)
            if name in files:
                recognizer.flop = flop  # the same network, whatever runs it
            rate = recognizer.flop / seconds if recognizer.flop else None
            known = batch in recognizers[PEER].seconds
            rows.append(
                {
                    "threads": n_threads,
                    "batch": batch,
                    "recognizer": name,
                    "ms per plate": 1e3 * seconds,
                    "ratio": seconds / recognizers[PEER].plate_seconds(batch) if known else "–",
                    "MFLOP per plate": recognizer.flop / 1e6 if recognizer.flop else "–",
                    "GFLOP/s": rate / 1e9 if rate else "–",
                    "peak, GFLOP/s": peak / 1e9,
                    "fraction of peak": rate / peak if rate else "–",
                }
            )
            print(rows[-1], flush=True)
    return rows


def score(model: Pipeline, files: dict[str, tuple[str, Path]], folder: Path) -> str:
    """Describe the plate accuracy of each of our recognizers on real plates."""
    X, y = load_plates(folder, return_X_y=True)
    y_pred = {"Keras": model.predict(X)}
    for name, (worker, file) in files.items():
        if worker == "onnx":
            from sklearn_lpr.export import load_pipeline

            y_pred[name] = load_pipeline(file).predict(X)
    accuracies = (f"{name} {plate_accuracy_score(y, texts):.4f}" for name, texts in y_pred.items())
    return f"Plate accuracy on the {len(y)} plates of {folder.name}: {'; '.join(accuracies)}."


def describe(model: Pipeline) -> str:
    network = model[-1]
    return (
        f"{type(network).__name__} for images of {network.image_shape_}, "
        f"{len(network.alphabet_)} characters."
    )


if __name__ == "__main__":
    main()
