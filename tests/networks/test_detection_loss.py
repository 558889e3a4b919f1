"""The loss of the plate detector against the same sums, written out for each cell."""

import numpy as np
import pytest
from keras import ops

from sklearn_lpr.networks._detection_loss import detection_loss

QUAD = np.array([[2.0, 3.0], [32.0, 3.0], [32.0, 19.0], [2.0, 19.0]])
# The plate is 30 wide and 16 high, and counts as 2 larger.
SIZE = (np.sqrt(30 * 16) + 16) / 2 + 2


def target(n_rows=2, n_columns=3):
    """Return cells of background that are 8 pixels wide and high."""
    heat_map = np.zeros((1, n_rows, n_columns, 12), np.float32)
    heat_map[..., 1] = 1
    heat_map[..., 4:] = QUAD.ravel()
    return heat_map


def output(heat_map, logit=0.0, shift=(0.0, 0.0)):
    """Return logits, and offsets to corners that lie beside the right ones by a shift."""
    n_rows, n_columns = heat_map.shape[1:3]
    result = np.full((1, n_rows, n_columns, 9), logit, np.float32)
    for row in range(n_rows):
        for column in range(n_columns):
            centre = (8 * column + 4, 8 * row + 4)
            result[0, row, column, 1:] = ((QUAD + shift - centre) / 32).ravel()
    return result


def loss(heat_map, predicted):
    return ops.convert_to_numpy(detection_loss({"heat_map": heat_map}, predicted, {}))


def test_the_heat_of_each_cell_has_the_focal_loss():
    heat_map = target()
    heat_map[0, 0, 1, 0] = 1.0  # the centre
    heat_map[0, 1, 1, 0] = 0.5  # beside it
    heat_map[0, 1, 2, 1] = 0.0  # ignored
    predicted = output(heat_map)
    predicted[0, :, :, 0] = [[0.0, 1.0, -1.0], [2.0, 0.5, 3.0]]
    p = 1 / (1 + np.exp(-predicted[0, :, :, 0].astype(np.float64)))
    expected = (
        -((1 - p[0, 1]) ** 2) * np.log(p[0, 1])
        - (p[0, 0] ** 2) * np.log(1 - p[0, 0])
        - (p[0, 2] ** 2) * np.log(1 - p[0, 2])
        - (p[1, 0] ** 2) * np.log(1 - p[1, 0])
        - 0.5**4 * (p[1, 1] ** 2) * np.log(1 - p[1, 1])
    )
    assert loss(heat_map, predicted) == pytest.approx([expected], rel=1e-5)
    # The sum is divided by the number of plates.
    heat_map[0, 0, 0, 0] = 1.0
    expected += (p[0, 0] ** 2) * np.log(1 - p[0, 0]) - ((1 - p[0, 0]) ** 2) * np.log(p[0, 0])
    assert loss(heat_map, predicted) == pytest.approx([expected / 2], rel=1e-5)


@pytest.mark.parametrize(("centre", "logit"), [(1.0, -200.0), (0.0, 200.0)])
def test_the_loss_of_a_wrong_certain_cell_is_finite(centre, logit):
    heat_map = target(1, 1)
    heat_map[..., 0] = centre
    # The probability is limited to 1e-5.
    assert loss(heat_map, output(heat_map, logit)) == pytest.approx([-np.log(1e-5)], rel=1e-3)


@pytest.mark.parametrize("is_box", [0.0, 1.0])
def test_corners_count_by_their_mean_distance_and_weight(is_box):
    heat_map = target()
    heat_map[..., 1] = 0  # no focal loss
    heat_map[..., 3] = is_box
    heat_map[0, 1, 2, 2] = 0.75
    heat_map[0, 0, 0, 2] = 0.5
    predicted = output(heat_map)
    assert loss(heat_map, predicted) == pytest.approx([0], abs=1e-5)
    predicted[0, 1, 2] = output(heat_map, shift=(6.0, -2.0))[0, 1, 2]
    # One of two cells is wrong by 4 pixels on average, in both coordinates of all corners.
    expected = 2 * 0.75 * 4 / SIZE / (0.75 + 0.5)
    assert loss(heat_map, predicted) == pytest.approx([expected], rel=1e-4)


def test_of_a_box_the_outermost_corners_count_alone():
    heat_map = target(1, 1)
    heat_map[..., 1] = 0
    heat_map[..., 2] = 1
    predicted = output(heat_map)
    predicted[0, 0, 0, 3:5] -= (8 / 32, -8 / 32)  # the upper right corner: 8 left, 8 down
    by_corner = 2 * (8 + 8) / 8 / SIZE
    assert loss(heat_map, predicted) == pytest.approx([by_corner], rel=1e-4)
    heat_map[..., 3] = 1
    # The box around the corners has not changed.
    assert loss(heat_map, predicted) == pytest.approx([0], abs=1e-5)
    predicted[0, 0, 0, 5] -= 4 / 32  # the lower right corner: the box is 4 narrower
    assert loss(heat_map, predicted) == pytest.approx([2 * 4 / 2 / 2 / SIZE], rel=1e-4)
