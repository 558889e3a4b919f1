"""Plates to learn from: loaders of data sets on disk, and made plates."""

from ._ccpd import load_ccpd
from ._make_plates import make_plates
from ._plates import load_plates

__all__ = ["load_ccpd", "load_plates", "make_plates"]
