"""ONNX graphs, written layer by layer from the weights of the Keras layers of the same names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx

from ._constants import NORM_EPSILON, PIXEL_OFFSET, PIXEL_SCALE

__all__ = ["PRECISE", "Features", "Graph", "Weights"]

# Keras's own export does not replace this module (benchmarks/results/export_writers.md). Both agree
# with Keras within 3e-5 in float32. With tf2onnx, LPRNet has the same inference time in float32,
# but int8 files are slower by a quarter or more, OpenCV has other outputs with a spatial
# transformer, and no runtime accepts SegmentCNN, for which an input is added. With jax2onnx, no
# file runs. Both need Keras, a backend and a converter, and take seconds.

# Prefix of the names of operations that are not quantized, because 8 bits are too few for them.
PRECISE = "precise_"

# GridSample exists since 16; the axes of reductions are attributes until 17.
_OPSET = 17
_IR_VERSION = 8

Weights = Mapping[str, npt.NDArray[np.float32]]
Shape = Sequence[int | str]


class _NamedWeights(dict[str, npt.NDArray[np.float32]]):
    """Weights by path, which name what is there if a path is wrong."""

    def __missing__(self, path: str) -> npt.NDArray[np.float32]:
        raise KeyError(f"The network has no weights {path!r}; it has {', '.join(self)}.")


class Features(NamedTuple):
    """A tensor of shape (n_samples, channels, height, width)."""

    name: str
    channels: int
    height: int
    width: int


class Graph:
    """A graph that grows by one operation at a time.

    Features are (n_samples, channels, height, width), the layout in which onnxruntime computes.
    Weights have the layout of Keras.

    Parameters
    ----------
    weights : mapping from str to ndarray
        The trained weights by path, as the ``weights_`` of a recognizer.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights: Weights = _NamedWeights(weights)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._prefix = ""

    @contextmanager
    def precise(self) -> Iterator[None]:
        """Exclude the operations that are added inside the context from quantization."""
        before, self._prefix = self._prefix, PRECISE
        try:
            yield
        finally:
            self._prefix = before

    def input(self, name: str, dtype: str, shape: Shape) -> str:
        """Declare an input and return its name.

        Parameters
        ----------
        name : str
        dtype : str
            A NumPy dtype.
        shape : sequence of int or str
            Sizes, or names of dimensions that vary.
        """
        self._inputs.append(onnx.helper.make_tensor_value_info(name, _onnx_type(dtype), shape))
        return name

    def output(self, name: str, tensor: str, shape: Shape) -> None:
        """Declare a float32 tensor as an output of the graph and rename it.

        Parameters
        ----------
        name : str
            The name of the output.
        tensor : str
            The current name of the tensor.
        shape : sequence of int or str
            Sizes, or names of dimensions that vary.
        """
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [name if each == tensor else each for each in names]
        self._outputs.append(onnx.helper.make_tensor_value_info(name, _onnx_type("float32"), shape))

    def constant(self, values: npt.ArrayLike, dtype: str = "float32") -> str:
        """Add an array and return its name."""
        name = f"constant_{len(self._constants)}"
        array = np.ascontiguousarray(values, dtype)
        self._constants.append(onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add an operation and return the name of its output."""
        name = f"{self._prefix}{operation}_{len(self._nodes)}"
        self._nodes.append(
            onnx.helper.make_node(operation, inputs, [name], name=name, **attributes)
        )
        return name

    def cast(self, tensor: str, dtype: str) -> str:
        """Convert to a dtype of NumPy."""
        return self.add("Cast", tensor, to=_onnx_type(dtype))

    def reshape(self, tensor: str, *shape: int) -> str:
        """Reshape; 0 keeps a dimension, -1 infers it."""
        return self.add("Reshape", tensor, self.constant(shape, "int64"))

    def unsqueeze(self, tensor: str, axis: int) -> str:
        """Insert a dimension of size 1."""
        return self.add("Unsqueeze", tensor, self.constant([axis], "int64"))

    def slice(self, tensor: str, start: int, stop: int, *, axis: int) -> str:
        """Slice along one axis."""
        bounds = [self.constant([bound], "int64") for bound in (start, stop, axis)]
        return self.add("Slice", tensor, *bounds)

    def scale_pixels(self, pixels: str) -> str:
        """Map pixel values from 0 to 255 to numbers from -1 to 1."""
        levels = self.cast(pixels, "float32")
        scaled = self.add("Mul", levels, self.constant(PIXEL_SCALE))
        return self.add("Sub", scaled, self.constant(-PIXEL_OFFSET))

    def channels_first(self, images: str, height: int, width: int, channels: int) -> Features:
        """Transpose images (n_samples, height, width, channels) to features."""
        planes = self.add("Transpose", images, perm=[0, 3, 1, 2])
        return Features(planes, channels, height, width)

    def concatenate(self, *parts: Features) -> Features:
        """Concatenate features along the channels."""
        name = self.add("Concat", *(part.name for part in parts), axis=1)
        return parts[0]._replace(name=name, channels=sum(part.channels for part in parts))

    def convolution(
        self,
        features: Features,
        layer: str,
        *,
        strides: tuple[int, int] = (1, 1),
        padding: str = "same",
    ) -> Features:
        """Apply convolution, batch normalization and ReLU, as `_layers.convolution` does.

        After training, the normalization is a factor and a summand of each channel, which become
        part of the kernel and the bias.
        """
        gamma, beta, mean, variance = (
            self.weights[f"{layer}_norm/{name}"].astype(np.float64)
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + NORM_EPSILON)
        kernel = self.weights[f"{layer}/kernel"] * factor
        convolved = self.convolve(features, kernel, beta - mean * factor, strides, padding)
        return convolved._replace(name=self.add("Relu", convolved.name))

    def convolve(
        self,
        features: Features,
        kernel: npt.NDArray[np.floating],
        bias: npt.NDArray[np.floating],
        strides: tuple[int, int] = (1, 1),
        padding: str = "same",
    ) -> Features:
        """Convolve with a kernel of shape (height, width, channels before, channels after)."""
        size = kernel.shape[:2]
        height, width, window = _sliding_window(features, size, strides, padding)
        name = self.add(
            "Conv",
            features.name,
            self.constant(kernel.transpose(3, 2, 0, 1)),
            self.constant(bias),
            **window,
        )
        return Features(name, kernel.shape[3], height, width)

    def pool(
        self,
        operation: str,
        features: Features,
        size: tuple[int, int],
        strides: tuple[int, int],
    ) -> Features:
        """Return the maximum or the average of each window; padding does not count."""
        height, width, window = _sliding_window(features, size, strides, "same")
        name = self.add(operation, features.name, **window)
        return Features(name, features.channels, height, width)

    def average(self, features: Features, size: tuple[int, int]) -> Features:
        """Return the average of each of the windows that tile an image.

        The average is a depthwise convolution: int8 pooling takes several times as long.
        """
        kernel = np.full((features.channels, 1, *size), 1 / (size[0] * size[1]))
        height, width, window = _sliding_window(features, size, size, "valid")
        name = self.add(
            "Conv", features.name, self.constant(kernel), group=features.channels, **window
        )
        return Features(name, features.channels, height, width)

    def mean(self, features: str) -> str:
        """Return the mean of each sample over channels, height and width.

        In two steps, because OpenCV 4 computes wrong means over three axes at once.
        """
        planes = self.add("ReduceMean", features, axes=[2, 3], keepdims=1)
        return self.add("ReduceMean", planes, axes=[1], keepdims=1)

    def log_softmax(self, scores: str) -> str:
        """Return log-probabilities (n, time steps, symbols) of scores (n, symbols, time steps)."""
        with self.precise():
            time_steps = self.add("Transpose", scores, perm=[0, 2, 1])
            return self.add("LogSoftmax", time_steps, axis=-1)

    def model(self) -> onnx.ModelProto:
        """Return the graph as a model."""
        graph = onnx.helper.make_graph(
            self._nodes, "sklearn_lpr", self._inputs, self._outputs, self._constants
        )
        return onnx.helper.make_model(
            graph,
            ir_version=_IR_VERSION,
            opset_imports=[onnx.helper.make_opsetid("", _OPSET)],
            producer_name="sklearn-lpr",
        )


def _onnx_type(dtype: str) -> int:
    return onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


def _sliding_window(
    features: Features, size: tuple[int, int], strides: tuple[int, int], padding: str
) -> tuple[int, int, dict[str, list[int]]]:
    """Return the height and width after a sliding window, and its attributes in ONNX."""
    lengths, before, after = [], [], []
    for length, window, stride in zip(features[2:], size, strides, strict=True):
        if padding == "valid":
            lengths.append((length - window) // stride + 1)
            padded = 0
        else:
            lengths.append(-(-length // stride))
            padded = max((lengths[-1] - 1) * stride + window - length, 0)
        before.append(padded // 2)
        after.append(padded - padded // 2)
    height, width = lengths
    window_attributes = {"kernel_shape": list(size), "strides": list(strides)}
    return height, width, {**window_attributes, "pads": before + after}
