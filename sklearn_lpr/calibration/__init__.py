"""Confidence that means what it says, and readers that abstain where they are not sure."""

from ._calibrated_recognizer_cv import CalibratedRecognizer, CalibratedRecognizerCV
from ._rejecting_recognizer_cv import RejectingRecognizerCV

__all__ = ["CalibratedRecognizer", "CalibratedRecognizerCV", "RejectingRecognizerCV"]
