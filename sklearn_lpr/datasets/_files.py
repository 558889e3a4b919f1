"""Find the files of a data set on disk, and read their text."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["check_split", "choose_subsets", "image_names", "read_text", "require_folder"]

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


def read_text(path: Path, *encodings: str) -> str:
    """Read a text file whose encoding is not certain.

    Parameters
    ----------
    path : Path
    *encodings : str
        Tried one after the other.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is in none of the encodings.
    """
    content = path.read_bytes()
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            problem = error
    names = " or ".join(name.removesuffix("-sig").upper() for name in encodings)
    raise ValueError(
        f"{str(path)!r} is not encoded in {names} ({problem}); convert it, for example with "
        "iconv -t UTF-8."
    )


def choose_subsets(
    subset: str | Sequence[str] | None, available: Iterable[str], home: Path, *, prefix: str = ""
) -> frozenset[str]:
    """Give the subsets to load.

    Parameters
    ----------
    subset : str, sequence of str or None
        As the user gave it; None chooses all.
    available : iterable of str
        The subsets that are there.
    home : Path
        Where they are.
    prefix : str, default=""
        What the user may leave out of a name.

    Returns
    -------
    frozenset of str

    Raises
    ------
    ValueError
        If a subset is not there.
    """
    names = frozenset(available)
    if subset is None:
        return names
    wanted: frozenset[str] = frozenset()
    for name in [subset] if isinstance(subset, str) else subset:
        matching = names & {name, f"{prefix}{name}"}
        if not matching:
            raise ValueError(
                f"subset={name!r} is not in data_home={str(home)!r}, which has {sorted(names)}."
            )
        wanted |= matching
    return wanted


def check_split(split: str | None, available: Iterable[str], home: Path, remedy: str) -> None:
    """Check that a split is there.

    Parameters
    ----------
    split : str or None
        As the user gave it; None is all that there is.
    available : iterable of str
        The splits that are there.
    home : Path
        Where they are.
    remedy : str
        What to do where it is not.

    Raises
    ------
    ValueError
        If it is not.
    """
    names = sorted(available)
    if split is not None and split not in names:
        raise ValueError(
            f"split={split!r} is not in data_home={str(home)!r}, which has {names or 'no splits'}; "
            f"{remedy}, or pass split=None."
        )
