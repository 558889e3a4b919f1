"""Download an archive, verify the files of a data set in it, and store them."""

import hashlib
import os
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

__all__ = ["RemoteArchive", "fetch_archive"]

_CHUNK = 1 << 16  # bytes

# Far above the sizes of the data sets; a server or an archive that exceeds them fills the disk.
_MAX_ARCHIVE = 1 << 30  # bytes
_MAX_FILE = 1 << 26  # bytes, unpacked
_MAX_UNPACKED = 1 << 30  # bytes, all files together

# zipfile decompresses other methods without a limit.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class RemoteArchive(NamedTuple):
    """A ZIP archive on a server, and the files in it that form a data set.

    Parameters
    ----------
    name : str
        The name of the folder in ``data_home``. A manually downloaded archive is expected there
        as ``<name>.zip``.
    url : str
        The address of the archive.
    registry : Path
        The files, one per line in the format of sha256sum: checksum, two spaces, path. Paths are
        relative to the only top-level folder of the archive. ``-`` marks an unknown checksum.
    """

    name: str
    url: str
    registry: Path

    def checksums(self) -> dict[str, str]:
        """Read the registry, and return the checksums by path."""
        lines = self.registry.read_text(encoding="utf-8").splitlines()
        return {path: checksum for checksum, _, path in (line.partition("  ") for line in lines)}


def fetch_archive(
    remote: RemoteArchive,
    data_home: str | os.PathLike[str] | None,
    *,
    download_if_missing: bool,
    n_retries: int,
    progress_bar: bool,
) -> Path:
    """Return the folder with the verified files of an archive, downloading it if necessary.

    Files are moved into the folder atomically, after all of them have been verified. Therefore an
    interrupted download or unpacking is never mistaken for a complete one.

    Parameters
    ----------
    remote : RemoteArchive
    data_home : path-like or None
    download_if_missing : bool
    n_retries : int
    progress_bar : bool

    Returns
    -------
    Path

    Raises
    ------
    OSError
        If files are missing and cannot be downloaded, or if the archive is damaged, modified or
        too large. The message explains what to do.
    ImportError
        If `progress_bar` is True and tqdm is not installed.
    """
    # Imported here, because the import is slow and most programs fetch nothing.
    from sklearn.datasets import get_data_home

    home = Path(get_data_home(data_home)).absolute()
    folder = home / remote.name
    checksums = remote.checksums()
    wrong = [file for file, known in checksums.items() if not _is_valid(folder / file, known)]
    if not wrong:
        return folder
    manual = home / f"{remote.name}.zip"
    if manual.is_file():
        remedy = f"Delete it, and download it again from {remote.url} ."
        _unpack(manual, checksums, folder, name=str(manual), remedy=remedy)
        return folder

    remedy = f"download {remote.url} manually and save it as {str(manual)!r}."
    if not download_if_missing:
        raise FileNotFoundError(
            f"{len(wrong)} of {len(checksums)} files are missing from {str(folder)!r} or modified, "
            f"the first: {wrong[0]!r}. Pass download_if_missing=True, or {remedy}"
        )
    if folder.is_dir():
        warnings.warn(
            f"{len(wrong)} of {len(checksums)} files are missing from {str(folder)!r} or modified, "
            f"the first: {wrong[0]!r}. The archive is downloaded again.",
            UserWarning,
            stacklevel=4,
        )
    with TemporaryDirectory(prefix=f".{remote.name}-", dir=home) as temporary:
        try:
            archive = _download(remote, Path(temporary), n_retries, progress_bar)
        except (OSError, ValueError) as error:
            raise OSError(
                f"{remote.url} cannot be downloaded: {error}. Call again, or {remedy}"
            ) from error
        _unpack(archive, checksums, folder, name=remote.url, remedy=f"Call again, or {remedy}")
    return folder


def _download(remote: RemoteArchive, folder: Path, n_retries: int, progress_bar: bool) -> Path:
    import pooch

    try:
        over_http = pooch.HTTPDownloader(progressbar=progress_bar, chunk_size=_CHUNK)
    except ValueError as error:
        raise ImportError(
            "progress_bar=True needs tqdm: pip install tqdm, or pass progress_bar=False."
        ) from error

    def download(url: str, output_file: Any, cache: pooch.Pooch | None) -> None:
        with open(output_file, "wb") as file:
            over_http(url, _LimitedFile(file), cache)
        # Some servers do not announce the length, so that an incomplete file goes unnoticed.
        if not _is_zip(output_file):
            raise ValueError("the received file is not a complete ZIP archive")

    name = f"{remote.name}.zip"
    cache = pooch.create(
        path=folder,
        base_url="",
        registry={name: None},
        urls={name: remote.url},
        retry_if_failed=n_retries,
    )
    return Path(cache.fetch(name, downloader=download))


class _LimitedFile:
    """A binary file for writing that raises an OSError at the largest size of an archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0

    def write(self, content: bytes) -> None:
        self._size += len(content)
        if self._size > _MAX_ARCHIVE:
            raise OSError(f"the received file has more than {_MAX_ARCHIVE} bytes")
        self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


def _is_zip(path: str | os.PathLike[str]) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:
        return False


def _unpack(
    archive: Path, checksums: dict[str, str], folder: Path, *, name: str, remedy: str
) -> None:
    """Unpack files beside a folder, and move them into it after all have been verified."""
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        try:
            with zipfile.ZipFile(archive) as opened:
                members = {info.filename.partition("/")[2]: info for info in opened.infolist()}
                absent = [file for file in checksums if file not in members]
                if absent:
                    raise OSError(f"{name} does not contain {absent[0]!r}. {remedy}")
                _check_sizes({file: members[file] for file in checksums}, name, remedy)
                for file, known in checksums.items():
                    content = opened.read(members[file])
                    found = hashlib.sha256(content).hexdigest()
                    if known not in ("-", found):
                        raise OSError(
                            f"{file!r} in {name} has the SHA-256 checksum {found}, not {known}: it "
                            f"was modified. {remedy}"
                        )
                    target = Path(temporary, file)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
        except OSError:
            raise
        except Exception as error:  # zipfile and its decompressors raise a dozen types of errors
            raise OSError(f"{name} is damaged: {error!r}. {remedy}") from error
        for file in checksums:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(temporary, file), folder / file)


def _check_sizes(members: dict[str, zipfile.ZipInfo], name: str, remedy: str) -> None:
    """Raise an OSError if files cannot be unpacked within the limits."""
    for file, member in members.items():
        if member.file_size > _MAX_FILE:
            raise OSError(
                f"{file!r} in {name} has {member.file_size} bytes, more than {_MAX_FILE}. {remedy}"
            )
        if member.compress_type not in _COMPRESSIONS:
            raise OSError(
                f"{file!r} in {name} is compressed by the unsupported method "
                f"{member.compress_type}. {remedy}"
            )
    total = sum(member.file_size for member in members.values())
    if total > _MAX_UNPACKED:
        raise OSError(
            f"The files in {name} have {total} bytes, more than {_MAX_UNPACKED}. {remedy}"
        )


def _is_valid(path: Path, known: str) -> bool:
    if known == "-" or not path.is_file():
        return path.is_file()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == known
