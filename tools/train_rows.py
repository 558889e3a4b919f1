"""Train the small network with which `RowJoiner` distinguishes two rows from a row and a caption.

Run from the project's root (ten minutes on two cores)::

    python tools/train_rows.py --data ../shared/data --fonts ../shared/fonts

The plates are those of `world_plates.py`, as they are and cropped by the corners that the detector
finds, and the Egyptian plates that train the segmentation, whose captions are large. Crops that are
much wider than high have one row in any case, and are left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from _arguments import argument_parser
from sklearn.neural_network import MLPClassifier
from world_plates import (
    draw_crops,
    is_held_out,
    load_sources,
    locate_plates,
    synthetic_layouts,
)

from sklearn_lpr.datasets import load_plates
from sklearn_lpr.preprocessing import PlateCropper
from sklearn_lpr.preprocessing._plate_rows import MAX_ASPECT, find_rows
from sklearn_lpr.preprocessing._row_network import WEIGHTS, compute_row_features, has_two_rows

SEED = 0
N_EXAMPLES = 60_000
CLASSIFIER = {
    "hidden_layer_sizes": (64, 32),
    "alpha": 1e-3,
    "batch_size": 128,
    "learning_rate_init": 1e-3,
    "max_iter": 15,
}
# Sets whose plates are all more than 2.5 times as wide as high, or have unknown numbers of rows.
LEFT_OUT = ("ccpd/plates", "vn", "vn_pbl4", "cn_lyl8213", "ru", "uz", "tn")
# How many synthetic plates are drawn of a layout.
N_SYNTHETIC = {"united_states": 3000, "india": 2000, "eu_two_rows": 1500, "brazil_two_rows": 800}
N_OTHERS = 500
# Formats of no country, drawn with OpenCV's fonts.
TWO_ROW_FORMATS = (
    *("@@@\n####", "@@\n@####", "@@\n####", "@@@\n###", "##@#\n###.##", "##@\n##@@"),
    *("@@##\n@####", "@@##@\n####", "@@@@\n###", "##-@#\n###", "###\n####", "@##\n@@@"),
)
ONE_ROW_FORMATS = ("@###", "@@###", "@@@###", "@@@####", "@@##@@@", "######", "@@-###", "##@@")
N_OF_NO_COUNTRY = 2000
# How often a plate with two rows is drawn, at least, relative to others.
TWO_ROWS = 5.0


class Crops(NamedTuple):
    """Crops of one origin, with their numbers of rows and how often they are drawn."""

    name: str
    images: list[npt.NDArray[np.uint8]]
    rows: npt.NDArray[np.int_]
    held_out: npt.NDArray[np.bool_]
    weight: float


def main() -> None:
    parser = argument_parser(__doc__, "--data", "--fonts")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(SEED)
    crops = [*real_crops(arguments.data), *synthetic_crops(arguments.fonts, rng)]
    write_weights(fit(crops, rng))
    report(crops)


def real_crops(data: Path) -> Iterator[Crops]:
    """Yield the real plates, as they are and rectified."""
    for name, source in load_sources(data).items():
        if name in LEFT_OUT:
            continue
        images = [plate.pixels() for plate in source.plates]
        held_out = is_held_out(source.texts)
        # Real plates with captions, and with two rows, are few.
        weight = 8.0 if name in ("us_in", "world", "in") else 1.5
        yield narrow(name, images, source.rows, held_out, weight)
        plates, found, _ = locate_plates(images)
        rectified = list(PlateCropper(margin=0.05).transform(plates))
        yield narrow(f"{name}, detected", rectified, source.rows[found], held_out[found], weight)
    plates = load_plates(data / "crops" / "eg_char_boxes")
    images = [plate.pixels() for plate in plates.data]
    one_row = np.ones(len(images), int)
    yield narrow("eg_char_boxes", images, one_row, is_held_out(plates.target), 0.5)


def synthetic_crops(fonts: Path, rng: np.random.Generator) -> Iterator[Crops]:
    """Yield synthetic plates of all layouts."""
    kinds: list[tuple[str, int, dict[str, Any]]] = [
        (layout, N_SYNTHETIC.get(layout, N_OTHERS), {"layouts": layout, "typefaces": typefaces})
        for layout, typefaces in synthetic_layouts(fonts).items()
    ]
    kinds += [
        ("of no country", N_OF_NO_COUNTRY, {"syntaxes": formats})
        for formats in (ONE_ROW_FORMATS, TWO_ROW_FORMATS)
    ]
    for index, (name, n_plates, parameters) in enumerate(kinds):
        images, bunch = draw_crops(n_plates, [SEED + 1, index], **parameters)
        rows = bunch.frame["rows"].to_numpy()
        held_out = rng.random(n_plates) < 0.08
        yield narrow(f"synthetic {name}", images, rows, held_out, 2.0)


def narrow(
    name: str,
    images: list[Any],
    rows: npt.NDArray[np.int_],
    held_out: npt.NDArray[np.bool_],
    weight: float,
) -> Crops:
    """Keep the crops that are narrow enough to have two rows."""
    kept = [
        index for index, image in enumerate(images) if image.shape[1] <= MAX_ASPECT * image.shape[0]
    ]
    return Crops(name, [images[index] for index in kept], rows[kept], held_out[kept], weight)


def fit(crops: list[Crops], rng: np.random.Generator) -> MLPClassifier:
    """Fit the network to augmented crops."""
    images = [image for each in crops for image in each.images]
    rows = np.concatenate([each.rows for each in crops])
    weights = np.concatenate(
        [np.where(each.rows == 2, max(each.weight, TWO_ROWS), each.weight) for each in crops]
    )
    weights[np.concatenate([each.held_out for each in crops])] = 0
    drawn = rng.choice(len(images), N_EXAMPLES, p=weights / weights.sum())
    X = np.stack([compute_row_features(augment(images[index], rng)) for index in drawn])
    return MLPClassifier(**CLASSIFIER, random_state=SEED).fit(X, rows[drawn] == 2)


def augment(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Rotate, shear, scale, shift, mirror and blur a crop."""
    height, width = image.shape[:2]
    angle = np.deg2rad(rng.normal(0, 3))
    scale = np.exp(rng.normal(0, 0.06, 2))
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    matrix[0, 1] += rng.normal(0, 0.06)
    centre = np.array([width, height]) / 2
    shift = rng.normal(0, 0.04, 2) * (width, height) + centre - matrix @ centre
    affine = np.column_stack([matrix, shift])
    result = cv2.warpAffine(image, affine, (width, height), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:
        result = np.ascontiguousarray(result[:, ::-1])
    if rng.random() < 0.3:
        factor = max(8 / min(height, width), rng.uniform(0.25, 0.8))
        size = (round(factor * width), round(factor * height))
        result = cv2.resize(result, size, interpolation=cv2.INTER_AREA)
    return result


def write_weights(classifier: MLPClassifier) -> None:
    """Store the layers in half precision."""
    arrays = {}
    for index, layer in enumerate(zip(classifier.coefs_, classifier.intercepts_, strict=True)):
        for name, array in zip(("kernel", "bias"), layer, strict=True):
            arrays[f"{name}_{index}"] = array.astype(np.float16)
    np.savez_compressed(WEIGHTS, **arrays)
    print(f"{WEIGHTS}: {Path(WEIGHTS).stat().st_size} bytes")


def report(crops: list[Crops]) -> None:
    """Print the errors on held-out crops, by the gap alone, by the network, and by both."""
    for each in crops:
        for n_rows in (1, 2):
            chosen = np.flatnonzero(each.held_out & (each.rows == n_rows))
            if not len(chosen):
                continue
            images = [each.images[index] for index in chosen]
            gap = np.array([find_rows(image).rows is not None for image in images])
            network = np.array([has_two_rows(image) for image in images])
            errors = [np.sum(found != (n_rows == 2)) for found in (gap, network, gap & network)]
            print(f"{each.name}, rows {n_rows}, {len(chosen)} crops, errors {errors}")


if __name__ == "__main__":
    main()
