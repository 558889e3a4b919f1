"""Several recognizers, or several frames of one vehicle, give one reading."""

from ._read_tracks import read_tracks
from ._voting_recognizer import VotingRecognizer

__all__ = ["VotingRecognizer", "read_tracks"]
