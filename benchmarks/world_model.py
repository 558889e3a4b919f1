"""Test the recognizer that comes with the package on sets that did not train it.

Run from the project's root::

    python benchmarks/world_model.py --output benchmarks/results/world_model.md

The sets are the 1000 test crops of LPRNet_Pytorch, the photos of OpenALPR with plates located by
their annotations and by the detector, and crops of Argentina and the United States. With
``--rapidocr``, RapidOCR (PP-OCRv4) reads the same crops: ``pip install rapidocr-onnxruntime``.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from scipy.stats import binomtest

from sklearn_lpr import load_recognizer, read_plates
from sklearn_lpr.datasets import load_ccpd, load_openalpr, load_plates
from sklearn_lpr.decoding import GreedyDecoder
from sklearn_lpr.metrics import character_error_rate, plate_accuracy_score
from sklearn_lpr.preprocessing import PlateCropper

# The name of the country's format for each set.
FORMATS = {
    "LPRNet_Pytorch test": "china",
    "CCPD scenes": "china",
    "OpenALPR eu": "eu",
    "OpenALPR us": "united_states",
    "OpenALPR br": "brazil",
    "Argentina": "argentina",
    "US states": "united_states",
}
# How the plates of crops are located.
CROPS = ("whole crop", "detection")


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--rapidocr", action="store_true", help="compare with RapidOCR")
    arguments = parser.parse_args()
    rows, confident = [], []
    for name, located, X, y in load_sets(arguments.data):
        for decoding, recognizer in recognizers(name, detect=located == "detection"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the table counts the plates that are not found
                predictions = read_plates(recognizer, X)
            texts = np.array([each.text for each in predictions])
            rows.append(row(name, located, decoding, y, texts))
            print(rows[-1], flush=True)
            if decoding == "all formats" and located != "detection":
                confidences = [each.confidence for each in predictions]
                folded = [np.char.replace(each, "O", "0") for each in (y, texts)]
                confident += zip(confidences, folded[0] == folded[1], strict=True)
        if arguments.rapidocr and located != "detection":
            rows.append(row(name, located, "RapidOCR", y, read_with_rapidocr(X)))
            print(rows[-1], flush=True)
    publish(
        "The recognizer that comes with the package",
        f"`load_recognizer`; 95 % intervals of Wilson. O counts as 0 where a column says so: the "
        f"labels of US states write 0 for both. {coverage(confident)}",
        rows,
        arguments.output,
    )


def load_sets(data: Path) -> Iterator[tuple[str, str, Any, np.ndarray]]:
    """Yield the name of each set, how its plates are located, the samples and the texts."""
    X, y = load_plates(data / "lprnet_pytorch_test", return_X_y=True)
    yield "LPRNet_Pytorch test", "whole crop", X, y
    scenes, texts = load_ccpd(data / "ccpd" / "scenes", return_X_y=True)
    trained = load_ccpd(data / "ccpd" / "plates", return_X_y=True)[1]
    # The second half did not train the detector; the recognizer knows some of the plates.
    unseen = ~np.isin(texts, trained) & (np.arange(len(texts)) >= len(texts) // 2)
    photos = {"CCPD scenes": (scenes[unseen], texts[unseen])}
    for country in ("eu", "us", "br"):
        folder = data / "openalpr" / "endtoend" / country
        photos[f"OpenALPR {country}"] = load_openalpr(folder, return_X_y=True)
    for name, (X, y) in photos.items():
        yield name, "annotation", X, y
        yield name, "detection", [sample.pixels() for sample in X], y
    for name, folder in (("Argentina", "ar"), ("US states", "us_states")):
        X, y = load_plates(data / "crops" / folder, return_X_y=True)
        for located in CROPS:
            yield name, located, X, y


def recognizers(name: str, detect: bool) -> Iterator[tuple[str, Any]]:
    """Yield the ways of decoding, with a recognizer for each."""
    recognizer = load_recognizer(detect=detect)
    yield "all formats", recognizer
    yield f"format {FORMATS[name]}", load_recognizer(FORMATS[name], detect=detect)
    [decoder] = [each for each in recognizer.get_params() if each.endswith("__decoder")]
    yield "greedy", recognizer.set_params(**{decoder: GreedyDecoder()})


def row(
    name: str, located: str, decoding: str, y: np.ndarray, y_pred: np.ndarray
) -> dict[str, Any]:
    folded = [np.char.replace(texts, "O", "0") for texts in (y, y_pred)]
    exact = int((folded[0] == folded[1]).sum())
    interval = binomtest(exact, len(y)).proportion_ci(method="wilson")
    return {
        "set": name,
        "plates located by": located,
        "plates": len(y),
        "decoding": decoding,
        "exact match": plate_accuracy_score(y, y_pred),
        "exact match, O as 0": exact / len(y),
        "interval": f"{interval.low:.3f} to {interval.high:.3f}",
        "character error rate, O as 0": character_error_rate(*folded),
        "empty predictions": int((y_pred == "").sum()),
    }


def coverage(confident: list[tuple[float, bool]]) -> str:
    """Return the largest fraction of plates, the most confident ones, that are 99 % exact."""
    order = sorted(confident, key=lambda each: -each[0])
    exact = np.cumsum([correct for _, correct in order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(exact >= 0.99)
    covered = (enough[-1] + 1) / len(order) if len(enough) else 0.0
    at_90 = exact[round(0.9 * len(order)) - 1]
    return (
        f"Over all {len(order)} crops and annotated plates together, with all formats, the "
        f"{covered:.1%} with the highest confidences are 99 % exact; the 90 % with the highest "
        f"confidences are {at_90:.1%} exact."
    )


def read_with_rapidocr(X: Any) -> np.ndarray:
    """Read crops with PP-OCRv4, with its usual fallback of keeping letters and digits."""
    engine = _rapidocr()
    crops = PlateCropper(margin=0.05, rectify=False, missing="whole").transform(X)
    texts = []
    for crop in crops:
        colour = crop if crop.ndim == 3 else np.repeat(crop[..., None], 3, axis=2)
        result, _ = engine(np.ascontiguousarray(colour[..., ::-1]), use_det=False, use_cls=False)
        text = result[0][0] if result else ""
        texts.append("".join(each for each in text.upper() if each.isalnum()))
    return np.array(texts, dtype=str)


def _rapidocr() -> Callable[..., Any]:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


if __name__ == "__main__":
    main()
