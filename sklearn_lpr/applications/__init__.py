"""Whole applications: the bundled recognizer as a fitted pipeline."""

from ._calibration import Calibration, bundled_calibration
from ._load_recognizer import load_recognizer

__all__ = ["Calibration", "bundled_calibration", "load_recognizer"]
