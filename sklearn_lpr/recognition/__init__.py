"""Recognizers: estimators that predict the texts of plates."""

from ._lprnet_ctc import LPRNetCTC
from ._onnx_recognizer import OnnxRecognizer
from ._read_plates import read_plates
from ._segment_cnn import SegmentCNN

__all__ = ["LPRNetCTC", "OnnxRecognizer", "SegmentCNN", "read_plates"]
