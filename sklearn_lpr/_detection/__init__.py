"""Detectors that need no training, and the search with a trained network."""

from ._contour_detector import ContourPlateDetector
from ._onnx_detector import OnnxPlateDetector

__all__ = ["ContourPlateDetector", "OnnxPlateDetector"]
