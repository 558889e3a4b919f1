r"""Measure how time and memory scale with batch, image width, beam width and number of plates.

Run from the project's root::

    python benchmarks/scaling.py --model model.joblib --plates ../shared/data/crops/cn_lyl8213 \
        --output benchmarks/results/scaling.md

``--model`` is a pipeline stored by joblib, whose log-probabilities are decoded. Without it they are
those of a network that is trained for one epoch; they are less certain, and take longer to decode.
Paths are predicted by ``read_plates(..., batch_size=)``; a few files are repeated to any number of
paths. Resident memory is that of the process after each measurement; Linux only.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import joblib
import numpy as np
from _report import argument_parser, publish
from repeated_fits import resident
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="fitted pipeline whose outputs are decoded"
    )
    parser.add_argument("--plates", type=Path, metavar="FOLDER", help="images for the model")
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 4, 16, 64, 256, 1024])
    parser.add_argument("--widths", type=int, nargs="+", default=[47, 94, 188, 376])
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 5, 10, 20, 50])
    parser.add_argument("--paths", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    rows: list[dict[str, Any]] = []

    def add(scale: str, value: int, seconds: float, n_plates: int) -> None:
        rows.append(
            {
                "quantity": scale,
                "value": value,
                "seconds": seconds,
                "ms per plate": 1e3 * seconds / n_plates,
                "resident, MiB": resident() / 2**20,
            }
        )
        print(rows[-1], flush=True)

    X, y = make_plates(64, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)

    def fitted(width: int) -> LPRNetCTC:
        recognizer = LPRNetCTC(arguments.n_filters, max_iter=1, random_state=0)
        return recognizer.fit(PlateNormalizer(width=width).transform(crops), y)

    recognizer = fitted(94)
    plates = PlateNormalizer().transform(crops)
    for n_plates in arguments.batches:
        batch = np.resize(plates, (n_plates, *plates.shape[1:]))
        seconds = median(recognizer.predict, batch, repeats=arguments.repeats)
        add("batch", n_plates, seconds, n_plates)
    model, images = recognizer, plates
    if arguments.model is not None:
        steps = joblib.load(arguments.model)
        model, images = steps[-1], steps[:-1].transform(load_plates(arguments.plates).data)
    images = np.resize(images, (1000, *images.shape[1:]))
    seconds = median(model.log_proba, images, repeats=arguments.repeats)
    add("log_proba of 1000 plates", len(images), seconds, len(images))
    log_proba = model.log_proba(images)
    decoders = [(0, GreedyDecoder()), *((n, BeamSearchDecoder(n)) for n in arguments.beams)]
    for n_beams, decoder in decoders:
        seconds = median(decoder.decode, log_proba, model.alphabet_, repeats=arguments.repeats)
        add("beam width (0: greedy), same log_proba", n_beams, seconds, len(log_proba))
    for width in arguments.widths:
        batch = PlateNormalizer(width=width).transform(crops)
        seconds = median(fitted(width).predict, batch, repeats=arguments.repeats)
        add("image width, 64 plates", width, seconds, len(batch))
    chain = make_pipeline(PlateCropper(missing="whole"), PlateNormalizer(), recognizer)
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{index}.jpg") for index in range(len(crops))]
        for file, crop in zip(files, crops, strict=True):
            cv2.imwrite(file, crop[:, :, ::-1])
        for n_paths in arguments.paths:
            paths = np.resize(files, n_paths)
            start = time.perf_counter()
            read_plates(chain, paths, batch_size=256)
            add("paths", n_paths, time.perf_counter() - start, n_paths)
    publish(
        "Scaling of time and memory",
        f"LPRNetCTC(n_filters={arguments.n_filters}), synthetic plates, medians of "
        f"{arguments.repeats}; paths are predicted once, in chunks of 256, files decoded. The "
        "network was trained for one epoch; the log-probabilities decoded are those of "
        f"{arguments.model or 'this network'}.",
        rows,
        arguments.output,
    )


def median(call: Callable[..., Any], *args: Any, repeats: int) -> float:
    """Return the median seconds of a call, after one call to warm up."""
    call(*args)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*args)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


if __name__ == "__main__":
    main()
