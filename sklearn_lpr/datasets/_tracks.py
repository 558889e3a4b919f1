"""List the video frames of data sets with one folder per split and vehicle."""

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
        The folder that contains the data set.
    split : str or None
        The split to load. None loads all.

    Yields
    ------
    Photo

    Raises
    ------
    ValueError
        If the split does not exist.
    """
    available = [name for name in SPLITS if (home / name).is_dir()]
    check_split(split, available, home, "pass the folder that contains folders such as 'training'")
    for name in available if split is None else [split]:
        for folder in sorted((home / name).glob("[!.]*/")):
            # The names of folders may be equal in different splits, although the vehicles differ.
            track = f"{name}/{folder.name}"
            yield from find_pairs(home, folder, folder, split=name, track=track)
