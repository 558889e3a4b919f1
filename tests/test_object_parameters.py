"""Classes passed for objects as parameters."""

import numpy as np
import pytest
from joblib import Memory
from sklearn.model_selection import KFold

from sklearn_lpr import LPRNetCTC, OnnxRecognizer, SegmentCNN
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import (
    CharacterSegmenter,
    PlateCropper,
    find_plates,
)
from sklearn_lpr.privacy import PlateRedactor

X = np.zeros((2, 24, 94, 3), np.uint8)
Y = ["AB12", "CD34"]


class Detector:
    def detect(self, X):
        return [None] * len(X)

    detect_all = detect


@pytest.mark.parametrize(
    ("use", "name", "value", "method"),
    [
        (lambda **p: LPRNetCTC(**p).fit(X, Y), "decoder", BeamSearchDecoder, "decode"),
        (lambda **p: SegmentCNN(**p).fit(X, Y), "decoder", GreedyDecoder, "decode"),
        (lambda **p: LPRNetCTC(**p).fit(X, Y), "augmentation", PlateAugmenter, "prepare"),
        (lambda **p: LPRNetCTC(**p).fit(X, Y), "memory", Memory, "cache"),
        (lambda **p: OnnxRecognizer("a.onnx", **p).predict(X), "decoder", GreedyDecoder, "decode"),
        (
            lambda **p: PlateAugmenter(**p).augment(X, Y),
            "permutation",
            CharacterPermuter,
            "prepare",
        ),
        (
            lambda **p: CharacterPermuter(**p).prepare(X, Y),
            "segmenter",
            CharacterSegmenter,
            "segment",
        ),
        (
            lambda **p: PlateCropper(locate="detect", **p).transform(X),
            "detector",
            Detector,
            "detect",
        ),
        (lambda **p: PlateRedactor(**p).transform(X), "detector", Detector, "detect"),
        (lambda **p: find_plates(X, **p), "detector", Detector, "detect"),
        (lambda **p: CalibratedRecognizerCV(**p).fit(X, Y), "estimator", LPRNetCTC, "fit"),
        (lambda **p: RejectingRecognizerCV(**p).fit(X, Y), "estimator", LPRNetCTC, "fit"),
        (lambda **p: CalibratedRecognizerCV(LPRNetCTC(), **p).fit(X, Y), "cv", PlateKFold, "split"),
        (lambda **p: RejectingRecognizerCV(LPRNetCTC(), **p).fit(X, Y), "cv", KFold, "split"),
    ],
)
def test_the_error_names_the_class(use, name, value, method):
    expected = rf"The '{name}' parameter of .* must be .*an instance with .*'{method}'.* Got <class"
    with pytest.raises(ValueError, match=rf"{expected} .*{value.__name__}'>"):
        use(**{name: value})
