"""The plate detector, a fully convolutional network for photos of any size."""

from typing import TYPE_CHECKING, Any

from .._detection._heat_map import N_OUTPUTS
from ._constants import PIXEL_OFFSET, PIXEL_SCALE
from ._description import NetworkDescription

if TYPE_CHECKING:
    import keras

    from ._onnx_graph import Features, Graph

__all__ = ["PlateDetectorNetwork"]

# Blocks at strides of 4, 8, 16 and 32 pixels, and their filters by `n_filters`.
_N_BLOCKS = {4: 1, 8: 2, 16: 3, 32: 3}
_N_FILTERS = {2: 1, 4: 2, 8: 4, 16: 8, 32: 10}

# Few cells hold a plate: the network starts with this logit everywhere.
_PRIOR_LOGIT = -4.0


class PlateDetectorNetwork(NetworkDescription):
    """A heat map of plates with the offsets of their corners, at a stride of 8 pixels.

    Bottleneck blocks at four scales; the coarser ones are merged down to a stride of 8, so that
    small plates are seen with their surroundings and large ones as a whole.
    """

    name = "plate_detector"

    def build(self, *, n_filters: int) -> "keras.Model":
        """Build the network as a Keras model.

        Parameters
        ----------
        n_filters : int
            Filters of the first convolution; all others scale with it.

        Returns
        -------
        keras.Model
            From uint8 RGB (n, height, width, 3), multiples of 32 pixels, to float32
            (n, height / 8, width / 8, 9): see `sklearn_lpr.detection`.
        """
        import keras
        import numpy as np
        from keras import layers

        from ._layers import FIXED, convolution

        images = layers.Input((None, None, 3), dtype="uint8", name="images")
        features = layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, dtype="float32", name="scale")(
            images
        )
        stages = {}
        for stride, factor in _N_FILTERS.items():
            features = convolution(
                features, factor * n_filters, (3, 3), f"stride{stride}", strides=(2, 2)
            )
            for block in range(_N_BLOCKS.get(stride, 0)):
                features = _block(features, f"stride{stride}_block{block}")
            stages[stride] = features
        for stride in (16, 8):
            features = _merge(features, stages[stride], f"merge{stride}")
        features = convolution(features, 4 * n_filters, (3, 3), "neighbours")
        output = layers.Conv2D(N_OUTPUTS, 1, name="head", **FIXED)(features)
        prior = np.zeros(N_OUTPUTS, np.float32)
        prior[0] = _PRIOR_LOGIT
        return keras.Model(images, output + prior, name=self.name)

    def loss(self, targets: Any, output: Any, scheduled: Any) -> Any:
        """Return the focal loss of the heat map plus the relative error of the corners."""
        from ._detection_loss import detection_loss

        return detection_loss(targets, output, scheduled)

    def write_onnx(self, graph: "Graph", **_: Any) -> None:
        """Add the network to an ONNX graph, layer by layer.

        Parameters
        ----------
        graph : Graph
            Its weights determine the number of filters.
        """
        images = graph.input("images", "uint8", ["n", "height", "width", 3])
        with graph.precise():
            scaled = graph.scale_pixels(images)
        # Convolutions of even sizes are padded alike; 32 stands for all of them.
        features = graph.channels_first(scaled, 32, 32, 3)
        stages = {}
        for stride in _N_FILTERS:
            features = graph.convolution(features, f"stride{stride}", strides=(2, 2))
            for block in range(_N_BLOCKS.get(stride, 0)):
                features = _write_block(graph, features, f"stride{stride}_block{block}")
            stages[stride] = features
        for stride in (16, 8):
            features = _write_merge(graph, features, stages[stride], f"merge{stride}")
        features = graph.convolution(features, "neighbours")
        bias = graph.weights["head/bias"].copy()
        bias[0] += _PRIOR_LOGIT
        with graph.precise():  # logits and offsets have different ranges
            head = graph.convolve(features, graph.weights["head/kernel"], bias)
            output = graph.add("Transpose", head.name, perm=[0, 2, 3, 1])
        graph.output("heat_map", output, ["n", "n_rows", "n_columns", N_OUTPUTS])


def _block(features: Any, name: str) -> Any:
    """Apply a residual block with a bottleneck of half as many filters."""
    from keras import layers

    from ._layers import convolution

    n_filters = features.shape[-1]
    inner = convolution(features, n_filters // 2, (1, 1), f"{name}_squeeze")
    inner = convolution(inner, n_filters // 2, (3, 3), f"{name}_neighbours")
    inner = convolution(inner, n_filters, (1, 1), f"{name}_expand")
    return layers.Add(name=name, dtype="float32")([features, inner])


def _merge(coarse: Any, fine: Any, name: str) -> Any:
    """Add features of twice the stride, enlarged, to finer ones."""
    from keras import layers

    from ._layers import convolution

    n_filters = fine.shape[-1]
    coarse = convolution(coarse, n_filters, (1, 1), f"{name}_coarse")
    fine = convolution(fine, n_filters, (1, 1), f"{name}_fine")
    enlarged = layers.UpSampling2D(
        2, "channels_last", "nearest", name=f"{name}_enlarge", dtype="float32"
    )(coarse)
    merged = layers.Add(name=name, dtype="float32")([enlarged, fine])
    return _block(merged, f"{name}_block")


def _write_block(graph: "Graph", features: "Features", name: str) -> "Features":
    inner = features
    for part in ("squeeze", "neighbours", "expand"):
        inner = graph.convolution(inner, f"{name}_{part}")
    return inner._replace(name=graph.add("Add", features.name, inner.name))


def _write_merge(graph: "Graph", coarse: "Features", fine: "Features", name: str) -> "Features":
    coarse = graph.convolution(coarse, f"{name}_coarse")
    fine = graph.convolution(fine, f"{name}_fine")
    enlarged = graph.add(
        "Resize",
        coarse.name,
        "",
        graph.constant([1, 1, 2, 2]),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    merged = fine._replace(name=graph.add("Add", enlarged, fine.name))
    return _write_block(graph, merged, f"{name}_block")
