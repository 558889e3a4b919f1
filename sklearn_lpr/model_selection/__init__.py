"""Splitters that group images by plate number (grouped splits)."""

from ._plate_kfold import PlateKFold
from ._plate_shuffle_split import PlateShuffleSplit

__all__ = ["PlateKFold", "PlateShuffleSplit"]
