"""Global state of Python and of libraries, which an estimator must not change."""

import locale
import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import joblib
import numpy as np
import sklearn

from .._compat import cv2

__all__ = ["changed_names", "global_state", "preserved_global_state"]

# Environment variables that libraries set when they are imported, and that tests set.
_LIBRARY_VARIABLES = (
    *("ABSL", "CUDA", "GRPC", "JAX", "KERAS", "KMP", "MKL", "NVIDIA", "OMP", "OPENBLAS"),
    *("PJRT", "PYTEST", "PYTORCH", "TF", "TORCH", "TPU", "XLA"),
)


def global_state() -> dict[str, Any]:
    """Return the values of global settings by name."""
    return {
        "the random state of Python": random.getstate(),
        "the random state of NumPy": joblib.hash(np.random.get_state()),  # noqa: NPY002
        "numpy.seterr": np.geterr(),
        "numpy.set_printoptions": np.get_printoptions(),
        "sklearn.set_config": sklearn.get_config(),
        "cv2.setNumThreads": cv2.getNumThreads(),
        "cv2.setUseOptimized": cv2.useOptimized(),
        "the working directory": os.getcwd(),
        "the environment": {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_LIBRARY_VARIABLES)
        },
        "the locale": locale.setlocale(locale.LC_ALL),
        "sys.setrecursionlimit": sys.getrecursionlimit(),
        "the files in the working directory": _files(),
    }


def changed_names(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of settings that differ."""
    return [name for name, value in before.items() if after[name] != value]


@contextmanager
def preserved_global_state() -> Iterator[None]:
    """Restore global settings at the end, and start with unusual values of some of them.

    A setting that an estimator has already changed in an earlier fit would else look unchanged.
    """
    environment, folder = dict(os.environ), os.getcwd()
    threads, optimized = cv2.getNumThreads(), cv2.useOptimized()
    limit, locale_name = sys.getrecursionlimit(), locale.setlocale(locale.LC_ALL)
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        with (
            warnings.catch_warnings(),
            np.errstate(under="call", call=lambda *_: None),
            np.printoptions(precision=7, suppress=True),
            sklearn.config_context(working_memory=777, print_changed_only=False),
        ):
            cv2.setNumThreads(3 if threads != 3 else 2)
            yield
    finally:
        cv2.setNumThreads(threads)
        cv2.setUseOptimized(optimized)
        os.chdir(folder)
        for name in os.environ.keys() - environment.keys():
            if not name.startswith(_LIBRARY_VARIABLES):
                del os.environ[name]
        os.environ.update(environment)
        sys.setrecursionlimit(limit)
        locale.setlocale(locale.LC_ALL, locale_name)
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002


def _files() -> set[tuple[str, int]]:
    with os.scandir() as entries:
        return {(entry.name, entry.stat().st_mtime_ns) for entry in entries if entry.is_file()}
