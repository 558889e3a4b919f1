"""Data augmentation for images of plates."""

from ._permuter import CharacterPermuter
from ._plate_augmenter import PlateAugmenter

__all__ = ["CharacterPermuter", "PlateAugmenter"]
