"""The spatial transformer: it lays a plate straight before the network reads it."""

from typing import Any

import numpy as np
from keras import layers, ops

from ._layers import convolution, drop

__all__ = ["SpatialTransformer", "align", "warp"]

# The transform learns so much slower than the network that reads what it gives. Adam's steps are
# large after idle ones: undamped, they throw the plate out of sight when the transformer opens.
_PACE = 0.1


def align(images: Any, dropout: float) -> Any:
    """Look where the plate lies in each image, and straighten the image.

    The localization network is LPRNet's, with the same layers for every size of image: two
    strided views, of which one is blurred before, then two dense layers.

    Parameters
    ----------
    images : tensor of shape (n_samples, height, width, channels), dtype float32
    dropout : float

    Returns
    -------
    tensor of the images' shape
    """
    blurred = layers.AveragePooling2D(
        3, 2, "same", "channels_last", name="locate_average", dtype="float32"
    )(images)
    views = [
        convolution(blurred, 32, (5, 5), "locate_coarse", strides=(3, 3)),
        convolution(images, 32, (5, 5), "locate_fine", strides=(5, 5)),
    ]
    flat = [ops.reshape(view, (-1, int(np.prod(view.shape[1:])))) for view in views]
    features = layers.Concatenate(name="locate", dtype="float32")(flat)
    features = drop(features, dropout, "locate_dropout")
    location = layers.Dense(
        32,
        "tanh",
        kernel_initializer="zeros",
        name="locate_features",
        dtype="float32",
    )(features)
    return SpatialTransformer(name="align", dtype="float32")(images, location)


class SpatialTransformer(layers.Layer):
    """Warp each image by an affine transform that its features give.

    The transform is the identity plus a correction, each entry of which is bounded by 1. What is
    learnt is the correction, so weight decay means: leave the image as it is.

    The weight `openness` is a factor of the correction. With 0 images pass unchanged and the
    localization network learns nothing; a training starts with 0, and raises it to 1 once the
    network behind can tell better from worse. It is saved with the weights, so reading does as
    training did.
    """

    def build(self, images_shape: Any, location_shape: Any) -> None:
        """Add the weights; all start at 0."""
        self.correction = self.add_weight(
            shape=(location_shape[-1], 6), initializer="zeros", name="correction"
        )
        self.bias = self.add_weight(shape=(6,), initializer="zeros", name="bias")
        self.openness = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="openness"
        )

    def call(self, images: Any, location: Any) -> Any:
        """Warp images (n, height, width, channels) by what features (n, n_features) say."""
        correction = ops.tanh(_PACE * (ops.matmul(location, self.correction) + self.bias))
        return warp(images, self.openness * correction)


def warp(images: Any, corrections: Any) -> Any:
    """Resample images by affine transforms, bilinearly; outside, the border is repeated.

    The same as PyTorch's `affine_grid` and `grid_sample` with ``padding_mode="border"`` and
    ``align_corners=False``; differentiable in both arguments on every backend.

    Parameters
    ----------
    images : tensor of shape (n_samples, height, width, channels), dtype float32
    corrections : tensor of shape (n_samples, 6), dtype float32
        What is added to the identity (1, 0, 0, 0, 1, 0): the result's pixel at (x, y) is the
        image's at ``(x + a x + b y + c, y + d x + e y + f)``. Coordinates run from -1 to 1
        between the image's outer edges.

    Returns
    -------
    tensor of the images' shape
        Exactly the images where the correction is 0.
    """
    height, width, channels = images.shape[1:]
    rows, columns = np.indices((height, width), np.float32).reshape(2, -1)
    grid = np.stack(
        [(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1, np.ones_like(rows)]
    )
    shifts = ops.matmul(ops.reshape(corrections, (-1, 3)), grid)
    shifts = ops.reshape(shifts, (-1, 2, height * width))
    # Shifts from whole pixels, not places in the grid: so none is lost to rounding.
    across = ops.add(columns, shifts[:, 0] * (width / 2))
    down = ops.add(rows, shifts[:, 1] * (height / 2))
    left, upper = ops.floor(across), ops.floor(down)

    # Flat indices, because that is what every backend differentiates and exports.
    pixels = ops.reshape(images, (-1, channels))
    starts = ops.arange(ops.shape(images)[0], dtype="int32") * (height * width)

    def pixel(row: Any, column: Any) -> Any:
        # Clipped as integers: also an image of NaN has pixels, and the loss then tells.
        row = ops.clip(ops.cast(row, "int32"), 0, height - 1)
        column = ops.clip(ops.cast(column, "int32"), 0, width - 1)
        return ops.take(pixels, starts[:, None] + row * width + column, axis=0)

    right_share = ops.expand_dims(across - left, -1)
    lower_share = ops.expand_dims(down - upper, -1)
    over = _mix(pixel(upper, left), pixel(upper, left + 1), right_share)
    under = _mix(pixel(upper + 1, left), pixel(upper + 1, left + 1), right_share)
    return ops.reshape(_mix(over, under, lower_share), (-1, height, width, channels))


def _mix(first: Any, second: Any, share: Any) -> Any:
    return first + share * (second - first)
