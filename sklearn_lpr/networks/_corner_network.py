"""The network that finds the corners of one plate in a window around it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._detection._corner_window import N_CORNER_OUTPUTS, WINDOW_SIZE
from ._constants import PIXEL_OFFSET, PIXEL_SCALE
from ._description import NetworkDescription

if TYPE_CHECKING:
    import keras

    from ._onnx_graph import Graph

__all__ = ["CornerNetwork"]

# The layers in their order, with their filters by `n_filters` and their strides. The last one sees
# the whole window at once, so that it knows where everything is.
_LAYERS = {
    "stride2": (1, 2),
    "stride4": (2, 2),
    "neighbours4": (2, 1),
    "stride8": (3, 2),
    "stride16": (4, 2),
    "neighbours16": (2, 1),
}
_N_DENSE = 6


class CornerNetwork(NetworkDescription):
    """Convolutions down to a stride of 16 pixels, and two dense layers.

    The output is a logit, whether there is a plate, and the offsets of its corners from where they
    are expected.
    """

    name = "corner_network"

    def build(self, *, n_filters: int) -> "keras.Model":
        """Build the network as a Keras model.

        Parameters
        ----------
        n_filters : int
            Filters of the first convolution; all others scale with it.

        Returns
        -------
        keras.Model
            From uint8 RGB (n, 48, 96, 3) to float32 (n, 9).
        """
        import keras
        from keras import layers, ops

        from ._layers import FIXED, convolution

        width, height = WINDOW_SIZE
        windows = layers.Input((height, width, 3), dtype="uint8", name="images")
        features = layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, dtype="float32", name="scale")(
            windows
        )
        for name, (factor, stride) in _LAYERS.items():
            features = convolution(
                features, factor * n_filters, (3, 3), name, strides=(stride, stride)
            )
        features = convolution(
            features, _N_DENSE * n_filters, features.shape[1:3], "whole", padding="valid"
        )
        output = layers.Conv2D(N_CORNER_OUTPUTS, 1, name="head", **FIXED)(features)
        return keras.Model(windows, ops.reshape(output, (-1, N_CORNER_OUTPUTS)), name=self.name)

    def loss(self, targets: Mapping[str, Any], output: Any, scheduled: Mapping[str, Any]) -> Any:
        """Return the cross-entropy of the score plus the error of the corners by plate height."""
        from ._corner_loss import corner_loss

        return corner_loss(targets, output)

    def write_onnx(self, graph: "Graph", **_: Any) -> None:
        """Add the network to an ONNX graph, layer by layer.

        Parameters
        ----------
        graph : Graph
            Its weights determine the number of filters.
        """
        width, height = WINDOW_SIZE
        images = graph.input("images", "uint8", ["n", height, width, 3])
        features = graph.channels_first(graph.scale_pixels(images), height, width, 3)
        for name, (_factor, stride) in _LAYERS.items():
            features = graph.convolution(features, name, strides=(stride, stride))
        features = graph.convolution(features, "whole", padding="valid")
        head = graph.convolve(features, graph.weights["head/kernel"], graph.weights["head/bias"])
        output = graph.reshape(head.name, -1, N_CORNER_OUTPUTS)
        graph.output("plate", output, ["n", N_CORNER_OUTPUTS])
