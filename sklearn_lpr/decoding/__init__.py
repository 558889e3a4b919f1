"""Decode log-probabilities into plate texts with CTC.

The decoders depend on NumPy alone and on no network. ``BLANK``, 0, is the symbol of a time step
without a character. ``EMPTY_PREDICTION`` is the `PlateReading` with the text ``""`` and the
confidence 0.
"""

from ._beam_search import BeamSearchDecoder
from ._ctc import BLANK, text_log_probability
from ._format_decoder import FormatDecoder
from ._greedy import GreedyDecoder, best_paths
from ._reading import EMPTY_PREDICTION, PlateReading

__all__ = [
    "BLANK",
    "EMPTY_PREDICTION",
    "BeamSearchDecoder",
    "FormatDecoder",
    "GreedyDecoder",
    "PlateReading",
    "best_paths",
    "text_log_probability",
]
