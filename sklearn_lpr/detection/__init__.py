"""Detectors that find licence plates in photos."""

from .._detection import ContourPlateDetector, OnnxPlateDetector
from ._plate_detector import PlateDetector

__all__ = ["ContourPlateDetector", "OnnxPlateDetector", "PlateDetector"]
