"""Automatic licence plate recognition as scikit-learn estimators."""

from .applications import load_recognizer, read_photos, read_video
from .images import PlateImage
from .recognition import LPRNetCTC, OnnxRecognizer, SegmentCNN, read_plates

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
