"""Licence plate recognition as scikit-learn estimators."""

from .images import PlateImage

__version__ = "0.1.0"

__all__ = ["PlateImage", "__version__"]
