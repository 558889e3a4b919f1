"""Data protection: redact plates in images and hash their texts with a key."""

from ._hash_plates import hash_plates
from ._redactor import PlateRedactor

__all__ = ["PlateRedactor", "hash_plates"]
