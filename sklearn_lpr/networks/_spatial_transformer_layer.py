"""Keras layer of the spatial transformer: bilinear sampling by an affine transform."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import layers, ops

from ._spatial_transformer import STEP_SCALE

__all__ = ["SpatialTransformer", "warp"]


class SpatialTransformer(layers.Layer):
    """Warp each image by the affine transform that its features determine.

    The transform is the identity plus a correction, each entry of which is bounded by 1. The
    correction is what is learned, so weight decay pulls towards the unchanged image.

    The weight `activation` is a factor of the correction. With 0, images pass unchanged and the
    localization network learns nothing. A training run starts with 0 and raises it to 1 after the
    rest of the network has learned to recognize characters. It is saved with the weights, so that
    inference matches training.
    """

    def build(self, images_shape: Any, location_shape: Any) -> None:
        """Add the weights; all start at 0."""
        self.correction = self.add_weight(
            shape=(location_shape[-1], 6), initializer="zeros", name="correction"
        )
        self.bias = self.add_weight(shape=(6,), initializer="zeros", name="bias")
        # "openness" is its name in weights files.
        self.activation = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="openness"
        )

    def apply_schedule(self, scheduled: Mapping[str, float]) -> None:
        """Raise `activation` to the scheduled value; further training never lowers it."""
        current = float(ops.convert_to_numpy(self.activation))
        self.activation.assign(max(scheduled["transformer_activation"], current))

    def call(self, images: Any, location: Any) -> Any:
        """Warp images (n, height, width, channels) by their features (n, n_features)."""
        correction = ops.tanh(STEP_SCALE * (ops.matmul(location, self.correction) + self.bias))
        return warp(images, self.activation * correction)


def warp(images: Any, corrections: Any) -> Any:
    """Resample images by affine transforms with bilinear interpolation.

    Outside of the image its border is repeated. The result is that of PyTorch's `affine_grid` and
    `grid_sample` with ``padding_mode="border"`` and ``align_corners=False``. It is differentiable
    in both arguments on every backend.

    Parameters
    ----------
    images : tensor of shape (n_samples, height, width, channels), dtype float32
    corrections : tensor of shape (n_samples, 6), dtype float32
        Added to the identity (1, 0, 0, 0, 1, 0): the pixel of the result at (x, y) is that of the
        image at ``(x + a x + b y + c, y + d x + e y + f)``. Coordinates run from -1 to 1 between
        the outer edges of the image.

    Returns
    -------
    tensor of the shape of `images`
        Exactly the images where the correction is 0.
    """
    height, width, channels = images.shape[1:]
    rows, columns = np.indices((height, width), np.float32).reshape(2, -1)
    grid = np.stack(
        [(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1, np.ones_like(rows)]
    )
    shifts = ops.matmul(ops.reshape(corrections, (-1, 3)), grid)
    shifts = ops.reshape(shifts, (-1, 2, height * width))
    # Shifts are added to whole pixels, so that the position of a pixel has no rounding error.
    across = ops.add(columns, shifts[:, 0] * (width / 2))
    down = ops.add(rows, shifts[:, 1] * (height / 2))
    left, upper = ops.floor(across), ops.floor(down)

    # Every backend differentiates flat indices.
    pixels = ops.reshape(images, (-1, channels))
    starts = ops.arange(ops.shape(images)[0], dtype="int32") * (height * width)

    def pixel(row: Any, column: Any) -> Any:
        # Clipped as integers, so that NaN coordinates stay inside; the loss is then NaN as well.
        row = ops.clip(ops.cast(row, "int32"), 0, height - 1)
        column = ops.clip(ops.cast(column, "int32"), 0, width - 1)
        return ops.take(pixels, starts[:, None] + row * width + column, axis=0)

    right_fraction = ops.expand_dims(across - left, -1)
    lower_fraction = ops.expand_dims(down - upper, -1)
    over = _interpolate(pixel(upper, left), pixel(upper, left + 1), right_fraction)
    under = _interpolate(pixel(upper + 1, left), pixel(upper + 1, left + 1), right_fraction)
    return ops.reshape(_interpolate(over, under, lower_fraction), (-1, height, width, channels))


def _interpolate(first: Any, second: Any, fraction: Any) -> Any:
    return first + fraction * (second - first)
