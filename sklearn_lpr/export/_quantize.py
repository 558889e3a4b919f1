"""Static int8 quantization of ONNX models."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from ..networks._onnx_graph import PRECISE

__all__ = ["in_batches", "quantize_to_int8"]

# Plates whose features are in memory at a time.
_BATCH_SIZE = 16


class _Batches(CalibrationDataReader):
    """Mini-batches of images for calibration."""

    def __init__(self, name: str, batches: Iterable[npt.NDArray[np.uint8]]) -> None:
        self._name = name
        self._batches: Iterator[npt.NDArray[np.uint8]] = iter(batches)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        images = next(self._batches, None)
        return None if images is None else {self._name: images}


def in_batches(images: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield images of one size in mini-batches."""
    for start in range(0, len(images), _BATCH_SIZE):
        yield images[start : start + _BATCH_SIZE]


def quantize_to_int8(
    model: onnx.ModelProto,
    batches: Iterable[npt.NDArray[np.uint8]],
    *,
    seven_bits: bool = False,
) -> onnx.ModelProto:
    """Quantize a network by the ranges of its features on calibration images.

    Weights are quantized per channel. Features are quantized per tensor, to the range from their
    minimum to their maximum; unsigned features are the fastest in onnxruntime. Percentiles in
    place of the extremes, and quantizing convolutions only, cost more accuracy.

    The file has pairs of QuantizeLinear and DequantizeLinear around float operators. onnxruntime
    fuses them to integer operators, with the results and the speed of a file of QLinearConv.
    OpenVINO does not support QLinearConv with weights per channel.

    Parameters
    ----------
    model : onnx.ModelProto
        Built by `Graph`. Its precise operations stay in float32.
    batches : iterable of ndarray
        Mini-batches of calibration images, for the only input of the model.
    seven_bits : bool, default=False
        Whether weights use 7 of the 8 bits. Sums of products cannot overflow then on x86 processors
        without VNNI, which add pairs of products in 16 bits.

    Returns
    -------
    onnx.ModelProto
    """
    with tempfile.TemporaryDirectory() as folder:
        source, prepared, quantized = (Path(folder) / f"{name}.onnx" for name in "abc")
        onnx.save(model, source)
        quant_pre_process(source, prepared, skip_optimization=True, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quantized,
            _Batches(model.graph.input[0].name, batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            reduce_range=seven_bits,
            nodes_to_exclude=[
                node.name for node in model.graph.node if node.name.startswith(PRECISE)
            ],
        )
        return onnx.load(quantized)
