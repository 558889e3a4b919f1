r"""Test LPRNetCTC on the test crops of LPRNet_Pytorch, or across data sets of Chinese plates.

Run from the project's root::

    python benchmarks/chinese_plates.py --output benchmarks/results/chinese_plates.md
    python benchmarks/chinese_plates.py --cross-dataset --swap-probability 0.4 \
        --output benchmarks/results/chinese_across.md

The first command trains on ``ccpd/plates`` and ``crops/cn_lyl8213`` and tests on the 1000 crops.
The second trains on ``ccpd/plates`` only, where nearly all plates begin with the same province,
and tests on ``crops/cn_lyl8213``: without and with synthetic plates and character swapping.
``--validate`` tests on held-out plates of the training sets instead, to choose settings.
``--memory`` caches trained weights, so that an interrupted run resumes with the next seed.
``--save-models`` writes each fitted pipeline, for other benchmarks.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish
from ccpd_plates import scores
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.metrics import plate_accuracy_score
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer
from sklearn_lpr.syntax import CHINA

DECODERS = {
    "greedy": GreedyDecoder(),
    "beam search": BeamSearchDecoder(),
    "beam search, 7 or 8 characters, soft": BeamSearchDecoder(syntax=CHINA),
    "beam search, 7 or 8 characters, hard": BeamSearchDecoder(syntax=CHINA, syntax_weight=np.inf),
}
# Plates are tilted within the boxes of detectors. Distortions are strong at first, and weak in
# fine-tuning.
VIEW: dict[str, Any] = {
    "crop": "box",
    "max_rotation": 8.0,
    "max_shear": 0.25,
    "corner_jitter": 0.08,
}
FINE_TUNING_VIEW: dict[str, Any] = {
    "crop": "box",
    "max_rotation": 3.0,
    "max_shear": 0.1,
    "corner_jitter": 0.03,
    "p": 0.05,
}

# Illumination and colour differ across data sets; the test plates are level and tightly cropped.
CROSS_DATASET_VIEW: dict[str, Any] = {
    "max_brightness": 0.5,
    "max_contrast": 0.6,
    "max_color_cast": 0.2,
}

Plates = tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--cross-dataset", action="store_true")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--save-models", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=40)
    parser.add_argument(
        "--fine-tuning-iter", type=int, default=20, help="epochs of fine-tuning on real plates"
    )
    parser.add_argument("--n-synthetic", type=int, default=1000)
    parser.add_argument("--swap-probability", type=float, default=0.25, help="of each character")
    arguments = parser.parse_args()

    configurations = [(arguments.n_synthetic, arguments.swap_probability)]
    if arguments.cross_dataset:
        configurations.insert(0, (0, 0.0))
    rows = []
    for n_synthetic, swap_probability in configurations:
        real, synthetic, test = load(arguments, n_synthetic)
        train = real if synthetic is None else concatenate(real, synthetic)
        for seed in arguments.seeds:
            start = time.perf_counter()
            recognizer = fit(train, real, seed, swap_probability, arguments)
            seconds = time.perf_counter() - start
            if arguments.save_models is not None:
                arguments.save_models.mkdir(parents=True, exist_ok=True)
                task = "cross-dataset" if arguments.cross_dataset else "chinese"
                name = f"{task}-{n_synthetic}-{seed}.joblib"
                steps = [*transformers(rectify=arguments.cross_dataset), ("lprnet", recognizer)]
                joblib.dump(Pipeline(steps), arguments.save_models / name)
            for name, decoder in DECODERS.items():
                y_pred = recognizer.set_params(decoder=decoder).predict(test[0])
                rows.append(
                    {
                        "synthetic plates": n_synthetic,
                        "swap probability": swap_probability,
                        "seed": seed,
                        "decoder": name,
                        **scores(test[1], y_pred),
                        "mean accuracy over provinces": province_mean(test[1], y_pred),
                        "fit time, s": seconds,
                    }
                )
                print(rows[-1], flush=True)
    publish(
        "LPRNetCTC across data sets" if arguments.cross_dataset else "LPRNetCTC on Chinese plates",
        f"{len(train[1])} training images with synthetic plates ({', '.join(sets(arguments))}), "
        f"{len(test[1])} test images ({test_set(arguments)}). {how(arguments)} Each "
        "configuration was tested once; settings were chosen on held-out plates of the training "
        "sets.",
        rows,
        arguments.output,
    )


def how(arguments: argparse.Namespace) -> str:
    """Describe the training runs."""
    common = (
        f"24 x 94 pixels; n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, "
        "batch_size=16, dropout=0.1, learning_rate_init=5e-3, CharacterPermuter(balance=0.5) where "
        "the swap probability is not 0, "
    )
    if arguments.cross_dataset:
        return (
            "Rectified by their corners where these are annotated, whole crops elsewhere, "
            f"{common}PlateAugmenter({CROSS_DATASET_VIEW})."
        )
    return (
        f"Axis-aligned boxes, {common}PlateAugmenter({VIEW}); then {arguments.fine_tuning_iter} "
        "epochs of fine-tuning on the real plates, learning_rate_init=2e-3, "
        f"PlateAugmenter({FINE_TUNING_VIEW})."
    )


def sets(arguments: argparse.Namespace) -> list[str]:
    return ["ccpd/plates"] if arguments.cross_dataset else ["ccpd/plates", "crops/cn_lyl8213"]


def test_set(arguments: argparse.Namespace) -> str:
    if arguments.validate:
        return "held-out fifth of the training sets"
    return "crops/cn_lyl8213" if arguments.cross_dataset else "lprnet_pytorch_test"


def load(arguments: argparse.Namespace, n_synthetic: int) -> tuple[Plates, Plates | None, Plates]:
    """Return the real and the synthetic training plates, and the test plates."""
    parts = [load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True)]
    if not arguments.cross_dataset:
        parts.append(load_plates(arguments.data / "crops" / "cn_lyl8213", return_X_y=True))
    X, y = (np.concatenate(each) for each in zip(*parts, strict=True))
    if arguments.validate:
        train, held_out = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
        test = normalized(X[held_out], arguments.cross_dataset), y[held_out]
        X, y = X[train], y[train]
    else:
        name = "crops/cn_lyl8213" if arguments.cross_dataset else "lprnet_pytorch_test"
        X_test, texts = load_plates(arguments.data / name, return_X_y=True)
        test = normalized(X_test, arguments.cross_dataset), texts
    synthetic = None
    if n_synthetic:
        # A quarter of the plates is green: electric cars are rare in the training sets.
        bunches = [
            make_plates(n_synthetic - n_synthetic // 4, layouts="china", random_state=0),
            make_plates(n_synthetic // 4, layouts="china_green", random_state=0),
        ]
        synthetic = (
            normalized(np.concatenate([bunch.data for bunch in bunches]), arguments.cross_dataset),
            np.concatenate([bunch.target for bunch in bunches]),
        )
    return (normalized(X, arguments.cross_dataset), y), synthetic, test


def concatenate(first: Plates, second: Plates) -> Plates:
    """Concatenate two sets of plates."""
    return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])


def normalized(X: Any, rectify: bool = False) -> npt.NDArray[np.uint8]:
    return Pipeline(transformers(rectify)).transform(X)


def transformers(rectify: bool) -> list[tuple[str, Any]]:
    return [
        ("crop", PlateCropper(rectify=rectify, missing="whole")),
        ("normalize", PlateNormalizer()),
    ]


def fit(
    train: Plates, real: Plates, seed: int, swap_probability: float, arguments: argparse.Namespace
) -> Any:
    permuter = (
        CharacterPermuter(CharacterSegmenter(), p=swap_probability) if swap_probability else None
    )
    recognizer = LPRNetCTC(
        arguments.n_filters,
        alphabet="".join(sorted(set("".join(train[1])))),
        augmentation=PlateAugmenter(
            **(CROSS_DATASET_VIEW if arguments.cross_dataset else VIEW), permutation=permuter
        ),
        dropout=0.1,
        batch_size=16,
        learning_rate_init=5e-3,
        max_iter=arguments.max_iter,
        random_state=seed,
        memory=arguments.memory,
        verbose=True,
    )
    if arguments.cross_dataset:
        # Fine-tuning on the real plates would bias the first character to their province.
        return recognizer.fit(*train)
    return fit_and_fine_tune(recognizer, train, real, arguments.fine_tuning_iter)


def fit_and_fine_tune(
    recognizer: LPRNetCTC, first: Plates, last: Plates, fine_tuning_iter: int
) -> LPRNetCTC:
    """Fit with the recognizer's parameters; then fine-tune with weak distortions."""
    recognizer.fit(*first)
    if not fine_tuning_iter:
        return recognizer
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.npz"
        recognizer.save_weights(weights)
        recognizer.set_params(
            augmentation=PlateAugmenter(**FINE_TUNING_VIEW),
            alignment_warmup=0.0,
            learning_rate_init=2e-3,
            max_iter=fine_tuning_iter,
            initial_weights=weights,
        )
        return recognizer.fit(*last)


def province_mean(y_true: npt.NDArray[np.str_], y_pred: npt.NDArray[np.str_]) -> float:
    """Return the plate accuracy averaged over provinces."""
    provinces = np.array([text[0] for text in y_true])
    return float(
        np.mean(
            [
                plate_accuracy_score(y_true[provinces == each], y_pred[provinces == each])
                for each in np.unique(provinces)
            ]
        )
    )


if __name__ == "__main__":
    main()
