"""Import of OpenCV and of optional packages."""

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

# The longest side of an image that OpenCV 4 can warp. OpenCV 5 has no such limit.
MAX_WARPED_SIDE = 2**15 - 2


def import_optional(name: str, *, extra: str) -> Any:
    """Import an optional package.

    Parameters
    ----------
    name : str
    extra : str
        The extra of sklearn-lpr that installs the package.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If the package is not installed. The message names the command that installs it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        if error.name != name:
            raise
        raise ImportError(
            f"{name!r} is not installed. Run pip install 'sklearn-lpr[{extra}]'."
        ) from error
