"""The settings of a training run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._schedules import LearningRate, Ramp

__all__ = ["TrainingPlan"]


@dataclass(frozen=True)
class TrainingPlan:
    """Settings of a training run.

    Parameters
    ----------
    max_iter : int
        The number of epochs.
    learning_rate : LearningRate
    ema_decay : float
        The decay, by step, of the exponential moving average that replaces the weights; 0 keeps
        the last weights.
    optimizer : dict
        The fields of `networks.OptimizerSettings`.
    seed : int
        Seeds dropout and gradient noise.
    tol : float
        See `EarlyStopping`.
    n_iter_no_change : int
        See `EarlyStopping`.
    schedules : mapping from str to Ramp
        Further values that the loss and the network's layers receive at each step, by name.
    """

    max_iter: int
    learning_rate: LearningRate
    ema_decay: float
    optimizer: dict[str, Any]
    seed: int
    tol: float = 1e-4
    n_iter_no_change: int = 10
    schedules: Mapping[str, Ramp] = field(default_factory=dict)

    def at(self, step: int, n_steps: int) -> dict[str, Any]:
        """Return the arguments of `Network.train_step` that change from step to step."""
        return {
            "learning_rate": self.learning_rate.at(step, n_steps),
            "scheduled": {name: ramp.at(step, n_steps) for name, ramp in self.schedules.items()},
        }
