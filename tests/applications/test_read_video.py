import os

import numpy as np
import pytest
from plate_photos import LevelRecognizer
from sklearn.pipeline import make_pipeline

from sklearn_lpr import read_video
from sklearn_lpr._compat import cv2
from sklearn_lpr.applications import _video_frames
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import SampleError, box_corners
from sklearn_lpr.preprocessing import PlateCropper

RATE = 10
SIZE = (160, 96)


class BrightDetector:
    """Find bright boxes."""

    def detect_all(self, X):
        return [self._find(photo) for photo in X]

    def _find(self, photo):
        mask = (photo.max(axis=2) > 150).astype(np.uint8)
        boxes = cv2.connectedComponentsWithStats(mask)[2][1:]
        quads = [box_corners(*box[:4]) for box in boxes if box[4] > 20]
        return np.reshape(quads, (-1, 4, 2)), np.full(len(quads), 0.75)


class InkRecognizer(LevelRecognizer):
    """Read the fraction of dark pixels: A for none, F for half."""

    def read(self, X):
        return super().read([np.full((2, 2), round(10 * np.mean(crop < 100))) for crop in X])


def write_video(path, boxes):
    """Write a video; each frame shows boxes (x, y, number), of 24 x 12 pixels."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, SIZE)
    assert writer.isOpened()
    noise = np.random.default_rng(0)
    for frame in boxes:
        pixels = noise.integers(20, 60, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        for x, y, number in frame:
            pixels[y : y + 12, x : x + 24] = 230
            dark = round(number / 10 * 20)
            pixels[y + 2 : y + 10, x + 2 : x + 2 + dark] = 30
        writer.write(pixels)
    writer.release()
    return path


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Return a video of two vehicles that pass each other, and of a third one after a pause."""
    frames = []
    for number in range(40):
        boxes = []
        if number < 20:
            boxes = [(4 + 6 * number, 10, 2), (128 - 6 * number, 40, 5)]
        elif number >= 34:
            boxes = [(40, 20, 7)]
        frames.append(boxes)
    return write_video(tmp_path_factory.mktemp("video") / "street.avi", frames)


PIPELINE = make_pipeline(PlateCropper(), InkRecognizer())


def read(path, **kwargs):
    return read_video(path, PIPELINE, **{"detector": BrightDetector(), "every": 2, **kwargs})


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_each_vehicle_is_a_row(street, n_jobs):
    table = read(street, n_jobs=n_jobs, batch_size=3)
    first, second, third = table.itertuples()
    assert [row.n_frames for row in (first, second, third)] == [10, 10, 3]
    assert first.start == second.start == 0
    assert first.end == second.end == pytest.approx(1.8)
    assert (third.start, third.end) == pytest.approx((3.4, 3.8))
    assert table.detection_score.tolist() == [0.75] * 3
    assert third.frame in (34, 36, 38)
    corners = table.loc[2, "x1":"y4"].to_numpy(float).reshape(4, 2)
    np.testing.assert_allclose(corners, box_corners(40, 20, 24, 12), atol=2)
    # The dark part of each plate tells the vehicles apart.
    assert len(set(table.text)) == 3


def test_a_vehicle_that_returns_after_the_gap_is_another_one(tmp_path):
    frames = [[(40, 20, 3)] if number < 6 or number >= 12 else [] for number in range(18)]
    path = write_video(tmp_path / "gap.avi", frames)
    assert len(read(path, every=1, max_gap=0.5)) == 2
    [row] = read(path, every=1, max_gap=0.8).itertuples()
    assert row.n_frames == 12


def test_short_tracks_are_left_out(tmp_path):
    frames = [[(40, 20, 3)] if number == 3 else [] for number in range(6)]
    path = write_video(tmp_path / "flash.avi", frames)
    assert len(read(path, every=1)) == 0
    assert list(read(path, every=1)) == list(read(path, every=1, min_frames=1))
    assert len(read(path, every=1, min_frames=1)) == 1


