"""Find the files of a data set on disk."""

import os
from pathlib import Path

__all__ = ["image_names", "require_folder"]

_IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def require_folder(path: str | os.PathLike[str], name: str) -> Path:
    """Give an existing folder, or say that the parameter `name` names none.

    Parameters
    ----------
    path : str or path-like
    name : str
        What messages call the parameter.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    NotADirectoryError
        If `path` is a file.
    """
    folder = Path(path).expanduser()
    if not folder.exists():
        raise FileNotFoundError(
            f"{name}={str(path)!r} does not exist; pass the folder that holds the data set."
        )
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{name}={str(path)!r} is a file; pass the folder that holds the data set."
        )
    return folder


def image_names(folder: Path) -> list[str]:
    """List the images that lie in a folder itself, sorted by name.

    Hidden files are none: copying with some systems leaves a ``._name.jpg`` beside each image.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
    """
    with os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if os.path.splitext(entry.name)[1].lower() in _IMAGE_SUFFIXES
            and not entry.name.startswith(".")
            and entry.is_file()
        )
