"""Train one LPRNetCTC on Latin plates of many countries and score it on countries it never saw.

Run from the project's root::

    python benchmarks/latin_plates.py --output benchmarks/results/latin_plates.md

Trained on crops of Vietnam, Uzbekistan, Tunisia, Peru, Brazil and a mix of European countries, and
on made plates; read are OpenALPR's photos, cropped by their annotation, and crops of Argentina, on
which nothing is ever tuned. ``--validate`` scores plates held out of the training sets instead.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from chinese_plates import LAST_VIEW, VIEW, Plates, fit_twice, normalized
from end_to_end import load_texts

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.metrics import character_error_rate, length_accuracy_score, plate_accuracy_score
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper
from sklearn_lpr.syntax import ARGENTINA, BRAZIL, LATIN

# How often each plate is seen in a pass: European layouts are few, and many.
CROPS = {"vn": 1, "vn_pbl4": 1, "uz": 1, "tn": 1, "pe": 1, "br_noisy": 1, "eu_mixed": 3}
# The share of each kind of made plates: those of Europe, of South America, and of no country.
MADE: list[tuple[float, dict[str, Any]]] = [
    (0.6, {"layouts": "eu"}),
    (0.15, {"layouts": ("brazil", "mercosur", "argentina")}),
    (0.25, {"syntaxes": ("@@@####", "###@@@", "@@@###", "@@####", "#@@@###", "@######")}),
]
# About a sixth of the texts of br_noisy is wrong, a fiftieth of all.
LABEL_NOISE = 0.02
SYNTAXES = {"OpenALPR eu": LATIN, "OpenALPR us": LATIN, "OpenALPR br": BRAZIL, "ar": ARGENTINA}


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=8)
    parser.add_argument("--last-iter", type=int, default=6, help="little distorted, in the end")
    parser.add_argument("--n-made", type=int, default=4500)
    arguments = parser.parse_args()

    (images, texts), held_out = load_training(arguments.data, arguments.n_made, arguments.validate)
    sets = {"held out": held_out} if arguments.validate else load_test(arguments.data)
    rows = []
    for seed in arguments.seeds:
        start = time.perf_counter()
        reader = LPRNetCTC(
            arguments.n_filters,
            dropout=0.1,
            batch_size=16,
            learning_rate_init=5e-3,
            label_noise_fraction=LABEL_NOISE,
            max_iter=arguments.max_iter,
            augmentation=PlateAugmenter(**VIEW),
            random_state=seed,
            memory=arguments.memory,
            verbose=True,
        )
        fit_twice(reader, (images, texts), (images, texts), arguments.last_iter)
        seconds = time.perf_counter() - start
        for name, (X, y) in sets.items():
            syntax = SYNTAXES.get(name, LATIN)
            for decoding, decoder in (
                ("greedy", GreedyDecoder()),
                ("beam", BeamSearchDecoder()),
                ("beam, syntax", BeamSearchDecoder(syntax=syntax)),
            ):
                read = reader.set_params(decoder=decoder).predict(X)
                folded = [np.char.replace(each, "O", "0") for each in (y, read)]
                rows.append(
                    {
                        "set": name,
                        "plates": len(y),
                        "seed": seed,
                        "decoder": decoding,
                        "exact": plate_accuracy_score(y, read),
                        "exact, O as 0": plate_accuracy_score(*folded),
                        "character error rate, O as 0": character_error_rate(*folded),
                        "right length": length_accuracy_score(y, read),
                        "fit, s": seconds,
                    }
                )
                print(rows[-1], flush=True)
    publish(
        "One LPRNetCTC for Latin plates",
        f"{len(texts)} images to train on: {', '.join(CROPS)} (eu_mixed three times) and "
        f"{arguments.n_made} made plates. Upright boxes, 24 x 94 pixels; "
        f"n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, batch_size=16, "
        f"dropout=0.1, learning_rate_init=5e-3, label_noise_fraction={LABEL_NOISE}, "
        f"PlateAugmenter({VIEW}); then {arguments.last_iter} passes with learning_rate_init=2e-3 "
        f"and PlateAugmenter({LAST_VIEW}). "
        "The syntax is the country's own for br and ar, three to ten letters and digits elsewhere.",
        rows,
        arguments.output,
    )


def load_training(data: Path, n_made: int, validate: bool) -> tuple[Plates, Plates]:
    """Give the plates to train on, and those held out of them: none unless asked for."""
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
    for share, options in MADE:
        made = make_plates(round(share * n_made), **options, random_state=0)
        images = np.concatenate([images, normalized(made.data)])
        texts = np.concatenate([texts, made.target])
    return (images, texts), (normalized(X[held_out]) if validate else images[:0], y[held_out])


def load_test(data: Path) -> dict[str, Plates]:
    """Give the sets to read, by name."""
    sets = {}
    for country in ("eu", "us", "br"):
        samples, texts = load_texts(data / "openalpr" / "endtoend" / country)
        crops = PlateCropper(margin=0.05, rectify=False).transform(samples)
        sets[f"OpenALPR {country}"] = (normalized(crops), texts)
    samples, texts = load_plates(data / "crops" / "ar", return_X_y=True)
    return {**sets, "ar": (normalized(samples), texts)}


if __name__ == "__main__":
    main()
