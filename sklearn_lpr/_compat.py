"""Differences between versions of our dependencies, in one place."""

try:
    import cv2
except ImportError as error:  # pragma: no cover - depends on the system's libraries
    raise ImportError(
        f"OpenCV cannot be imported ({error}). On a server without a display install "
        "opencv-python-headless in place of opencv-python: "
        "pip uninstall -y opencv-python && pip install opencv-python-headless"
    ) from error

__all__ = ["MAX_WARPED_SIDE", "cv2"]

# OpenCV 4 warps no picture to or from a longer side; OpenCV 5 does.
MAX_WARPED_SIDE = 2**15 - 2
