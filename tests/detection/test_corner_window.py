"""Windows around plates, and the look at them with a network that finds bright plates exactly."""

import numpy as np
import pytest
from bright_photos import photo_with

from sklearn_lpr._compat import cv2
from sklearn_lpr._detection import _windows
from sklearn_lpr._detection._corner_window import (
    CORNER_UNIT,
    EXPECTED,
    WINDOW_SIZE,
    corner_target,
    window_around,
)
from sklearn_lpr._detection._refinement import CornerRefinement
from sklearn_lpr._detection._windows import PADDING, cut_window, map_points, unmap_points
from sklearn_lpr.images import box_corners

TILTED = np.array([[100.0, 60], [180, 80], [176, 106], [96, 86]])


def photo_of(quad, height=240, width=320):
    """Return a dark photo with a bright quadrilateral."""
    photo = np.full((height, width, 3), 40, np.uint8)
    # Points count in sixteenths of pixels, from the centre of the first.
    points = ((quad - 0.5) * 16).round().astype(np.int32)
    cv2.fillConvexPoly(photo, points, (230, 230, 230), shift=4)
    return photo


def perfect_corners(windows):
    """Return the output of a network that finds the bright plate of each window."""
    assert windows.dtype == np.uint8
    outputs = []
    for window in windows:
        bright = (window.min(axis=2) > 150).astype(np.uint8)
        outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not outlines:
            outputs.append([-5.0, *8 * [0]])
            continue
        points = max(outlines, key=len)[:, 0].astype(float) + 0.5
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [1, 2]
        quad = points[np.argmax(points @ signs.T, axis=0)]
        outputs.append([5.0, *((quad - EXPECTED) / CORNER_UNIT).reshape(8)])
    return np.array(outputs, np.float32)


@pytest.mark.parametrize("quad", [box_corners(10, 20, 47, 13), TILTED])
def test_a_parallelogram_becomes_the_expected_rectangle(quad):
    affine = window_around(quad)
    np.testing.assert_allclose(map_points(affine, quad), EXPECTED)
    np.testing.assert_allclose(unmap_points(affine, EXPECTED), quad)


def test_of_other_quadrilaterals_the_mean_sides_count():
    # The upper side is 80 pixels long, the lower one 40: both are 60 pixels in the mean.
    quad = np.array([[0.0, 0], [80, 0], [60, 20], [20, 20]])
    affine = window_around(quad)
    np.testing.assert_allclose(
        unmap_points(affine, EXPECTED), box_corners(10, 0, 60, 20), atol=1e-9
    )


@pytest.mark.parametrize("quad", [box_corners(5, 5, 0, 9), box_corners(5, 5, 1, 0.5), TILTED[::-1]])
def test_there_is_no_window_around_nothing(quad):
    assert window_around(quad) is None


@pytest.mark.parametrize("size", [(24, 12), (48, 24), (60, 30), (480, 120), (2000, 700)])
def test_the_window_shows_the_plate_at_its_place(size):
    box = (*size, *size)
    photo = photo_with(box, height=3 * size[1], width=3 * size[0])
    window = cut_window(photo, window_around(box_corners(*box)), WINDOW_SIZE)
    inside = np.zeros(WINDOW_SIZE[::-1], bool)
    inside[12:36, 24:72] = True
    edge = cv2.dilate(inside.astype(np.uint8), np.ones((5, 5))) & cv2.dilate(
        (~inside).astype(np.uint8), np.ones((5, 5))
    )
    assert (window[inside & (edge == 0)] == 230).all()
    assert (window[~inside & (edge == 0)] == 40).all()
    # The means over the plate's edges differ by the same from both sides.
    assert window[:, :, 0].mean() == pytest.approx(40 + 190 / 4, abs=2)


def test_beyond_the_photo_a_window_is_grey():
    window = cut_window(photo_with(), window_around(box_corners(0, 0, 48, 24)), WINDOW_SIZE)
    assert (window[:11] == PADDING).all()
    assert (window[:, :23] == PADDING).all()
    assert (window[13:, 25:] == 40).all()


