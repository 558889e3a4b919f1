"""Save and resume training checkpoints.

Keras's `BackupAndRestore` loses the random states of dropout, so a resumed run would not repeat
to the bit. An npz archive of all variables, in their order, does.
"""

import os
import tempfile
import time
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile

import joblib
import numpy as np
import numpy.typing as npt

__all__ = ["Checkpoint", "State", "add_prefix", "check_checkpoint_dir", "select_prefix"]

State = dict[str, npt.NDArray[Any]]

# An epoch may take less time than writing and syncing a file.
_SECONDS_BETWEEN = 10.0


def add_prefix(prefix: str, arrays: Mapping[Any, npt.NDArray[Any]]) -> State:
    """Return arrays of one part of the state, with a prefix added to their names."""
    return {f"{prefix}:{name}": array for name, array in arrays.items()}


def select_prefix(prefix: str, state: State) -> State:
    """Return the arrays whose names have a prefix, without the prefix, in their order."""
    start = f"{prefix}:"
    return {
        name.removeprefix(start): array for name, array in state.items() if name.startswith(start)
    }


def check_checkpoint_dir(checkpoint_dir: str | os.PathLike[str], random_state: Any) -> None:
    """Check that training can be resumed, and create the folder.

    Raises
    ------
    ValueError
        If `random_state` is None, or no file can be written.
    """
    name = os.fspath(checkpoint_dir)
    if random_state is None:
        raise ValueError(
            f"checkpoint_dir={name!r} with random_state=None: training that is not repeatable "
            "cannot be resumed. Set random_state to an int."
        )
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=name):
            pass
    except OSError as error:
        raise ValueError(
            f"checkpoint_dir={name!r} cannot be written into ({error}); use a writable folder."
        ) from error


class Checkpoint:
    """A file that holds the state of a training run until it ends.

    Parameters
    ----------
    folder : path-like
        It may hold the files of other training runs.
    identity : object
        Everything that determines the result of training; its hash is part of the file's name.
    """

    def __init__(self, folder: str | os.PathLike[str], identity: Any) -> None:
        self._key = joblib.hash(identity)
        self.path = Path(folder) / f"training-{self._key}.npz"
        self._last_written = time.monotonic()

    def __repr__(self) -> str:
        return f"Checkpoint({str(self.path)!r})"

    def read(self) -> State | None:
        """Return the state that was last written, or None if there is no usable one.

        Warns
        -----
        UserWarning
            If the file is damaged, or not a checkpoint.
        """
        try:
            with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                state = dict(archive)
            if state.pop("key").item() != self._key:
                raise ValueError("it belongs to another training run")
            return state
        except FileNotFoundError:
            return None
        except (
            *(OSError, EOFError, BadZipFile, zlib.error),
            *(ValueError, KeyError, TypeError, AttributeError),
        ) as error:
            warnings.warn(
                f"{str(self.path)!r} is damaged or not a checkpoint ({error!r}): training starts "
                "from the beginning and will replace it.",
                stacklevel=2,
            )
            return None

    @property
    def due(self) -> bool:
        """Whether it is time to write again."""
        return time.monotonic() - self._last_written >= _SECONDS_BETWEEN

    def write(self, state: State) -> None:
        """Replace the stored state atomically.

        Warns
        -----
        UserWarning
            If that fails: a full disk must not end training.
        """
        try:
            self._replace(state)
        except OSError as error:
            warnings.warn(
                f"{str(self.path)!r} cannot be written ({error!r}); training continues without it.",
                stacklevel=2,
            )
        self._last_written = time.monotonic()

    def _replace(self, state: State) -> None:
        arrays: dict[str, Any] = {"key": np.array(self._key), **state}
        # Another process may run the same training, so each writes to a different temporary file.
        part = self.path.with_name(f"{self.path.stem}-{uuid4().hex}.tmp")
        try:
            with open(part, "wb") as file:
                np.savez(file, **arrays)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self.path)
        finally:
            part.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the file after training has ended.

        Warns
        -----
        UserWarning
            If that fails.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            warnings.warn(f"{str(self.path)!r} cannot be removed ({error!r}).", stacklevel=2)
