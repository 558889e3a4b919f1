"""New training plates from those there are."""

from ._permuter import CharacterPermuter
from ._plate_augmenter import PlateAugmenter

__all__ = ["CharacterPermuter", "PlateAugmenter"]
