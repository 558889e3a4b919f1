"""Check ONNX files before onnxruntime loads them.

onnxruntime reads whatever other files a model names, and runs any loop in it. The check needs no
package: it walks through the fields of the Protocol Buffers message that concern safety.
"""

import math
import os
from collections.abc import Iterator
from typing import Any

from ._files import open_regular

__all__ = ["DISABLED_OPTIMIZERS", "check_onnx", "read_onnx"]

# Constant folding would compute parts of a network while it is loaded, and constants of any size
# with them. The results and the speed of the networks of this package do not depend on it.
DISABLED_OPTIMIZERS = ["ConstantFolding"]

# Operators without loops and branches: those that `Graph` writes, those that quantization adds,
# and layers of other common networks.
_STANDARD = """
    Abs Add And AveragePool BatchNormalization Cast Ceil Clip Concat Conv CumSum DequantizeLinear
    Div Elu Equal Erf Exp Flatten Floor Expand GRU Gather Gelu Gemm GlobalAveragePool GlobalMaxPool
    Greater GreaterOrEqual GridSample HardSigmoid HardSwish Identity InstanceNormalization LSTM
    LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max MaxPool Mean Min Mul
    Neg Not Or PRelu Pow QLinearConv QLinearMatMul QuantizeLinear Reciprocal ReduceL2 ReduceMax
    ReduceMean ReduceMin ReduceSum Relu Reshape Resize Selu Shape Sigmoid Slice Softmax Softplus
    Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where
"""
# Written by quantization to integer operators.
_MICROSOFT = """
    QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearGlobalAveragePool QLinearLeakyRelu
    QLinearMul QLinearSigmoid QLinearSoftmax
"""
_OPERATORS = {
    "": frozenset(_STANDARD.split()),
    "com.microsoft": frozenset(_MICROSOFT.split()),
}

_MAX_NODES = 10_000
_MAX_FIELDS = 1_000_000

# Numbers of the fields in onnx.proto.
_MODEL_GRAPH, _MODEL_TRAINING, _MODEL_FUNCTIONS = 7, 20, 25
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_OPERATOR, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_TENSOR_DIMENSIONS, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 1, 13, 14

# Wire types of Protocol Buffers.
_VARINT, _EIGHT_BYTES, _LENGTH_DELIMITED, _FOUR_BYTES = 0, 1, 2, 5

_ORT_FORMAT = b"ORTM"


def read_onnx(path: str | os.PathLike[str]) -> bytes:
    """Return the content of the file in the parameter `path` of an estimator.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        If it cannot be read or is not a regular file. The message names the parameter; the class
        is that of the cause, such as `FileNotFoundError`.
    """
    name = f"path={os.fspath(path)!r}"
    remedy = "pass the path of a file that sklearn_lpr.export.to_onnx wrote."
    try:
        with open_regular(path) as file:
            return file.read()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{name}: there is no such file; {remedy}") from error
    except OSError as error:
        raise type(error)(f"{name} cannot be read ({error.strerror}); {remedy}") from error


def check_onnx(content: bytes) -> None:
    """Check that a model has no part that this package never writes and that could do harm.

    Accepted models are one graph of known operators, with all constants in the file. Opening one
    reads no other file and computes nothing, if the optimizers in `DISABLED_OPTIMIZERS` are
    disabled. Running one ends, but may need any time and memory: so it is with any network.

    Parameters
    ----------
    content : bytes
        The content of a file.

    Raises
    ------
    ValueError
        If it is damaged, or has external data, subgraphs (loops and branches), functions,
        unknown operators, sparse tensors, or constants that are larger than their data.
    """
    if content[4:8] == _ORT_FORMAT:
        raise ValueError("it has the format of onnxruntime, not that of ONNX.")
    _Walk().check_model(memoryview(content))


