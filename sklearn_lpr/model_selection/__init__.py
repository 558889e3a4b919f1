"""Splitters that keep all pictures of one plate on one side."""

from ._plate_kfold import PlateKFold
from ._plate_shuffle_split import PlateShuffleSplit

__all__ = ["PlateKFold", "PlateShuffleSplit"]
