"""From a lattice of log-probabilities to texts; knows nothing of networks.

``BLANK``, 0, is the symbol of columns without a character; ``NOTHING_READ`` is the `PlateReading`
of the text ``""`` with confidence 0.
"""

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
