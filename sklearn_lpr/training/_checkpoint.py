"""Save and resume training checkpoints.

Keras's `BackupAndRestore` loses the random states of dropout, so a resumed run would not repeat
to the bit. An npz archive of all variables, in their order, does.
"""

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from .._files import replace_file
from .._npz import open_npz

__all__ = [
    "Checkpoint",
    "State",
    "add_prefix",
    "check_checkpoint_dir",
    "check_like",
    "select_prefix",
]

State = dict[str, npt.NDArray[Any]]

# An epoch may take less time than writing and syncing a file.
_SECONDS_BETWEEN = 10.0

_FILE_PREFIX = "training-"


def add_prefix(prefix: str, arrays: Mapping[Any, npt.NDArray[Any]]) -> State:
    """Return arrays of one part of the state, with a prefix added to their names."""
    return {f"{prefix}:{name}": array for name, array in arrays.items()}


def select_prefix(prefix: str, state: State) -> State:
    """Return the arrays whose names have a prefix, without the prefix, in their order."""
    start = f"{prefix}:"
    return {
        name.removeprefix(start): array for name, array in state.items() if name.startswith(start)
    }


def check_like(state: State, expected: State) -> None:
    """Check that a state has the same names, shapes and dtypes as another, and no NaN.

    Raises
    ------
    ValueError
        If it differs, or has NaN. The message names an array.
    """
    if list(state) != list(expected):
        names = sorted(state.keys() ^ expected.keys())
        raise ValueError(f"it has other arrays: {', '.join(names[:3]) or 'in another order'}")
    for name, array in state.items():
        like = expected[name]
        if (array.shape, array.dtype) != (like.shape, like.dtype):
            raise ValueError(f"{name!r} is an array of shape {array.shape} and {array.dtype}")
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise ValueError(f"{name!r} has NaN")


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
        self.path = Path(folder) / f"{_FILE_PREFIX}{self._key}.npz"
        self._last_written = time.monotonic()

    def __repr__(self) -> str:
        return f"Checkpoint({str(self.path)!r})"

    def read(self, check: Callable[[State], None]) -> State | None:
        """Return the state that was last written, or None if there is no usable one.

        Parameters
        ----------
        check : callable
            Raises a ValueError for a state from which training cannot resume.

        Returns
        -------
        dict of ndarray, or None

        Warns
        -----
        UserWarning
            If the file is damaged, or not a checkpoint.
        """
        try:
            with open_npz(self.path) as archive:
                if archive.is_compressed:
                    raise ValueError("it is compressed, as no checkpoint is")
                if archive.read_text("key") != self._key:
                    raise ValueError("it belongs to another training run")
                state = {name: archive.read(name) for name in archive.names if name != "key"}
            check(state)
            return state
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
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
        arrays: dict[str, Any] = {"key": np.array(self._key), **state}
        try:
            # Killed runs of any training may have left temporary files in the folder.
            replace_file(self.path, lambda file: np.savez(file, **arrays), prefix=_FILE_PREFIX)
        except OSError as error:
            warnings.warn(
                f"{str(self.path)!r} cannot be written ({error!r}); training continues without it.",
                stacklevel=2,
            )
        self._last_written = time.monotonic()

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
