"""Splitters that group images by plate number (grouped splits)."""

from ._leave_one_dataset_out import LeaveOneDatasetOut
from ._plate_kfold import PlateKFold
from ._plate_shuffle_split import PlateShuffleSplit

__all__ = ["LeaveOneDatasetOut", "PlateKFold", "PlateShuffleSplit"]
