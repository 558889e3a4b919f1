"""Not to keep what need not be kept: pictures without plates, and keyed hashes of texts."""

from ._hash_plates import hash_plates
from ._redactor import PlateRedactor

__all__ = ["PlateRedactor", "hash_plates"]
