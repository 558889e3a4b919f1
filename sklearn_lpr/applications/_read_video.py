"""Read the plates of the vehicles in a video."""

import os
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from .._sklearn_compat import HasMethods, Interval, StrOptions, validate_params
from ..ensemble import read_tracks
from ..ensemble._fusion import VOTINGS
from ..images import object_array
from ..images._corners import CORNER_COLUMNS
from ._linking import Linker, Track
from ._load_recognizer import load_recognizer
from ._photo_reader import PhotoReader
from ._plate_table import flat_corners
from ._video_frames import count_frames, iter_frames

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_video"]

_DTYPES: dict[str, Any] = {
    "text": object,
    "confidence": float,
    "start": float,
    "end": float,
    "n_frames": "int64",
    "frame": "int64",
    **dict.fromkeys(CORNER_COLUMNS, float),
    "detection_score": float,
    "rows": "int64",
}
_COUNT = Interval(Integral, 1, None, closed="left")


@validate_params(
    {
        "path": [str, os.PathLike],
        "detector": [HasMethods("detect_all"), HasMethods("detect"), None],
        "every": [_COUNT],
        "min_iou": [Interval(Real, 0, 1, closed="right")],
        "max_gap": [Interval(Real, 0, None, closed="left")],
        "min_frames": [_COUNT],
        "max_frames": [_COUNT],
        "voting": [StrOptions(set(VOTINGS))],
        "n_jobs": [Integral, None],
        "batch_size": [_COUNT],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=False,
)
def read_video(
    path: str | os.PathLike[str],
    recognizer: Any = None,
    *,
    detector: Any = None,
    every: int = 5,
    min_iou: float = 0.2,
    max_gap: float = 1.0,
    min_frames: int = 2,
    max_frames: int = 32,
    voting: str = "position",
    n_jobs: int | None = None,
    batch_size: int = 8,
    verbose: int = 0,
) -> "pd.DataFrame":
    """Find, follow and read the plates in a video, and return one row per vehicle.

    Plates are detected in each `every`-th frame. Detections in successive frames belong to one
    vehicle if they overlap where the plate is expected from its movement. `read_tracks` predicts
    one text from all frames of a vehicle.

    Parameters
    ----------
    path : str or path-like
        A video file that OpenCV decodes.
    recognizer : estimator, default=None
        As for `read_photos`. None means ``load_recognizer()``.
    detector : object, default=None
        As for `read_photos`.
    every : int, default=5
        The distance of the frames in which plates are detected. Detection takes most of the time.
        A plate must not move by much more than its own width from one of these frames to the next.
    min_iou : float, default=0.2
        The least intersection over union of a detection with the expected place of the plate, both
        enlarged three times.
    max_gap : float, default=1.0
        The time in seconds after which a vehicle whose plate is not detected has left.
    min_frames : int, default=2
        Leave out vehicles with fewer detections; false positives rarely last.
    max_frames : int, default=32
        The maximum number of frames per vehicle that are read: those with the largest plates.
    voting : {"confidence", "majority", "position"}, default="position"
        How the frames of a vehicle vote; see `sklearn_lpr.ensemble.read_tracks`.
    n_jobs : int, default=None
        The number of threads that search frames; the result does not depend on it. None means 1
        unless in a `joblib.parallel_config` context, -1 means all processors.
    batch_size : int, default=8
        The number of frames that are decoded and searched together.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        One row per vehicle, in the order of their appearance, with the columns

        text : str
            The predicted text; ``""`` if no text is recognized in any frame.
        confidence : float
            As computed by `read_tracks`.
        start, end : float
            The times of the first and the last detection, in seconds from the beginning.
        n_frames : int
            The number of detections.
        frame : int
            The number of the frame in which the plate is largest; 0 is the first of the video.
        x1, y1, x2, y2, x3, y3, x4, y4 : float
            The corners of the plate in that frame: top left, top right, bottom right and bottom
            left, in pixels.
        detection_score : float
            The score of the detector in that frame; NaN if it has none.
        rows : int
            The estimated number of rows of the plate in that frame.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a parameter is invalid, the file cannot be decoded, or `recognizer` has no
        `PlateCropper`.
    TypeError
        If `recognizer` does not end in a recognizer.
    sklearn.exceptions.NotFittedError
        If `recognizer` is not fitted.

    Warns
    -----
    UserWarning
        If fewer frames can be decoded than the file declares, or detections cannot be used.

    See Also
    --------
    sklearn_lpr.ensemble.read_tracks : Read frames whose tracks are known, such as those of a
        tracker.
    read_photos : Read single photos.

    Notes
    -----
    The memory does not depend on the length of the video. A vehicle that is hidden for longer than
    `max_gap` has two rows.

    Examples
    --------
    ::

        from sklearn_lpr import load_recognizer, read_video

        table = read_video("gate.mp4", load_recognizer("brazil"), every=3, n_jobs=-1)
        table[["start", "end", "text", "confidence"]]
    """
    import pandas as pd

    count = count_frames(path, every)
    reader = PhotoReader(
        load_recognizer() if recognizer is None else recognizer, detector, True, n_jobs
    )
    linker = Linker(min_iou, max_gap, max_frames)
    rows: list[tuple[Any, ...]] = []
    for ended in _follow(path, every, reader, linker, batch_size, count, verbose):
        tracks = [track for track in ended if track.n_frames >= min_frames]
        rows += _read(tracks, reader, voting)
    rows.sort(key=lambda row: row[2])
    columns = {
        name: object_array([row[index] for row in rows]) for index, name in enumerate(_DTYPES)
    }
    return pd.DataFrame(columns, dtype=object).astype(_DTYPES)


def _follow(
    path: str | os.PathLike[str],
    every: int,
    reader: PhotoReader,
    linker: Linker,
    batch_size: int,
    count: int | None,
    verbose: int,
) -> Iterator[Sequence[Track]]:
    """Detect and link plates; yield the tracks that have ended."""
    from tqdm.auto import tqdm

    errors = []
    frames = iter_frames(path, every)
    with tqdm(total=count, unit="frame", disable=not verbose) as bar:
        while batch := list(islice(frames, batch_size)):
            photos = [(frame.number, frame.pixels) for frame in batch]
            for frame, found in zip(batch, reader.search(photos), strict=True):
                errors += [row.error for row in found if row.error is not None]
                plates = [
                    row for row in found if row.sample is not None and row.corners is not None
                ]
                yield linker.add(frame.time, plates)
                bar.update()
    yield linker.active
    if errors:
        warnings.warn(
            f"{len(errors)} detections cannot be used; the first: {errors[0]}",
            UserWarning,
            stacklevel=4,  # past read_video and scikit-learn's wrapper around it
        )


def _read(tracks: Sequence[Track], reader: PhotoReader, voting: str) -> list[tuple[Any, ...]]:
    """Return a row of the table for each track."""
    if not tracks:
        return []
    samples = [row.sample for track in tracks for _, _, row in track.kept]
    track_ids = [number for number, track in enumerate(tracks) for _ in track.kept]
    _, predictions = read_tracks(reader.estimator, samples, track_ids, voting=voting)
    rows = []
    for track, prediction in zip(tracks, predictions, strict=True):
        _, _, best = max(track.kept, key=lambda each: each[0])
        rows.append(
            (
                prediction.text,
                prediction.confidence,
                track.start,
                track.end,
                track.n_frames,
                best.index,
                *flat_corners(best),
                best.detection_score,
                best.rows,
            )
        )
    return rows
