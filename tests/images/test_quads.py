"""Areas and overlaps of quadrilaterals, by hand."""

import numpy as np
import pytest

from sklearn_lpr.images import box_corners
from sklearn_lpr.images._quads import (
    are_boxes,
    common_area,
    enclosing_boxes,
    iou,
    plate_size,
    quad_area,
    suppress_overlaps,
)

BOX = box_corners(10, 20, 40, 10)
DIAMOND = np.array([[0.0, -10], [10, 0], [0, 10], [-10, 0]])


@pytest.mark.parametrize(("quad", "area"), [(BOX, 400), (DIAMOND, 200), (BOX * 0, 0)])
def test_area(quad, area):
    assert quad_area(quad) == area


@pytest.mark.parametrize(
    ("shift", "common", "overlap"),
    [
        ((0, 0), 400, 1),
        ((20, 0), 200, 1 / 3),
        ((0, 5), 200, 1 / 3),
        ((40, 0), 0, 0),
        ((90, 9), 0, 0),
    ],
)
def test_common_area_and_iou(shift, common, overlap):
    moved = BOX + np.array(shift)
    assert common_area(BOX, moved) == pytest.approx(common, abs=1e-3)
    assert iou(BOX, moved) == pytest.approx(overlap, abs=1e-5)


def test_iou_of_other_shapes():
    assert iou(DIAMOND, box_corners(-10, -10, 20, 20)) == pytest.approx(0.5)
    assert iou(BOX * 0, BOX * 0) == 0


def test_enclosing_boxes():
    np.testing.assert_array_equal(
        enclosing_boxes(np.stack([DIAMOND, BOX])), [box_corners(-10, -10, 20, 20), BOX]
    )
    assert enclosing_boxes(np.empty((0, 4, 2))).shape == (0, 4, 2)


def test_upright_rectangles_are_boxes():
    tilted = BOX + np.array([[0, 0], [0, 1], [0, 1], [0, 0]])
    slanted = BOX + np.array([[0, 0], [0, 0], [1, 0], [1, 0]])
    assert are_boxes(np.stack([BOX, DIAMOND, tilted, slanted])).tolist() == [True, *[False] * 3]
    assert are_boxes(np.empty((0, 4, 2))).shape == (0,)


def test_plate_size_is_the_mean_of_opposite_sides():
    assert plate_size(BOX) == (40, 10)
    assert plate_size(np.array([[0.0, 0], [30, 0], [50, 10], [0, 20]])) == pytest.approx(
        ((30 + np.hypot(50, 10)) / 2, (np.hypot(20, 10) + 20) / 2)
    )


@pytest.mark.parametrize(
    ("shift", "kept"), [(0, [1]), (10, [1]), (33, [1]), (35, [1, 0]), (60, [1, 0])]
)
def test_overlapping_quadrilaterals_give_way_to_better_ones(shift, kept):
    quads = np.stack([BOX, BOX + np.array([shift, 0])])
    assert suppress_overlaps(quads, np.array([0.5, 0.9])) == kept


def test_the_smaller_area_counts_and_degenerate_ones_are_left_out():
    inside = box_corners(15, 22, 10, 5)
    quads = np.stack([BOX, inside, BOX * 0])
    assert suppress_overlaps(quads, np.array([0.9, 0.8, 1.0])) == [0]
    assert suppress_overlaps(np.empty((0, 4, 2)), np.empty(0)) == []
