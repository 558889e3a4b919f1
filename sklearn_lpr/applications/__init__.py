"""Whole applications: the bundled recognizer as a fitted pipeline, and reading photos with it."""

from ._calibration import Calibration, bundled_calibration
from ._load_recognizer import load_recognizer
from ._place_corners import place_corners
from ._read_photos import iter_photos, read_photos
from ._read_video import read_video

__all__ = [
    "Calibration",
    "bundled_calibration",
    "iter_photos",
    "load_recognizer",
    "place_corners",
    "read_photos",
    "read_video",
]
