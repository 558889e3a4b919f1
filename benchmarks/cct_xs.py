r"""Train CCT-XS of fast-plate-ocr on the plates that train the bundled recognizer.

Run from the project's root, after ``pip install "fast-plate-ocr[train]"`` and with the file
`models/cct_xs_v1.yaml` of its repository, in which `relu` replaces `gelu`, as its export to ONNX
requires (half an hour on two cores)::

    python benchmarks/cct_xs.py --work ../world --network ../world/cct_xs_v1.yaml \
        --output benchmarks/results/cct_xs.md

Its command line trains with its own default parameters and data augmentation, for one epoch of as
many plates as `--n-plates` says: choose them for the minutes of `world_training.py`, whose plates,
their ratio, crops and test sets are used.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import csv
import shutil
import subprocess
import sys
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from _report import add_data_argument, argument_parser, publish
from world_training import draw_plates, load_test_sets, scale_sets, score_sets

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from train_world import SEED, rarity
from world_plates import ALPHABET, IMAGE_SIZE, PlateSet, held_out_plates, load_sources

# As its default configuration of plates, with the alphabet of the bundled recognizer and one slot
# more. Images of 32 x 128 pixels would fill half of its input if their ratio were kept.
PLATES = {
    "max_plate_slots": 10,
    "alphabet": f"{ALPHABET}_",
    "pad_char": "_",
    "img_height": 64,
    "img_width": 128,
    "keep_aspect_ratio": False,
    "interpolation": "linear",
    "image_color_mode": "rgb",
}


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--fonts", type=Path, default=Path("../shared/fonts"), metavar="PATH")
    parser.add_argument("--work", type=Path, required=True, metavar="PATH", help="for plates")
    parser.add_argument("--network", type=Path, required=True, metavar="FILE", help="of CCT-XS")
    parser.add_argument("--n-plates", type=int, nargs="+", default=[40_000, 100_000], metavar="N")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    sources = load_sources(arguments.data)
    real, synthetic = draw_plates(sources, arguments.fonts, arguments.work)
    test_sets = dict(load_test_sets(arguments.data, IMAGE_SIZE))
    held_out = [
        (image, str(text))
        for views in held_out_plates(sources).values()
        for images, texts in views
        for image, text in zip(images, texts, strict=True)
    ]
    rows = []
    for n_plates in arguments.n_plates:
        folder = arguments.work / "cct" / str(n_plates)
        shutil.rmtree(folder, ignore_errors=True)
        write_plates(folder / "training", draw(real + synthetic, n_plates))
        write_plates(folder / "validation", held_out)
        (folder / "plates.yaml").write_text(yaml.safe_dump(PLATES, allow_unicode=True))
        start = time.perf_counter()
        train(folder, arguments.network)
        minutes = (time.perf_counter() - start) / 60
        training = {"training plates": n_plates, "minutes": minutes}
        rows += score_sets(training, test_sets, partial(predict, folder))
    publish(
        "CCT-XS of fast-plate-ocr, trained on the plates of the bundled recognizer",
        f"fast-plate-ocr {version('fast-plate-ocr')}, {arguments.network.name}, images of "
        f"{PLATES['img_height']} x {PLATES['img_width']} pixels; one epoch by its command line "
        "with default parameters, of which the minutes are the time. Exact match with O as 0; 95 % "
        "intervals of Wilson.",
        rows,
        arguments.output,
    )


def draw(sets: list[PlateSet], n_plates: int) -> list[tuple[Any, str]]:
    """Draw training plates as `Mixture` does, without data augmentation."""
    rng = np.random.default_rng(SEED)
    plates = []
    for each in scale_sets(sets, n_plates):
        weights = rarity(each.texts)
        chosen = rng.choice(len(weights), each.n_per_epoch, p=weights / weights.sum())
        plates += zip(each.images[chosen], each.texts[chosen].tolist(), strict=True)
    return plates


def write_plates(folder: Path, plates: list[tuple[Any, str]]) -> None:
    """Write images and their labels; texts with more characters than slots are left out."""
    folder.mkdir(parents=True)
    n_slots = PLATES["max_plate_slots"]
    kept = [(image, text) for image, text in plates if len(text) <= n_slots]
    print(f"{folder.name}: {len(kept)} of {len(plates)} plates have at most {n_slots} characters")
    with open(folder / "labels.csv", "w", encoding="utf-8", newline="") as file:
        labels = csv.writer(file)
        labels.writerow(["image_path", "plate_text"])
        for index, (image, text) in enumerate(kept):
            cv2.imwrite(str(folder / f"{index}.png"), image[..., ::-1])
            labels.writerow([f"{index}.png", text])


def train(folder: Path, network: Path) -> None:
    """Train with the command line of fast-plate-ocr."""
    options = {
        "--model-config-file": network,
        "--plate-config-file": folder / "plates.yaml",
        "--annotations": folder / "training" / "labels.csv",
        "--val-annotations": folder / "validation" / "labels.csv",
        "--epochs": 1,
        "--output-dir": folder / "trained",
        "--seed": SEED,
    }
    program = "from fast_plate_ocr.cli.cli import main_cli; main_cli()"
    arguments = [str(each) for option in options.items() for each in option]
    subprocess.run([sys.executable, "-c", program, "train", *arguments], check=True)


def predict(folder: Path, images: Any) -> dict[str, np.ndarray]:
    """Predict texts as its inference does, with the network in Keras."""
    from fast_plate_ocr.core.process import postprocess_output, resize_image
    from fast_plate_ocr.train.model.config import load_plate_config_from_yaml
    from fast_plate_ocr.train.utilities.utils import load_keras_model

    plates = load_plate_config_from_yaml(folder / "plates.yaml")
    [model] = folder.glob("trained/*/last.keras")
    resized = [
        resize_image(
            image,
            plates.img_height,
            plates.img_width,
            image_color_mode=plates.image_color_mode,
            keep_aspect_ratio=plates.keep_aspect_ratio,
            interpolation_method=plates.interpolation,
            padding_color=plates.padding_color,
        )
        for image in images
    ]
    output = load_keras_model(model, plates).predict(np.stack(resized), verbose=0)
    predictions = postprocess_output(
        output["plate"] if isinstance(output, dict) else output,
        plates.max_plate_slots,
        plates.alphabet,
        plates.pad_char,
    )
    return {"CCT-XS": np.array([each.plate for each in predictions])}


if __name__ == "__main__":
    main()
