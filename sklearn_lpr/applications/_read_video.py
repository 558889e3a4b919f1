"""Read the plates of the vehicles in a video."""

import os
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from .._sklearn_compat import HasMethods, Interval, StrOptions, validate_params
from ..ensemble._fusion import VOTINGS, fuse_predictions
from ..images import object_array
from ..images._corners import CORNER_COLUMNS
from ._linking import Linker, Track
from ._load_recognizer import load_recognizer
from ._photo_processor import PhotoProcessor
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

    Plates are detected and read in each `every`-th frame. Detections in successive frames belong to
    one vehicle if they overlap where the plate is expected from its movement, unless their texts
    are confident and differ. The predictions for all frames of a vehicle vote, as in `read_tracks`.

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
        The maximum number of frames per vehicle that vote: those with the largest plates.
    voting : {"confidence", "majority", "mean", "position"}, default="position"
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

    A vehicle that stops where another one stood has a row of its own: a detection is not linked to
    earlier ones if the confidence of its text and that of their most confident text are above 0.5,
    and the normalized edit distance of the two texts is above 0.5 too, so that more than half of
    the characters differ. Blurred frames that are misread with low confidence, and frames without
    a text, are linked by their place alone. The rule expects calibrated confidences, as those of
    `load_recognizer` are.

    Examples
    --------
    ::

        from sklearn_lpr import load_recognizer, read_video

        table = read_video("gate.mp4", load_recognizer("brazil"), every=3, n_jobs=-1)
        table[["start", "end", "text", "confidence"]]
    """
    import pandas as pd

    count = count_frames(path, every)
    processor = PhotoProcessor(
        load_recognizer() if recognizer is None else recognizer, detector, True, n_jobs
    )
    linker = Linker(min_iou, max_gap, max_frames)
    rows: list[tuple[Any, ...]] = []
    for ended in _follow(path, every, processor, linker, batch_size, count, verbose):
        tracks = [track for track in ended if track.n_frames >= min_frames]
        rows += [_describe(track, voting) for track in tracks]
    rows.sort(key=lambda row: row[2])
    columns = {
        name: object_array([row[index] for row in rows]) for index, name in enumerate(_DTYPES)
    }
    return pd.DataFrame(columns, dtype=object).astype(_DTYPES)


def _follow(
    path: str | os.PathLike[str],
    every: int,
    processor: PhotoProcessor,
    linker: Linker,
    batch_size: int,
    count: int | None,
    verbose: int,
) -> Iterator[Sequence[Track]]:
    """Detect, read and link plates; yield the tracks that have ended."""
    from tqdm.auto import tqdm

    errors: list[str] = []
    frames = iter_frames(path, every)
    with tqdm(total=count, unit="frame", disable=not verbose) as bar:
        while batch := list(islice(frames, batch_size)):
            found = []
            for rows in processor.search([(frame.number, frame.pixels) for frame in batch]):
                found.append([row for row in rows if row.error or row.corners is not None])
                bar.update()
            plates = [row for rows in found for row in rows]
            processor.read(plates, batch_size)
            errors += [row.error for row in plates if row.error is not None]
            for frame, rows in zip(batch, found, strict=True):
                yield linker.add(frame.time, [row for row in rows if row.error is None])
    yield linker.active
    if errors:
        warnings.warn(
            f"{len(errors)} detections cannot be used; the first: {errors[0]}",
            UserWarning,
            stacklevel=4,  # past read_video and scikit-learn's wrapper around it
        )


def _describe(track: Track, voting: str) -> tuple[Any, ...]:
    """Return the row of the table for a track."""
    predictions = [row.prediction for _, _, row in track.kept]
    fused = fuse_predictions(predictions, [1.0] * len(predictions), voting)
    _, _, best = max(track.kept, key=lambda each: each[0])
    return (
        fused.text,
        fused.confidence,
        track.start,
        track.end,
        track.n_frames,
        best.index,
        *flat_corners(best),
        best.detection_score,
        best.rows,
    )
