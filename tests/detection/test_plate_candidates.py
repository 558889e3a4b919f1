"""The boxes that dense vertical edges and rows of characters propose, by hand."""

import numpy as np

from sklearn_lpr._detection._plate_candidates import RotatedBox, _dense_edges, _rows


def photo(*columns, first=8, last=10):
    """Draw pairs of lines, 20 pixels high: too low for more than one scale.

    The edges of a pair at column c lie from c - 1 to c + 3 and one line above and below it. The
    density, whose filter is 7 wide and 3 high, is above 0 in 11 columns from c - 4 on.
    """
    grey = np.zeros((20, 200), np.uint8)
    for column in columns:
        grey[first : last + 1, [column, column + 2]] = 255
    return grey


def proposed(grey):
    return {(box.x, box.y, box.width, box.height) for box in _dense_edges(grey)}


def test_a_region_of_11_by_7_pixels_is_proposed_and_a_narrower_one_is_not():
    assert proposed(photo(100)) == {(101.5, 9.5, 11.0, 7.0)}
    grey = photo(100)
    grey[:, 102] = 0  # a single line, whose density is 9 columns wide
    assert proposed(grey) == set()


def test_regions_are_joined_across_8_columns_but_not_across_9():
    assert (111.0, 9.5, 30.0, 7.0) in proposed(photo(100, 119))
    apart = proposed(photo(100, 120))
    assert {(101.5, 9.5, 11.0, 7.0), (121.5, 9.5, 11.0, 7.0)} <= apart
    assert max(width for _, _, width, _ in apart) == 11


def test_the_densest_6_percent_of_a_photo_are_proposed():
    # 11 x 20 pixels are 5.5 % of the photo. The longer side of a box is its width.
    assert proposed(photo(100, first=2, last=17)) == {(101.5, 10.0, 20.0, 11.0)}


def test_a_region_of_the_densest_5_to_6_percent_is_proposed_whole():
    # 13 x 19 pixels of 23 x 200, that is 5.4 %. Among 5 %, its first and last lines are missing.
    grey = np.zeros((23, 200), np.uint8)
    grey[4:19, [100, 102, 104]] = 255
    assert proposed(grey) == {(102.5, 11.5, 19.0, 13.0)}


def test_characters_are_linked_by_the_distance_of_their_centres():
    # 20 pixels high, with centres at 31, 61 and 91: they are near, at 1.5 times their height.
    x, width = np.float32([30, 60, 82]), np.float32([2, 2, 18])
    y, height = np.float32([10] * 3), np.float32([20] * 3)
    around = [
        RotatedBox(65, 20, 80, 28, 0),
        RotatedBox(65, 20, 90, 38, 0),
        RotatedBox(57, 20, 94, 28, 0),
    ]
    found = _rows(x, y, width, height)
    np.testing.assert_allclose(found, 2 * around, atol=1e-5)  # of near and of far neighbours
    x[2] += 3  # 1.65 times the height
    assert len(_rows(x, y, width, height)) == 3
