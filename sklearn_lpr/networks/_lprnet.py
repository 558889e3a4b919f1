"""LPRNet, a convolutional network that recognizes whole plates without segmentation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ._constants import PIXEL_OFFSET, PIXEL_SCALE
from ._description import NetworkDescription
from ._input_forms import WholePlates
from ._spatial_transformer import LAYERS, spatial_transformer_layers, write_spatial_transformer

if TYPE_CHECKING:
    import keras

    from ._onnx_graph import Features, Graph

__all__ = ["LPRNet"]

# The horizontal strides of the first convolution and the first pooling, by time stride.
_STRIDES = {1: (1, 1), 2: (2, 1), 4: (2, 2)}

_POOL = (3, 3)
_BLOCK_KERNELS = {"squeeze": (1, 1), "height": (3, 1), "width": (1, 3), "expand": (1, 1)}
_NEIGHBOURS_KERNEL = (1, 13)

# Added to the mean square of the features by which a stage of the global context is divided.
_ENERGY_EPSILON = 1e-6


class LPRNet(NetworkDescription):
    """LPRNet of Zherzdev & Gruzdev [1]_ for one image size.

    Backbone and head are those of the paper, with three exceptions. The first convolution halves
    the width, which saves time and leaves enough time steps. A kernel as high as the feature map
    replaces the kernel of 4x1, so that one row remains for every image height. The global context
    is normalized within each sample, so that a prediction never depends on its batch.

    References
    ----------
    .. [1] S. Zherzdev and A. Gruzdev, "LPRNet: License Plate Recognition via Deep Neural
       Networks", 2018, arXiv:1806.10447, tables 2 to 4.
    """

    name = "lprnet"
    input_form = WholePlates()
    symbol_layers = ("head",)
    # Before a fifth of the steps, the network cannot distinguish a better warp of the image from a
    # worse one. A sudden activation of the spatial transformer undoes training.
    schedules: ClassVar[Mapping[str, tuple[float, float, float, float]]] = {
        "transformer_activation": (0.2, 0.4, 0.0, 1.0)
    }
    optional_layers = LAYERS

    def build(
        self,
        *,
        height: int,
        width: int,
        channels: int,
        n_symbols: int,
        n_filters: int,
        time_stride: int,
        global_context: bool,
        dropout: float,
        spatial_transformer: bool = False,
    ) -> "keras.Model":
        """Build the network as a Keras model.

        Parameters
        ----------
        height, width, channels : int
            The shape of the images.
        n_symbols : int
            The size of the alphabet plus one for the blank.
        n_filters : int
            Filters of the first convolution; all others scale with it.
        time_stride : {1, 2, 4}
            Pixels of the image width per time step; 1 in the paper.
        global_context : bool
            Whether the features of every stage join the input of the head.
        dropout : float
            The fraction of features that is dropped in training.
        spatial_transformer : bool, default=False
            Whether a spatial transformer rectifies each image first, as in the paper. It leaves
            images unchanged until its weight ``activation`` is above 0.

        Returns
        -------
        keras.Model
            From uint8 (n, height, width, channels) to log-probabilities
            (n, ceil(width / time_stride), n_symbols).
        """
        import keras
        from keras import layers, ops

        from ._layers import FIXED, convolution, drop

        stem_stride, pool_stride = _STRIDES[time_stride]
        images = layers.Input((height, width, channels), dtype="uint8", name="images")
        scaled = layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, dtype="float32", name="scale")(images)
        if spatial_transformer:
            scaled = spatial_transformer_layers(scaled, dropout)

        stem = convolution(scaled, n_filters, (3, 3), "stem", strides=(1, stem_stride))
        first = _small_basic_block(stem, 2 * n_filters, "block1")
        pooled = _pool(first, pool_stride, "pool1")
        second = _small_basic_block(pooled, 4 * n_filters, "block2")
        third = _small_basic_block(second, 4 * n_filters, "block3")
        features = drop(_pool(third, 1, "pool2"), dropout, "dropout1")
        features = convolution(
            features, 4 * n_filters, (features.shape[1], 1), "squeeze", padding="valid"
        )
        features = drop(features, dropout, "dropout2")
        features = convolution(features, 2 * n_filters, _NEIGHBOURS_KERNEL, "neighbours")
        if global_context:
            n_time_steps = features.shape[2]
            stages = {"stem": stem, "block1": first, "block3": third}
            features = layers.Concatenate(name="context", dtype="float32")(
                [features, *(_context(stage, n_time_steps, name) for name, stage in stages.items())]
            )
        head = layers.Conv2D(n_symbols, 1, name="head", **FIXED)(features)
        scores = layers.Reshape(head.shape[2:], name="time_steps", dtype="float32")(head)
        return keras.Model(images, ops.log_softmax(scores, axis=-1), name="lprnet")

    def write_onnx(
        self,
        graph: "Graph",
        *,
        height: int,
        width: int,
        channels: int,
        n_symbols: int,
        time_stride: int,
        global_context: bool,
        spatial_transformer: bool = False,
        **_: Any,
    ) -> None:
        """Add the network to an ONNX graph, layer by layer.

        Parameters
        ----------
        graph : Graph
        height, width, channels, n_symbols, time_stride, global_context, spatial_transformer
            See `build`. The weights determine the number of filters, and there is no dropout at
            inference.
        """
        stem_stride, pool_stride = _STRIDES[time_stride]
        images = graph.input("images", "uint8", ["n", height, width, channels])
        scaled = graph.channels_first(graph.scale_pixels(images), height, width, channels)
        if spatial_transformer:
            with graph.precise():  # a step of 8 bits is half a pixel
                scaled = write_spatial_transformer(graph, scaled)

        stem = graph.convolution(scaled, "stem", strides=(1, stem_stride))
        first = _write_block(graph, stem, "block1")
        pooled = graph.pool("MaxPool", first, _POOL, (2, pool_stride))
        second = _write_block(graph, pooled, "block2")
        third = _write_block(graph, second, "block3")
        features = graph.pool("MaxPool", third, _POOL, (2, 1))
        features = graph.convolution(features, "squeeze", padding="valid")
        features = graph.convolution(features, "neighbours")
        if global_context:
            stages = [
                _write_context(graph, stage, features.width) for stage in (stem, first, third)
            ]
            features = graph.concatenate(features, *stages)
        head = graph.convolve(features, graph.weights["head/kernel"], graph.weights["head/bias"])
        log_probs = graph.log_softmax(graph.reshape(head.name, 0, n_symbols, head.width))
        graph.output("log_probs", log_probs, ["n", head.width, n_symbols])

    def upgrade_architecture(self, architecture: dict[str, Any]) -> dict[str, Any]:
        """Rename the entries of version 0.1.0."""
        upgraded = dict(architecture)
        for old, new in (("column_stride", "time_stride"), ("context", "global_context")):
            if old in upgraded:
                upgraded[new] = upgraded.pop(old)
        alignment = upgraded.pop("alignment", None)
        upgraded.setdefault("spatial_transformer", alignment == "stn")
        return upgraded


def _small_basic_block(features: Any, n_filters: int, name: str) -> Any:
    """Apply the small basic block of table 2 of the paper."""
    from ._layers import convolution

    for part, kernel in _BLOCK_KERNELS.items():
        n_outputs = n_filters if part == "expand" else n_filters // 4
        features = convolution(features, n_outputs, kernel, f"{name}_{part}")
    return features


def _pool(features: Any, width_stride: int, name: str) -> Any:
    """Halve the height."""
    from keras import layers

    return layers.MaxPooling2D(
        _POOL, (2, width_stride), "same", "channels_last", name=name, dtype="float32"
    )(features)


def _context(features: Any, n_time_steps: int, name: str) -> Any:
    """Average a stage over the height, and divide by the root mean square of the sample."""
    from keras import layers, ops

    size = (features.shape[1], -(-features.shape[2] // n_time_steps))
    pooled = layers.AveragePooling2D(
        size, size, "same", "channels_last", name=f"{name}_average", dtype="float32"
    )(features)
    energy = ops.mean(ops.square(pooled), axis=(1, 2, 3), keepdims=True)
    return pooled * ops.rsqrt(energy + _ENERGY_EPSILON)


def _write_block(graph: "Graph", features: "Features", name: str) -> "Features":
    for part in _BLOCK_KERNELS:
        features = graph.convolution(features, f"{name}_{part}")
    return features


def _write_context(graph: "Graph", features: "Features", n_time_steps: int) -> "Features":
    size = (features.height, -(-features.width // n_time_steps))
    if features.width % size[1]:
        pooled = graph.pool("AveragePool", features, size, size)
    else:
        pooled = graph.average(features, size)
    with graph.precise():
        energy = graph.mean(graph.add("Mul", pooled.name, pooled.name))
        root = graph.add("Sqrt", graph.add("Add", energy, graph.constant(_ENERGY_EPSILON)))
        return pooled._replace(name=graph.add("Div", pooled.name, root))
