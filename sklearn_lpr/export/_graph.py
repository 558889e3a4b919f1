"""ONNX graphs written layer by layer, from the weights of the Keras layers of the same names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx

__all__ = ["PRECISE", "Features", "Graph", "Weights"]

# How the names of operations begin that 8 bits are not enough for.
PRECISE = "precise_"

# GridSample came with 16; axes of reductions are attributes until 17.
_OPSET = 17
_IR_VERSION = 8

# The default of Keras's BatchNormalization, which the networks use.
_NORM_EPSILON = 1e-3

Weights = Mapping[str, npt.NDArray[np.float32]]


class Features(NamedTuple):
    """A tensor of shape (n_samples, channels, height, width)."""

    name: str
    channels: int
    height: int
    width: int


class Graph:
    """A graph that grows by one operation at a time.

    Tensors of features are (n_samples, channels, height, width), the layout that onnxruntime
    computes in; the weights are in Keras's.

    Parameters
    ----------
    weights : mapping from str to ndarray
        The fitted weights by path, as ``weights_`` of a recognizer.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._prefix = ""

    @contextmanager
    def precise(self) -> Iterator[None]:
        """Mark the operations that are added meanwhile as none to quantize."""
        before, self._prefix = self._prefix, PRECISE
        try:
            yield
        finally:
            self._prefix = before

    def constant(self, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> str:
        """Add an array and give its name."""
        name = f"constant_{len(self._constants)}"
        array = np.ascontiguousarray(values, dtype)
        self._constants.append(onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add an operation and give the name of its output."""
        name = f"{self._prefix}{operation}_{len(self._nodes)}"
        self._nodes.append(
            onnx.helper.make_node(operation, inputs, [name], name=name, **attributes)
        )
        return name

    def reshape(self, tensor: str, *shape: int) -> str:
        """Reshape; 0 keeps a dimension, -1 takes what is left."""
        return self.add("Reshape", tensor, self.constant(shape, np.int64))

    def unsqueeze(self, tensor: str, axis: int) -> str:
        """Add a dimension."""
        return self.add("Unsqueeze", tensor, self.constant([axis], np.int64))

    def scale_pixels(self, pixels: str) -> str:
        """Bring the grey levels from 0 to 255 to numbers from -1 to 1."""
        levels = self.add("Cast", pixels, to=onnx.TensorProto.FLOAT)
        scaled = self.add("Mul", levels, self.constant(1 / 127.5))
        return self.add("Sub", scaled, self.constant(1))

    def convolution(
        self,
        features: Features,
        layer: str,
        *,
        strides: tuple[int, int] = (1, 1),
        padding: str = "same",
    ) -> Features:
        """Convolve, normalize and rectify, as `networks.convolution` does.

        The normalization of a trained network is a factor and a summand for each channel, which
        the convolution takes in.
        """
        normalization = (
            self.weights[f"{layer}_norm/{name}"].astype(np.float64)
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        gamma, beta, mean, variance = normalization
        factor = gamma / np.sqrt(variance + _NORM_EPSILON)
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
        height, width, window = _slide(features, size, strides, padding)
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
        """Give the maximum or the average of each window; what is outside does not count."""
        height, width, window = _slide(features, size, strides, "same")
        name = self.add(operation, features.name, **window)
        return Features(name, features.channels, height, width)

    def average(self, features: Features, size: tuple[int, int]) -> Features:
        """Give the average of each of the windows that tile an image.

        As a convolution of each channel by itself: pooling in whole numbers takes several times
        as long.
        """
        kernel = np.full((features.channels, 1, *size), 1 / (size[0] * size[1]))
        height, width, window = _slide(features, size, size, "valid")
        name = self.add(
            "Conv", features.name, self.constant(kernel), group=features.channels, **window
        )
        return Features(name, features.channels, height, width)

    def log_softmax(self, scores: str) -> str:
        """Give log-probabilities (n, columns, symbols) for scores (n, symbols, columns)."""
        with self.precise():
            columns = self.add("Transpose", scores, perm=[0, 2, 1])
            return self.add("LogSoftmax", columns, axis=-1)

    def model(self, images: list[Any], lattice: list[Any]) -> onnx.ModelProto:
        """Give the model whose output is that of the last operation.

        Parameters
        ----------
        images, lattice : list
            The dimensions of the uint8 input ``images`` and of the float32 output ``lattice``:
            numbers, or names of those that may vary.
        """
        describe, types = onnx.helper.make_tensor_value_info, onnx.TensorProto
        self._nodes[-1].output[0] = "lattice"
        graph = onnx.helper.make_graph(
            self._nodes,
            "sklearn_lpr",
            [describe("images", types.UINT8, images)],
            [describe("lattice", types.FLOAT, lattice)],
            self._constants,
        )
        return onnx.helper.make_model(
            graph,
            ir_version=_IR_VERSION,
            opset_imports=[onnx.helper.make_opsetid("", _OPSET)],
            producer_name="sklearn-lpr",
        )


def _slide(
    features: Features, size: tuple[int, int], strides: tuple[int, int], padding: str
) -> tuple[int, int, dict[str, list[int]]]:
    """Give the height and width of what a sliding window makes, and its attributes in ONNX."""
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
