"""The photos of a data set, before their annotations are read."""

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ._files import image_names

__all__ = ["Photo", "assign_splits", "find_pairs", "select_photos"]


class Photo(NamedTuple):
    """A photo: its path below data_home, where it belongs, and why it cannot be loaded."""

    file: str
    subset: str = ""
    split: str = ""
    track: str = ""
    problem: Exception | None = None

    def path(self, home: Path) -> Path:
        """Give the photo's path."""
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
        The folder that holds the data set.
    images, annotations : Path
        The folders of the images and of the text files, which may be the same.
    subset, split, track : str, default=""
        Where the photos belong.

    Yields
    ------
    Photo
        Each image, sorted by name, then each text file that has none; a photo with only one of
        the two has a problem.
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
            f"{str(annotations / f'{stem}.txt')!r} has no image: there is none of that name in "
            f"{str(images)!r}."
        )
        yield Photo(posixpath.normpath(f"{where}/{stem}"), subset, split, track, problem)


def assign_splits(
    home: Path, photos: Iterable[Photo], listed: Iterable[tuple[str, str, str]], split: str | None
) -> list[Photo]:
    """Give each photo the split that lists it.

    Parameters
    ----------
    home : Path
        The folder that holds the data set.
    photos : iterable of Photo
    listed : iterable of tuple of place, file and split
        What the lists of splits say, and where.
    split : str or None
        The split that is wanted: only its photos must be there.

    Returns
    -------
    list of Photo
        After the given ones those that `split` lists and that are missing.
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
    """Give the photos of some subsets and of one split; None is all of them."""
    return [
        photo
        for photo in photos
        if photo.subset in subsets and (split is None or photo.split == split)
    ]
