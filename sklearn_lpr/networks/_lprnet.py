"""LPRNet as a Keras model."""

from typing import Any

import keras
from keras import layers, ops

from ._alignment import align
from ._layers import FIXED, convolution, drop

__all__ = ["build_lprnet"]

# The width's stride in the first convolution and in the first pooling, by column stride.
_STRIDES = {1: (1, 1), 2: (2, 1), 4: (2, 2)}


def build_lprnet(
    height: int,
    width: int,
    channels: int,
    n_symbols: int,
    n_filters: int,
    time_stride: int,
    global_context: bool,
    dropout: float,
    spatial_transformer: bool = False,
) -> keras.Model:
    """Build the network of Zherzdev & Gruzdev [1]_ for one image size.

    Backbone and head are the paper's, but for three things. The width is halved at the start,
    which saves time and leaves columns enough. A kernel as high as
    the feature map in place of 4x1 leaves one row, whatever the image's height. And the global
    context is normalised within each sample, so that a reading never depends on its batch.

    Parameters
    ----------
    height, width, channels : int
        Of the images.
    n_symbols : int
        The characters of the alphabet and the blank.
    n_filters : int
        Of the first convolution; all others scale with it.
    time_stride : {1, 2, 4}
        Pixels of the image's width a column of the lattice; 1 in the paper.
    global_context : bool
        Whether the features of every stage join the head's input.
    dropout : float
    spatial_transformer : bool, default=False
        Whether a spatial transformer straightens each image first, as in the paper. It leaves
        images alone until its weight ``openness`` is set to 1.

    Returns
    -------
    keras.Model
        From uint8 (n, height, width, channels) to log-probabilities
        (n, ceil(width / time_stride), n_symbols).

    References
    ----------
    .. [1] S. Zherzdev and A. Gruzdev, "LPRNet: License Plate Recognition via Deep Neural
       Networks", 2018, arXiv:1806.10447, tables 2 to 4.
    """
    stem_stride, pool_stride = _STRIDES[time_stride]
    images = layers.Input((height, width, channels), dtype="uint8", name="images")
    scaled = layers.Rescaling(1 / 127.5, -1, dtype="float32", name="scale")(images)
    if spatial_transformer:
        scaled = align(scaled, dropout)

    stem = convolution(scaled, n_filters, (3, 3), "stem", strides=(1, stem_stride))
    first = _small_basic_block(stem, 2 * n_filters, "block1")
    pooled = _pool(first, pool_stride, "pool1")
    third = _small_basic_block(
        _small_basic_block(pooled, 4 * n_filters, "block2"), 4 * n_filters, "block3"
    )
    features = drop(_pool(third, 1, "pool2"), dropout, "dropout1")
    features = convolution(
        features, 4 * n_filters, (features.shape[1], 1), "squeeze", padding="valid"
    )
    features = drop(features, dropout, "dropout2")
    features = convolution(features, 2 * n_filters, (1, 13), "neighbours")
    if global_context:
        n_columns = features.shape[2]
        stages = {"stem": stem, "block1": first, "block3": third}
        features = layers.Concatenate(name="context", dtype="float32")(
            [features, *(_context(stage, n_columns, name) for name, stage in stages.items())]
        )
    head = layers.Conv2D(n_symbols, 1, name="head", **FIXED)(features)
    columns = layers.Reshape(head.shape[2:], name="columns", dtype="float32")(head)
    return keras.Model(images, ops.log_softmax(columns, axis=-1), name="lprnet")


def _small_basic_block(features: Any, n_filters: int, name: str) -> Any:
    """Squeeze to a quarter, look along the height, along the width, expand (table 2)."""
    features = convolution(features, n_filters // 4, (1, 1), f"{name}_squeeze")
    features = convolution(features, n_filters // 4, (3, 1), f"{name}_height")
    features = convolution(features, n_filters // 4, (1, 3), f"{name}_width")
    return convolution(features, n_filters, (1, 1), f"{name}_expand")


def _pool(features: Any, width_stride: int, name: str) -> Any:
    """Halve the height."""
    return layers.MaxPooling2D(
        (3, 3), (2, width_stride), "same", "channels_last", name=name, dtype="float32"
    )(features)


def _context(features: Any, n_columns: int, name: str) -> Any:
    """Average a stage over the height, and bring it to the size that its own sample has."""
    size = (features.shape[1], -(-features.shape[2] // n_columns))
    pooled = layers.AveragePooling2D(
        size, size, "same", "channels_last", name=f"{name}_average", dtype="float32"
    )(features)
    energy = ops.mean(ops.square(pooled), axis=(1, 2, 3), keepdims=True)
    return pooled * ops.rsqrt(energy + 1e-6)
