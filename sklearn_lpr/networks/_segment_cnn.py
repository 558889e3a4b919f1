"""SegmentCNN, a convolutional network that classifies the segments of a plate."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._constants import PIXEL_OFFSET, PIXEL_SCALE
from ._description import NetworkDescription
from ._input_forms import SegmentedPlates

if TYPE_CHECKING:
    import keras

    from ._onnx_graph import Features, Graph

__all__ = ["SegmentNetwork"]

# Stands for the logarithm of 0, where an infinity would give NaN gradients.
_LOG_ZERO = -1e4

# Positions that are distinguished, counted from either end of the plate; all others count as one.
_N_PLACES = 8

# Each stage has two convolutions and halves the size; its filters are a multiple of n_filters.
_STAGE_FACTORS = {1: 1, 2: 2, 3: 4}


class SegmentNetwork(NetworkDescription):
    """A classifier of segments whose output has the form of a CTC network's.

    Each segment passes through the same convolutions. Its position, counted from both ends, and
    its neighbours join before the last layers. Time step 2i of the output is segment i, and the
    time steps between are certain blank, so that equal neighbours stay two characters. A segment
    that is classified as blank is not a character.
    """

    name = "segment_cnn"
    input_form = SegmentedPlates()
    symbol_layers = ("head",)

    def build(
        self,
        *,
        n_segments: int,
        height: int,
        width: int,
        channels: int,
        n_symbols: int,
        n_filters: int,
        position: bool,
        dropout: float,
    ) -> "keras.Model":
        """Build the network as a Keras model.

        Parameters
        ----------
        n_segments : int
            Segments of the plate with the most. Other plates are padded with segments whose
            pixels are all equal, which are certain blank. The weights do not depend on it.
        height, width, channels : int
            The shape of each segment.
        n_symbols : int
            The size of the alphabet plus one for the blank.
        n_filters : int
            Filters of the first convolution; all others scale with it.
        position : bool
            Whether the position of a segment in the plate and its neighbours are inputs.
        dropout : float
            The fraction of features that is dropped in training.

        Returns
        -------
        keras.Model
            From uint8 (n, n_segments, height, width, channels) to log-probabilities
            (n, 2 * n_segments - 1, n_symbols).
        """
        import keras
        from keras import layers, ops

        from ._layers import FIXED, convolution, drop

        shape = (height, width, channels)
        segments = layers.Input((n_segments, *shape), dtype="uint8", name="segments")
        scaled = layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, dtype="float32", name="scale")(
            segments
        )
        features = ops.reshape(scaled, (-1, *shape))
        for stage, factor in _STAGE_FACTORS.items():
            features = convolution(features, factor * n_filters, (3, 3), f"stage{stage}_first")
            features = convolution(features, factor * n_filters, (3, 3), f"stage{stage}_second")
            features = layers.MaxPooling2D(
                2, 2, "same", "channels_last", name=f"pool{stage}", dtype="float32"
            )(features)
        features = drop(features, dropout, "dropout1")
        features = convolution(
            features, 8 * n_filters, features.shape[1:3], "squeeze", padding="valid"
        )
        features = ops.reshape(features, (-1, 1, n_segments, 8 * n_filters))

        present = _present(segments)
        if position:
            # Absent segments are zero here, so that their number changes nothing.
            known = layers.Concatenate(dtype="float32", name="known")([features, _places(present)])
            known = known * ops.expand_dims(ops.expand_dims(present, 1), -1)
            beside = convolution(known, 4 * n_filters, (1, 3), "neighbours")
            features = layers.Concatenate(dtype="float32", name="context")([known, beside])
        features = drop(features, dropout, "dropout2")
        head = layers.Conv2D(n_symbols, 1, name="head", **FIXED)(features)
        log_proba = ops.log_softmax(ops.reshape(head, (-1, n_segments, n_symbols)), axis=-1)
        return keras.Model(segments, _with_blanks(log_proba, present), name="segment_cnn")

    def write_onnx(
        self,
        graph: "Graph",
        *,
        height: int,
        width: int,
        channels: int,
        n_symbols: int,
        position: bool,
        **_: Any,
    ) -> None:
        """Add the network to an ONNX graph, layer by layer.

        Parameters
        ----------
        graph : Graph
        height, width, channels, n_symbols, position
            See `build`. The graph takes any number of segments. The weights determine the number
            of filters, and there is no dropout at inference.
        """
        images = graph.input("images", "uint8", ["n", "n_segments", height, width, channels])
        # The segments of all plates are classified side by side, then grouped by plate again.
        pixels = graph.reshape(images, -1, height, width, channels)
        features = graph.channels_first(graph.scale_pixels(pixels), height, width, channels)
        for stage in _STAGE_FACTORS:
            features = graph.convolution(features, f"stage{stage}_first")
            features = graph.convolution(features, f"stage{stage}_second")
            features = graph.pool("MaxPool", features, (2, 2), (2, 2))
        features = graph.convolution(features, "squeeze", padding="valid")

        row = _write_row(graph, images, features)
        with graph.precise():
            present = _write_present(graph, images)  # (n, n_segments)
            places = _write_places(graph, present) if position else []
        if position:
            known = graph.concatenate(row, *places)
            mask = graph.unsqueeze(graph.unsqueeze(present, 1), 1)
            known = known._replace(name=graph.add("Mul", known.name, mask))
            row = graph.concatenate(known, graph.convolution(known, "neighbours"))
        head = graph.convolve(row, graph.weights["head/kernel"], graph.weights["head/bias"])
        scores = graph.add("Squeeze", head.name, graph.constant([2], "int64"))
        log_proba = graph.log_softmax(scores)
        with graph.precise():
            log_probs = _write_with_blanks(graph, log_proba, present, n_symbols)
        graph.output("log_probs", log_probs, ["n", "n_time_steps", n_symbols])


def _blank(n_symbols: int) -> npt.NDArray[np.float32]:
    """Return the log-probabilities of a time step that is certain blank."""
    blank = np.full(n_symbols, _LOG_ZERO, np.float32)
    blank[0] = 0
    return blank


def _present(segments: Any) -> Any:
    """Return 1 for segments and 0 for padding, whose pixels are all equal."""
    from keras import ops

    pixels = ops.cast(segments, "float32")
    spread = ops.max(pixels, axis=(2, 3)) - ops.min(pixels, axis=(2, 3))
    return ops.cast(ops.max(spread, axis=-1) > 0, "float32")


def _places(present: Any) -> Any:
    """Return the one-hot position of each segment from the left and from the right end."""
    from keras import ops

    left = ops.cumsum(present, axis=1) - 1
    right = ops.sum(present, axis=1, keepdims=True) - 1 - left
    places = ops.arange(_N_PLACES, dtype="float32")
    both = [
        ops.cast(
            ops.equal(ops.expand_dims(ops.clip(side, 0, _N_PLACES - 1), -1), places), "float32"
        )
        for side in (left, right)
    ]
    return ops.expand_dims(ops.concatenate(both, axis=-1), 1)


def _with_blanks(log_proba: Any, present: Any) -> Any:
    """Insert certain blank between the segments and in place of padding."""
    from keras import ops

    n_segments, n_symbols = log_proba.shape[1:]
    blank = _blank(n_symbols)
    log_proba = ops.where(ops.expand_dims(present, -1) > 0, log_proba, blank)
    between = ops.zeros_like(log_proba) + blank
    pairs = ops.stack([log_proba, between], axis=2)
    return ops.reshape(pairs, (-1, 2 * n_segments, n_symbols))[:, :-1]


def _write_row(graph: "Graph", images: str, features: "Features") -> "Features":
    """Arrange the features of the segments of a plate as an image of height 1."""
    counts = graph.slice(graph.add("Shape", images), 0, 2, axis=0)
    shape = graph.add("Concat", counts, graph.constant([features.channels], "int64"), axis=0)
    by_plate = graph.add("Reshape", features.name, shape)
    row = graph.unsqueeze(graph.add("Transpose", by_plate, perm=[0, 2, 1]), 2)
    # The number of segments varies; no later layer depends on it.
    return features._replace(name=row, height=1, width=1)


def _write_present(graph: "Graph", images: str) -> str:
    levels = graph.cast(images, "float32")
    highest, lowest = (
        graph.add(operation, levels, axes=[2, 3], keepdims=0)
        for operation in ("ReduceMax", "ReduceMin")
    )
    spread = graph.add("ReduceMax", graph.add("Sub", highest, lowest), axes=[2], keepdims=0)
    return graph.cast(graph.add("Greater", spread, graph.constant(0)), "float32")


def _write_places(graph: "Graph", present: str) -> "list[Features]":
    from ._onnx_graph import Features

    one = graph.constant(1)
    count = graph.add("CumSum", present, graph.constant(1, "int64"))
    total = graph.add("ReduceSum", present, graph.constant([1], "int64"), keepdims=1)
    sides = [graph.add("Sub", count, one), graph.add("Sub", total, count)]
    places = graph.constant(np.arange(_N_PLACES)[:, np.newaxis])
    one_hot = []
    for side in sides:
        place = graph.add("Clip", side, graph.constant(0), graph.constant(_N_PLACES - 1))
        at = graph.add("Equal", graph.unsqueeze(place, 1), places)
        name = graph.unsqueeze(graph.cast(at, "float32"), 2)
        one_hot.append(Features(name, _N_PLACES, 1, 1))
    return one_hot


def _write_with_blanks(graph: "Graph", log_proba: str, present: str, n_symbols: int) -> str:
    blank = graph.constant(_blank(n_symbols))
    there = graph.add("Greater", graph.unsqueeze(present, 2), graph.constant(0))
    segments = graph.unsqueeze(graph.add("Where", there, log_proba, blank), 2)
    between = graph.add("Expand", blank, graph.add("Shape", segments))
    pairs = graph.add("Concat", segments, between, axis=2)
    return graph.slice(graph.reshape(pairs, 0, -1, n_symbols), 0, -1, axis=1)
