"""List the photos of a data set, with their subsets and splits."""

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ._files import image_names

__all__ = ["Photo", "assign_splits", "find_pairs", "select_photos"]


class Photo(NamedTuple):
    """A photo: its path relative to data_home, subset, split, track, and error, if any."""

    file: str
    subset: str = ""
    split: str = ""
    track: str = ""
    problem: Exception | None = None

    def path(self, home: Path) -> Path:
        """Return the path of the photo."""
        return home.joinpath(*self.file.split("/"))


def find_pairs(
    home: Path,
    images: Path,
    annotations: Path,
    *,
    subset: str = "",
    split: str = "",
    track: str = "",
) -> Iterator[Photo]:
    """Pair images with the text files of the same name.

    Parameters
    ----------
    home : Path
        The folder that contains the data set.
    images, annotations : Path
        The folders of the images and of the text files, which may be equal.
    subset, split, track : str, default=""
        The subset, split and track of the photos.

    Yields
    ------
    Photo
        The images, sorted by name, then the text files without an image. The `problem` of a photo
        is an error if the image or the text file is missing.
    """
    where = images.relative_to(home).as_posix()
    described = {path.stem for path in annotations.glob("[!.]*.txt")}
    shown = set()
    for name in image_names(images):
        stem = os.path.splitext(name)[0]
        shown.add(stem)
        problem = None
        if stem not in described:
            problem = FileNotFoundError(
                f"{str(images / name)!r} has no annotation: there is no "
                f"{str(annotations / f'{stem}.txt')!r}."
            )
        yield Photo(posixpath.normpath(f"{where}/{name}"), subset, split, track, problem)
    for stem in sorted(described - shown):
        problem = FileNotFoundError(
            f"{str(annotations / f'{stem}.txt')!r} has no image: there is none of this name in "
            f"{str(images)!r}."
        )
        yield Photo(posixpath.normpath(f"{where}/{stem}"), subset, split, track, problem)


def assign_splits(
    home: Path, photos: Iterable[Photo], listed: Iterable[tuple[str, str, str]], split: str | None
) -> list[Photo]:
    """Assign photos to the splits that list them.

    Parameters
    ----------
    home : Path
        The folder that contains the data set.
    photos : iterable of Photo
    listed : iterable of tuple of place, file and split
        The lines of the lists of splits, with their locations.
    split : str or None
        The split to load. All photos listed for it must exist.

    Returns
    -------
    list of Photo
        The photos, followed by the missing photos that are listed for `split`.
    """
    photos = list(photos)
    present = {photo.file for photo in photos}
    splits, missing = {}, []
    for place, file, name in listed:
        splits[file] = name
        if name == split and file not in present:
            problem = FileNotFoundError(
                f"{place} lists {file!r}, which is missing from {str(home)!r}."
            )
            subset = posixpath.basename(posixpath.dirname(file))
            missing.append(Photo(file, subset, name, problem=problem))
    return [photo._replace(split=splits.get(photo.file, photo.split)) for photo in photos] + missing


def select_photos(
    photos: Iterable[Photo], subsets: Collection[str], split: str | None
) -> list[Photo]:
    """Select the photos of some subsets and of one split. None selects all splits."""
    return [
        photo
        for photo in photos
        if photo.subset in subsets and (split is None or photo.split == split)
    ]
