"""Differences between versions of our dependencies, in one place."""

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

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # before scikit-learn 1.9

    class _NoCallbacks:
        """The context of a fit that nobody can set callbacks for."""

        def subcontext(self, **_: Any) -> "_NoCallbacks":
            return self

        def call_on_fit_task_begin(self, **_: Any) -> "_NoCallbacks":
            return self

        def call_on_fit_task_end(self, **_: Any) -> bool:
            return False

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stand in for scikit-learn's class: `fit` may speak to callbacks that do not exist."""

        def _init_callback_context(self, **_: Any) -> _NoCallbacks:
            return _NoCallbacks()


try:
    from sklearn.utils._repr_html.estimator import _VisualBlock as VisualBlock
except ImportError:  # before scikit-learn 1.7
    from sklearn.utils._estimator_html_repr import _VisualBlock as VisualBlock

__all__ = ["MAX_WARPED_SIDE", "CallbackSupportMixin", "VisualBlock", "cv2", "import_optional"]

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
