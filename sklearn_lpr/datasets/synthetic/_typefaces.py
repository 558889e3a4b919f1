"""Check the parameter `typefaces`, and choose the typeface of a plate."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ._font_files import has_character, open_font
from ._glyphs import Typeface

__all__ = ["Typefaces", "check_coverage", "check_typefaces", "choose_typeface"]

# Maps a layout, or "" for syntaxes, to font files.
Typefaces = Mapping[str, Sequence[Path]]

# Dilation of the strokes in pixels of a mask: the width of the strokes varies from maker to maker.
_GROW = (0, 0, 0, 1, -1)


def check_typefaces(typefaces: Any, names: Sequence[str]) -> Typefaces:
    """Check that the files are fonts, and assign them to layouts.

    Parameters
    ----------
    typefaces : path-like, sequence of path-like, dict of these, or None
    names : sequence of str
        The layouts.

    Returns
    -------
    dict of str to list of Path
        Without the layouts that OpenCV's fonts draw.
    """
    if typefaces is None:
        return {}
    if isinstance(typefaces, Mapping):
        unknown = [name for name in typefaces if name not in names or not name]
        if unknown:
            known = ", ".join(map(repr, filter(None, names))) or "none, as `layouts` is None"
            raise ValueError(
                f"typefaces has files for {unknown[0]!r}, which is not one of the layouts "
                f"({known}); remove it, or add it to layouts."
            )
        return {
            name: _check_files(files, f"typefaces[{name!r}]") for name, files in typefaces.items()
        }
    files = _check_files(typefaces, "typefaces")
    return dict.fromkeys(names, files)


def _check_files(files: Any, name: str) -> list[Path]:
    items = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    if not items:
        raise ValueError(f"{name} is empty; pass at least one font file, or None.")
    for index, item in enumerate(items):
        if not isinstance(item, (str, os.PathLike)):
            raise TypeError(
                f"{name}[{index}] is {item!r} of type {type(item).__name__}; pass paths."
            )
    paths = [Path(item) for item in items]
    for path in paths:
        open_font(path, 64)
    return paths


def check_coverage(files: Sequence[Path], characters: Sequence[str]) -> None:
    """Raise a ValueError if no file has all characters that a format can have."""
    lacking = {
        path: [each for each in characters if not has_character(path, each)] for path in files
    }
    path, missing = min(lacking.items(), key=lambda item: len(item[1]))
    if missing:
        raise ValueError(
            f"none of the {len(files)} typefaces has all characters; {str(path)!r} has most of "
            f"them, but not {''.join(missing)!r}. Add a file that has them."
        )


def choose_typeface(files: Sequence[Path], text: str, rng: np.random.Generator) -> Typeface:
    """Draw one of the files that have all characters of a text, and the width of its strokes."""
    covering = [path for path in files if all(has_character(path, each) for each in set(text))]
    path = covering[rng.integers(len(covering))]
    return Typeface(path, 0, _GROW[rng.integers(len(_GROW))])
