"""Recognizers: estimators that read plates."""

from ._lprnet_ctc import LPRNetCTC
from ._read_plates import read_plates

__all__ = ["LPRNetCTC", "read_plates"]
