"""Areas and overlaps of quadrilaterals, by hand."""

import numpy as np
import pytest

from sklearn_lpr.images import box_corners
from sklearn_lpr.images._quads import (
    are_boxes,
    check_quads,
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


def clipped_area(first, second):
    """Compute the common area from the overlap of the two quadrilaterals' spans, row by row."""
    rows = np.linspace(0, 1, 4001)
    low = max(first[:, 1].min(), second[:, 1].min())
    high = min(first[:, 1].max(), second[:, 1].max())
    if high <= low:
        return 0.0
    y = low + (high - low) * (rows[1:] + rows[:-1]) / 2
    spans = [span(quad, y) for quad in (first, second)]
    left, right = (np.array(ends) for ends in zip(*spans, strict=True))
    return (right.min(axis=0) - left.max(axis=0)).clip(0).mean() * (high - low)


def span(quad, y):
    """Return where horizontal lines enter and leave a convex quadrilateral."""
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for (x0, y0), (x1, y1) in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        step = (y - y0) / (y1 - y0)
        x = np.where((step >= 0) & (step <= 1), x0 + step * (x1 - x0), np.nan)
        left, right = np.fmin(left, x), np.fmax(right, x)
    return left, right


@pytest.mark.parametrize("shake", [0, 1e-5, 1e-4, 1e-2, 1, 10])
def test_common_area_agrees_with_sums_over_rows(shake):
    rng = np.random.default_rng(0)
    for _ in range(200):
        plate = box_corners(0, 0, rng.uniform(30, 100), rng.uniform(10, 40))
        first = plate + rng.uniform(-4, 4, (4, 2)) + 4000 * rng.random(2)
        second = first + shake * rng.uniform(-1, 1, 2) + min(shake, 2) * rng.random((4, 2))
        expected = clipped_area(first, second)
        for one, other in ((first, second), (second, first), (first[::-1], second[::-1])):
            assert common_area(one, other) == pytest.approx(expected, rel=2e-3, abs=0.1)


def test_almost_equal_quadrilaterals_overlap_whole():
    first = np.array(
        [
            [3743.9007754409736, 1021.0037233143705],
            [3817.2547346331185, 1019.5552367510105],
            [3817.2765513261998, 1054.8350213340395],
            [3743.9899715708896, 1054.0905918020815],
        ]
    )
    second = np.array(
        [
            [3743.900897937617, 1021.0038001556463],
            [3817.254662024327, 1019.5552929851],
            [3817.276599118094, 1054.8351048665625],
            [3743.9900775870337, 1054.0904199539996],
        ]
    )
    assert iou(first, second) == pytest.approx(1, abs=1e-3)
    assert suppress_overlaps(np.stack([first, second]), np.array([0.9, 0.8])) == [0]


@pytest.mark.parametrize("flat", [BOX * 0 + BOX.mean(axis=0), BOX * [1, 0] + [0, 25]])
def test_quadrilaterals_without_area_share_none(flat):
    assert common_area(BOX, flat) == common_area(flat, BOX) == 0
    assert iou(BOX, flat) == iou(flat, BOX) == 0


@pytest.mark.parametrize("n_plates", [1, 2])
def test_corners_are_returned_as_floats(n_plates):
    quads = [[[0, 0], [3, 0], [3, 1], [0, 1]]] * n_plates
    found = check_quads(quads, "y")
    np.testing.assert_array_equal(found, np.array(quads, np.float64), strict=True)
    assert check_quads([], "y").shape == (0, 4, 2)


@pytest.mark.parametrize(
    ("quads", "got"),
    [
        ([[[0, 0], [1, 1]], [[1, 2]]], r"got \[\["),
        ("AB123", "got 'AB123'"),
        ({}, r"got \{\}"),
        (BOX, r"got an array of shape \(4, 2\); for one plate pass \[corners\]"),
        (None, r"got an array of shape \(\)"),
    ],
)
def test_other_shapes_of_corners_are_errors_with_the_name(quads, got):
    with pytest.raises(ValueError, match=rf"y\[3\] must hold finite corners .*{got}"):
        check_quads(quads, "y[3]")
