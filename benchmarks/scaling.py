r"""Measure how time and memory grow with the batch, the image, the beam and the number of plates.

Run from the project's root::

    python benchmarks/scaling.py --model reader.joblib --plates ../shared/data/crops/cn_lyl8213 \
        --output benchmarks/results/scaling.md

Without ``--model``, a pipeline that was kept by joblib, the decoders read the lattices of a network
that was trained for a moment, which are less certain than those of a good one and take longer.
Paths go through ``read_plates(..., batch_size=)``: some hundred files, named again and again, so
that their number can be anything. Resident memory is that of the process after each; Linux only.
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
    parser.add_argument("--model", type=Path, metavar="FILE", help="gives the decoders' lattices")
    parser.add_argument("--plates", type=Path, metavar="FOLDER", help="for the model to read")
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
                "of": scale,
                "value": value,
                "seconds": seconds,
                "ms a plate": 1e3 * seconds / n_plates,
                "resident, MiB": resident() / 2**20,
            }
        )
        print(rows[-1], flush=True)

    X, y = make_plates(64, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)

    def fitted(width: int) -> LPRNetCTC:
        reader = LPRNetCTC(arguments.n_filters, max_iter=1, random_state=0)
        return reader.fit(PlateNormalizer(width=width).transform(crops), y)

    reader = fitted(94)
    plates = PlateNormalizer().transform(crops)
    for n_plates in arguments.batches:
        batch = np.resize(plates, (n_plates, *plates.shape[1:]))
        seconds = median(reader.predict, batch, repeats=arguments.repeats)
        add("batch", n_plates, seconds, n_plates)
    sure, images = reader, plates
    if arguments.model is not None:
        steps = joblib.load(arguments.model)
        sure, images = steps[-1], steps[:-1].transform(load_plates(arguments.plates).data)
    images = np.resize(images, (1000, *images.shape[1:]))
    seconds = median(sure.log_proba, images, repeats=arguments.repeats)
    add("lattices of 1000 plates", len(images), seconds, len(images))
    lattices = sure.log_proba(images)
    decoders = [(0, GreedyDecoder()), *((n, BeamSearchDecoder(n)) for n in arguments.beams)]
    for n_beams, decoder in decoders:
        seconds = median(decoder.decode, lattices, sure.alphabet_, repeats=arguments.repeats)
        add("beam width (0: greedy), those lattices", n_beams, seconds, len(lattices))
    for width in arguments.widths:
        batch = PlateNormalizer(width=width).transform(crops)
        seconds = median(fitted(width).predict, batch, repeats=arguments.repeats)
        add("image width, 64 plates", width, seconds, len(batch))
    chain = make_pipeline(PlateCropper(missing="whole"), PlateNormalizer(), reader)
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
        "Time and memory by size",
        f"LPRNetCTC(n_filters={arguments.n_filters}), made plates, medians of {arguments.repeats}; "
        "paths are read once, files decoded, in chunks of 256. The network was trained for a "
        f"moment; the decoders read lattices of {arguments.model or 'it'}.",
        rows,
        arguments.output,
    )


def median(call: Callable[..., Any], *given: Any, repeats: int) -> float:
    """Give the median seconds of a call, after one that does not count."""
    call(*given)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*given)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


if __name__ == "__main__":
    main()
