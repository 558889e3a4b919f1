"""Data sets of video frames: a folder for each split, and in it one for each vehicle."""

from collections.abc import Iterator
from pathlib import Path

from ._files import check_split
from ._photos import Photo, find_pairs

__all__ = ["SPLITS", "find_track_photos"]

SPLITS = ("training", "validation", "testing")


def find_track_photos(home: Path, split: str | None) -> Iterator[Photo]:
    """Find the frames of all tracks.

    Parameters
    ----------
    home : Path
        The folder that holds the data set.
    split : str or None
        The split that is wanted; None is all.

    Yields
    ------
    Photo

    Raises
    ------
    ValueError
        If there is no such split.
    """
    available = [name for name in SPLITS if (home / name).is_dir()]
    check_split(split, available, home, "pass the folder that holds 'training' and so on")
    for name in available if split is None else [split]:
        for folder in sorted((home / name).glob("[!.]*/")):
            # A vehicle has a folder in one split, but the folders' names may repeat.
            track = f"{name}/{folder.name}"
            yield from find_pairs(home, folder, folder, split=name, track=track)