@pytest.mark.parametrize("pause", [0, 5])
def test_two_vehicles_that_stop_at_one_place_are_two_rows(tmp_path, pause):
    class TwoTexts(InkRecognizer):
        def read(self, X):
            dark = [prediction.text > "C" for prediction in super().read(X)]
            return [PlateReading("TS260AK" if each else "RK755AJ", 0.9) for each in dark]

    frames = [[(40, 20, 3)]] * 10 + [[]] * pause + [[(43, 22, 8)]] * 10
    path = write_video(tmp_path / "stop.avi", frames)
    pipeline = make_pipeline(PlateCropper(), TwoTexts())
    first, second = read_video(path, pipeline, detector=BrightDetector(), every=1).itertuples()
    assert (first.text, first.n_frames, first.end) == ("RK755AJ", 10, pytest.approx(0.9))
    assert (second.text, second.n_frames) == ("TS260AK", 10)
    assert second.start == pytest.approx(1 + pause / 10)
    assert first.confidence == second.confidence == pytest.approx(0.9)


def test_max_frames_limits_the_votes_and_not_the_count(street):
    table = read(street, max_frames=1)
    assert table.n_frames.tolist() == [10, 10, 3]
    assert table.text.tolist() == read(street).text.tolist()


def test_a_plate_that_cannot_be_read_is_reported(street):
    class Unreadable(InkRecognizer):
        def read(self, X):
            raise SampleError(0, "the crop is unreadable.")

    pipeline = make_pipeline(PlateCropper(), Unreadable())
    with pytest.warns(UserWarning, match=r"23 detections cannot be used; the first: .*unreadable"):
        table = read_video(street, pipeline, detector=BrightDetector(), every=2)
    assert len(table) == 0


def test_a_truncated_file_is_reported(street, tmp_path):
    content = street.read_bytes()
    path = tmp_path / "truncated.avi"
    path.write_bytes(content[: len(content) // 2])
    with pytest.warns(UserWarning, match=r"declares \d+ frames, but only \d+ can be decoded"):
        assert len(read(path)) == 2


def test_files_that_are_no_videos_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.avi"):
        read(tmp_path / "absent.avi")
    (tmp_path / "notes.avi").write_text("no video")
    with pytest.raises(ValueError, match=r"notes\.avi' is not a video"):
        read(tmp_path / "notes.avi")


def test_a_name_that_is_not_utf_8_raises_an_error(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.avi")
    try:
        path.write_text("no video")
    except OSError:
        pytest.skip("the file system takes valid UTF-8 only")
    with pytest.raises(ValueError, match=r"caf\\udce9\.avi' is not valid UTF-8"):
        read(path)


@pytest.mark.parametrize(
    "params", [{"every": 0}, {"min_iou": 0}, {"max_gap": -1}, {"voting": "best"}, {"detector": 1}]
)
def test_invalid_parameters_are_rejected(street, params):
    (name,) = params
    with pytest.raises(ValueError, match=f"The '{name}' parameter of read_video"):
        read(street, **params)


def test_unusable_recognizers_are_rejected(street):
    with pytest.raises(ValueError, match="has no PlateCropper"):
        read_video(street, InkRecognizer())


def test_times_that_start_again_continue(tmp_path, monkeypatch):
    video = write_video(tmp_path / "joined.avi", [[(40, 20, 7)]] * 8)
    stated = iter([0.0, 0.2, 0.4, 0.1, 0.3, 0.0, 0.0, 0.1])
    monkeypatch.setattr(_video_frames, "_time", lambda *_: next(stated))
    times = [frame.time for frame in _video_frames.iter_frames(video, 1)]
    # Each time the recording starts again, the next frame is 1 / RATE later.
    np.testing.assert_allclose(times, [0.0, 0.2, 0.4, 0.5, 0.7, 0.8, 0.8, 0.9])


def test_a_vehicle_is_one_row_where_times_start_again(tmp_path, monkeypatch):
    video = write_video(tmp_path / "joined.avi", [[(40, 20, 7)]] * 8)
    stated = iter([2.0, 2.1, 2.2, 2.3, 0.0, 0.1, 0.2, 0.3])
    monkeypatch.setattr(_video_frames, "_time", lambda *_: next(stated))
    [row] = read(video, every=1).itertuples()
    assert row.n_frames == 8
    np.testing.assert_allclose([row.start, row.end], [2.0, 2.7])


@pytest.mark.skipif(os.name == "nt", reason="names of files have no colon")
def test_names_with_a_colon(tmp_path, monkeypatch):
    write_video(tmp_path / "12.avi", [[(40, 20, 7)]] * 2).rename(tmp_path / "2024-05-01T12:30.avi")
    monkeypatch.chdir(tmp_path)
    assert len(read("2024-05-01T12:30.avi", every=1)) == 1
