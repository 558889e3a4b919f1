"""Transformers that turn scenes into what recognizers read."""

from ._contour_detector import ContourPlateDetector
from ._cropper import PlateCropper
from ._normalizer import PlateNormalizer

__all__ = ["ContourPlateDetector", "PlateCropper", "PlateNormalizer"]
