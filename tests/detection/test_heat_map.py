"""What the detection network is trained to predict, and how plates come of its output."""

import numpy as np
import pytest
from bright_photos import output_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_lpr._detection._heat_map import build_target, cell_centres, find_peaks
from sklearn_lpr.images import box_corners

NONE = np.empty((0, 4, 2))


def target(*quads, size=128, is_box=False, ignored=NONE):
    return build_target(
        size, np.array(quads).reshape(-1, 4, 2), np.full(len(quads), is_box), ignored
    )


def test_cells_have_their_centres_in_pixels():
    np.testing.assert_array_equal(cell_centres(2, 3)[1, 2], [20, 12])


def test_an_image_without_plates_is_background():
    heat_map = target()
    assert heat_map.shape == (16, 16, 12)
    assert (heat_map[..., 0] == 0).all()
    assert (heat_map[..., 1] == 1).all()
    assert (heat_map[..., 2] == 0).all()


@pytest.mark.parametrize("is_box", [False, True])
def test_the_cell_of_the_centre_is_hot_and_learns_the_corners(is_box):
    quad = box_corners(40, 56, 48, 16)  # its centre (64, 64) is a corner of cells
    heat_map = target(quad, is_box=is_box)
    assert heat_map[8, 8, 0] == 1
    np.testing.assert_array_equal(heat_map[8, 8, 4:].reshape(4, 2), quad)
    learns = heat_map[..., 2] > 0
    assert (heat_map[learns, 3] == is_box).all()
    assert heat_map[..., 0].max() == 1
    # The heat falls with the distance, along the width more slowly than along the height.
    assert heat_map[8, 9, 0] > heat_map[9, 8, 0] >= 0
    assert heat_map[0, 0, 0] == 0


@settings(max_examples=60, deadline=None)
@given(
    st.floats(10, 118),
    st.floats(10, 118),
    st.floats(6, 90),
    st.floats(0.2, 0.9),
    st.floats(-0.7, 0.7),
)
def test_every_plate_has_exactly_one_peak_with_its_corners(x, y, width, ratio, angle):
    half = np.array([width, ratio * width]) / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    quad = (half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ turn.T + (x, y)
    corners, scores = find_peaks(output_of(target(quad)), 0.9)
    assert len(corners) == 1
    np.testing.assert_allclose(corners[0], quad, atol=1e-3)
    assert scores[0] > 0.99


def test_two_plates_have_a_peak_each():
    quads = box_corners(8, 8, 40, 12), box_corners(64, 80, 56, 24)
    corners, _ = find_peaks(output_of(target(*quads)), 0.5)
    assert sorted(map(np.ndarray.tolist, corners.round(3))) == sorted(map(np.ndarray.tolist, quads))


def test_ignored_plates_are_neither_plates_nor_background():
    heat_map = target(ignored=box_corners(40, 40, 30, 20)[np.newaxis])
    assert (heat_map[..., 0] == 0).all()
    ignored = heat_map[..., 1] == 0
    centres = cell_centres(16, 16)
    inside = ((centres > [40, 40]) & (centres < [70, 60])).all(axis=-1)
    assert ignored[inside].all()
    assert not ignored[0].any()


def test_the_smaller_of_two_overlapping_plates_keeps_its_cells():
    large, small = box_corners(8, 32, 112, 64), box_corners(56, 58, 24, 12)
    for quads in ((large, small), (small, large)):
        heat_map = target(*quads)
        np.testing.assert_array_equal(heat_map[8, 8, 4:].reshape(4, 2), small)


def test_peaks_below_the_threshold_are_left_out():
    heat_map = target(box_corners(40, 56, 48, 16))
    heat_map[..., 0] *= 0.4
    assert len(find_peaks(output_of(heat_map), 0.5)[0]) == 0
    corners, scores = find_peaks(output_of(heat_map), 0.3)
    assert corners.shape == (1, 4, 2)
    assert scores == pytest.approx([0.4], abs=1e-3)


@pytest.mark.filterwarnings("error")
def test_very_low_logits_are_no_plates():
    corners, scores = find_peaks(np.full((4, 4, 9), -1000, np.float32), 0.3)
    assert corners.shape == (0, 4, 2)
    assert scores.shape == (0,)
