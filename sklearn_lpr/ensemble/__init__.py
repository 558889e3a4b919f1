"""Fusion of the predictions of several recognizers, or for several frames of one vehicle."""

from ._read_tracks import read_tracks
from ._voting_recognizer import VotingRecognizer

__all__ = ["VotingRecognizer", "read_tracks"]
