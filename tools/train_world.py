"""Train the recognizer that comes with the package, on plates of the whole world.

Run from the project's root (four hours and a half on two cores, in several runs)::

    python tools/train_world.py --data ../shared/data --fonts ../shared/fonts --work ~/world

Training resumes where it was interrupted: its checkpoints are in the folder `--work`, and so are
the trained weights afterwards, which a further run only exports. The sets, their licences, the
synthetic plates and the plates that are held out are in `world_plates.py`. A small network learns
from reduced images first. Then crops are left out that it reads otherwise without doubt: their
texts are wrong, or they are cut off. A wider network continues from its weights, on the whole
images, and twice more after the learning rate was raised again, the last time on newly drawn
plates. Three files are written: the network with the steps before it, the weights for fine-tuning,
and the calibration.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import hashlib
import json
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import joblib
import numpy as np
import numpy.typing as npt
from _arguments import argument_parser
from _precision import allow_bfloat16
from _widening import widen
from bundled_files import describe_training, restore, write_onnx_metadata
from rapidfuzz.distance import Levenshtein
from sklearn.pipeline import Pipeline
from world_plates import (
    ALPHABET,
    IMAGE_SIZE,
    N_PLATES_PER_EPOCH,
    SOURCES,
    PlateSet,
    Source,
    held_out_plates,
    held_out_samples,
    load_sources,
    real_plates,
    synthetic_plates,
)

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.applications._calibration import fit_calibration
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.decoding import FormatDecoder
from sklearn_lpr.ensemble import MultiViewRecognizer
from sklearn_lpr.export import to_onnx
from sklearn_lpr.metrics import plate_accuracy_score
from sklearn_lpr.networks import write_weights
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer, RowJoiner

SEED = 0
NETWORK: dict[str, Any] = {
    "n_filters": 48,
    "dropout": 0.02,
    "alphabet": ALPHABET,
    "batch_size": 64,
    "ema_decay": 0.998,
    "random_state": SEED,
}
# The first stage: a small network and images of half the area are three times as fast.
SMALL: dict[str, Any] = {"n_filters": 32, "dropout": 0.05}
SMALL_SIZE = {"height": 24, "width": 94}
FIRST_STAGE: dict[str, Any] = {
    "learning_rate_init": 8e-3,
    "warmup": 0.02,
    "alignment_warmup": 0.05,
    "max_iter": 9,
}
FIRST_VIEW: dict[str, Any] = {"max_rotation": 6.0, "max_shear": 0.2, "corner_jitter": 0.08}
SECOND_STAGE: dict[str, Any] = {
    "learning_rate_init": 5e-3,
    "warmup": 0.04,
    "alignment_warmup": 0.0,
    "max_iter": 4,
}
THIRD_STAGE: dict[str, Any] = {**SECOND_STAGE, "learning_rate_init": 4e-3, "max_iter": 5}
# The fourth stage has newly drawn plates.
FOURTH_STAGE: dict[str, Any] = {**SECOND_STAGE, "learning_rate_init": 3e-3}
STAGES = {
    "first_stage": {**SMALL, **FIRST_STAGE},
    "second_stage": SECOND_STAGE,
    "third_stage": THIRD_STAGE,
    "fourth_stage": FOURTH_STAGE,
}
SECOND_VIEW: dict[str, Any] = {
    "max_rotation": 4.0,
    "max_shear": 0.15,
    "corner_jitter": 0.06,
    "p": 0.15,
}
# Sets whose plates have one layout, so that characters can be swapped.
SWAPPED = ("china", "br", "vn", "uz", "eu", "ro_tracks")
# A crop is left out of the second stage if the small network predicts a text of another length with
# this confidence, or if the texts differ in more characters than this.
DISAGREEMENT = 0.5
MAX_DISTANCE = 3
# The margin of crops in use: the corners of the detector are not exact.
MARGIN = 0.05
# Exponent of the frequency of a plate's rarest character by which plates are drawn more often.
RARITY = 0.5


class Mixture:
    """Draw training plates from several sets, with data augmentation.

    Parameters
    ----------
    sets : list of PlateSet
        The plates of an epoch are divided among them by `n_per_epoch`.
    view : dict
        Parameters of `PlateAugmenter`.
    swapped : sequence of str, default=SWAPPED
        Names of the sets with character swapping.
    """

    def __init__(
        self, sets: list[PlateSet], view: dict[str, Any], swapped: Sequence[str] = SWAPPED
    ) -> None:
        self.sets = sets
        self.view = view
        self.swapped = swapped

    def prepare(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_]
    ) -> Callable[[int, np.random.Generator], tuple[npt.NDArray[np.uint8], str]]:
        """Return a function that draws a plate of the set to which an index belongs."""
        ends = np.cumsum([each.n_per_epoch for each in self.sets])
        augment = [self._augmenter(each).prepare(each.images, each.texts) for each in self.sets]
        cumulative = [np.cumsum(rarity(each.texts)) for each in self.sets]

        def draw(index: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], str]:
            chosen = int(np.searchsorted(ends, index, side="right"))
            weights = cumulative[chosen]
            plate = int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))
            return augment[chosen](min(plate, len(weights) - 1), rng)

        return draw

    def _augmenter(self, plates: PlateSet) -> PlateAugmenter:
        swaps = plates.name in self.swapped
        permuter = CharacterPermuter(CharacterSegmenter(), p=0.3) if swaps else None
        return PlateAugmenter(**self.view, permutation=permuter)


def rarity(texts: npt.NDArray[np.str_]) -> npt.NDArray[np.float64]:
    """Return weights by which plates with rare characters are drawn more often."""
    characters, counts = np.unique(list("".join(texts)), return_counts=True)
    frequency = dict(zip(characters.tolist(), (counts / counts.max()).tolist(), strict=True))
    rarest = np.array([min(map(frequency.get, text)) for text in texts.tolist()])
    return np.clip(rarest, 0.01, 1) ** -RARITY


class Validation:
    """Print the exact matches on held-out plates after each epoch, and keep the weights."""

    def __init__(self, held_out: dict[str, Any], folder: Path) -> None:
        self.held_out = held_out
        self.folder = folder
        self.start = time.perf_counter()

    def setup(self, estimator: Any, context: Any) -> None:
        """Do nothing before `fit`."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Do nothing after `fit`."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Do nothing before an epoch."""

    def on_fit_task_end(self, estimator: Any, context: Any, *, fitted_estimator: Any) -> None:
        """Score the recognizer of an epoch."""
        if context.task_name != "epoch":
            return
        scores = score(fitted_estimator, self.held_out)
        fitted_estimator.save_weights(self.folder / "last_epoch.npz")
        minutes = (time.perf_counter() - self.start) / 60
        figures = ", ".join(f"{name} {' '.join(values)}" for name, values in scores.items())
        print(f"{minutes:.1f} min, epoch {context.task_id + 1}: {figures}", flush=True)


def score(recognizer: Any, held_out: dict[str, Any]) -> dict[str, list[str]]:
    """Return the fraction of exact matches, by set and view."""
    return {
        name: [
            f"{plate_accuracy_score(texts, recognizer.predict(images)):.3f}"
            for images, texts in views
            if len(texts)
        ]
        for name, views in held_out.items()
    }


def merge_china(sets: list[PlateSet]) -> list[PlateSet]:
    """Merge the two Chinese sets, so that their provinces are swapped."""
    names = {"ccpd/plates", "cn_lyl8213"}
    china = [each for each in sets if each.name in names]
    merged = PlateSet(
        "china",
        np.concatenate([each.images for each in china]),
        np.concatenate([each.texts for each in china]),
        sum(each.n_per_epoch for each in china),
    )
    return [merged, *(each for each in sets if each.name not in names)]


def without_wrong_texts(
    sets: list[PlateSet], reduced: list[PlateSet], recognizer: LPRNetCTC
) -> list[PlateSet]:
    """Leave out crops whose texts disagree with confident predictions from reduced images."""
    kept = []
    for plates, small in zip(sets, reduced, strict=True):
        chosen = [
            Levenshtein.distance(text, predicted.text) <= MAX_DISTANCE
            and (len(text) == len(predicted.text) or predicted.confidence < DISAGREEMENT)
            for text, predicted in zip(
                plates.texts.tolist(), read_plates(recognizer, small.images), strict=True
            )
        ]
        print(f"{plates.name}: {len(chosen) - sum(chosen)} of {len(chosen)} crops left out")
        kept.append(plates._replace(images=plates.images[chosen], texts=plates.texts[chosen]))
    return kept


def train(
    draw_sets: Callable[[int], list[PlateSet]],
    held_out: dict[str, Any],
    folder: Path,
    epochs: tuple[int, int, int, int],
) -> LPRNetCTC:
    """Train in four stages; a stage whose weights are in the folder is not repeated."""
    small = {**NETWORK, **SMALL}
    weights = [folder / f"stage{index}.npz" for index in range(4)]
    if weights[3].exists():
        return restore(LPRNetCTC(**NETWORK), weights[3])
    if not weights[0].exists():
        reduced_held_out = {
            name: [(reduce_images(images), texts) for images, texts in views]
            for name, views in held_out.items()
        }
        first = LPRNetCTC(**small, **{**FIRST_STAGE, "max_iter": epochs[0]})
        fit(first, reduced(draw_sets(SEED)), FIRST_VIEW, reduced_held_out, folder).save_weights(
            weights[0]
        )
    first = restore(LPRNetCTC(**small), weights[0])
    wider = folder / "wider.npz"
    write_weights(
        wider,
        widen(first.weights_, NETWORK["n_filters"], IMAGE_SIZE["height"]),
        {**first.architecture_, **IMAGE_SIZE, "n_filters": NETWORK["n_filters"]},
        first.alphabet_,
    )
    for settings, seed, n_epochs, start, end in zip(
        (SECOND_STAGE, THIRD_STAGE, FOURTH_STAGE),
        (SEED, SEED, SEED + 1),
        epochs[1:],
        (wider, *weights[1:3]),
        weights[1:],
        strict=True,
    ):
        if not end.exists():
            sets = draw_sets(seed)
            sets = without_wrong_texts(sets, reduced(sets), first)
            wide = LPRNetCTC(**NETWORK, **{**settings, "max_iter": n_epochs}, initial_weights=start)
            fit(wide, sets, SECOND_VIEW, held_out, folder).save_weights(end)
    return restore(LPRNetCTC(**NETWORK), weights[3])


def reduced(sets: list[PlateSet]) -> list[PlateSet]:
    """Reduce the images of sets to the size of the first stage."""
    return [each._replace(images=reduce_images(each.images)) for each in sets]


def fit(
    recognizer: LPRNetCTC,
    sets: list[PlateSet],
    view: dict[str, Any],
    held_out: dict[str, Any],
    folder: Path,
) -> LPRNetCTC:
    """Fit with checkpoints, and print the exact matches on held-out plates after each epoch."""
    recognizer.set_params(augmentation=Mixture(sets, view), checkpoint_dir=folder, verbose=True)
    return recognizer.set_callbacks(Validation(held_out, folder)).fit(*examples(sets))


def reduce_images(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Reduce images to the size of the first stage."""
    return np.stack(PlateNormalizer(**SMALL_SIZE, n_jobs=-1).transform(images))


