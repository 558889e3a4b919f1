"""Recognizers: estimators that read plates."""

from ._lprnet_ctc import LPRNetCTC
from ._read_plates import read_plates
from ._segment_cnn import SegmentCNN

__all__ = ["LPRNetCTC", "SegmentCNN", "read_plates"]
