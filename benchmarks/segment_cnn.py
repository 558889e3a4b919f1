"""Measure segmentation and classification on held-out plates of CCPD, over several seeds.

Run from the project's root::

    python benchmarks/segment_cnn.py --output benchmarks/results/segment_cnn.md

The plates and the split are those of ``ccpd_plates.py``, for comparison. The baseline is the method
of many tutorials: Otsu's threshold, the seven largest contours from left to right, and a network
without the position of a character as an input.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
import warnings
from typing import Any

import cv2
import numpy as np
from _report import add_data_argument, argument_parser, publish
from ccpd_plates import scores
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

from sklearn_lpr import SegmentCNN
from sklearn_lpr.datasets import load_ccpd
from sklearn_lpr.images import object_array
from sklearn_lpr.metrics import positional_character_accuracy_score
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper

MARGIN = 0.05


class LargestContours(TransformerMixin, BaseEstimator):
    """Crop the largest contours of an Otsu binarization, from left to right."""

    def __init__(self, n_characters: int = 7, height: int = 32, width: int = 24) -> None:
        self.n_characters = n_characters
        self.height = height
        self.width = width

    def fit(self, X: Any, y: Any = None) -> "LargestContours":
        return self

    def transform(self, X: Any) -> np.ndarray:
        return object_array([self._crop_characters(crop) for crop in X])

    def _crop_characters(self, crop: np.ndarray) -> np.ndarray:
        grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        _, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes = [cv2.boundingRect(contour) for contour in contours]
        largest = sorted(boxes, key=lambda box: box[2] * box[3])[-self.n_characters :]
        segments = [
            cv2.resize(grey[y : y + height, x : x + width], (self.width, self.height))
            for x, y, width, height in sorted(largest)
        ]
        return np.array(segments, np.uint8).reshape(-1, self.height, self.width, 1)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=16)
    parser.add_argument("--max-iter", type=int, default=10)
    arguments = parser.parse_args()

    X, y = load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True)
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    crops = PlateCropper(margin=MARGIN).transform(X)
    settings = {"n_filters": arguments.n_filters, "max_iter": arguments.max_iter}
    methods = {
        "CharacterSegmenter, SegmentCNN": (CharacterSegmenter(), {}),
        "seven largest contours, no position": (LargestContours(), {"position": False}),
    }
    rows = []
    for name, (segmenter, changes) in methods.items():
        n_segments = [len(segments) for segments in segmenter.transform(crops[test])]
        count_accuracy = float(np.mean(np.array(n_segments) == np.char.str_len(y[test])))
        for seed in arguments.seeds:
            recognizer = Pipeline(
                [
                    ("segment", segmenter),
                    ("classify", SegmentCNN(random_state=seed, **settings, **changes)),
                ]
            )
            start = time.perf_counter()
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("ignore")
                warnings.simplefilter("always", UserWarning)
                recognizer.fit(crops[train], y[train])
            seconds = time.perf_counter() - start
            for warning in caught:
                print(f"{name}: {warning.message}")
            y_pred = recognizer.predict(crops[test])
            rows.append(
                {
                    "method": name,
                    "seed": seed,
                    "count accuracy": count_accuracy,
                    "positional character accuracy": positional_character_accuracy_score(
                        y[test], y_pred
                    ),
                    **scores(y[test], y_pred),
                    "fit time, s": seconds,
                }
            )
            print(rows[-1], flush=True)
    publish(
        "Segmentation and classification on held-out plates of CCPD",
        f"`ccpd/plates`, split by `PlateShuffleSplit(1, test_size=0.2, random_state=0)`: "
        f"{len(train)} training plates, {len(test)} test plates. Rectified by their corners, "
        f"margin {MARGIN}; n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, no "
        "augmentation, greedy decoding. LPRNetCTC on the same split: `ccpd_plates.md`.",
        rows,
        arguments.output,
    )


if __name__ == "__main__":
    main()
