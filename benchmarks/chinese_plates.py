r"""Score LPRNetCTC on the test crops of LPRNet_Pytorch, or across sets of Chinese plates.

Run from the project's root::

    python benchmarks/chinese_plates.py --output benchmarks/results/chinese_plates.md
    python benchmarks/chinese_plates.py --across --share 0.4 \
        --output benchmarks/results/chinese_across.md

The first trains on ``ccpd/plates`` and ``crops/cn_lyl8213`` and scores the 1000 crops. The second
trains on ``ccpd/plates`` alone, nearly all of whose plates begin with the same province, and scores
``crops/cn_lyl8213``: without and with made plates and exchanged characters. ``--validate`` scores
plates held out of the training sets instead, to choose settings by; ``--memory`` keeps trained
weights, so that a run that was interrupted goes on with the next seed; ``--keep`` writes each
trained pipeline, for other benchmarks.
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
    "beam": BeamSearchDecoder(),
    "beam, 7 or 8 characters, soft": BeamSearchDecoder(syntax=CHINA),
    "beam, 7 or 8 characters, hard": BeamSearchDecoder(syntax=CHINA, syntax_weight=np.inf),
}
# Detectors' boxes hold plates that lean within them: far at first, little in the last passes.
VIEW: dict[str, Any] = {
    "crop": "box",
    "max_rotation": 8.0,
    "max_shear": 0.25,
    "corner_jitter": 0.08,
}
LAST_VIEW: dict[str, Any] = {
    "crop": "box",
    "max_rotation": 3.0,
    "max_shear": 0.1,
    "corner_jitter": 0.03,
    "rate": 0.05,
}

# Across data sets light and colour differ, and the plates to read are upright in tight crops.
ACROSS_VIEW: dict[str, Any] = {
    "max_brightness": 0.5,
    "max_contrast": 0.6,
    "max_color_cast": 0.2,
}

Plates = tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--across", action="store_true")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=40)
    parser.add_argument("--last-iter", type=int, default=20, help="on real plates, in the end")
    parser.add_argument("--n-made", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.25, help="of characters exchanged")
    arguments = parser.parse_args()

    configurations = [(arguments.n_made, arguments.share)]
    if arguments.across:
        configurations.insert(0, (0, 0.0))
    rows = []
    for n_made, share in configurations:
        real, made, test = load(arguments, n_made)
        train = real if made is None else joined(real, made)
        for seed in arguments.seeds:
            start = time.perf_counter()
            reader = fit(train, real, seed, share, arguments)
            seconds = time.perf_counter() - start
            if arguments.keep is not None:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                name = f"{'across' if arguments.across else 'chinese'}-{n_made}-{seed}.joblib"
                steps = [*transformers(rectify=arguments.across), ("lprnet", reader)]
                joblib.dump(Pipeline(steps), arguments.keep / name)
            for name, decoder in DECODERS.items():
                read = reader.set_params(decoder=decoder).predict(test[0])
                rows.append(
                    {
                        "made plates": n_made,
                        "exchanged": share,
                        "seed": seed,
                        "decoder": name,
                        **scores(test[1], read),
                        "mean over provinces": province_mean(test[1], read),
                        "fit, s": seconds,
                    }
                )
                print(rows[-1], flush=True)
    publish(
        "LPRNetCTC across data sets" if arguments.across else "LPRNetCTC on Chinese plates",
        f"{len(train[1])} images to train on with made plates ({', '.join(sets(arguments))}), "
        f"{len(test[1])} to read ({test_set(arguments)}). {how(arguments)} Each configuration was "
        "scored once on the plates to read; settings were chosen on plates held out of the "
        "training sets.",
        rows,
        arguments.output,
    )


def how(arguments: argparse.Namespace) -> str:
    """Describe the trainings."""
    common = (
        f"24 x 94 pixels; n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, "
        "batch_size=16, dropout=0.1, learning_rate_init=5e-3, CharacterPermuter(balance=0.5) where "
        "characters are exchanged, "
    )
    if arguments.across:
        return (
            "Upright by their corners where these are known, whole crops where not, "
            f"{common}PlateAugmenter({ACROSS_VIEW})."
        )
    return (
        f"Upright boxes, {common}PlateAugmenter({VIEW}); then {arguments.last_iter} passes over "
        f"the real plates, learning_rate_init=2e-3, PlateAugmenter({LAST_VIEW})."
    )


def sets(arguments: argparse.Namespace) -> list[str]:
    return ["ccpd/plates"] if arguments.across else ["ccpd/plates", "crops/cn_lyl8213"]


def test_set(arguments: argparse.Namespace) -> str:
    if arguments.validate:
        return "a fifth of the plates of the training sets, held out"
    return "crops/cn_lyl8213" if arguments.across else "lprnet_pytorch_test"


def load(arguments: argparse.Namespace, n_made: int) -> tuple[Plates, Plates | None, Plates]:
    """Give the real plates and the made plates to train on, and those to read."""
    parts = [load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True)]
    if not arguments.across:
        parts.append(load_plates(arguments.data / "crops" / "cn_lyl8213", return_X_y=True))
    X, y = (np.concatenate(each) for each in zip(*parts, strict=True))
    if arguments.validate:
        train, held_out = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
        test = normalized(X[held_out], arguments.across), y[held_out]
        X, y = X[train], y[train]
    else:
        name = "crops/cn_lyl8213" if arguments.across else "lprnet_pytorch_test"
        to_read, texts = load_plates(arguments.data / name, return_X_y=True)
        test = normalized(to_read, arguments.across), texts
    made = None
    if n_made:
        # One green plate in four: electric cars are new, and rare in the sets to train on.
        drawn = [
            make_plates(n_made - n_made // 4, layouts="china", random_state=0),
            make_plates(n_made // 4, layouts="china_green", random_state=0),
        ]
        made = (
            normalized(np.concatenate([bunch.data for bunch in drawn]), arguments.across),
            np.concatenate([bunch.target for bunch in drawn]),
        )
    return (normalized(X, arguments.across), y), made, test


def joined(first: Plates, second: Plates) -> Plates:
    """Give the plates of both."""
    return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])


def normalized(X: Any, rectify: bool = False) -> npt.NDArray[np.uint8]:
    return Pipeline(transformers(rectify)).transform(X)


def transformers(rectify: bool) -> list[tuple[str, Any]]:
    return [
        ("crop", PlateCropper(rectify=rectify, missing="whole")),
        ("normalize", PlateNormalizer()),
    ]


def fit(train: Plates, real: Plates, seed: int, share: float, arguments: argparse.Namespace) -> Any:
    permuter = CharacterPermuter(CharacterSegmenter(), p=share) if share else None
    reader = LPRNetCTC(
        arguments.n_filters,
        alphabet="".join(sorted(set("".join(train[1])))),
        augmentation=PlateAugmenter(
            **(ACROSS_VIEW if arguments.across else VIEW), permutation=permuter
        ),
        dropout=0.1,
        batch_size=16,
        learning_rate_init=5e-3,
        max_iter=arguments.max_iter,
        random_state=seed,
        memory=arguments.memory,
        verbose=True,
    )
    if arguments.across:
        # The real plates alone, in the end, would teach that each begins with the same province.
        return reader.fit(*train)
    return fit_twice(reader, train, real, arguments.last_iter)


def fit_twice(reader: LPRNetCTC, first: Plates, last: Plates, last_iter: int) -> LPRNetCTC:
    """Train as the reader's parameters say; then on the last plates, little distorted."""
    reader.fit(*first)
    if not last_iter:
        return reader
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.npz"
        reader.save_weights(weights)
        reader.set_params(
            augmentation=PlateAugmenter(**LAST_VIEW),
            alignment_warmup=0.0,
            learning_rate_init=2e-3,
            max_iter=last_iter,
            initial_weights=weights,
        )
        return reader.fit(*last)


def province_mean(y_true: npt.NDArray[np.str_], y_pred: npt.NDArray[np.str_]) -> float:
    """Give the exact share of each province's plates, averaged over provinces."""
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
