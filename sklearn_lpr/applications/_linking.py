"""Link the detections of one plate in the frames of a video by their overlap and their texts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from ..images._quads import iou, quad_area
from ._photo_processor import TableRow

__all__ = ["Linker", "Track"]

Floats = npt.NDArray[np.float64]

# Plates are enlarged about their centres before their overlap is computed: a plate may move by more
# than its height from one frame to the next.
_REACH = 3.0
# Two texts are of different plates if both are more likely right than wrong, and more than half of
# the characters of the longer one differ. Blurred frames rarely meet both conditions.
_MIN_CONFIDENCE = 0.5
_MAX_DISTANCE = 0.5


class Track:
    """The detections of one plate.

    Parameters
    ----------
    time : float
    row : TableRow
        The first detection, with its text and confidence.
    max_frames : int
        The number of detections that are kept: those in which the plate is largest.

    Attributes
    ----------
    start, end : float
        The times of the first and the last detection, in seconds.
    n_frames : int
        The number of detections.
    kept : list of (float, float, TableRow)
        Area, time and row of the detections that are kept, in their order.
    """

    def __init__(self, time: float, row: TableRow, max_frames: int) -> None:
        self.start = self.end = time
        self.n_frames = 0
        self.kept: list[tuple[float, float, TableRow]] = []
        self._max_frames = max_frames
        self._corners = _corners(row)
        self._velocity = np.zeros(2)
        self._surest = row
        self.add(time, row)

    def add(self, time: float, row: TableRow) -> None:
        """Add a later detection."""
        corners = _corners(row)
        if time > self.end:
            moved = corners.mean(axis=0) - self._corners.mean(axis=0)
            self._velocity = moved / (time - self.end)
        self._corners, self.end = corners, time
        self.n_frames += 1
        if row.confidence > self._surest.confidence:
            self._surest = row
        self.kept.append((quad_area(corners), time, row))
        if len(self.kept) > self._max_frames:
            self.kept.remove(min(self.kept, key=lambda each: each[0]))

    def predict(self, time: float) -> Floats:
        """Return the corners that are expected at a later time."""
        return self._corners + self._velocity * (time - self.end)

    def contradicts(self, row: TableRow) -> bool:
        """Return whether the text of a detection is confident, and that of another plate."""
        surest = self._surest
        return (
            min(surest.confidence, row.confidence) > _MIN_CONFIDENCE
            and bool(surest.text and row.text)
            and Levenshtein.normalized_distance(surest.text, row.text) > _MAX_DISTANCE
        )


class Linker:
    """Assign each detection to the track that it overlaps, or to a new one.

    A detection whose text contradicts that of a track is not assigned to it, so that a vehicle that
    stops where another one stood has a track of its own. Of several tracks with about the same
    overlap, a detection is assigned to the one that was seen last.

    Parameters
    ----------
    min_iou : float
        The least overlap with the expected place.
    max_gap : float
        The time in seconds after which a track without a detection has ended.
    max_frames : int
        The number of detections that a track keeps.
    """

    def __init__(self, min_iou: float, max_gap: float, max_frames: int) -> None:
        self.min_iou = min_iou
        self.max_gap = max_gap
        self.max_frames = max_frames
        self.active: list[Track] = []

    def add(self, time: float, rows: Sequence[TableRow]) -> list[Track]:
        """Add the detections of the next frame; return the tracks that have ended before it.

        The detections have been read.
        """
        ended = [track for track in self.active if time - track.end > self.max_gap]
        self.active = [track for track in self.active if time - track.end <= self.max_gap]
        expected = [_enlarge(track.predict(time)) for track in self.active]
        places = [_enlarge(_corners(row)) for row in rows]
        overlaps = np.reshape(
            [iou(first, second) for first in expected for second in places],
            (len(expected), len(places)),
        )
        contradictions = np.reshape(
            [track.contradicts(row) for track in self.active for row in rows], overlaps.shape
        )
        possible = (overlaps >= self.min_iou) & ~contradictions.astype(bool)
        ages = np.reshape([time - track.end for track in self.active], (-1, 1))
        gains = np.where(possible, overlaps / (1 + ages), 0.0)
        linked = {
            place: track
            for track, place in zip(*linear_sum_assignment(-gains), strict=True)
            if possible[track, place]
        }
        tracks = self.active
        new = []
        for place, row in enumerate(rows):
            if place in linked:
                tracks[linked[place]].add(time, row)
            else:
                new.append(Track(time, row, self.max_frames))
        self.active = tracks + new
        return ended


def _corners(row: TableRow) -> Floats:
    assert row.corners is not None
    return row.corners


def _enlarge(quad: Floats) -> Floats:
    centre = quad.mean(axis=0)
    return centre + _REACH * (quad - centre)
