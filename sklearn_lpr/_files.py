"""Open regular files, and replace files atomically."""

import errno
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

__all__ = ["open_regular", "replace_file"]

_TEMPORARY = re.compile(r"-[0-9a-f]{32}\.tmp")

# A temporary file to which nothing was written for so long belongs to a process that was killed.
_SECONDS_UNTIL_ABANDONED = 3600.0

# Names of files have at most 255 bytes; the suffix of a temporary file has 37.
_MAX_PREFIX = 50


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file for reading.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    binary file

    Raises
    ------
    OSError
        If the file cannot be opened, or is a FIFO or a device, which may have no end.
    ValueError
        If the path contains a NUL character.
    """
    file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is not a regular file", os.fspath(path))
    return file


def replace_file(
    path: str | os.PathLike[str],
    write: Callable[[BinaryIO], object],
    *,
    prefix: str | None = None,
) -> None:
    """Write a file atomically: other processes see the old content or the new one.

    The content is written to a temporary file beside it, which then replaces it. If writing
    fails, the old file stays. A symbolic link stays, and the file that it points to is replaced.
    The mode and, where permitted, the owner of the old file are kept. Temporary files that killed
    processes left behind are removed after an hour.

    Parameters
    ----------
    path : path-like
    write : callable
        Writes the content to an open binary file.
    prefix : str, default=None
        The names of leftover temporary files start with it. None means the name of the file.

    Raises
    ------
    OSError
        If the file cannot be written, or `path` is a folder, a FIFO or a device.
    """
    target = Path(os.path.realpath(path))
    old = target.stat() if target.exists() else None
    if old is not None and not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", os.fspath(path))
    start = target.name[:_MAX_PREFIX]
    part = target.with_name(f"{start}-{uuid4().hex}.tmp")
    try:
        with open(part, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _remove_abandoned(part, start if prefix is None else prefix)
        if old is not None:
            _copy_owner_and_mode(old, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a FIFO would wait for a writer.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _copy_owner_and_mode(old: os.stat_result, part: Path) -> None:
    new = part.stat()
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(OSError):  # only root may
            os.chown(part, old.st_uid, old.st_gid)
    if stat.S_IMODE(old.st_mode) != stat.S_IMODE(new.st_mode):
        with suppress(OSError):  # some file systems have no modes
            os.chmod(part, stat.S_IMODE(old.st_mode))


def _remove_abandoned(part: Path, prefix: str) -> None:
    """Remove temporary files that are much older than one which was just written."""
    # Compared with the clock of the file system, which may be another machine's.
    oldest = part.stat().st_mtime - _SECONDS_UNTIL_ABANDONED
    with os.scandir(part.parent) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(prefix) and _TEMPORARY.fullmatch(name[-37:]):
                with suppress(OSError):  # another process may have removed it
                    if entry.stat(follow_symlinks=False).st_mtime < oldest:
                        os.unlink(entry.path)
