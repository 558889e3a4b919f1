import numpy as np
import pandas as pd
import pytest
from fixed_recognizer import FixedRecognizer, numbered_images, prediction
from sklearn.frozen import FrozenEstimator

from sklearn_lpr import read_plates
from sklearn_lpr.ensemble import read_tracks

TEXTS = ["AB128", "XY9", "A8123", "", "BB123", "", "XY9"]
TRACKS = ["car", "van", "car", "bus", "car", "bus", "van"]


def recognizer(confidence=0.5):
    return FixedRecognizer(TEXTS, confidence).fit(None, [])


def test_one_prediction_per_track_in_order_of_appearance():
    tracks, predictions = read_tracks(recognizer(), numbered_images(7), TRACKS)
    assert tracks.tolist() == ["car", "van", "bus"]
    assert [each.text for each in predictions] == ["AB123", "XY9", ""]
    assert [each.confidence for each in predictions] == pytest.approx([0.5**5 * 8 / 27, 0.5, 0])


def test_chunks_and_frozen_estimators():
    whole = read_tracks(recognizer(), numbered_images(7), TRACKS)
    for estimator in (recognizer(), FrozenEstimator(recognizer())):
        tracks, predictions = read_tracks(estimator, list(numbered_images(7)), TRACKS, batch_size=2)
        assert tracks.tolist() == whole[0].tolist()
        assert predictions == whole[1]


@pytest.mark.parametrize("voting", ["confidence", "majority", "mean", "position"])
def test_a_track_of_one_frame_has_the_prediction_of_the_frame(voting):
    tracks, predictions = read_tracks(recognizer(), numbered_images(7), range(7), voting=voting)
    assert tracks.tolist() == list(range(7))
    assert predictions == read_plates(recognizer(), numbered_images(7))


@pytest.mark.parametrize(
    ("ids", "expected", "dtype"),
    [
        ([7, 3, 7], [7, 3], "i"),
        (np.array(["b", "a", "b"]), ["b", "a"], "U"),
        (pd.Series(["b", "a", "b"], index=[4, 5, 6]), ["b", "a"], None),
        ([1, "1", 1], [1, "1"], "O"),
        ([("north", 7), ("south", 7), ("north", 7)], [("north", 7), ("south", 7)], "O"),
    ],
)
def test_ids_are_returned_unchanged(ids, expected, dtype):
    tracks, predictions = read_tracks(recognizer(), numbered_images(3), ids)
    assert tracks.tolist() == expected
    assert dtype is None or tracks.dtype.kind == dtype
    assert len(predictions) == 2


@pytest.mark.parametrize(
    ("ids", "params", "message"),
    [
        ([1, None, 1], {}, r"track_ids\[1\] is None"),
        ([1, 2, np.nan], {}, r"track_ids\[2\] is nan"),
        ([1, 2], {}, "inconsistent numbers of samples"),
        ([1, 2, 3], {"voting": "median"}, "'voting' parameter of read_tracks"),
        ([1, 2, 3], {"batch_size": 0}, "'batch_size' parameter of read_tracks"),
        ([[1], [2], [3]], {}, "track_ids has shape"),
        ([1, -1, 1], {}, r"track_ids\[1\] is -1, the mark of a frame without a track"),
        (np.array([1, -1, -1], np.int16), {}, r"track_ids\[1\] is -1"),
        (pd.Series([-1.0, 2.0, 2.0], index=[4, 5, 6]), {}, r"track_ids\[0\] is -1.0"),
        (["a", "b", "-1"], {}, r"track_ids\[2\] is '-1'"),
        (["a", "", "b"], {}, r"track_ids\[1\] is '', the mark of a frame without a track"),
        (pd.array([1, None, 1], dtype="Int64"), {}, r"track_ids\[1\] is <NA>; pass a value"),
        ([pd.NaT, 1, 1], {}, r"track_ids\[0\] is NaT; pass a value"),
    ],
)
def test_invalid_input_is_rejected_before_prediction(ids, params, message):
    class FailsToPredict(FixedRecognizer):
        def read(self, X):
            raise AssertionError("It predicts.")

    with pytest.raises(ValueError, match=message):
        read_tracks(FailsToPredict(), numbered_images(3), ids, **params)


def test_other_estimators_are_rejected():
    with pytest.raises(TypeError, match="is not a recognizer"):
        read_tracks(object(), numbered_images(2), [1, 2])


def test_the_text_depends_on_voting():
    class Varying(FixedRecognizer):
        def read(self, X):
            return [prediction(("AB1", "AB2", "AB2")[i], (0.9, 0.1, 0.2)[i]) for i in X[:, 0, 0, 0]]

    found = {
        voting: read_tracks(Varying(), numbered_images(3), [0, 0, 0], voting=voting)[1][0].text
        for voting in ("confidence", "majority")
    }
    assert found == {"confidence": "AB1", "majority": "AB2"}
