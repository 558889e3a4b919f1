"""From a lattice of log-probabilities to texts; knows nothing of networks."""

from ._ctc import BLANK, text_log_probability
from ._greedy import GreedyDecoder
from ._reading import NOTHING_READ, PlateReading

__all__ = ["BLANK", "NOTHING_READ", "GreedyDecoder", "PlateReading", "text_log_probability"]
