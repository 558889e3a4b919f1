"""The loss of the plate detector: focal loss on the heat map, distances of the corners."""

from collections.abc import Mapping
from typing import Any

from keras import ops

from .._detection._heat_map import OFFSET_UNIT, STRIDE

__all__ = ["detection_loss"]

# The weight of the corners' distances beside the focal loss.
_CORNER_WEIGHT = 2.0

# Of the focal loss: of the certainty, and of the neighbourhood of a centre, as in CenterNet.
_ALPHA, _BETA = 2, 4

# Pixels by which plates count as larger, so that the smallest do not dominate.
_SIZE_OFFSET = 2.0


def detection_loss(targets: Mapping[str, Any], output: Any, scheduled: Mapping[str, Any]) -> Any:
    """Return the focal loss [1]_ of the heat map plus the relative error of the corners.

    Corners count by their distance in relation to the plate's size. Of plates that are annotated
    by a box, the box around the predicted corners is compared with it instead.

    Parameters
    ----------
    targets : mapping
        ``heat_map`` of shape (n_samples, n_rows, n_columns, 12), as
        `_detection._heat_map.build_target` builds it.
    output : tensor of shape (n_samples, n_rows, n_columns, 9)
    scheduled : mapping
        Not used.

    Returns
    -------
    tensor of shape (n_samples,)

    References
    ----------
    .. [1] X. Zhou, D. Wang and P. Krähenbühl, "Objects as Points", 2019, arXiv:1904.07850,
       equation 1.
    """
    target, output = ops.convert_to_tensor(targets["heat_map"]), ops.convert_to_tensor(output)
    heat, counts, weight, is_box = (target[..., place] for place in range(4))
    probability = ops.clip(ops.sigmoid(output[..., 0]), 1e-5, 1 - 1e-5)
    centre = ops.cast(heat > 0.999, "float32")
    missed = -centre * ops.log(probability) * (1 - probability) ** _ALPHA
    false = -counts * (1 - centre) * (1 - heat) ** _BETA
    false = false * ops.log(1 - probability) * probability**_ALPHA
    n_plates = ops.maximum(ops.sum(centre, axis=(1, 2)), 1.0)
    focal = ops.sum(missed + false, axis=(1, 2)) / n_plates

    # Shapes are known at run time only, where crops of several sizes train in one process.
    n_rows, n_columns = ops.shape(target)[1], ops.shape(target)[2]
    shape = (-1, n_rows, n_columns, 4, 2)
    expected = ops.reshape(target[..., 4:], shape)
    across, down = (
        STRIDE * (ops.arange(n_cells, dtype="float32") + 0.5) for n_cells in (n_columns, n_rows)
    )
    centres = ops.stack(ops.meshgrid(across, down), axis=-1)[None, :, :, None]
    predicted = OFFSET_UNIT * ops.reshape(output[..., 1:], shape) + centres
    by_corner = ops.mean(ops.abs(predicted - expected), axis=(3, 4))
    by_box = ops.mean(
        ops.abs(ops.min(predicted, axis=3) - ops.min(expected, axis=3))
        + ops.abs(ops.max(predicted, axis=3) - ops.max(expected, axis=3)),
        axis=-1,
    )
    distance = (1 - is_box) * by_corner + is_box * by_box / 2
    weighted = ops.sum(weight * distance / _size(expected), axis=(1, 2))
    return focal + _CORNER_WEIGHT * weighted / ops.maximum(ops.sum(weight, axis=(1, 2)), 1.0)


def _size(corners: Any) -> Any:
    """Return the mean of the height, and of the root of the area, of each cell's plate."""
    along = corners[..., 1, :] - corners[..., 0, :]
    down = corners[..., 3, :] - corners[..., 0, :]
    width, height = (ops.sqrt(ops.sum(ops.square(side), axis=-1) + 1e-3) for side in (along, down))
    return (ops.sqrt(width * height) + height) / 2 + _SIZE_OFFSET
