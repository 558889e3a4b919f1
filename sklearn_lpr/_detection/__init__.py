"""Detectors that need no training, and the search with a trained network."""

from ._contour_detector import ContourPlateDetector
from ._onnx_detector import OnnxPlateDetector, default_detector

__all__ = ["ContourPlateDetector", "OnnxPlateDetector", "default_detector"]
