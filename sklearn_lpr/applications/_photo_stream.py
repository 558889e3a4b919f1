"""Iterate over photos in every accepted form, without reading them."""

import os
import warnings
from collections.abc import Iterable, Iterator, Sized
from pathlib import Path
from typing import Any

from ..images import check_images
from ..images._batch import batch_items

__all__ = ["count_photos", "stream_photos", "walk_images"]


def stream_photos(X: Any, *, check: bool, leave_out: Path | None = None) -> Iterable[Any]:
    """Return the photos one after the other.

    Parameters
    ----------
    X : array-like of samples, iterator of samples, or path
        As for `read_photos`.
    check : bool
        Whether to check all photos of an array-like first.
    leave_out : Path, optional
        A folder that is not searched, if X is a folder that holds it.

    Returns
    -------
    iterable of samples

    Raises
    ------
    ValueError
        If a folder holds no images, or X is empty; with `check`, if a photo is unusable.
    FileNotFoundError
        If a path does not exist.
    TypeError
        If the type of X is not supported.
    """
    if isinstance(X, Iterator):
        return X
    if isinstance(X, (str, os.PathLike)):
        if os.path.isdir(X):
            return _images_in(Path(X), leave_out)
        if not os.path.exists(X):
            raise FileNotFoundError(
                f"X={os.fspath(X)!r} does not exist; pass the path of a photo or of a folder."
            )
        return [X]
    return check_images(X) if check else batch_items(X)


def count_photos(photos: Iterable[Any]) -> int | None:
    """Return the number of photos, or None if it is not known in advance."""
    return len(photos) if isinstance(photos, Sized) else None


def _images_in(folder: Path, leave_out: Path | None) -> Iterator[Path]:
    """Iterate over the images in a folder and its folders; raise an error if there are none."""
    paths = walk_images(folder, leave_out)
    first = next(paths, None)
    if first is None:
        raise ValueError(f"X={str(folder)!r} holds no images that can be read.")

    def chain() -> Iterator[Path]:
        yield first
        yield from paths

    return chain()


def walk_images(folder: Path, leave_out: Path | None = None) -> Iterator[Path]:
    """Iterate over the images in a folder and its folders, except those in one of the folders.

    Warns
    -----
    UserWarning
        For each folder in it that may not be read, such as ``lost+found`` on a disk, and for each
        folder with photos whose format cannot be read, such as raw photos, or with links to
        folders.
    """
    # Imported here, because the loaders import pandas.
    from ..datasets._files import list_folder

    content = list_folder(folder)
    if content.unreadable_photos:
        _warn(
            f"{len(content.unreadable_photos)} photo(s) in {str(folder)!r} are left out, because "
            f"their format cannot be read; the first is {content.unreadable_photos[0]!r}. Convert "
            "them to JPEG or PNG."
        )
    if content.linked_folders:
        _warn(
            f"{len(content.linked_folders)} link(s) to folders in {str(folder)!r} are not "
            f"followed; the first is {content.linked_folders[0]!r}. Pass these folders themselves."
        )
    yield from (folder / name for name in content.images)
    for name in content.folders:
        if leave_out is None or (folder / name).resolve() != leave_out.resolve():
            try:
                yield from walk_images(folder / name, leave_out)
            except PermissionError as error:
                _warn(
                    f"The folder {error.filename!r} is left out: permission to read it is denied."
                )


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=3)
