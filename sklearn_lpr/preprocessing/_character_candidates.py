"""Propose boxes that may be characters in the crop of a plate."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._character_network import INPUT_SHAPE, load_weights, normalize, run_network
from ._view import View

__all__ = ["Candidates", "find_character_candidates"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# The unit of the distances along the row that the network returns, in pixels of its input.
_DISTANCE_UNIT = 16
# Keeps probabilities above 0 and below 1.
_MAX_LOGIT = 12


class Candidates(NamedTuple):
    """Boxes (left, top, right, bottom) and the probability that each is a character."""

    boxes: Floats
    probability: Floats


def find_character_candidates(grey: Pixels, view: View) -> Candidates:
    """Return the box of a character for each position along a view.

    Each position proposes the character that is centred there. Boxes are in pixels of the crop.
    """
    seen = normalize(view.cut(grey, *INPUT_SHAPE).astype(np.float32))
    outputs = run_network(seen, load_weights()).astype(np.float64)
    probability = 1 / (1 + np.exp(-outputs[:, 0].clip(-_MAX_LOGIT, _MAX_LOGIT)))
    centre = (np.arange(len(outputs)) + 0.5) / len(outputs)
    left, right = np.maximum(outputs[:, 1:3], 0.05).T * _DISTANCE_UNIT / INPUT_SHAPE[1]
    top, bottom = outputs[:, 3:].T
    bottom = np.maximum(bottom, top + 0.01)
    boxes = np.column_stack([centre - left, top, centre + right, bottom])
    return Candidates(view.to_crop(boxes), probability)
