"""Detectors that find licence plates in photos."""

from .._detection import ContourPlateDetector, OnnxPlateDetector
from ._corner_refiner import CornerRefiner
from ._plate_detector import PlateDetector

__all__ = ["ContourPlateDetector", "CornerRefiner", "OnnxPlateDetector", "PlateDetector"]
