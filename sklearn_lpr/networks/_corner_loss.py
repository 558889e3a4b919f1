"""The loss of the corner network: cross-entropy of the score, distances of the corners."""

from collections.abc import Mapping
from typing import Any

from keras import ops

from .._detection._corner_window import CORNER_UNIT, EXPECTED

__all__ = ["corner_loss"]

# The weight of the corners' distances, in plate heights, beside the cross-entropy.
_CORNER_WEIGHT = 8.0

# Rounds off the distance at 0, in plate heights squared.
_SMOOTH = 1e-4


def corner_loss(targets: Mapping[str, Any], output: Any) -> Any:
    """Return the cross-entropy of the score plus the distance of the corners by plate height.

    Of plates that are annotated by a box, the box around the predicted corners is compared with it
    instead.

    Parameters
    ----------
    targets : mapping
        ``plate`` of shape (n_samples, 14), as `_detection._corner_window.corner_target` builds it.
    output : tensor of shape (n_samples, 9)

    Returns
    -------
    tensor of shape (n_samples,)
    """
    target, output = ops.convert_to_tensor(targets["plate"]), ops.convert_to_tensor(output)
    is_plate, is_box = target[:, 0], target[:, 1]
    logit = output[:, 0]
    entropy = ops.softplus(logit) - is_plate * logit
    predicted = CORNER_UNIT * ops.reshape(output[:, 1:], (-1, 4, 2)) + EXPECTED.astype("float32")
    to_heights = ops.transpose(ops.reshape(target[:, 2:6], (-1, 2, 2)), (0, 2, 1))
    predicted = ops.matmul(predicted, to_heights)
    expected = ops.matmul(ops.reshape(target[:, 6:], (-1, 4, 2)), to_heights)
    by_corner = ops.mean(_distance(predicted - expected), axis=-1)
    by_box = (
        _distance(ops.min(predicted, axis=1) - ops.min(expected, axis=1))
        + _distance(ops.max(predicted, axis=1) - ops.max(expected, axis=1))
    ) / 2
    distance = (1 - is_box) * by_corner + is_box * by_box
    return entropy + _CORNER_WEIGHT * is_plate * distance


def _distance(difference: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(difference), axis=-1) + _SMOOTH)
