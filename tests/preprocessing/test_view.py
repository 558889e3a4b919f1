import numpy as np
import pytest

from sklearn_lpr._compat import cv2
from sklearn_lpr.preprocessing._text_row import TextRow
from sklearn_lpr.preprocessing._view import View


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(40, 144), (40, 144, 3)])
def test_the_whole_crop_at_its_own_size_is_the_crop(shape):
    pixels = noise(*shape)
    np.testing.assert_array_equal(View(0, 0, 144, 40).cut(pixels, 40, 144), pixels)


def test_a_box_of_whole_pixels_is_a_slice():
    pixels = noise(40, 144)
    np.testing.assert_array_equal(View(30, 12, 50, 20).cut(pixels, 20, 50), pixels[12:32, 30:80])


def test_outside_the_crop_its_edge_is_repeated():
    pixels = noise(10, 20)
    result = View(-5, 0, 30, 10).cut(pixels, 10, 30)
    np.testing.assert_array_equal(result[:, :5], np.repeat(pixels[:, :1], 5, axis=1))
    np.testing.assert_array_equal(result[:, 25:], np.repeat(pixels[:, -1:], 5, axis=1))


def test_large_crops_are_averaged():
    checks = np.indices((80, 288)).sum(axis=0) % 2 * 200
    result = View(0, 0, 288, 80).cut(checks.astype(np.uint8), 40, 144)
    np.testing.assert_array_equal(result, 100)


def test_a_sloping_view_is_level():
    pixels = np.zeros((60, 200), np.uint8)
    x = np.arange(200)
    for column in x:
        pixels[round(20 + 0.1 * column) : round(30 + 0.1 * column), column] = 255
    # The band begins at 20 + 0.1 * 100 = 30 in the middle.
    result = View(0, 25, 200, 20, slope=0.1).cut(pixels, 20, 200)
    assert (result[7:13, 10:-10] > 200).all()
    assert (result[:3, 10:-10] < 50).all()
    assert (result[17:, 10:-10] < 50).all()


@pytest.mark.parametrize("slope", [0.0, 0.15, -0.2])
def test_to_crop_is_the_inverse_of_cut(slope):
    view = View(20.0, 10.0, 120.0, 40.0, slope)
    pixels = np.zeros((80, 160), np.uint8)
    cv2.rectangle(pixels, (50, 24), (57, 33), 255, cv2.FILLED)
    rows, columns = np.nonzero(view.cut(pixels, 160, 480) > 127)
    seen = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]])
    (box,) = view.to_crop(seen / [480, 160, 480, 160])
    # Shearing increases the height of a box by its width times the slope.
    spread = 8 * abs(slope) / 2
    np.testing.assert_allclose(box, [50, 24 - spread, 58, 34 + spread], atol=0.4)


def boxes(slope=0.0, n=5):
    x = 10.0 + 20 * np.arange(n)
    top = 30 + slope * x
    return np.column_stack([x, top, x + 12, top + 24])


@pytest.mark.parametrize("slope", [0.0, 0.1, -0.25])
def test_the_row_follows_its_characters(slope):
    row = TextRow.fit(boxes(slope))
    # From 10 to 90 + 12; the top of a box is that of its left side, so 40 in the middle.
    expected = (10, 102, 30 + slope * 50, 54 + slope * 50, slope)
    np.testing.assert_allclose(row, expected, atol=1e-9)


def test_a_few_low_characters_do_not_lower_the_row():
    some = boxes()
    some[3, 1] += 10
    assert TextRow.fit(some).top == pytest.approx(30, abs=0.5)


def test_two_characters_do_not_determine_a_slope():
    some = boxes(n=2)
    some[1, [1, 3]] += 5
    assert TextRow.fit(some).slope == 0


def test_steep_slopes_are_limited():
    assert TextRow.fit(boxes(slope=3.0)).slope == 0.4


def test_the_view_is_centred_on_the_row():
    view = TextRow.fit(boxes(slope=0.1)).view()
    assert (view.left, view.width) == pytest.approx((56 - 115 / 2, 115))  # 92 / 0.8
    assert (view.top, view.height) == pytest.approx((35 - 12, 48))  # 24 / 0.5
    lone = TextRow.fit(boxes(n=1)).view()
    assert (lone.width, lone.height) == pytest.approx((96, 48))


def test_a_strip_follows_the_row_beyond_its_ends():
    strip = TextRow.fit(boxes(slope=0.1)).strip(-20, 92, margin=6)
    # Its middle, 36, is 20 to the left of that of the row, so it is 2 higher.
    np.testing.assert_allclose(strip, (-20, 35 - 2 - 6, 112, 36, 0.1))