def examples(sets: list[PlateSet]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]:
    """Return as many plates as an epoch has, which `Mixture` replaces, and their texts."""
    plates = [np.arange(each.n_per_epoch) % len(each.images) for each in sets]
    return (
        np.concatenate([each.images[index] for each, index in zip(sets, plates, strict=True)]),
        np.concatenate([each.texts[index] for each, index in zip(sets, plates, strict=True)]),
    )


def export(
    recognizer: LPRNetCTC, sources: dict[str, Source], folder: Path, training: dict[str, Any]
) -> None:
    """Write the files of the package."""
    cropper = PlateCropper(margin=MARGIN, missing="detect_or_whole")
    pipeline = Pipeline(
        [
            ("crop", cropper),
            ("join", RowJoiner()),
            ("normalize", PlateNormalizer(**IMAGE_SIZE)),
            ("recognize", recognizer),
        ]
    )
    path = to_onnx(pipeline, folder / "plate_recognizer.onnx")
    write_onnx_metadata(path, training)
    weights = {name: array.astype(np.float16) for name, array in recognizer.weights_.items()}
    write_weights(
        folder / "plate_recognizer.npz", weights, recognizer.architecture_, recognizer.alphabet_
    )
    # As in `load_recognizer`.
    recognizer.set_params(decoder=FormatDecoder())
    pipeline.set_params(recognize=MultiViewRecognizer(recognizer))
    X, y = held_out_samples(sources)
    # Some labels are those of other plates.
    predicted = pipeline.predict(X).tolist()
    right = [
        index
        for index, (text, prediction) in enumerate(zip(y, predicted, strict=True))
        if Levenshtein.distance(text, prediction) <= MAX_DISTANCE
        or len(text) - len(prediction) >= MAX_DISTANCE
    ]
    print(f"{len(y) - len(right)} of {len(y)} held-out plates left out, whose texts are wrong")
    calibration = fit_calibration(
        pipeline, [X[index] for index in right], [y[index] for index in right]
    )
    network = hashlib.sha256(path.read_bytes()).hexdigest()
    calibration.write(folder / "plate_recognizer.json", network=network, held_out=sorted(sources))
    print(json.dumps(json.loads((folder / "plate_recognizer.json").read_text()), indent=1))


