r"""Compare how long readers take for a plate: array in, text out, resizing and decoding included.

Run from the project's root::

    python benchmarks/speed.py --model reader.joblib --plates ../shared/data/crops/cn_lyl8213 \
        --score ../shared/data/lprnet_pytorch_test --peers /path/to/other/bin/python \
        --output benchmarks/results/speed.md

Every reader has a process of its own and they take turns within one run, so that ratios hold on a
busy machine as well. ``--peers`` names the Python of an environment with fast-plate-ocr
(``pip install "fast-plate-ocr[train,onnx]"``) and rapidocr; what it lacks is reported as absent.
Without ``--model`` a network is trained for a moment: it reads nothing, and takes as long.
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


class Reader:
    """A worker process that reads plates when asked to."""

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
        said = self._answer()
        self.absent: str | None = said.get("absent")
        self.flop: float | None = said.get("flop")

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"absent": "its process ended"}

    def read(self, batch: int, n_calls: int) -> None:
        """Read batches, and keep how long each took."""
        if self.absent is not None:
            return
        assert self._process.stdin is not None
        print(json.dumps({"batch": batch, "calls": n_calls}), file=self._process.stdin, flush=True)
        said = self._answer()
        self.absent = said.get("absent")
        self.seconds.setdefault(batch, []).extend(said.get("seconds", ()))

    def plate_seconds(self, batch: int) -> float:
        """Give the median seconds a plate."""
        return float(np.median(self.seconds[batch])) / batch

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--model", type=Path, metavar="FILE", help="a fitted reader, by joblib")
    parser.add_argument("--plates", type=Path, metavar="FOLDER", help="to read, and to calibrate")
    parser.add_argument("--score", type=Path, metavar="FOLDER", help="plates to score with")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64], metavar="N")
    parser.add_argument("--n-filters", type=int, default=32, help="without --model")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=200, help="a round, of one plate each")
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
        if arguments.score is not None:
            notes.append(score(model, files, arguments.score))
    publish(
        "Time a plate",
        f"Median milliseconds a plate over {arguments.rounds} rounds, in which all readers take "
        f"turns; {len(crops)} plates ({arguments.plates or 'made'}). {describe(model)} Ratios are "
        f"to {PEER}, whose weights are untrained; the peak is the rate at which NumPy multiplies "
        "float32 matrices of 1024 x 1024 on as many threads.\n\n" + "\n\n".join(notes),
        rows,
        arguments.output,
    )


def load_model(arguments: argparse.Namespace) -> Pipeline:
    """Give the reader to measure: from its file, or trained for a moment."""
    if arguments.model is None:
        X, y = make_plates(64, random_state=0, return_X_y=True)
        network = LPRNetCTC(arguments.n_filters, max_iter=1, random_state=0)
        reader = make_pipeline(PlateCropper(missing="whole"), PlateNormalizer(), network)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return reader.fit(X, y)
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
    """Give each of our readers the worker that runs it, and the file that it takes."""
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
    """Let all readers take turns on one number of threads."""
    readers = {
        name: Reader(sys.executable, worker, n_threads, file, plates)
        for name, (worker, file) in files.items()
    }
    nothing = Path(os.devnull)
    for name, worker in ((PEER, "fast-plate-ocr"), ("rapidocr", "rapidocr")):
        readers[name] = Reader(arguments.peers, worker, n_threads, nothing, plates)
    readers[PEAK] = Reader(sys.executable, PEAK, n_threads, nothing, plates)
    for _ in range(arguments.rounds):
        for batch in arguments.batches:
            for name, reader in readers.items():
                if name == PEAK or (name == "rapidocr" and batch > 1):
                    continue
                reader.read(batch, max(2, arguments.calls // batch))
            readers[PEAK].read(1, 5)
    for reader in readers.values():
        reader.close()
    peak = readers[PEAK].flop / readers[PEAK].plate_seconds(1)
    flop = next((reader.flop for reader in readers.values() if reader.flop), None)
    rows = []
    for batch in arguments.batches:
        for name, reader in readers.items():
            if reader.absent is not None:
                notes.append(f"{name} is absent on {n_threads} threads: {reader.absent}.")
                reader.seconds = {}
                reader.absent = None
            if name == PEAK or batch not in reader.seconds:
                continue
            seconds = reader.plate_seconds(batch)
            if name in files:
                reader.flop = flop  # of one network, however it is run
            rate = reader.flop / seconds if reader.flop else None
            known = batch in readers[PEER].seconds
            rows.append(
                {
                    "threads": n_threads,
                    "batch": batch,
                    "reader": name,
                    "ms a plate": 1e3 * seconds,
                    "ratio": seconds / readers[PEER].plate_seconds(batch) if known else "–",
                    "MFLOP a plate": reader.flop / 1e6 if reader.flop else "–",
                    "GFLOP/s": rate / 1e9 if rate else "–",
                    "peak, GFLOP/s": peak / 1e9,
                    "of the peak": rate / peak if rate else "–",
                }
            )
            print(rows[-1], flush=True)
    return rows


def score(model: Pipeline, files: dict[str, tuple[str, Path]], folder: Path) -> str:
    """Say what share of real plates each of our readers reads exactly."""
    X, y = load_plates(folder, return_X_y=True)
    read = {"Keras": model.predict(X)}
    for name, (worker, file) in files.items():
        if worker == "onnx":
            from sklearn_lpr.export import load_pipeline

            read[name] = load_pipeline(file).predict(X)
    shares = (f"{name} {plate_accuracy_score(y, texts):.4f}" for name, texts in read.items())
    return f"Exact match on the {len(y)} plates of {folder.name}: {'; '.join(shares)}."


def describe(model: Pipeline) -> str:
    network = model[-1]
    return (
        f"{type(network).__name__} for images of {network.image_shape_}, "
        f"{len(network.alphabet_)} characters."
    )


if __name__ == "__main__":
    main()
