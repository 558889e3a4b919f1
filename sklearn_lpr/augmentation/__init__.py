"""Data augmentation for training plates and scenes."""

from ._permuter import CharacterPermuter
from ._plate_augmenter import PlateAugmenter
from ._scene_augmenter import SceneAugmenter, SceneCrop

__all__ = ["CharacterPermuter", "PlateAugmenter", "SceneAugmenter", "SceneCrop"]
