"""The module that pickles of version 0.1.0 name for `ContourPlateDetector`."""

from ..detection import ContourPlateDetector

__all__ = ["ContourPlateDetector"]
