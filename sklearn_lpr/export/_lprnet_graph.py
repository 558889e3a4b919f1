"""LPRNet as an ONNX graph."""

import numpy as np
import onnx

from ._graph import Features, Graph, Weights

__all__ = ["lprnet_graph"]

# As in the Keras network.
_STRIDES = {1: (1, 1), 2: (2, 1), 4: (2, 2)}
_ENERGY_EPSILON = 1e-6
_ALIGNMENT_PACE = 0.1


def lprnet_graph(
    weights: Weights,
    *,
    height: int,
    width: int,
    channels: int,
    n_symbols: int,
    n_filters: int,
    time_stride: int,
    global_context: bool,
    spatial_transformer: bool = False,
    dropout: float = 0.0,
) -> onnx.ModelProto:
    """Write the network that `networks.build_lprnet` builds, layer by layer.

    Parameters
    ----------
    weights : mapping from str to ndarray
    height, width, channels, n_symbols, n_filters, time_stride, global_context,
    spatial_transformer, dropout
        The architecture; the numbers of filters are those of the weights, and nothing is
        dropped in reading.

    Returns
    -------
    onnx.ModelProto
        From uint8 (n, height, width, channels) to log-probabilities
        (n, ceil(width / time_stride), n_symbols).
    """
    graph = Graph(weights)
    stem_stride, pool_stride = _STRIDES[time_stride]
    planes = graph.add("Transpose", graph.scale_pixels("images"), perm=[0, 3, 1, 2])
    scaled = Features(planes, channels, height, width)
    if spatial_transformer:
        with graph.precise():  # a step of 8 bits is half a pixel
            scaled = _align(graph, scaled)

    stem = graph.convolution(scaled, "stem", strides=(1, stem_stride))
    first = _small_basic_block(graph, stem, "block1")
    pooled = graph.pool("MaxPool", first, (3, 3), (2, pool_stride))
    second = _small_basic_block(graph, pooled, "block2")
    third = _small_basic_block(graph, second, "block3")
    features = graph.pool("MaxPool", third, (3, 3), (2, 1))
    features = graph.convolution(features, "squeeze", padding="valid")
    features = graph.convolution(features, "neighbours")
    if global_context:
        stages = [_context(graph, stage, features.width) for stage in (stem, first, third)]
        joined = [features, *stages]
        features = Features(
            graph.add("Concat", *(part.name for part in joined), axis=1),
            sum(part.channels for part in joined),
            1,
            features.width,
        )
    head = graph.convolve(features, weights["head/kernel"], weights["head/bias"])
    graph.log_softmax(graph.reshape(head.name, 0, n_symbols, head.width))
    return graph.model(["n", height, width, channels], ["n", head.width, n_symbols])


def _small_basic_block(graph: Graph, features: Features, name: str) -> Features:
    for part in ("squeeze", "height", "width", "expand"):
        features = graph.convolution(features, f"{name}_{part}")
    return features


def _context(graph: Graph, features: Features, n_columns: int) -> Features:
    size = (features.height, -(-features.width // n_columns))
    if features.width % size[1]:
        pooled = graph.pool("AveragePool", features, size, size)
    else:
        pooled = graph.average(features, size)
    with graph.precise():
        squares = graph.add("Mul", pooled.name, pooled.name)
        energy = graph.add("ReduceMean", squares, axes=[1, 2, 3], keepdims=1)
        norm = graph.add("Sqrt", graph.add("Add", energy, graph.constant(_ENERGY_EPSILON)))
        return pooled._replace(name=graph.add("Div", pooled.name, norm))


def _align(graph: Graph, images: Features) -> Features:
    """Warp each image by the transform that the localization network gives."""
    weights = graph.weights
    blurred = graph.pool("AveragePool", images, (3, 3), (2, 2))
    views = [
        graph.convolution(blurred, "locate_coarse", strides=(3, 3)),
        graph.convolution(images, "locate_fine", strides=(5, 5)),
    ]
    flat = graph.add("Concat", *(graph.reshape(view.name, 0, -1) for view in views), axis=1)
    # The rows of the kernel in the order of the features, channels first.
    ends = np.cumsum([view.channels * view.height * view.width for view in views])
    parts = np.split(weights["locate_features/kernel"], ends[:-1])
    kernel = np.concatenate(
        [
            part.reshape(view.height, view.width, view.channels, -1)
            .transpose(2, 0, 1, 3)
            .reshape(len(part), -1)
            for part, view in zip(parts, views, strict=True)
        ]
    )
    bias = graph.constant(weights["locate_features/bias"])
    location = graph.add("Tanh", graph.add("Gemm", flat, graph.constant(kernel), bias))
    # (a b c; d e f) as (a d; b e; c f), by which the rows (x, y, 1) of the grid are multiplied.
    order = [0, 3, 1, 4, 2, 5]
    raw = graph.add(
        "Gemm",
        location,
        graph.constant(_ALIGNMENT_PACE * weights["align/correction"][:, order]),
        graph.constant(_ALIGNMENT_PACE * weights["align/bias"][order]),
    )
    correction = graph.add("Mul", graph.add("Tanh", raw), graph.constant(weights["align/openness"]))
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