@pytest.mark.parametrize("shift", [(-500, 0), (0, 500), (1e6, 1e6)])
def test_there_is_no_window_outside_of_the_photo(shift):
    affine = window_around(box_corners(0, 0, 48, 24) + shift)
    assert cut_window(photo_with(), affine, WINDOW_SIZE) is None


def test_a_target_measures_in_plate_heights():
    # The plate is 20 pixels high, and 40 in the window, where it is twice as large.
    quad = box_corners(10, 6, 80, 40)
    target = corner_target(quad, True, 2 * np.eye(2))
    assert target[:2].tolist() == [1, 1]
    np.testing.assert_allclose(target[2:6], [1 / 40, 0, 0, 1 / 40])
    np.testing.assert_array_equal(target[6:].reshape(4, 2), quad)
    assert not corner_target(None, False, np.eye(2)).any()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quad", [box_corners(60, 70, 90, 30), TILTED])
def test_corners_become_more_exact(quad, mirrored):
    rough = quad + np.array([[-5, 3], [4, 5], [6, -3], [-3, -4]])
    corners, scores = CornerRefinement(perfect_corners, mirrored)(photo_of(quad), rough[np.newaxis])
    assert np.abs(rough - quad).mean() > 4
    assert np.abs(corners[0] - quad).mean() < 2
    assert scores == pytest.approx([1 / (1 + np.exp(-5))], abs=1e-6)


def test_errors_in_one_direction_cancel_in_the_mirrored_window():
    def forward(windows):
        output = perfect_corners(windows)
        output[:, 1::2] += 0.5  # to the right
        return output

    photo, quads = photo_of(TILTED), TILTED[np.newaxis]
    exact, _ = CornerRefinement(perfect_corners, mirrored=True)(photo, quads)
    np.testing.assert_allclose(CornerRefinement(forward, mirrored=True)(photo, quads)[0], exact)
    assert np.abs(CornerRefinement(forward)(photo, quads)[0] - exact).mean() > 2


def test_what_is_no_plate_has_a_low_score():
    quads = np.array([TILTED, box_corners(10, 10, 30, 10), box_corners(900, 10, 30, 10)])
    corners, scores = CornerRefinement(perfect_corners)(photo_of(TILTED), quads)
    assert scores[0] > 0.9
    assert 0 < scores[1] < 0.1
    assert scores[2] == 0  # outside of the photo
    np.testing.assert_array_equal(corners[2], quads[2])


@pytest.mark.parametrize("value", [np.nan, np.inf, 100])
def test_impossible_corners_are_not_taken(value):
    def forward(windows):
        output = perfect_corners(windows)
        output[:, 1] = value
        return output

    corners, _ = CornerRefinement(forward)(photo_of(TILTED), TILTED[np.newaxis])
    np.testing.assert_array_equal(corners[0], TILTED)


def test_there_may_be_nothing_to_look_at():
    corners, scores = CornerRefinement(perfect_corners)(photo_of(TILTED), np.empty((0, 4, 2)))
    assert corners.shape == (0, 4, 2)
    assert scores.shape == (0,)


@pytest.mark.parametrize("scale", [0.3, 0.8, 1.7])
def test_windows_of_photos_that_opencv_4_does_not_warp(monkeypatch, scale):
    photo = np.random.default_rng(0).integers(0, 255, (60, 400, 3), dtype=np.uint8)
    affine = scale * np.array([[0.96, -0.1], [0.1, 0.96]]), np.array([-250.0, -20.0]) * scale
    whole = cut_window(photo, affine, (96, 48))
    monkeypatch.setattr(_windows, "MAX_WARPED_SIDE", 300)
    warp = cv2.warpAffine

    def limited(pixels, *arguments, **options):
        assert max(pixels.shape) <= 300
        return warp(pixels, *arguments, **options)

    monkeypatch.setattr(cv2, "warpAffine", limited)
    cut = cut_window(photo, affine, (96, 48))
    if scale < 0.5:  # reduced first, from another start
        assert np.abs(cut.astype(int) - whole).mean() < 12
    else:
        np.testing.assert_allclose(cut.astype(int), whole, atol=1)