class _Walk:
    """A walk through the message, of limited length."""

    def __init__(self) -> None:
        self._n_fields = 0
        self._n_nodes = 0

    def check_model(self, message: memoryview) -> None:
        n_graphs = 0
        for number, value in self._fields(message):
            if number in (_MODEL_FUNCTIONS, _MODEL_TRAINING):
                raise ValueError("it defines functions, which sklearn_lpr never writes.")
            if number == _MODEL_GRAPH:
                n_graphs += 1
                self._check_graph(_message(value))
        if n_graphs != 1:
            raise ValueError(f"it is not an ONNX model, or is damaged: it has {n_graphs} graphs.")

    def _check_graph(self, message: memoryview) -> None:
        for number, value in self._fields(message):
            if number == _GRAPH_NODE:
                self._check_node(_message(value))
            elif number == _GRAPH_INITIALIZER:
                self._check_tensor(_message(value))
            elif number == _GRAPH_SPARSE:
                raise ValueError("it has sparse tensors, which sklearn_lpr never writes.")

    def _check_node(self, message: memoryview) -> None:
        self._n_nodes += 1
        if self._n_nodes > _MAX_NODES:
            raise ValueError(f"it has more than {_MAX_NODES} operations.")
        operator = domain = ""
        for number, value in self._fields(message):
            if number == _NODE_OPERATOR:
                operator = _text(value)
            elif number == _NODE_DOMAIN:
                domain = _text(value)
            elif number == _NODE_ATTRIBUTE:
                self._check_attribute(_message(value))
        if operator not in _OPERATORS.get("" if domain == "ai.onnx" else domain, ()):
            name = f"{domain}.{operator}" if domain else operator
            raise ValueError(
                f"it has the operator {name[:100]!r}, which no network of sklearn_lpr has."
            )

    def _check_attribute(self, message: memoryview) -> None:
        n_tensors = 0
        for number, value in self._fields(message):
            if number in _ATTRIBUTE_GRAPHS:
                raise ValueError("it has a loop or a branch, which sklearn_lpr never writes.")
            if number in _ATTRIBUTE_SPARSE:
                raise ValueError("it has sparse tensors, which sklearn_lpr never writes.")
            if number in _ATTRIBUTE_TENSORS:
                n_tensors += number == _ATTRIBUTE_TENSORS[0]
                self._check_tensor(_message(value))
        if n_tensors > 1:  # a reader would merge them
            raise _damaged()

    def _check_tensor(self, message: memoryview) -> None:
        dimensions: list[int] = []
        for number, value in self._fields(message):
            if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != 0):
                raise ValueError(
                    "it has external data: the weights are in another file. onnxruntime would "
                    "read any file that it names."
                )
            if number == _TENSOR_DIMENSIONS:
                dimensions += [value] if isinstance(value, int) else self._varints(value)
        # A byte holds at most two values, of 4 bits each.
        if math.prod(dimensions) > 2 * len(message):
            raise ValueError(f"it has a constant of shape {dimensions[:8]} without the data.")

    def _varints(self, packed: memoryview) -> Iterator[int]:
        place = 0
        while place < len(packed):
            self._count()
            value, place = _varint(packed, place)
            yield value

    def _fields(self, message: memoryview) -> Iterator[tuple[int, Any]]:
        """Yield the number and the value (an int or the bytes) of each field."""
        place = 0
        while place < len(message):
            self._count()
            tag, place = _varint(message, place)
            number, wire_type = tag >> 3, tag & 7
            if wire_type == _VARINT:
                value, place = _varint(message, place)
                yield number, value
                continue
            if wire_type == _LENGTH_DELIMITED:
                length, place = _varint(message, place)
            elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
                length = 8 if wire_type == _EIGHT_BYTES else 4
            else:
                raise _damaged()
            start, place = place, place + length
            if place > len(message):
                raise _damaged()
            yield number, message[start:place]

    def _count(self) -> None:
        self._n_fields += 1
        if self._n_fields > _MAX_FIELDS:
            raise ValueError(f"it has more than {_MAX_FIELDS} fields.")


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """Return a number of variable length, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise _damaged()


def _message(value: Any) -> memoryview:
    if isinstance(value, int):
        raise _damaged()
    return value


def _text(value: Any) -> str:
    return str(_message(value), "utf-8", "replace")


def _damaged() -> ValueError:
    return ValueError("it is not an ONNX model, or is damaged.")
