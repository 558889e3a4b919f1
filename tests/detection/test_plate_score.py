"""The features of a box that the contour detector scores."""

import numpy as np
import pytest

from sklearn_lpr._detection._plate_candidates import RotatedBox
from sklearn_lpr._detection._plate_score import _characters, _edges, plate_probability

NONE = {
    "characters": 0,
    "more_characters": 0,
    "character_height": 0.0,
    "character_offset": 1.0,
    "character_spread": 1.0,
}


def bars(n_bars, height=16, top=8, ink=20, ground=200):
    """Draw bars of 6 pixels in a patch of 32 lines, 16 pixels apart."""
    grey = np.full((32, 16 * n_bars + 16), ground, np.uint8)
    for bar in range(n_bars):
        grey[top : top + height, 16 * bar + 12 : 16 * bar + 18] = ink
    return grey


def test_an_even_patch_has_no_characters():
    assert _characters(np.full((32, 100), 128, np.uint8)) == NONE


@pytest.mark.parametrize(("ink", "ground"), [(20, 200), (200, 20)])
@pytest.mark.parametrize(
    ("n_bars", "characters", "more"), [(1, 1, 0), (3, 3, 0), (5, 5, 0), (7, 5, 2), (12, 5, 4)]
)
def test_characters_are_counted_on_light_and_dark_grounds(n_bars, characters, more, ink, ground):
    found = _characters(bars(n_bars, ink=ink, ground=ground))
    assert (found["characters"], found["more_characters"]) == (characters, more)
    assert found["character_height"] == 16 / 32
    assert found["character_offset"] == 0
    assert found["character_spread"] == 0


def test_the_offset_is_the_distance_from_the_middle_line():
    assert _characters(bars(4, top=4))["character_offset"] == abs(12 / 32 - 0.5)


def test_characters_of_another_height_or_line_are_not_in_the_row():
    grey = bars(5)
    grey[8:24, 12:18] = 200
    grey[1:25, 12:18] = 20  # 24 high
    assert _characters(grey)["characters"] == 4


def test_edges_of_stripes_by_hand():
    # Stripes of 4 pixels: each second pair of columns has a step of 80 grey levels on one side,
    # for which the Sobel filter, divided by 8, is 40. The rim is even.
    grey = np.full((48, 96), 100, np.uint8)
    grey[8:-8, 8:-8] += np.repeat(np.arange(20) % 2 * 80, 4).astype(np.uint8)
    inner = np.abs(np.gradient(grey[24].astype(float)))[8:-8].mean()
    found = _edges(grey)
    assert found["edges"] == pytest.approx(np.log1p(inner), rel=0.05)
    assert found["edges_ratio"] > np.log((inner + 2) / 4)


def test_the_saturation_of_a_box_raises_its_score_by_its_weight():
    box = RotatedBox(100, 50, 96, 32, 0)
    photos = [np.full((100, 200, 3), colour, np.uint8) for colour in (130, (200, 100, 100))]
    grey, pink = (plate_probability(photo, box) for photo in photos)
    difference = np.log(pink / (1 - pink)) - np.log(grey / (1 - grey))
    assert difference == pytest.approx(2.712 * 100 / 255)


def test_the_probability_is_between_0_and_1_and_higher_for_characters():
    photo = np.full((100, 200, 3), 90, np.uint8)
    box = RotatedBox(100, 50, 96, 32, 0)
    empty = plate_probability(photo, box)
    photo[34:66, 52:148] = np.repeat(bars(5)[..., np.newaxis], 3, axis=2)
    assert 0 < empty < 0.1 < plate_probability(photo, box) < 1
