"""Measure the inference time of the bundled recognizer, from array to text.

Run from the project's root::

    python benchmarks/bundled_speed.py --output benchmarks/results/bundled_speed.md

The crops are those of ``crops/br`` in the folder of real plates, most of which are predicted with a
high confidence, and of ``crops/uz``, most of which are predicted from several views; without the
folder they are synthetic. The photos are those of OpenALPR's benchmark. Each recognizer runs in its
own process and the processes take turns, as in ``speed.py``. RapidOCR (PP-OCRv4) reads the same
crops:
``pip install rapidocr-onnxruntime``.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from _report import add_data_argument, argument_parser, publish
from speed import Worker

from sklearn_lpr.datasets import load_openalpr, load_plates, make_plates
from sklearn_lpr.preprocessing import PlateCropper

CANDIDATES = {
    "crop": {
        "load_recognizer(detect=False)": "bundled, crops",
        "RapidOCR": "rapidocr-onnxruntime",
    },
    "photo": {"load_recognizer()": "bundled, photos"},
}

CROPS = {"crop": "br", "crop in doubt": "uz"}


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=50, help="calls per round")
    parser.add_argument("--n-images", type=int, default=50, help="crops, and photos per set")
    arguments = parser.parse_args()
    images, sets = {}, []
    for name, country in CROPS.items():
        folder = arguments.data / "crops" / country
        images[name] = load_crops(folder, arguments.n_images)
        sets.append(f"{len(images[name])} crops ({folder if folder.is_dir() else 'synthetic'})")
    for region in ("eu", "us", "br"):
        photos = arguments.data / "openalpr" / "endtoend" / region
        if photos.is_dir():
            samples = load_openalpr(photos).data[: arguments.n_images]
            images[f"photo, OpenALPR {region}"] = [sample.pixels() for sample in samples]
            sizes = np.array([each.shape[:2] for each in images[f"photo, OpenALPR {region}"]])
            height, width = np.median(sizes, axis=0).astype(int)
            sets.append(f"{len(sizes)} photos ({photos}; median {width} x {height} pixels)")
    workers = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, arrays in images.items():
            file = Path(temporary) / f"{len(workers)}.npz"
            np.savez(file, *arrays)
            for recognizer, kind in CANDIDATES["crop" if name in CROPS else "photo"].items():
                workers[recognizer, name] = Worker(
                    sys.executable, kind, arguments.threads, Path(os.devnull), file
                )
        for _ in range(arguments.rounds):
            for worker in workers.values():
                worker.predict(1, arguments.calls)
        for worker in workers.values():
            worker.close()
    rows = [
        {
            "recognizer": recognizer,
            "image": name,
            "threads": arguments.threads,
            "median ms": f"{1e3 * worker.plate_seconds(1):.2f}",
        }
        for (recognizer, name), worker in workers.items()
        if worker.absent is None
    ]
    notes = [
        f"{recognizer} is not available: {worker.absent}."
        for (recognizer, _), worker in workers.items()
        if worker.absent is not None
    ]
    publish(
        "Inference time of the bundled recognizer",
        f"Median milliseconds from array to text, with one image per call, over {arguments.rounds} "
        f"rounds of {arguments.calls} calls, in which all recognizers take turns. Reading of files "
        f"is not included. {'; '.join(sets)}. The time of detection depends on the size of the "
        f"photo and on the number of plates found. {' '.join(notes)}",
        rows,
        arguments.output,
    )


def load_crops(folder: Path, n_crops: int) -> list[np.ndarray]:
    """Return crops of plates, chosen at random."""
    if folder.is_dir():
        samples = load_plates(folder).data
        chosen = np.random.default_rng(0).permutation(len(samples))[:n_crops]
        return [np.asarray(samples[index].pixels()) for index in chosen]
    scenes = make_plates(n_crops, layouts=("eu", "brazil"), random_state=0).data
    return list(PlateCropper(margin=0.05).transform(scenes))


if __name__ == "__main__":
    main()
