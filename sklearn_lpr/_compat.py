"""Differences between versions and installations of OpenCV, and optional packages."""

from importlib import import_module
from typing import Any

try:
    import cv2
except ImportError as error:  # pragma: no cover - depends on the system's libraries
    raise ImportError(
        f"OpenCV cannot be imported ({error}). On a server without a display install "
        "opencv-python-headless in place of opencv-python: "
        "pip uninstall -y opencv-python && pip install opencv-python-headless"
    ) from error

__all__ = ["MAX_WARPED_SIDE", "cv2", "import_optional"]

# OpenCV 4 warps no picture to or from a longer side; OpenCV 5 does.
MAX_WARPED_SIDE = 2**15 - 2


def import_optional(name: str, *, extra: str) -> Any:
    """Import a package that only an extra of ours installs.

    Raises
    ------
    ImportError
        If it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        if error.name != name:
            raise
        raise ImportError(
            f"{name!r} is not installed. Run pip install 'sklearn-lpr[{extra}]'."
        ) from error
