"""Find the files of a data set, and read text files."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

__all__ = [
    "FolderContent",
    "check_inside",
    "check_split",
    "choose_subsets",
    "decode_text",
    "image_names",
    "list_folder",
    "list_skipped",
    "read_text",
    "require_folder",
]

_IMAGE_SUFFIXES = frozenset(
    {".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm"}
    | {".ppm", ".tga", ".tif", ".tiff", ".webp"}
)
# Images that Pillow reads depending on its version, its build or plug-ins.
_OPTIONAL_SUFFIXES = frozenset(
    {".apng", ".avif", ".bw", ".heic", ".heif", ".j2c", ".j2k", ".jp2", ".jpc", ".jpf", ".jpx"}
    | {".jxl", ".mpo", ".pcx", ".qoi", ".rgb", ".rgba", ".sgi"}
)
# Photos as the sensor recorded them, which are never read.
_RAW_SUFFIXES = frozenset({".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".raw", ".rw2"})
# Images and drawings that are never read, and tables that may contain the labels.
_UNREADABLE_SUFFIXES = _RAW_SUFFIXES | frozenset(
    {".ai", ".eps", ".exr", ".icns", ".ico", ".pdf", ".pfm", ".psd", ".svg", ".xcf"}
    | {".ods", ".parquet", ".tsv", ".xls", ".xlsx"}
)


def require_folder(path: str | os.PathLike[str], name: str) -> Path:
    """Check that a folder exists.

    Parameters
    ----------
    path : str or path-like
    name : str
        The name of the parameter.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If `path` does not exist.
    NotADirectoryError
        If `path` is a file.
    """
    folder = Path(path).expanduser()
    if not folder.exists():
        if _suffix(folder.name) == ".csv":
            raise FileNotFoundError(f"{name}={str(path)!r}: there is no such file.")
        raise FileNotFoundError(
            f"{name}={str(path)!r} does not exist; pass the folder that contains the data set."
        )
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{name}={str(path)!r} is a file; pass the folder that contains the data set."
        )
    return folder


def check_inside(file: str, folder: Path, place: str, remedy: str) -> None:
    """Check that a path in an annotation does not lead out of the folder of the images.

    Annotations from others could otherwise read any image on the machine.

    Parameters
    ----------
    file : str
        The path, absolute or relative to `folder`.
    folder : Path
    place : str
        The location of the path for the error message.
    remedy : str
        The advice in the error message.

    Raises
    ------
    ValueError
        If it does. Symbolic links are not followed.
    """
    if not (".." in file or ":" in file or file.startswith(("/", "\\"))):
        return
    home = os.path.join(os.path.abspath(folder), "")
    if not os.path.abspath(os.path.join(home, file)).startswith(home):
        raise ValueError(f"{place} is {file!r}, which is not in the folder {home!r}; {remedy}.")


def image_names(folder: Path) -> list[str]:
    """List the images directly in a folder, sorted by name.

    Hidden files are skipped: some systems leave a file ``._name.jpg`` beside each copied image.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
    """
    return [name for name in _file_names(folder) if _is_readable(name)]


def list_skipped(folder: Path) -> list[str]:
    """List what `image_names` skips: files that cannot be read, and sub-folders with images.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
        The names; those of folders end in a slash.
    """
    files = _unreadable_names(_file_names(folder), _OPTIONAL_SUFFIXES | _UNREADABLE_SUFFIXES)
    folders = [f"{path.name}/" for path in sorted(folder.glob("[!.]*/")) if _contains_images(path)]
    return files + folders


class FolderContent(NamedTuple):
    """What is directly in a folder, by name, without hidden files and folders.

    Parameters
    ----------
    images : list of str
        As from `image_names`.
    unreadable_photos : list of str
        Photos whose format cannot be read here.
    folders : list of str
    linked_folders : list of str
        Symbolic links to folders.
    """

    images: list[str]
    unreadable_photos: list[str]
    folders: list[str]
    linked_folders: list[str]


def list_folder(folder: Path) -> FolderContent:
    """List a folder once, which takes long for large ones and on a network.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    FolderContent
    """
    files: list[str] = []
    folders: list[str] = []
    links: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_file():
                files.append(entry.name)
            elif entry.is_dir():
                (links if entry.is_symlink() else folders).append(entry.name)
    files.sort()
    return FolderContent(
        [name for name in files if _is_readable(name)],
        _unreadable_names(files, _OPTIONAL_SUFFIXES | _RAW_SUFFIXES),
        sorted(folders),
        sorted(links),
    )


def _unreadable_names(files: Iterable[str], suffixes: frozenset[str]) -> list[str]:
    """Return the files that have one of the suffixes and cannot be read."""
    return [name for name in files if _suffix(name) in suffixes and not _is_readable(name)]


def _contains_images(folder: Path) -> bool:
    return any(
        _suffix(name) in _IMAGE_SUFFIXES | _OPTIONAL_SUFFIXES and not name.startswith(".")
        for _, _, names in os.walk(folder)
        for name in names
    )


def _file_names(folder: Path) -> list[str]:
    """List the files directly in a folder, sorted by name, without hidden files."""
    with os.scandir(folder) as entries:
        return sorted(
            entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file()
        )


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _is_readable(name: str) -> bool:
    suffix = _suffix(name)
    if suffix not in _OPTIONAL_SUFFIXES:
        return suffix in _IMAGE_SUFFIXES
    return Image.registered_extensions().get(suffix) in Image.OPEN


def read_text(path: Path, *encodings: str) -> str:
    """Read a text file in one of several encodings.

    Parameters
    ----------
    path : Path
    *encodings : str
        The encodings, tried in this order. Unknown ones are passed over.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is not valid in any of the encodings.
    """
    return decode_text(path.read_bytes(), path, *encodings)


def decode_text(content: bytes, path: Path, *encodings: str) -> str:
    """Decode the content of a text file as `read_text` does."""
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError) as error:
            problem = error
    # A file may declare an encoding that is tried anyway.
    names = " or ".join(dict.fromkeys(name.removesuffix("-sig").upper() for name in encodings))
    raise ValueError(
        f"{str(path)!r} is not encoded in {names} ({problem}); convert it, for example with "
        "iconv -t UTF-8."
    )


def choose_subsets(
    subset: str | Sequence[str] | None, available: Iterable[str], home: Path, *, prefix: str = ""
) -> frozenset[str]:
    """Select the subsets to load.

    Parameters
    ----------
    subset : str, sequence of str or None
        The value of the parameter. None selects all.
    available : iterable of str
        The existing subsets.
    home : Path
        The folder of the data set.
    prefix : str, default=""
        The part of a name that may be omitted.

    Returns
    -------
    frozenset of str

    Raises
    ------
    ValueError
        If a subset does not exist.
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


def check_split(
    split: str | None, available: Iterable[str], home: Path, remedy: str, *, name: str = "data_home"
) -> None:
    """Check that a split exists.

    Parameters
    ----------
    split : str or None
        The value of the parameter. None selects all.
    available : iterable of str
        The existing splits.
    home : Path
        The folder of the data set.
    remedy : str
        The advice in the error message.
    name : str, default="data_home"
        The name of the parameter that contains the folder.

    Raises
    ------
    ValueError
        If the split does not exist.
    """
    names = sorted(available)
    if split is not None and split not in names:
        raise ValueError(
            f"split={split!r} is not in {name}={str(home)!r}, which has {names or 'no splits'}; "
            f"{remedy}, or pass split=None."
        )
