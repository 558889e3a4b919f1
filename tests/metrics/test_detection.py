"""Metrics of detected plates, by hand."""

import numpy as np
import pytest

from sklearn_lpr.images import box_corners
from sklearn_lpr.metrics import corner_errors, detection_average_precision, detection_scores

PLATE = box_corners(0, 0, 40, 10)
OTHER = box_corners(100, 0, 40, 10)
TILTED = np.array([[0.0, 0.0], [40, 8], [40, 18], [0, 10]])
NOTHING = np.empty((0, 4, 2)), np.empty(0)


def found(*pairs):
    """Return detections from pairs of corners and score."""
    return np.stack([quad for quad, _ in pairs]), np.array([score for _, score in pairs])


@pytest.mark.parametrize(
    ("truth", "detections", "expected"),
    [
        ([[PLATE]], [found((PLATE, 0.9))], 1.0),
        ([[PLATE]], [NOTHING], 0.0),
        ([[PLATE, OTHER]], [found((PLATE, 0.9))], 0.5),
        # Precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1: the second plate has 2/3.
        ([[PLATE, OTHER]], [found((PLATE, 0.9), (PLATE + 300, 0.8), (OTHER, 0.7))], 5 / 6),
        # A false positive before both: precision 1/2 and 2/3, of which the later one is higher.
        ([[PLATE, OTHER]], [found((PLATE + 300, 0.9), (PLATE, 0.8), (OTHER, 0.7))], 2 / 3),
        # A second detection of the same plate is a false positive.
        ([[PLATE]], [found((PLATE, 0.9), (PLATE + 1, 0.8))], 1.0),
        ([[PLATE], []], [found((PLATE, 0.5)), found((OTHER, 0.9))], 0.5),
        ([[PLATE], [OTHER]], [found((PLATE, 0.5)), found((PLATE, 0.4))], 0.5),
    ],
)
def test_average_precision_by_hand(truth, detections, expected):
    assert detection_average_precision(truth, detections) == pytest.approx(expected)


def test_average_precision_depends_on_scores_over_all_photos():
    truth = [[PLATE], []]
    low = [found((PLATE, 0.9)), found((OTHER, 0.1))]
    high = [found((PLATE, 0.1)), found((OTHER, 0.9))]
    assert detection_average_precision(truth, low) == 1.0
    assert detection_average_precision(truth, high) == 0.5


def test_average_precision_without_plates_is_nan():
    assert np.isnan(detection_average_precision([[], []], [NOTHING, found((PLATE, 0.9))]))


@pytest.mark.parametrize(("shift", "overlap"), [(4, 36 / 44), (10, 30 / 50), (20, 20 / 60)])
def test_iou_threshold_is_inclusive_of_the_overlap_by_hand(shift, overlap):
    moved = [found((PLATE + np.array([shift, 0]), 0.9))]
    just_below, just_above = overlap - 1e-6, overlap + 1e-6
    assert detection_scores([[PLATE]], moved, iou_threshold=just_below).recall == 1
    assert detection_scores([[PLATE]], moved, iou_threshold=just_above).recall == 0


@pytest.mark.parametrize("seed", range(20))
def test_exact_detections_are_found_at_the_highest_threshold(seed):
    rng = np.random.default_rng(seed)
    quads = TILTED * rng.uniform(0.5, 30) + rng.uniform(0, 4000, 2) + rng.uniform(0, 2, (4, 2))
    scores = detection_scores([[quads]], [found((quads, 0.9))], iou_threshold=1.0)
    assert scores.recall == 1


@pytest.mark.parametrize("order", [[0, 1, 3, 2], [0, 3, 2, 1]])
@pytest.mark.parametrize("metric", [detection_average_precision, detection_scores, corner_errors])
def test_corners_in_another_order_are_errors(metric, order):
    with pytest.raises(ValueError, match=r"y_true\[1\]\[0\]: .*order top left, top right"):
        metric([[], [TILTED[order]]], [NOTHING, NOTHING])


def test_upright_boxes_are_compared_with_the_box_around_the_corners():
    box = box_corners(0, 0, 40, 18)  # around the tilted plate
    assert detection_scores([[box]], [found((TILTED, 0.9))], iou_threshold=0.99).recall == 1
    assert detection_scores([[TILTED]], [found((box, 0.9))], iou_threshold=0.99).recall == 0


def test_recall_precision_and_counts():
    truth = [[PLATE, OTHER], [], [TILTED]]
    detections = [found((PLATE, 0.9)), found((OTHER, 0.4)), NOTHING]
    scores = detection_scores(truth, detections)
    assert scores == (1 / 3, 1 / 2, 1, 1, 2)


def test_each_plate_counts_once_and_the_best_score_takes_it():
    shifted = TILTED + np.array([2, 0])
    detections = [found((shifted, 0.9), (TILTED, 0.8))]
    assert detection_scores([[TILTED]], detections)[2:] == (1, 1, 0)
    (error,) = corner_errors([[TILTED]], detections)
    assert error == pytest.approx(2 / 10)


def test_corner_errors_leave_out_boxes_and_missed_plates():
    truth = [[PLATE], [TILTED], [TILTED]]
    detections = [found((PLATE, 0.9)), found((TILTED + np.array([0.3, 0.4]), 0.9)), NOTHING]
    np.testing.assert_allclose(corner_errors(truth, detections), [0.05])
    assert corner_errors([[PLATE]], [found((PLATE, 1.0))]).shape == (0,)


@pytest.mark.parametrize(
    ("truth", "detections", "message"),
    [
        ([[PLATE]], [], "inconsistent numbers of samples"),
        ([PLATE], [NOTHING], r"y_true\[0\] must hold finite corners"),
        ([[PLATE * np.nan]], [NOTHING], r"y_true\[0\] must hold finite corners"),
        ([[PLATE], []], [NOTHING, PLATE], r"y_pred\[1\] must be a pair"),
        ([[PLATE]], [(PLATE[np.newaxis], np.empty(0))], r"y_pred\[0\]\[1\] must hold one finite"),
    ],
)
@pytest.mark.parametrize("metric", [detection_average_precision, detection_scores, corner_errors])
def test_other_forms_are_errors_that_name_the_photo(metric, truth, detections, message):
    with pytest.raises(ValueError, match=message):
        metric(truth, detections)


@pytest.mark.parametrize("iou_threshold", [0, 1.5, "half"])
def test_an_impossible_threshold_is_an_error(iou_threshold):
    with pytest.raises(ValueError, match="iou_threshold"):
        detection_scores([[PLATE]], [NOTHING], iou_threshold=iou_threshold)
