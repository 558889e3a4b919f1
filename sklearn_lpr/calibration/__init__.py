"""Calibration of confidences, and rejection of uncertain predictions."""

from ._calibrated_recognizer_cv import CalibratedRecognizer, CalibratedRecognizerCV
from ._rejecting_recognizer_cv import RejectingRecognizerCV

__all__ = ["CalibratedRecognizer", "CalibratedRecognizerCV", "RejectingRecognizerCV"]
