"""Earlier module of `ContourPlateDetector`, whose name pickles of version 0.1.0 contain."""

from .._detection import ContourPlateDetector

__all__ = ["ContourPlateDetector"]
