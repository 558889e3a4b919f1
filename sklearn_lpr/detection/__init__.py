"""Detectors that find licence plates in photos."""

from ._contour_detector import ContourPlateDetector

__all__ = ["ContourPlateDetector"]
