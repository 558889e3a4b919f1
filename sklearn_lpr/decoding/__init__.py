"""From a lattice of log-probabilities to texts; knows nothing of networks."""

from ._beam_search import BeamSearchDecoder
from ._ctc import BLANK, text_log_probability
from ._greedy import GreedyDecoder, best_paths
from ._reading import NOTHING_READ, PlateReading

__all__ = [
    "BLANK",
    "NOTHING_READ",
    "BeamSearchDecoder",
    "GreedyDecoder",
    "PlateReading",
    "best_paths",
    "text_log_probability",
]
