"""Compare LPRNetCTC trained on synthetic plates, on real ones, and on both.

Run from the project's root::

    python benchmarks/synthetic.py --output benchmarks/results/synthetic.md

The test plates are real, in two data sets split by plate number. The training set has synthetic
plates only, in OpenCV's fonts or in the typefaces of real plates, synthetic plates and a tenth of
the real ones, or all real ones. The number of training steps is the same.

More synthetic plates, alone, give better recognizers: `results/synthetic_alone.md` has the command.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from ccpd_plates import scores
from chinese_plates import VIEW, Plates, normalized

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.model_selection import PlateShuffleSplit

LAYOUTS = {
    "ccpd/plates": ("china",),
    "crops/eu": (
        *("eu", "france", "germany", "great_britain", "italy"),
        *("netherlands", "poland", "romania", "spain"),
    ),
}
# Typefaces of real plates, in folders of the fonts.
_EUROPE = (
    "gl-nummernschild/GL-Nummernschild-Mtl.ttf",
    *("alte-din1451/din1451alt.ttf", "alte-din1451/din1451alt-G.ttf"),
    *(f"openalpr-consensus/oa-{name}.ttf" for name in ("belgium", "france", "germany", "uk")),
)
TYPEFACES = {"ccpd/plates": ("cn-ga36/GA36-140.ttf",), "crops/eu": _EUROPE}
REAL_FRACTION = 0.25  # of the plates of an epoch, in the mixed training set


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument(
        "--fonts",
        type=Path,
        default=Path("../shared/fonts"),
        metavar="PATH",
        help="folder of typefaces of real plates",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--only-synthetic", action="store_true", help="leave out the sets with real plates"
    )
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--n-synthetic", type=int, default=3000)
    parser.add_argument(
        "--n-samples", type=int, default=36000, help="training samples: epochs times plates"
    )
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=5e-3)
    arguments = parser.parse_args()

    rows = []
    for name in LAYOUTS:
        X, y = load(arguments, name)
        train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
        real, test_plates = (normalized(X[train]), y[train]), (normalized(X[test]), y[test])
        synthetic = {}
        fonts = [arguments.fonts / face for face in TYPEFACES[name]]
        for label, typefaces in (("OpenCV's fonts", None), ("typefaces of plates", fonts)):
            bunch = make_plates(
                arguments.n_synthetic,
                layouts=LAYOUTS[name],
                typefaces=typefaces,
                n_jobs=-1,
                random_state=0,
            )
            # The real plates of these sets have one row.
            chosen = (bunch.frame["rows"] == 1).to_numpy()
            synthetic[label] = normalized(bunch.data[chosen]), bunch.target[chosen]
        for seed in arguments.seeds:
            sets = {f"synthetic, {label}": plates for label, plates in synthetic.items()}
            if not arguments.only_synthetic:
                sets |= with_real(real, synthetic["typefaces of plates"], seed)
            for training_set, plates in sets.items():
                start = time.perf_counter()
                recognizer = fit(plates, seed, y, arguments)
                seconds = time.perf_counter() - start
                row = {
                    "set": name,
                    "training set": training_set,
                    "training plates": len(set(plates[1])),
                }
                row |= {"seed": seed, **scores(test_plates[1], recognizer.predict(test_plates[0]))}
                rows.append({**row, "test plates": len(test), "fit time, s": seconds})
                print(rows[-1], flush=True)
    repeated = (
        ""
        if arguments.only_synthetic
        else f"A tenth of the real plates is repeated to be {REAL_FRACTION:.0%} of an epoch. "
    )
    publish(
        "LPRNetCTC trained on synthetic plates",
        f"Sets split by `PlateShuffleSplit(1, test_size=0.2, random_state=0)`; "
        f"`make_plates({arguments.n_synthetic}, layouts=...)` with the layouts "
        f"{_list_layouts()}, of which those with one row are used. {repeated}Axis-aligned "
        f"boxes, 24 x 94 pixels; n_filters={arguments.n_filters}, {arguments.n_samples} training "
        f"samples in mini-batches of {arguments.batch_size}, learning rate "
        f"{arguments.learning_rate}, PlateAugmenter({VIEW}). `training plates` counts plate "
        "numbers.",
        rows,
        arguments.output,
    )


def _list_layouts() -> str:
    return "; ".join(f"{', '.join(layouts)} ({name})" for name, layouts in LAYOUTS.items())


def load(arguments: argparse.Namespace, name: str) -> tuple[Any, Any]:
    loader = load_ccpd if name.startswith("ccpd") else load_plates
    return loader(arguments.data / name, return_X_y=True)


def with_real(real: Plates, synthetic: Plates, seed: int) -> dict[str, Plates]:
    """Return the training sets with real plates by name."""
    few, _ = next(
        PlateShuffleSplit(1, train_size=0.1, test_size=0.5, random_state=seed).split(*real)
    )
    n_times = round(REAL_FRACTION / (1 - REAL_FRACTION) * len(synthetic[1]) / len(few))
    repeated = np.repeat(few, n_times)
    mixed = (
        np.concatenate([synthetic[0], real[0][repeated]]),
        np.concatenate([synthetic[1], real[1][repeated]]),
    )
    return {"synthetic and a tenth of the real": mixed, "real": real}


def fit(plates: Plates, seed: int, y: Any, arguments: argparse.Namespace) -> LPRNetCTC:
    images, texts = plates
    recognizer = LPRNetCTC(
        arguments.n_filters,
        alphabet="".join(sorted(set("".join(y)) | set("".join(texts)))),
        augmentation=PlateAugmenter(**VIEW),
        max_iter=max(1, round(arguments.n_samples / len(texts))),
        batch_size=arguments.batch_size,
        learning_rate_init=arguments.learning_rate,
        random_state=seed,
    )
    return recognizer.fit(images, texts)


if __name__ == "__main__":
    main()
