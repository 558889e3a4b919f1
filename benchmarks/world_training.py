r"""Train a small recognizer as the bundled one, with and without parts of the training data.

Run from the project's root (an hour on two cores)::

    python benchmarks/world_training.py --work ../world \
        --output benchmarks/results/world_training.md

Each recognizer is the small network of the first stage of `tools/train_world.py`, trained for the
same number of steps. `all` is trained on all sets, with three seeds. The others lack the typefaces
of real plates, character swapping, the real plates or the synthetic ones, or the real plates of a
country or of several. Of these countries, the synthetic plates remain, and the recognizer is tested
on the real plates that were left out: this is the accuracy in a country that is new to it.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import joblib
import numpy as np
from _report import add_data_argument, argument_parser, publish
from scipy.stats import binomtest
from sklearn.pipeline import make_pipeline
from world_model import load_sets

from sklearn_lpr import LPRNetCTC, load_recognizer
from sklearn_lpr.decoding import FormatDecoder
from sklearn_lpr.metrics import character_error_rate
from sklearn_lpr.preprocessing import PlateNormalizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from _precision import allow_bfloat16
from train_world import (
    FIRST_STAGE,
    FIRST_VIEW,
    NETWORK,
    SEED,
    SMALL,
    SMALL_SIZE,
    SWAPPED,
    Mixture,
    examples,
    merge_china,
    reduced,
)
from world_plates import PlateSet, Source, load_sources, real_plates, synthetic_plates

# Real sets of a country, or of several, which are left out together.
GROUPS = {
    "China": ("ccpd/plates", "cn_lyl8213"),
    "Europe": ("eu", "eu_two_rows", "eu_mixed", "ro_tracks", "world"),
    "Brazil and Peru": ("br", "pe"),
    "India and United States": ("us_in", "in", "in_bus"),
    "Vietnam": ("vn", "vn_pbl4"),
    "Russia, Tunisia and Uzbekistan": ("ru", "tn", "uz"),
}
PARTS = ("typefaces", "character swapping", "real plates", "synthetic plates")
N_SEEDS = 3
N_EPOCHS = 4
N_TESTED = 300  # plates at most of each set that is left out


class TestSet(NamedTuple):
    """Images as the network takes them, and their texts."""

    images: Any
    texts: np.ndarray


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--fonts", type=Path, default=Path("../shared/fonts"), metavar="PATH")
    parser.add_argument("--work", type=Path, required=True, metavar="PATH", help="for plates")
    parser.add_argument("--n-plates", type=int, default=100_000, help="training plates in all")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="configurations to train")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    allow_bfloat16()
    warnings.filterwarnings("ignore", message=".*excluded from character swapping")
    sources = load_sources(arguments.data)
    test_sets = dict(load_test_sets(arguments.data, SMALL_SIZE))
    rows = []
    for name, seed in _configurations():
        if arguments.only and name not in arguments.only:
            continue
        fonts = None if name == "without typefaces" else arguments.fonts
        real, synthetic = draw_plates(sources, fonts, arguments.work)
        left_out = GROUPS.get(name.removeprefix("without "), ())
        sets = [] if name == "without real plates" else real
        sets = sets + ([] if name == "without synthetic plates" else synthetic)
        sets = [each for each in sets if each.name not in left_out]
        swapped = () if name == "without character swapping" else SWAPPED
        start = time.perf_counter()
        recognizer = _train(sets, seed, arguments.n_plates, swapped)
        minutes = (time.perf_counter() - start) / 60
        tested = {each: _left_out_set(sources[each]) for each in left_out} or test_sets
        training = {"training data": name, "seed": seed, "minutes": minutes}
        rows += score_sets(training, tested, partial(predict, recognizer))
    publish(
        "Small recognizers with and without parts of the training data",
        f"n_filters={SMALL['n_filters']}, images of {SMALL_SIZE['height']} x "
        f"{SMALL_SIZE['width']} pixels, {arguments.n_plates} training plates in {N_EPOCHS} epochs. "
        "Exact match with O as 0; 95 % intervals of Wilson. Prior: the formats of all countries. "
        f"At most {N_TESTED} plates are tested of each set that is left out; their texts are "
        "those of the set, some of which are wrong.",
        rows,
        arguments.output,
    )


def _configurations() -> Iterator[tuple[str, int]]:
    yield from (("all", seed) for seed in range(N_SEEDS))
    yield from ((f"without {part}", 0) for part in (*PARTS, *GROUPS))


def draw_plates(
    sources: dict[str, Source], fonts: Path | None, work: Path
) -> tuple[list[PlateSet], list[PlateSet]]:
    """Return the real and the synthetic plates that train; they are kept for further runs."""
    memory = joblib.Memory(work / "plates", verbose=0)
    # An epoch of this benchmark is a quarter of one of the bundled recognizer.
    synthetic = memory.cache(synthetic_plates)(fonts, SEED, variety=1)
    return memory.cache(real_plates)(sources, SEED), synthetic


def _train(sets: list[PlateSet], seed: int, n_plates: int, swapped: Sequence[str]) -> LPRNetCTC:
    sets = scale_sets(sets, n_plates / N_EPOCHS)
    if {"ccpd/plates", "cn_lyl8213"} <= {each.name for each in sets}:
        sets = merge_china(sets)
    sets = reduced(sets)
    settings = {**NETWORK, **SMALL, **FIRST_STAGE, "max_iter": N_EPOCHS, "random_state": seed}
    mixture = Mixture(sets, FIRST_VIEW, swapped)
    return LPRNetCTC(**settings, augmentation=mixture).fit(*examples(sets))


def scale_sets(sets: list[PlateSet], n_per_epoch: float) -> list[PlateSet]:
    """Change the number of plates in an epoch; the sets keep their ratio."""
    factor = n_per_epoch / sum(each.n_per_epoch for each in sets)
    return [each._replace(n_per_epoch=max(1, round(factor * each.n_per_epoch))) for each in sets]


def load_test_sets(data: Path, size: dict[str, int]) -> Iterator[tuple[str, TestSet]]:
    """Yield the sets that train no recognizer, in images of a size."""
    for name, located, X, y in load_sets(data):
        if located != "detection":
            yield name, _normalize(X, y, size)


def _left_out_set(source: Source) -> TestSet:
    chosen = np.random.default_rng(0).permutation(len(source.texts))[:N_TESTED]
    plates = [source.plates[index] for index in chosen]
    return _normalize(plates, source.texts[chosen], SMALL_SIZE)


def _normalize(X: Any, y: np.ndarray, size: dict[str, int]) -> TestSet:
    """Crop and resize plates by the steps of the bundled recognizer."""
    crop, join = load_recognizer()[:2]
    return TestSet(make_pipeline(crop, join, PlateNormalizer(**size)).transform(X), y)


def predict(recognizer: LPRNetCTC, images: Any) -> dict[str, np.ndarray]:
    """Predict texts without and with the formats of all countries."""
    log_proba = recognizer.log_proba(images)
    decoded = FormatDecoder().decode(log_proba, recognizer.alphabet_)
    return {
        "greedy": recognizer.predict(images),
        "prior": np.array([each.text for each in decoded]),
    }


def score_sets(
    training: dict[str, Any],
    test_sets: dict[str, TestSet],
    predict_texts: Callable[[Any], dict[str, np.ndarray]],
) -> list[dict[str, Any]]:
    """Return a row for each test set and one for all of them, which begin with `training`."""
    rows = []
    for name, test_set in test_sets.items():
        row = {**training, "test set": name}
        rows.append(row | _scores(test_set.texts, predict_texts(test_set.images)))
        print(rows[-1], flush=True)
    n_characters = [sum(map(len, test_set.texts)) for test_set in test_sets.values()]
    return [*rows, _total(rows, n_characters)]


def _scores(y: np.ndarray, predictions: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return exact matches of each way of decoding, and the character error rate of the last."""
    y = np.char.replace(y, "O", "0")
    found: dict[str, Any] = {"plates": len(y)}
    for name, texts in predictions.items():
        exact = int((np.char.replace(texts, "O", "0") == y).sum())
        found |= _exact_match(name, exact, len(y))
    texts = np.char.replace([*predictions.values()][-1], "O", "0")
    return {**found, "character error rate": character_error_rate(y, texts)}


def _total(rows: list[dict[str, Any]], n_characters: list[int]) -> dict[str, Any]:
    """Return the row for all test sets of a recognizer together."""
    plates = [row["plates"] for row in rows]
    found = {**rows[0], "test set": "all of these", "plates": sum(plates)}
    names = [key.removeprefix("exact match, ") for key in found if key.startswith("exact match")]
    for name in names:
        exact = np.dot(plates, [row[f"exact match, {name}"] for row in rows])
        found |= _exact_match(name, round(exact), sum(plates))
    errors = [row["character error rate"] for row in rows]
    return found | {"character error rate": float(np.average(errors, weights=n_characters))}


def _exact_match(name: str, exact: int, n_plates: int) -> dict[str, Any]:
    interval = binomtest(exact, n_plates).proportion_ci(method="wilson")
    return {
        f"exact match, {name}": exact / n_plates,
        f"interval, {name}": f"{interval.low:.3f} to {interval.high:.3f}",
    }


if __name__ == "__main__":
    main()
