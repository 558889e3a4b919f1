"""Fusion of predictions: of several recognizers, views of an image, or frames of one vehicle."""

from ._multi_view_recognizer import MultiViewRecognizer
from ._read_tracks import read_tracks
from ._voting_recognizer import VotingRecognizer

__all__ = ["MultiViewRecognizer", "VotingRecognizer", "read_tracks"]
