"""Paths of photos: those to read, and those to write."""

import glob
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import click

from ..applications._photo_stream import stream_photos

__all__ = ["TargetPaths", "expand", "write_photo"]


def expand(arguments: Iterable[str]) -> Iterator[str]:
    """Return the photos that files, folders, patterns and ``-`` for standard input name.

    All arguments are checked at once; folders are then listed, and standard input is read, as the
    photos are taken.

    Raises
    ------
    click.UsageError
        If there is nothing of a name, no file fits a pattern, or a folder holds no images.
    """
    return chain.from_iterable([_expand(argument) for argument in arguments])


def _expand(argument: str) -> Iterable[str]:
    if argument == "-":
        return _standard_input()
    if os.path.isdir(argument):
        try:
            return map(str, stream_photos(argument, check=False))
        except ValueError as error:
            raise click.UsageError(
                f"The folder {argument!r} holds no images that can be read."
            ) from error
    found = [argument] if os.path.exists(argument) else sorted(glob.glob(argument, recursive=True))
    if not found:
        raise click.UsageError(f"There is no file or folder {argument!r}.")
    return found


def _standard_input() -> Iterator[str]:
    with click.open_file("-", encoding="utf-8") as lines:
        yield from (name for line in lines if (name := line.rstrip("\r\n")))


class TargetPaths:
    """The paths of written photos: those of the photos that they come from, in another folder.

    Parameters
    ----------
    folder : Path
    base : Path
        Paths below it keep their folders; others keep their names only.
    """

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder = folder
        self.base = base.resolve()
        self._used: set[Path] = set()

    def __call__(self, photo: str, suffix: str) -> Path:
        """Return the path for a photo, with a number where another photo has it already.

        Raises
        ------
        click.UsageError
            If it is that of the photo itself.
        """
        source = Path(photo).resolve()
        below = source.is_relative_to(self.base)
        target = self.folder / (source.relative_to(self.base) if below else source.name)
        target = first = target.with_suffix(suffix)
        number = 2
        while target in self._used:
            target = first.with_name(f"{first.stem}_{number}{suffix}")
            number += 1
        if target.resolve() == source:
            raise click.UsageError(f"{photo!r} would be overwritten; choose another folder.")
        self._used.add(target)
        return target


def write_photo(path: Path, pixels: object) -> None:
    """Write RGB or grey pixels in the format of the path's suffix, and create its folder."""
    import numpy as np

    from .._compat import cv2

    image = np.asarray(pixels)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
