"""Synthetic licence plates, rendered with OpenCV."""

from ._make_plates import make_plates

__all__ = ["make_plates"]
