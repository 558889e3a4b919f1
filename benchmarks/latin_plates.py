"""Train one LPRNetCTC on Latin plates of many countries and test it on unseen countries.

Run from the project's root::

    python benchmarks/latin_plates.py --output benchmarks/results/latin_plates.md

It is trained on crops of Vietnam, Uzbekistan, Tunisia, Peru, Brazil and a mix of European
countries, and on synthetic plates. The test sets are OpenALPR's photos, cropped by their
annotations, and crops of Argentina; nothing is tuned on them. ``--validate`` tests on held-out
plates of the training sets instead.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from chinese_plates import FINE_TUNING_VIEW, VIEW, Plates, fit_and_fine_tune, normalized
from end_to_end import load_texts

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.metrics import character_error_rate, length_accuracy_score, plate_accuracy_score
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper
from sklearn_lpr.syntax import ARGENTINA, BRAZIL, LATIN

# How often each plate is used in an epoch: European plates are few, and their layouts many.
CROPS = {"vn": 1, "vn_pbl4": 1, "uz": 1, "tn": 1, "pe": 1, "br_noisy": 1, "eu_mixed": 3}
# The fraction of each kind of synthetic plates: of Europe, of South America, and of no country.
SYNTHETIC: list[tuple[float, dict[str, Any]]] = [
    (0.6, {"layouts": "eu"}),
    (0.15, {"layouts": ("brazil", "mercosur", "argentina")}),
    (0.25, {"syntaxes": ("@@@####", "###@@@", "@@@###", "@@####", "#@@@###", "@######")}),
]
# About a sixth of the labels of br_noisy is wrong, a fiftieth of all labels.
LABEL_NOISE_FRACTION = 0.02
SYNTAXES = {"OpenALPR eu": LATIN, "OpenALPR us": LATIN, "OpenALPR br": BRAZIL, "ar": ARGENTINA}


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=8)
    parser.add_argument(
        "--fine-tuning-iter", type=int, default=6, help="epochs with weak distortions"
    )
    parser.add_argument("--n-synthetic", type=int, default=4500)
    arguments = parser.parse_args()

    (images, texts), held_out = load_training(
        arguments.data, arguments.n_synthetic, arguments.validate
    )
    sets = {"held-out plates": held_out} if arguments.validate else load_test(arguments.data)
    rows = []
    for seed in arguments.seeds:
        start = time.perf_counter()
        recognizer = LPRNetCTC(
            arguments.n_filters,
            dropout=0.1,
            batch_size=16,
            learning_rate_init=5e-3,
            label_noise_fraction=LABEL_NOISE_FRACTION,
            max_iter=arguments.max_iter,
            augmentation=PlateAugmenter(**VIEW),
            random_state=seed,
            memory=arguments.memory,
            verbose=True,
        )
        fit_and_fine_tune(recognizer, (images, texts), (images, texts), arguments.fine_tuning_iter)
        seconds = time.perf_counter() - start
        for name, (X, y) in sets.items():
            syntax = SYNTAXES.get(name, LATIN)
            for decoding, decoder in (
                ("greedy", GreedyDecoder()),
                ("beam search", BeamSearchDecoder()),
                ("beam search, plate format", BeamSearchDecoder(syntax=syntax)),
            ):
                y_pred = recognizer.set_params(decoder=decoder).predict(X)
                folded = [np.char.replace(each, "O", "0") for each in (y, y_pred)]
                rows.append(
                    {
                        "set": name,
                        "plates": len(y),
                        "seed": seed,
                        "decoder": decoding,
                        "plate accuracy": plate_accuracy_score(y, y_pred),
                        "plate accuracy, O as 0": plate_accuracy_score(*folded),
                        "character error rate, O as 0": character_error_rate(*folded),
                        "length accuracy": length_accuracy_score(y, y_pred),
                        "fit time, s": seconds,
                    }
                )
                print(rows[-1], flush=True)
    publish(
        "One LPRNetCTC for Latin plates",
        f"{len(texts)} training images: {', '.join(CROPS)} (eu_mixed three times) and "
        f"{arguments.n_synthetic} synthetic plates. Axis-aligned boxes, 24 x 94 pixels; "
        f"n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, batch_size=16, "
        f"dropout=0.1, learning_rate_init=5e-3, label_noise_fraction={LABEL_NOISE_FRACTION}, "
        f"PlateAugmenter({VIEW}); then {arguments.fine_tuning_iter} epochs with "
        f"learning_rate_init=2e-3 and PlateAugmenter({FINE_TUNING_VIEW}). "
        "The plate format is that of the country for br and ar, and three to ten letters and "
        "digits elsewhere.",
        rows,
        arguments.output,
    )


def load_training(data: Path, n_synthetic: int, validate: bool) -> tuple[Plates, Plates]:
    """Return the training plates and the held-out plates: none of them unless `validate`."""
    bunches = [load_plates(data / "crops" / name) for name in CROPS]
    X = np.concatenate([bunch.data for bunch in bunches])
    y = np.concatenate([bunch.target for bunch in bunches])
    times = np.repeat(list(CROPS.values()), [len(bunch.target) for bunch in bunches])
    train = np.arange(len(y))
    held_out = train[:0]
    if validate:
        train, held_out = next(PlateShuffleSplit(1, test_size=0.1, random_state=0).split(X, y))
    repeated = np.repeat(train, times[train])
    images, texts = normalized(X[repeated]), y[repeated]
    for fraction, options in SYNTHETIC:
        synthetic = make_plates(round(fraction * n_synthetic), **options, random_state=0)
        images = np.concatenate([images, normalized(synthetic.data)])
        texts = np.concatenate([texts, synthetic.target])
    return (images, texts), (normalized(X[held_out]) if validate else images[:0], y[held_out])


def load_test(data: Path) -> dict[str, Plates]:
    """Return the test sets by name."""
    sets = {}
    for country in ("eu", "us", "br"):
        samples, texts = load_texts(data / "openalpr" / "endtoend" / country)
        crops = PlateCropper(margin=0.05, rectify=False).transform(samples)
        sets[f"OpenALPR {country}"] = (normalized(crops), texts)
    samples, texts = load_plates(data / "crops" / "ar", return_X_y=True)
    return {**sets, "ar": (normalized(samples), texts)}


if __name__ == "__main__":
    main()
