"""Check valid and invalid corners."""

import numpy as np
import pytest

from sklearn_lpr.images import box_corners, check_corners
from sklearn_lpr.images._corners import check_convex

BOX = [[10.0, 20.0], [110.0, 20.0], [110.0, 50.0], [10.0, 50.0]]
TL, TR, BR, BL = BOX


def test_box_corners():
    assert box_corners(10, 20, 100, 30).tolist() == BOX
    assert box_corners(10, 20, 100, 30).dtype == np.float64


@pytest.mark.parametrize(
    "corners",
    [
        BOX,
        np.array(BOX, np.float32),
        tuple(map(tuple, BOX)),
        [[10, 20], [110, 35], [108, 70], [8, 50]],  # seen at an angle
        [[60, 10], [90, 40], [60, 70], [30, 40]],  # turned by 45 degrees
        [[110, 50], [10, 50], [10, 20], [110, 20]],  # upside down
        [[0, 0], [200, 0], [200, 100], [0, 100]],  # the image itself
        [[5, 5], [7, 5], [7, 7], [5, 7]],
        [[-9, 20], [91, 20], [91, 50], [-9, 50]],  # a little outside: under a tenth of 100
        [[109, 20], [209, 20], [209, 50], [109, 50]],
        [[10, -9], [110, -9], [110, 21], [10, 21]],
        [[10, 79], [110, 79], [110, 109], [10, 109]],
    ],
)
def test_valid_corners_are_returned(corners):
    checked = check_corners(corners, height=100, width=200)
    assert checked.dtype == np.float64
    np.testing.assert_array_equal(checked, corners)


def test_corners_are_not_modified():
    corners = np.array(BOX)
    corners.flags.writeable = False
    np.testing.assert_array_equal(check_corners(corners, 100, 200), BOX)


@pytest.mark.parametrize(
    "corners",
    [
        [TR, TL, BL, BR],  # mirrored
        [TL, BL, BR, TR],  # counterclockwise
        [TL, BR, TR, BL],  # crossed
        [TL, TR, BL, BR],  # crossed
        [TL, TL, TL, TL],  # a point
        [TL, TR, TR, TL],  # a line
        [[10, 20], [40, 20], [70, 20], [100, 20]],
        [TL, TR, BR, BR],  # a triangle
        [[10, 20], [110, 20], [40, 30], [10, 50]],  # concave
    ],
)
def test_no_convex_quadrilateral(corners):
    with pytest.raises(ValueError, match="do not bound a convex quadrilateral; pass them in the"):
        check_corners(corners, height=100, width=200)


@pytest.mark.parametrize(
    "corners",
    [
        np.array(BOX) / [200, 100],
        box_corners(0, 0, 1, 1),  # the whole image, or more
        box_corners(-0.05, -0.05, 1.1, 1.1),
        [[0.5, 0.2], [0.9, 0.5], [0.5, 0.8], [0.1, 0.5]],
        box_corners(10, 20, 100, 1.9),  # too thin
        box_corners(10, 20, 1.9, 100),
        [[10, 20], [60, 45], [61, 46], [11, 21]],
    ],
)
def test_corners_as_fractions_of_the_image_are_rejected(corners):
    with pytest.raises(ValueError, match=r"less than 2 pixels .* in pixels, not as fractions"):
        check_corners(corners, height=100, width=200)


@pytest.mark.parametrize(
    ("corners", "outside"),
    [
        ([[-11, 20], [89, 20], [89, 50], [-11, 50]], r"\[-11.0, 20.0\]"),
        ([[111, 20], [211, 20], [211, 50], [111, 50]], r"\[211.0, 20.0\]"),
        ([[10, -11], [110, -11], [110, 19], [10, 19]], r"\[10.0, -11.0\]"),
        ([[10, 81], [110, 81], [110, 111], [10, 111]], r"\[110.0, 111.0\]"),
    ],
)
def test_outside_the_image(corners, outside):
    with pytest.raises(ValueError, match=f"Corner {outside} lies outside the image of 200 x 100"):
        check_corners(corners, height=100, width=200)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_finite(value):
    with pytest.raises(ValueError, match="Corners must be finite numbers"):
        check_corners([[value, 20], TR, BR, BL], height=100, width=200)


@pytest.mark.parametrize("corners", [BOX[:3], np.ravel(BOX), [BOX], np.zeros((4, 3))])
def test_wrong_shape(corners):
    with pytest.raises(ValueError, match=r"Corners must have shape \(4, 2\)"):
        check_corners(corners, height=100, width=200)


def test_convex_corners_of_any_size_and_place_are_returned():
    corners = [[-900, 0.5], [-899.75, 0.5], [-899.75, 0.75], [-900, 0.75]]
    checked = check_convex(corners)
    assert checked.dtype == np.float64
    assert checked.tolist() == corners
    with pytest.raises(ValueError, match="do not bound a convex quadrilateral"):
        check_convex(corners[::-1])


@pytest.mark.parametrize("corners", [[[1, 2], [3]], [["a", "b"]] * 4, object()])
def test_corners_that_are_not_numbers(corners):
    with pytest.raises(ValueError, match=r"Corners must be four points \(x, y\), got"):
        check_corners(corners, 100, 100)
