"""Automatic licence plate recognition as scikit-learn estimators."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .images import PlateImage
from .recognition import LPRNetCTC, OnnxRecognizer, SegmentCNN, read_plates

if TYPE_CHECKING:
    from .applications import load_recognizer, read_photos, read_video

# onnxruntime 1.29 and later sends its makers properties of the models that it opens. That must not
# happen unasked in programs that read plates. It would also keep forked processes from ending: they
# wait for the thread that sends.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"

__all__ = [
    "LPRNetCTC",
    "OnnxRecognizer",
    "PlateImage",
    "SegmentCNN",
    "__version__",
    "load_recognizer",
    "read_photos",
    "read_plates",
    "read_video",
]

# They import most packages, which takes memory, and are imported when they are used first.
_APPLICATIONS = ("load_recognizer", "read_photos", "read_video")

# Packages that are imported when they are used first, as those of scikit-learn are.
_PACKAGES = (
    *("applications", "augmentation", "calibration", "datasets", "decoding", "detection"),
    *("ensemble", "export", "inspection", "metrics", "model_selection", "preprocessing"),
    *("privacy", "syntax", "utils"),
)


def __getattr__(name: str) -> Any:
    if name in _APPLICATIONS:
        return getattr(import_module(f"{__name__}.applications"), name)
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})
