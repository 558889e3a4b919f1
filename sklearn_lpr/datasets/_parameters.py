"""Constraints of the parameters that the public functions of the package have in common."""

import os
from collections.abc import Iterable
from typing import Any

from .._sklearn_compat import StrOptions

__all__ = ["LOADER_OPTIONS", "OUTPUT_OPTIONS", "PATH", "SUBSET", "split_options"]

_Constraints = dict[str, list[Any]]

# The constraint of the parameters `path` and `data_home`.
PATH: list[Any] = [str, os.PathLike]
# Those of `image_folder`, and of `split` where the data set names its splits.
IMAGE_FOLDER: list[Any] = [*PATH, None]
SPLIT: list[Any] = [str, None]
# The constraint of the parameter `subset`.
SUBSET: list[Any] = [str, "array-like", None]
# The constraints of the options of each function that returns a Bunch.
OUTPUT_OPTIONS: _Constraints = {"return_X_y": ["boolean"], "as_frame": ["boolean"]}
# The constraints of the options of each loader.
LOADER_OPTIONS: _Constraints = {"on_error": [StrOptions({"raise", "warn"})], **OUTPUT_OPTIONS}


def split_options(names: Iterable[str]) -> list[Any]:
    """Build the constraint of the parameter `split` of a data set with these splits."""
    return [StrOptions(set(names)), None]
