"""Tests of the tracks that detections at about one place make."""

import pytest

from sklearn_lpr.applications._linking import Linker
from sklearn_lpr.applications._photo_processor import TableRow
from sklearn_lpr.images import box_corners

FIRST, SECOND = ("RK755AJ", 0.9), ("TS260AK", 0.8)
UNSURE, EMPTY = ("B8Q", 0.3), ("", 0.0)


def link(predictions, max_frames=32):
    """Link one detection per frame, with a text and a confidence, and return frames by track."""
    linker = Linker(min_iou=0.2, max_gap=1.0, max_frames=max_frames)
    tracks = []
    for number, prediction in enumerate(predictions):
        rows = []
        if prediction is not None:
            text, confidence = prediction
            # Each plate is a little larger than the last one.
            corners = box_corners(40, 20, 24 + number / 8, 12)
            rows = [TableRow(number, number, corners, text=text, confidence=confidence)]
        tracks += linker.add(0.2 * number, rows)
    tracks += linker.active
    return [[row.index for _, _, row in track.kept] for track in tracks]


@pytest.mark.parametrize(
    ("predictions", "tracks"),
    [
        ([FIRST, FIRST, SECOND, SECOND], [[0, 1], [2, 3]]),
        ([FIRST, FIRST, None, None, SECOND, SECOND], [[0, 1], [4, 5]]),
        # Frames without a confident text continue the track that was seen last.
        ([FIRST, FIRST, SECOND, EMPTY, SECOND, UNSURE], [[0, 1], [2, 3, 4, 5]]),
        # A confident text that fits the earlier track continues it.
        ([FIRST, SECOND, FIRST], [[0, 2], [1]]),
    ],
)
def test_another_confident_text_starts_a_track(predictions, tracks):
    assert link(predictions) == tracks


@pytest.mark.parametrize(
    "predictions",
    [
        [FIRST, UNSURE, FIRST],
        [UNSURE, FIRST, FIRST],
        [FIRST, EMPTY, FIRST],
        [EMPTY, FIRST, FIRST],
        [("RK755AJ", 0.5), ("TS260AK", 0.9), ("TS260AK", 0.5)],  # not above one half
        [("AB12", 0.9), ("AB34", 0.9), ("CD12", 0.9)],  # half of the characters
        [("RK755AJ", 0.9), ("RX75A", 0.8), ("BK755AJ1", 0.9)],
    ],
)
def test_misread_frames_of_one_vehicle_are_linked(predictions):
    assert link(predictions) == [[0, 1, 2]]


def test_a_track_keeps_the_largest_plates():
    assert link([FIRST] * 6, max_frames=2) == [[4, 5]]
