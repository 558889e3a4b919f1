"""Transformers that prepare images of plates for recognizers."""

from ._character_segmenter import CharacterSegmenter, Segmentation
from ._cropper import PlateCropper
from ._find_plates import find_plates
from ._normalizer import PlateNormalizer
from ._row_joiner import RowJoiner

__all__ = [
    "CharacterSegmenter",
    "PlateCropper",
    "PlateNormalizer",
    "RowJoiner",
    "Segmentation",
    "find_plates",
]
