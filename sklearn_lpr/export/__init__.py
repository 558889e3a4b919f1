"""Export of recognizers to ONNX files, which run without Keras."""

from ._compare import ExportComparison, compare
from ._load_pipeline import load_pipeline
from ._to_onnx import to_onnx

__all__ = ["ExportComparison", "compare", "load_pipeline", "to_onnx"]
