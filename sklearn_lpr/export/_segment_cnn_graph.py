"""The classifier of cut-out characters as an ONNX graph."""

import numpy as np
import onnx

from ._graph import Features, Graph, Weights

__all__ = ["segment_cnn_graph"]

# As in the Keras network.
_LOG_ZERO = -1e4
_N_PLACES = 8
_STAGES = (1, 2, 3)


def segment_cnn_graph(
    weights: Weights,
    *,
    n_segments: int,
    height: int,
    width: int,
    channels: int,
    n_symbols: int,
    n_filters: int,
    position: bool,
    dropout: float = 0.0,
) -> onnx.ModelProto:
    """Write the network that `networks.build_segment_cnn` builds, layer by layer.

    Parameters
    ----------
    weights : mapping from str to ndarray
    n_segments, height, width, channels, n_symbols, n_filters, position, dropout
        The architecture. One graph serves any number of segments; the numbers of filters are
        those of the weights, and nothing is dropped in reading.

    Returns
    -------
    onnx.ModelProto
        From uint8 (n, n_segments, height, width, channels) to log-probabilities
        (n, 2 * n_segments - 1, n_symbols).
    """
    graph = Graph(weights)
    # Segments of all plates are classified side by side, then brought together again.
    pixels = graph.reshape("images", -1, height, width, channels)
    planes = graph.add("Transpose", graph.scale_pixels(pixels), perm=[0, 3, 1, 2])
    features = Features(planes, channels, height, width)
    for stage in _STAGES:
        features = graph.convolution(features, f"stage{stage}_first")
        features = graph.convolution(features, f"stage{stage}_second")
        features = graph.pool("MaxPool", features, (2, 2), (2, 2))
    features = graph.convolution(features, "squeeze", padding="valid")

    counts = graph.add("Slice", graph.add("Shape", "images"), *_bounds(graph, 0, 2, axis=0))
    shape = graph.add("Concat", counts, graph.constant([features.channels], np.int64), axis=0)
    by_plate = graph.add("Reshape", features.name, shape)
    by_plate = graph.add("Transpose", by_plate, perm=[0, 2, 1])
    with graph.precise():
        present = _present(graph)  # (n, n_segments)
        places = _places(graph, present) if position else []
    # A row of segments is an image of height 1; its width is not asked for.
    row = Features(graph.unsqueeze(by_plate, 2), features.channels, 1, n_segments)
    if position:
        known = graph.add("Concat", by_plate, *places, axis=1)
        known = graph.add("Mul", known, graph.unsqueeze(present, 1))
        row = Features(graph.unsqueeze(known, 2), features.channels + 2 * _N_PLACES, 1, n_segments)
        beside = graph.convolution(row, "neighbours")
        row = beside._replace(
            name=graph.add("Concat", row.name, beside.name, axis=1),
            channels=row.channels + beside.channels,
        )
    head = graph.convolve(row, weights["head/kernel"], weights["head/bias"])
    log_proba = graph.log_softmax(graph.add("Squeeze", head.name, graph.constant([2], np.int64)))
    with graph.precise():
        _lattice(graph, log_proba, present, n_symbols)
    return graph.model(["n", "n_segments", height, width, channels], ["n", "n_columns", n_symbols])


def _present(graph: Graph) -> str:
    levels = graph.add("Cast", "images", to=onnx.TensorProto.FLOAT)
    highest, lowest = (
        graph.add(operation, levels, axes=[2, 3], keepdims=0)
        for operation in ("ReduceMax", "ReduceMin")
    )
    spread = graph.add("ReduceMax", graph.add("Sub", highest, lowest), axes=[2], keepdims=0)
    return graph.add(
        "Cast", graph.add("Greater", spread, graph.constant(0)), to=onnx.TensorProto.FLOAT
    )


def _places(graph: Graph, present: str) -> list[str]:
    """Give each segment's place from either end, one-hot: (n, places, n_segments)."""
    one = graph.constant(1)
    count = graph.add("CumSum", present, graph.constant(1, np.int64))
    total = graph.add("ReduceSum", present, graph.constant([1], np.int64), keepdims=1)
    sides = [graph.add("Sub", count, one), graph.add("Sub", total, count)]
    places = graph.constant(np.arange(_N_PLACES)[:, np.newaxis])
    one_hot = []
    for side in sides:
        place = graph.add("Clip", side, graph.constant(0), graph.constant(_N_PLACES - 1))
        at = graph.add("Equal", graph.unsqueeze(place, 1), places)
        one_hot.append(graph.add("Cast", at, to=onnx.TensorProto.FLOAT))
    return one_hot


def _lattice(graph: Graph, log_proba: str, present: str, n_symbols: int) -> None:
    """Put certain blanks in place of padding and between the segments."""
    blank = np.full(n_symbols, _LOG_ZERO)
    blank[0] = 0
    column = graph.constant(blank)
    there = graph.add("Greater", graph.unsqueeze(present, 2), graph.constant(0))
    segments = graph.unsqueeze(graph.add("Where", there, log_proba, column), 2)
    between = graph.add("Expand", column, graph.add("Shape", segments))
    pairs = graph.add("Concat", segments, between, axis=2)
    graph.add("Slice", graph.reshape(pairs, 0, -1, n_symbols), *_bounds(graph, 0, -1, axis=1))


def _bounds(graph: Graph, start: int, stop: int, *, axis: int) -> list[str]:
    return [graph.constant([bound], np.int64) for bound in (start, stop, axis)]
