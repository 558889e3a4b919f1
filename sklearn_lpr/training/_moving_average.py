"""Exponential moving average of a network's weights.

Keras's `use_ema` has no correction for the first steps, overwrites the weights at the end of each
`fit`, so that training cannot resume to the bit, and crashes on JAX.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ._checkpoint import State, add_prefix, select_prefix

if TYPE_CHECKING:
    from ..networks import Weights

__all__ = ["MovingAverage"]


@dataclass
class MovingAverage:
    """An exponential moving average of weights, corrected for the bias of its first steps."""

    decay: float
    weights: "Weights" = field(default_factory=dict)
    _n_updates: int = 0

    def update(self, weights: "Weights") -> None:
        """Add the weights after a step."""
        self._n_updates += 1
        fraction = (1 - self.decay) / (1 - self.decay**self._n_updates)
        if self._n_updates == 1:
            self.weights = weights
        for name, value in weights.items():
            self.weights[name] = self.weights[name] + np.float32(fraction) * (
                value - self.weights[name]
            )

    @property
    def state(self) -> State:
        """The state for a checkpoint: all but the decay."""
        return {"n_updates": np.array(self._n_updates), **add_prefix("weights", self.weights)}

    def restore(self, state: State) -> None:
        """Restore a state."""
        self._n_updates = state["n_updates"].item()
        self.weights = select_prefix("weights", state)
