"""Open ONNX files with onnxruntime, once, and carry their content in pickles and clones."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from ._locks import ForkSafeLock
from ._onnx_content import DISABLED_OPTIMIZERS, check_onnx, read_onnx
from ._thread_limit import thread_limit
from .pretrained import read_pretrained

__all__ = ["OnnxFileMixin", "open_session", "run_session"]

# One for all files, because a lock cannot be pickled.
_opening = ForkSafeLock()

# Sessions that a forked process has inherited. They are kept, because freeing one waits for its
# threads, which do not survive a fork.
_inherited: list[Any] = []


def open_session(content: bytes, n_threads: int | None = None, *, trusted: bool = False) -> Any:
    """Open an ONNX model.

    Parameters
    ----------
    content : bytes
        The content of the file.
    n_threads : int, default=None
        None uses the limit in the environment variable OMP_NUM_THREADS, which joblib sets in its
        workers, or else all processors.
    trusted : bool, default=False
        Whether the file comes with the package: it is opened unchecked, with all optimizers.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    ValueError
        If onnxruntime cannot load the model, or if it could do harm (see `check_onnx`).
    """
    # Not at the top: importing it takes longer than all of this package.
    import onnxruntime as runtime

    if not trusted:
        check_onnx(content)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = n_threads or thread_limit() or 0
    options.log_severity_level = 3  # only errors, which are raised as well
    try:
        return runtime.InferenceSession(
            content,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=[] if trusted else DISABLED_OPTIMIZERS,
        )
    except Exception as error:  # the exceptions of onnxruntime have no common base
        raise ValueError(f"onnxruntime cannot load it: {error}") from error


def run_session(
    session: Any, images: npt.NDArray[np.uint8], shape: tuple[int | None, ...]
) -> npt.NDArray[np.float32]:
    """Compute the output of a network.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Its input is named "images".
    images : ndarray, dtype uint8
    shape : tuple of int or None
        The shape of the output; None is any number.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If the network cannot be computed, or its output has another shape. A file may declare
        sizes that do not fit each other, which shows only here.
    """
    try:
        output: Any = session.run(None, {"images": images})[0]
    except Exception as error:  # the exceptions of onnxruntime have no common base
        raise ValueError(f"onnxruntime cannot compute its network: {error}") from error
    if output.ndim != len(shape) or any(
        size not in (None, given) for size, given in zip(shape, output.shape, strict=True)
    ):
        raise ValueError(
            f"its network returns an array of shape {output.shape} instead of {shape}; the file is "
            "damaged."
        )
    return output


class OnnxFileMixin:
    """Estimators with the parameters `path` and `n_threads`.

    The file is read once, at first use. Pickles and clones carry its content, so they work where
    the file is gone. The path None means the bundled file, which is where the package is; pickles
    do not carry its content.
    """

    # The name of the file that comes with the package.
    _bundled: ClassVar[str]

    path: Any
    n_threads: int | None
    _validate_params: Callable[[], None]

    def _open(self, content: bytes) -> Any:
        """Open a file's content; subclasses implement it."""
        raise NotImplementedError

    def __dir__(self) -> list[str]:
        # That of scikit-learn gets all attributes, some of which open the file.
        return list(object.__dir__(self))

    def _get_fitted_attr_html(self, doc_link: str = "") -> Any:
        # The HTML display of scikit-learn 1.9 shows attributes, for which the file is opened.
        try:
            return super()._get_fitted_attr_html(doc_link)  # type: ignore[misc]
        except (OSError, ValueError):
            return {}

    @property
    def _opened(self) -> Any:
        """The result of `_open` for the present parameters."""
        # A forked process opens a session of its own.
        wanted = self.path, self.n_threads, os.getpid()
        cached = self.__dict__.get("_cached")
        if cached is None or cached[0] != wanted:
            with _opening.lock:
                cached = self.__dict__.get("_cached")
                if cached is None or cached[0] != wanted:
                    self._validate_params()
                    if cached is not None and cached[0][-1] != os.getpid():
                        _inherited.append(cached)
                    with self._named_errors():
                        cached = self._cached = wanted, self._open(self._content)
        return cached[1]

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Name the file in errors about its content."""
        try:
            yield
        except ValueError as error:
            path = None if self.path is None else os.fspath(self.path)
            raise ValueError(f"path={path!r}: {error}") from error

    @property
    def _content(self) -> bytes:
        """The content of the file, which is read once."""
        if self.path is None:
            return read_pretrained(self._bundled)
        path = os.fspath(self.path)
        if self.__dict__.get("_file", (None,))[0] != path:
            self._file = path, read_onnx(path)
        return self._file[1]

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        state = {name: value for name, value in state.items() if name not in ("_cached", "_file")}
        if self.path is not None:
            state["_file"] = os.fspath(self.path), self._content
        return state

    def __sklearn_clone__(self) -> Self:
        clone = super().__sklearn_clone__()  # type: ignore[misc]
        if "_file" in vars(self):
            clone._file = self._file
        return clone
