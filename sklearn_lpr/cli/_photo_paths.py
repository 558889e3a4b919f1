"""Paths of photos: those to read, and those to write."""

import glob
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, takewhile
from pathlib import Path

import click

from ..applications._photo_stream import stream_photos, walk_images
from ._messages import Failure

__all__ = ["TargetPaths", "check_outside", "expand", "write_photo"]


def expand(
    arguments: Iterable[str], option: str, written: Path | None
) -> tuple[Iterator[str], int]:
    """Return the photos that files, folders, patterns and ``-`` for standard input name.

    All arguments are checked at once; folders are then listed, and standard input is read, as the
    photos are taken.

    Parameters
    ----------
    arguments : iterable of str
    option : str
        The name of the option with the folder `written`.
    written : Path or None
        The folder in which photos will be written. Folders and patterns do not name those in it.

    Returns
    -------
    photos : iterator of str
        A photo that several arguments name comes once.
    n_skipped : int
        The number of photos in `written` that would have been named otherwise.

    Raises
    ------
    click.UsageError
        If there is nothing of a name, no file fits a pattern, a folder contains no images, or
        `written` is a folder that is searched.
    """
    names = list(arguments)
    found = [_expand(argument, option, written) for argument in names]
    photos: Iterator[str] = chain.from_iterable(photos for photos, _ in found)
    # A folder or pattern alone repeats no photo: any number of photos takes no memory.
    if len(names) > 1 or names == ["-"]:
        photos = _without_repetition(photos)
    return photos, sum(number for _, number in found)


def _without_repetition(photos: Iterable[str]) -> Iterator[str]:
    seen = set()
    for photo in photos:
        # A link to a photo is another photo, as it may have another name.
        folder, name = os.path.split(photo)
        place = os.path.join(os.path.realpath(folder), name)
        if place not in seen:
            seen.add(place)
            yield photo


def _expand(argument: str, option: str, written: Path | None) -> tuple[Iterable[str], int]:
    if argument == "-":
        return _standard_input(), 0
    if os.path.isdir(argument):
        # Imported here, because the loaders import pandas.
        from ..datasets._files import list_skipped

        inside = _holds(Path(argument), option, written)
        try:
            photos = stream_photos(argument, check=False, leave_out=inside)
        except ValueError as error:
            skipped = any(list_skipped(Path(folder)) for folder, _, _ in os.walk(argument))
            raise click.UsageError(
                f"The folder {argument!r} contains no images{' that can be read' * skipped}."
            ) from error
        written_before = walk_images(inside) if inside is not None and inside.is_dir() else ()
        return map(str, photos), sum(1 for _ in written_before)
    if os.path.exists(argument):
        return [argument], 0
    found = sorted(filter(os.path.isfile, glob.glob(argument, recursive=True)))
    if not found:
        missing = "file that fits" if glob.has_magic(argument) else "file or folder"
        raise click.UsageError(f"There is no {missing} {argument!r}.")
    fixed = takewhile(lambda part: not set("*?[") & set(part), Path(argument).parts)
    inside = _holds(Path(*fixed), option, written)
    if inside is None:
        return found, 0
    kept = [name for name in found if not Path(name).resolve().is_relative_to(inside)]
    return kept, len(set(found) - set(kept))


def _holds(searched: Path, option: str, written: Path | None) -> Path | None:
    """Return the absolute path of the folder `written` if it lies in a folder that is searched."""
    if written is None:
        return None
    absolute = written.resolve()
    if absolute == searched.resolve():
        raise click.UsageError(
            f"{option} {written}: the folder {str(searched)!r} is searched for photos; choose "
            "another folder, such as one in it."
        )
    return absolute if absolute.is_relative_to(searched.resolve()) else None


def _standard_input() -> Iterator[str]:
    # Some editors write a byte order mark.
    with click.open_file("-", encoding="utf-8-sig", errors="surrogateescape") as lines:
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
        self.base = Path(os.path.abspath(base))
        # The number of photos of each path.
        self._counts: defaultdict[Path, int] = defaultdict(int)

    def check(self, names: Iterable[str]) -> None:
        """Check that no named photo, and none in a named folder, is written to its own folder.

        Raises
        ------
        click.UsageError
        """
        for name in names:
            if os.path.isdir(name):
                inside = self._target(os.path.join(name, "photo"))
                _check_apart(name, inside.parent, [Path(name)])
            elif os.path.isfile(name):
                self._check_photo(name)

    def __call__(self, photo: str, suffix: str) -> Path:
        """Return the path for a photo, with a number where another photo has it already.

        Raises
        ------
        click.UsageError
            If it lies in the folder of the photo, where it may be that of another one.
        """
        target = first = self._first(photo, suffix)
        while self._counts[target]:
            self._counts[first] += 1
            target = first.with_name(f"{first.stem}_{self._counts[first]}{suffix}")
        self._counts[target] += 1
        return target

    def of_earlier_run(self, photo: str, suffix: str) -> Path | None:
        """Return the path for a photo if it has a file that this run did not write.

        Raises
        ------
        click.UsageError
            As for a photo that is written.
        """
        target = self._first(photo, suffix)
        return target if target not in self._counts and target.exists() else None

    def _first(self, photo: str, suffix: str) -> Path:
        """Return the path for a photo without a number, after a check of its folder."""
        self._check_photo(photo)
        return self._target(photo).with_suffix(suffix)

    def _target(self, photo: str) -> Path:
        """Return the path for a photo with its own suffix; links keep their names."""
        source = Path(os.path.abspath(photo))
        for path, base in (
            (source, self.base),
            (source.parent.resolve() / source.name, self.base.resolve()),
        ):
            if path.is_relative_to(base):
                return self.folder / path.relative_to(base)
        return self.folder / source.name

    def _check_photo(self, photo: str) -> None:
        own = [Path(photo).parent, Path(photo).resolve().parent]
        _check_apart(photo, self._target(photo).parent, own)


def _check_apart(name: str, target: Path, own: list[Path]) -> None:
    """Raise an error if the folder of a written photo is one of those of its source."""
    if target.resolve() in [folder.resolve() for folder in own]:
        raise click.UsageError(
            f"{name!r}: photos would be written to their own folder {str(target)!r}, where they "
            "may replace others; choose another folder."
        )


def check_outside(name: str, folder: Path, source: Path, what: str) -> None:
    """Raise an error if photos are written to a folder around one from which they may come.

    Parameters
    ----------
    name : str
        The argument with the folder to which they are written.
    folder : Path
    source : Path
        The folder that the paths of photos are relative to.
    what : str
        What the message calls it.
    """
    if folder.resolve() in source.resolve().parents:
        raise click.UsageError(
            f"{name} {folder}: photos would be written to a folder that contains {what}, where "
            "they may replace others; choose another folder."
        )


def write_photo(path: Path, pixels: object) -> bool:
    """Write RGB or grey pixels in the format of the path's suffix, and create its folder.

    Return whether a file was replaced.
    """
    import numpy as np

    from .._compat import cv2

    image = np.asarray(pixels)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    try:
        encoded, content = cv2.imencode(path.suffix, image)
    except cv2.error:  # OpenCV 4
        encoded = False
    if not encoded:  # JPEG has at most 65,500 pixels a side
        height, width = image.shape[:2]
        raise Failure(f"{path} cannot be written with {width} x {height} pixels.")
    path.parent.mkdir(parents=True, exist_ok=True)
    replaced = path.exists()
    path.write_bytes(content.tobytes())
    return replaced
