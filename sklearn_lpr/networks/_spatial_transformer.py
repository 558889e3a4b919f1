"""Spatial transformer: rectifies a plate before the convolutions of the network."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._onnx_graph import Features, Graph

__all__ = ["LAYERS", "STEP_SCALE", "spatial_transformer_layers", "write_spatial_transformer"]

# The transformer learns this much slower than the network behind it. Adam's first steps after
# steps without a gradient are large: without damping, they move the plate out of the image.
STEP_SCALE = 0.1

# Kernel and strides of the two views of the localization network, and of the blur before one.
_VIEW_FILTERS, _VIEW_KERNEL = 32, (5, 5)
_COARSE_STRIDES, _FINE_STRIDES = (3, 3), (5, 5)
_BLUR, _BLUR_STRIDE = 3, 2

# All layers with weights. At the start they leave images unchanged, so that a spatial transformer
# can be added to trained weights.
LAYERS = (
    "locate_coarse",
    "locate_coarse_norm",
    "locate_fine",
    "locate_fine_norm",
    "locate_features",
    "align",
)


def spatial_transformer_layers(images: Any, dropout: float) -> Any:
    """Rectify images by the transform that a localization network computes from them.

    The localization network is that of LPRNet, with the same layers for every image size: two
    strided views, one of which is blurred first, and two dense layers.

    Parameters
    ----------
    images : tensor of shape (n_samples, height, width, channels), dtype float32
    dropout : float
        The fraction of the localization features that is dropped in training.

    Returns
    -------
    tensor of the shape of `images`
    """
    from keras import layers, ops

    from ._layers import convolution, drop
    from ._spatial_transformer_layer import SpatialTransformer

    blurred = layers.AveragePooling2D(
        _BLUR, _BLUR_STRIDE, "same", "channels_last", name="locate_average", dtype="float32"
    )(images)
    views = [
        convolution(blurred, _VIEW_FILTERS, _VIEW_KERNEL, "locate_coarse", strides=_COARSE_STRIDES),
        convolution(images, _VIEW_FILTERS, _VIEW_KERNEL, "locate_fine", strides=_FINE_STRIDES),
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


def write_spatial_transformer(graph: "Graph", images: "Features") -> "Features":
    """Add the layers of `spatial_transformer_layers` to an ONNX graph.

    Parameters
    ----------
    graph : Graph
    images : Features

    Returns
    -------
    Features
        The rectified images.
    """
    weights = graph.weights
    blurred = graph.pool("AveragePool", images, (_BLUR, _BLUR), (_BLUR_STRIDE, _BLUR_STRIDE))
    views = [
        graph.convolution(blurred, "locate_coarse", strides=_COARSE_STRIDES),
        graph.convolution(images, "locate_fine", strides=_FINE_STRIDES),
    ]
    flat = graph.add("Concat", *(graph.reshape(view.name, 0, -1) for view in views), axis=1)
    kernel = graph.constant(_channels_first_rows(weights["locate_features/kernel"], views))
    bias = graph.constant(weights["locate_features/bias"])
    location = _tanh(graph, graph.add("Gemm", flat, kernel, bias))
    # (a b c; d e f) as (a d; b e; c f), by which the rows (x, y, 1) of the grid are multiplied.
    order = [0, 3, 1, 4, 2, 5]
    raw = graph.add(
        "Gemm",
        location,
        graph.constant(STEP_SCALE * weights["align/correction"][:, order]),
        graph.constant(STEP_SCALE * weights["align/bias"][order]),
    )
    correction = graph.add("Mul", _tanh(graph, raw), graph.constant(weights["align/openness"]))
    height, width = images.height, images.width
    rows, columns = np.indices((height, width)).reshape(2, -1)
    places = np.column_stack([(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1])
    shifts = graph.add(
        "MatMul",
        graph.constant(np.column_stack([places, np.ones(len(places))])),
        graph.reshape(correction, 0, 3, 2),
    )
    grid = graph.reshape(graph.add("Add", shifts, graph.constant(places)), 0, height, width, 2)
    warped = graph.add(
        "GridSample",
        images.name,
        grid,
        mode="bilinear",
        padding_mode="border",
        align_corners=0,
    )
    return images._replace(name=warped)


def _tanh(graph: "Graph", name: str) -> str:
    """Add the hyperbolic tangent, which OpenCV 5 computes as NaN for large numbers."""
    # The tangent of this number is 1 in float32.
    largest = np.array(16.0)
    bounded = graph.add(
        "Min", graph.add("Max", name, graph.constant(-largest)), graph.constant(largest)
    )
    return graph.add("Tanh", bounded)


def _channels_first_rows(kernel: Any, views: "list[Features]") -> Any:
    """Reorder the rows of a dense kernel for flattened features with the channels first."""
    ends = np.cumsum([view.channels * view.height * view.width for view in views])
    parts = np.split(kernel, ends[:-1])
    return np.concatenate(
        [
            part.reshape(view.height, view.width, view.channels, -1)
            .transpose(2, 0, 1, 3)
            .reshape(len(part), -1)
            for part, view in zip(parts, views, strict=True)
        ]
    )
