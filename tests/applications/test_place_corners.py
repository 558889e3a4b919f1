import numpy as np
import pytest
from plate_photos import QUADS, make_recognizer, photo_with

from sklearn_lpr import PlateImage
from sklearn_lpr.applications import place_corners
from sklearn_lpr.images import SampleError

COLUMNS = ["text", "prediction", "confidence", "error_rate"]
COLUMNS += ["x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4", "detection_score", "n_plates", "doubt"]


def corners_of(placed):
    return placed.loc[:, "x1":"y4"].to_numpy().reshape(-1, 4, 2)


def test_the_plate_of_each_text_is_chosen():
    photos = [photo_with([1, 2, 3]), photo_with([4]), photo_with([])]
    placed = place_corners(photos, ["D", "E", "F"], make_recognizer(), batch_size=2)
    assert list(placed) == COLUMNS
    assert placed.text.tolist() == ["D", "E", "F"]
    assert placed.prediction.tolist() == ["D", "E", ""]
    assert placed.confidence.tolist() == [0.5, 0.5, 0.0]
    assert placed.error_rate.tolist() == [0.0, 0.0, 1.0]
    assert placed.detection_score.fillna(-1).tolist() == [0.7, 0.9, -1]
    assert placed.n_plates.tolist() == [3, 1, 0]
    assert placed.doubt.tolist() == ["", "", "no plate"]
    unknown = np.full((4, 2), np.nan)
    np.testing.assert_array_equal(corners_of(placed), [QUADS[2], QUADS[0], unknown])


def test_the_best_of_equally_close_plates_is_chosen():
    placed = place_corners([photo_with([1, 2])], ["Y"], make_recognizer())
    assert placed.prediction.tolist() == ["B"]
    np.testing.assert_array_equal(corners_of(placed), QUADS[:1])


@pytest.mark.parametrize(
    ("levels", "text", "params", "doubt"),
    [
        ([1], "B", {"min_score": 0.95}, ""),  # an exact prediction leaves no doubt
        ([1, 2], "B", {"max_error": 0.0}, ""),
        ([1], "Y", {}, "other text"),
        ([1, 2], "BY", {"max_error": 0.4}, "other text"),  # one of two characters is wrong
        ([1, 2], "BY", {"max_error": 0.5}, "several plates"),
        ([1], "BY", {"max_error": 0.5}, ""),
        ([1], "BY", {"max_error": 0.5, "min_score": 0.95}, "low score"),
        ([1], "BY", {"max_error": 0.5, "min_score": 0.9}, ""),
        ([], "B", {"max_error": 1.0}, "no plate"),
    ],
)
def test_doubts(levels, text, params, doubt):
    placed = place_corners([photo_with(levels)], [text], make_recognizer(), **params)
    assert placed.doubt.tolist() == [doubt]


def test_known_corners_are_kept_and_read():
    log = []
    samples = [PlateImage(photo_with([1, 2]), QUADS[1])]
    placed = place_corners(samples, ["C"], make_recognizer(log, locate="annotation"))
    assert log == []
    np.testing.assert_array_equal(corners_of(placed), QUADS[[1]])
    assert placed[["prediction", "n_plates", "doubt"]].to_numpy().tolist() == [["C", 1, ""]]


def test_one_photo_may_have_several_texts():
    photo = photo_with([1, 2])
    placed = place_corners([photo, photo], ["C", "B"], make_recognizer(), n_jobs=2)
    np.testing.assert_array_equal(corners_of(placed), QUADS[[1, 0]])


def test_a_missing_file_is_named():
    with pytest.raises(SampleError, match=r"Sample 1: there is no file 'missing\.jpg'"):
        place_corners([photo_with([1]), "missing.jpg"], ["B", "C"], make_recognizer())


def test_invalid_arguments():
    photos = [photo_with([1])]
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        place_corners(photos, ["A", "B"], make_recognizer())
    with pytest.raises(ValueError, match=r"y\[0\]"):
        place_corners(photos, [None], make_recognizer())
    with pytest.raises(ValueError, match="'max_error' parameter"):
        place_corners(photos, ["A"], make_recognizer(), max_error=-0.1)
