"""All public estimators with parameters that make fit fast, and samples for them."""

import importlib
import inspect
import pkgutil

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

import sklearn_lpr
from sklearn_lpr import LPRNetCTC, OnnxRecognizer, PlateImage, SegmentCNN
from sklearn_lpr._texts import check_texts
from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.calibration import (
    CalibratedRecognizer,
    CalibratedRecognizerCV,
    RejectingRecognizerCV,
)
from sklearn_lpr.calibration._maps import LogisticMap, PowerMap
from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading
from sklearn_lpr.ensemble import MultiViewRecognizer, VotingRecognizer
from sklearn_lpr.images import is_blank, stack_images
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer, RowJoiner
from sklearn_lpr.privacy import PlateRedactor

TINY = {"n_filters": 4, "max_iter": 2, "batch_size": 8, "random_state": 0}
TRANSFORMERS = {
    "PlateCropper": PlateCropper(),
    "PlateCropper, whole": PlateCropper(missing="whole", margin=0.1),
    "PlateCropper, detector": PlateCropper(locate="detect", missing="whole"),
    "RowJoiner": RowJoiner(),
    "PlateNormalizer": PlateNormalizer(),
    "PlateNormalizer, grey": PlateNormalizer(color="grey", aspect="pad", contrast="clahe"),
    "CharacterSegmenter": CharacterSegmenter(),
    "PlateRedactor": PlateRedactor(),
    "PlateRedactor, whole": PlateRedactor(method="blur", missing="whole"),
    "PlateRedactor, detector": PlateRedactor(method="pixelate", locate="detect", missing="whole"),
}
RECOGNIZERS = {
    "LPRNetCTC": LPRNetCTC(**TINY),
    "SegmentCNN": SegmentCNN(**TINY),
    "OnnxRecognizer": OnnxRecognizer("written by the tests.onnx", n_threads=1),
    "VotingRecognizer": VotingRecognizer(
        [
            ("rgb", LPRNetCTC(**TINY)),
            ("grey", make_pipeline(PlateNormalizer(color="grey"), LPRNetCTC(**TINY))),
        ],
        voting="position",
        weights=[1, 2],
    ),
}


class BrightnessRecognizer(RecognizerMixin, BaseEstimator):
    """Predict a letter from the brightness of an image, as the inner estimator of others."""

    def fit(self, X, y, sample_weight=None):
        images, texts = stack_images(X), check_texts(y)
        weight = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight)
        self.offset_ = float(np.average([image.mean() for image in images], weights=weight))
        return self

    def read(self, X):
        check_is_fitted(self)
        return [self._predict(image) for image in stack_images(X)]

    def _predict(self, image):
        if is_blank(image):
            return EMPTY_PREDICTION
        brightness = image.mean()
        text = chr(65 + int(brightness) % 26)
        confidence = float(1 / (1 + np.exp((brightness - self.offset_) / 32)))
        return PlateReading(text, confidence, (confidence,), ((text, confidence),))


META_RECOGNIZERS = {
    "CalibratedRecognizer": CalibratedRecognizer(
        BrightnessRecognizer(), PowerMap(2.0), LogisticMap(0.5)
    ),
    "CalibratedRecognizerCV": CalibratedRecognizerCV(BrightnessRecognizer()),
    "CalibratedRecognizerCV, isotonic": CalibratedRecognizerCV(
        BrightnessRecognizer(), method="isotonic", cv=2
    ),
    "CalibratedRecognizerCV, ensemble": CalibratedRecognizerCV(
        BrightnessRecognizer(), method="sigmoid", ensemble=True, cv=3
    ),
    "MultiViewRecognizer": MultiViewRecognizer(BrightnessRecognizer()),
    "MultiViewRecognizer, one view": MultiViewRecognizer(
        BrightnessRecognizer(), scales=[(0.9, 0.9)], max_confidence=1.1
    ),
    "RejectingRecognizerCV": RejectingRecognizerCV(BrightnessRecognizer(), target_coverage=0.5),
    "RejectingRecognizerCV, characters": RejectingRecognizerCV(
        BrightnessRecognizer(), target_coverage=0.5, criterion="each_character", cv=2
    ),
}


def public_estimators() -> set[str]:
    """Return the names of the public transformers and recognizers."""
    found = set()
    for module in pkgutil.walk_packages(sklearn_lpr.__path__, "sklearn_lpr."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        for name, item in vars(importlib.import_module(module.name)).items():
            if (
                inspect.isclass(item)
                and not name.startswith("_")
                and item.__module__.startswith("sklearn_lpr.")
                and issubclass(item, BaseEstimator)
                and (hasattr(item, "transform") or issubclass(item, RecognizerMixin))
            ):
                found.add(name)
    return found


def scenes() -> list[PlateImage]:
    """Return random images with corners inside them."""
    rng = np.random.default_rng(0)
    corners = np.array([[20.5, 10.0], [70.0, 12.0], [69.0, 30.0], [20.0, 27.5]])
    return [
        PlateImage(rng.integers(0, 256, (48, 96, 3), dtype=np.uint8), corners + index)
        for index in range(5)
    ]