def main() -> None:
    parser = argument_parser(__doc__, "--data", "--fonts", "--work")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("sklearn_lpr/pretrained"),
        metavar="PATH",
        help="folder of the written files (default: the one in the package)",
    )
    parser.add_argument(
        "--epochs",
        type=int,
        nargs=len(STAGES),
        default=[stage["max_iter"] for stage in STAGES.values()],
        metavar="N",
        help="epochs of the four stages",
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    allow_bfloat16()
    warnings.filterwarnings("ignore", message=".*excluded from character swapping")
    for folder in (arguments.work, arguments.output):
        folder.mkdir(parents=True, exist_ok=True)
    memory = joblib.Memory(arguments.work / "plates", verbose=0)
    sources = load_sources(arguments.data)
    held_out = memory.cache(held_out_plates)(sources)

    def draw_sets(seed: int) -> list[PlateSet]:
        return merge_china(
            [
                *memory.cache(real_plates)(sources, seed),
                *memory.cache(synthetic_plates)(arguments.fonts, seed),
            ]
        )

    recognizer = train(draw_sets, held_out, arguments.work, tuple(arguments.epochs))
    training = describe_training(
        "tools/train_world.py",
        {
            **NETWORK,
            **STAGES,
            "epochs": arguments.epochs,
        },
        n_plates_per_epoch=N_PLATES_PER_EPOCH,
        sets={
            **{name: licence for name, (licence, _) in SOURCES.items()},
            "make_plates": "synthetic",
        },
    )
    export(recognizer, sources, arguments.output, training)


if __name__ == "__main__":
    main()
