import numpy as np
import pandas as pd
import pytest
from fixed import Fixed, numbered, reading
from sklearn.frozen import FrozenEstimator

from sklearn_lpr import read_plates
from sklearn_lpr.ensemble import read_tracks

TEXTS = ["AB128", "XY9", "A8123", "", "BB123", "", "XY9"]
TRACKS = ["car", "van", "car", "bus", "car", "bus", "van"]


def reader(confidence=0.5):
    return Fixed(TEXTS, confidence).fit(None, [])


def test_each_track_is_read_once_in_the_order_of_appearance():
    tracks, readings = read_tracks(reader(), numbered(7), TRACKS)
    assert tracks.tolist() == ["car", "van", "bus"]
    assert [each.text for each in readings] == ["AB123", "XY9", ""]
    assert [each.confidence for each in readings] == pytest.approx([0.5**5 * 8 / 27, 0.5, 0])


def test_frames_can_be_read_in_chunks_and_through_wrappers():
    whole = read_tracks(reader(), numbered(7), TRACKS)
    for estimator in (reader(), FrozenEstimator(reader())):
        tracks, readings = read_tracks(estimator, list(numbered(7)), TRACKS, batch_size=2)
        assert tracks.tolist() == whole[0].tolist()
        assert readings == whole[1]


@pytest.mark.parametrize("voting", ["confidence", "majority", "position"])
def test_a_track_of_one_frame_is_that_frames_reading(voting):
    tracks, readings = read_tracks(reader(), numbered(7), range(7), voting=voting)
    assert tracks.tolist() == list(range(7))
    assert readings == read_plates(reader(), numbered(7))


@pytest.mark.parametrize(
    ("ids", "expected", "dtype"),
    [
        ([7, 3, 7], [7, 3], "i"),
        (np.array(["b", "a", "b"]), ["b", "a"], "U"),
        (pd.Series(["b", "a", "b"], index=[4, 5, 6]), ["b", "a"], None),
        ([1, "1", 1], [1, "1"], "O"),
    ],
)
def test_ids_are_given_back_as_they_are(ids, expected, dtype):
    tracks, readings = read_tracks(reader(), numbered(3), ids)
    assert tracks.tolist() == expected
    assert dtype is None or tracks.dtype.kind == dtype
    assert len(readings) == 2


@pytest.mark.parametrize(
    ("ids", "params", "message"),
    [
        ([1, None, 1], {}, r"track_ids\[1\] is None"),
        ([1, 2, np.nan], {}, r"track_ids\[2\] is nan"),
        ([1, 2], {}, "inconsistent numbers of samples"),
        ([1, 2, 3], {"voting": "mean"}, "'voting' parameter of read_tracks"),
        ([1, 2, 3], {"batch_size": 0}, "'batch_size' parameter of read_tracks"),
        ([[1], [2], [3]], {}, "track_ids has shape"),
    ],
)
def test_what_is_wrong_is_refused_before_reading(ids, params, message):
    class Untouched(Fixed):
        def read(self, X):
            raise AssertionError("It is read.")

    with pytest.raises(ValueError, match=message):
        read_tracks(Untouched(), numbered(3), ids, **params)


def test_who_cannot_read_is_refused():
    with pytest.raises(TypeError, match="reads no plates"):
        read_tracks(object(), numbered(2), [1, 2])


def test_the_best_frame_decides_where_asked():
    class Sure(Fixed):
        def read(self, X):
            return [reading(("AB1", "AB2", "AB2")[i], (0.9, 0.1, 0.2)[i]) for i in X[:, 0, 0, 0]]

    found = {
        voting: read_tracks(Sure(), numbered(3), [0, 0, 0], voting=voting)[1][0].text
        for voting in ("confidence", "majority")
    }
    assert found == {"confidence": "AB1", "majority": "AB2"}
