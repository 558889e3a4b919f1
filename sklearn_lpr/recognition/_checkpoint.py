"""A running training in a file of plain arrays, from which it goes on after it was broken off."""

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

__all__ = ["Checkpoint", "State", "check_checkpoint_dir", "prefixed", "under"]

State = dict[str, npt.NDArray[Any]]

# An iteration may take less time than writing a file that is safe on its disk.
_SECONDS_BETWEEN = 10.0


def prefixed(prefix: str, arrays: Mapping[Any, npt.NDArray[Any]]) -> State:
    """Put a part's arrays under a name of its own."""
    return {f"{prefix}:{name}": array for name, array in arrays.items()}


def under(prefix: str, state: State) -> State:
    """Give the arrays of the part that `prefixed` put under a name, in their order."""
    start = f"{prefix}:"
    return {
        name.removeprefix(start): array for name, array in state.items() if name.startswith(start)
    }


def check_checkpoint_dir(checkpoint_dir: str | os.PathLike[str], random_state: Any) -> None:
    """Make the folder if need be.

    Raises
    ------
    ValueError
        If no training could be continued, or no file be written.
    """
    name = os.fspath(checkpoint_dir)
    if random_state is None:
        raise ValueError(
            f"checkpoint_dir={name!r} with random_state=None: no training is like another one "
            "then, so that none can be continued. Set random_state to an int."
        )
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=name):
            pass
    except OSError as error:
        raise ValueError(
            f"checkpoint_dir={name!r} cannot be written into ({error}); name a folder that can."
        ) from error


class Checkpoint:
    """Where a training is kept while it runs.

    Parameters
    ----------
    folder : path-like
        May hold the files of other trainings.
    identity : object
        All that decides the training's result; its hash is the file's name.
    """

    def __init__(self, folder: str | os.PathLike[str], identity: Any) -> None:
        self._key = joblib.hash(identity)
        self.path = Path(folder) / f"training-{self._key}.npz"
        self._last_written = time.monotonic()

    def __repr__(self) -> str:
        return f"Checkpoint({str(self.path)!r})"

    def read(self) -> State | None:
        """Give what was last written; None if there is nothing that is of use.

        Warns
        -----
        UserWarning
            If the file is damaged, or none of ours.
        """
        try:
            with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                state = dict(archive)
            if state.pop("key").item() != self._key:
                raise ValueError("it belongs to another training")
            return state
        except FileNotFoundError:
            return None
        except (
            *(OSError, EOFError, BadZipFile, zlib.error),
            *(ValueError, KeyError, TypeError, AttributeError),
        ) as error:
            warnings.warn(
                f"{str(self.path)!r} is damaged or no checkpoint ({error!r}): the training "
                "starts anew, and will replace it.",
                stacklevel=2,
            )
            return None

    @property
    def due(self) -> bool:
        """Whether the last writing is long enough ago."""
        return time.monotonic() - self._last_written >= _SECONDS_BETWEEN

    def write(self, state: State) -> None:
        """Replace what was written before; a reader finds either the old state or the new one.

        Warns
        -----
        UserWarning
            If that fails: a full disk must not end a training.
        """
        try:
            self._replace(state)
        except OSError as error:
            warnings.warn(
                f"{str(self.path)!r} cannot be written ({error!r}); the training goes on without.",
                stacklevel=2,
            )
        self._last_written = time.monotonic()

    def _replace(self, state: State) -> None:
        arrays: dict[str, Any] = {"key": np.array(self._key), **state}
        # Another process may be at the same training: each has a file of its own to write.
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
        """Forget a training that has ended.

        Warns
        -----
        UserWarning
            If that fails.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            warnings.warn(f"{str(self.path)!r} cannot be removed ({error!r}).", stacklevel=2)
