"""Read the frames of a video."""

import os
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["VideoFrame", "count_frames", "iter_frames"]

# Some containers store an estimate of the number of frames.
_LEAST_READ = 0.95


class VideoFrame(NamedTuple):
    """A frame: its number, its time in seconds, and its pixels, RGB."""

    number: int
    time: float
    pixels: npt.NDArray[np.uint8]


def count_frames(path: str | os.PathLike[str], every: int) -> int | None:
    """Return the number of frames that `iter_frames` yields, or None if it is not known.

    Raises
    ------
    FileNotFoundError, ValueError
        As `iter_frames`.
    """
    capture = _open(path)
    count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    capture.release()
    return -(-count // every) if count > 0 else None


def iter_frames(path: str | os.PathLike[str], every: int) -> Iterator[VideoFrame]:
    """Iterate over each `every`-th frame of a video file, beginning with the first.

    Times never decrease: where those of the file start again, as in joined recordings, they
    continue from the frame before.

    Yields
    ------
    VideoFrame

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If OpenCV cannot decode the file, or its path is not valid UTF-8.

    Warns
    -----
    UserWarning
        If fewer frames can be decoded than the file declares.
    """
    capture = _open(path)
    try:
        count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        rate = capture.get(cv2.CAP_PROP_FPS)
        number = 0
        time = offset = 0.0
        while capture.grab():
            if number % every == 0:
                decoded, image = capture.retrieve()
                if not decoded:
                    break
                stated = _time(capture, number, rate)
                if stated + offset < time:
                    offset = time + (every / rate if rate > 0 else 0.0) - stated
                time = stated + offset
                yield VideoFrame(number, time, _to_rgb(image))
            number += 1
    finally:
        capture.release()
    if number == 0:
        raise ValueError(f"path={os.fspath(path)!r} has no frame that can be decoded.")
    if number < _LEAST_READ * count:
        warnings.warn(
            f"{os.fspath(path)!r} declares {count:.0f} frames, but only {number} can be decoded; "
            "the file may be damaged.",
            UserWarning,
            stacklevel=2,
        )


def _open(path: str | os.PathLike[str]) -> cv2.VideoCapture:
    if not os.path.isfile(path):
        raise FileNotFoundError(f"path={os.fspath(path)!r}: there is no such file.")
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError as error:  # OpenCV ends the process
        raise ValueError(
            f"path={os.fspath(path)!r} is not valid UTF-8, which OpenCV needs; rename the file."
        ) from error
    # FFmpeg takes what precedes a colon in a relative path for a protocol.
    capture = cv2.VideoCapture(os.path.abspath(path))
    if not capture.isOpened():
        raise ValueError(f"path={os.fspath(path)!r} is not a video that OpenCV can decode.")
    return capture


def _time(capture: cv2.VideoCapture, number: int, rate: float) -> float:
    """Return the time of the current frame in seconds."""
    time = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
    # Some decoders know no times.
    return number / rate if time <= 0 < number and rate > 0 else max(time, 0.0)


def _to_rgb(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    code = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
    return cv2.cvtColor(image, code)
