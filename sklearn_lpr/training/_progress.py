"""The state of a training run between its steps, and its result."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._checkpoint import State, add_prefix, check_like, select_prefix
from ._early_stopping import EarlyStopping
from ._moving_average import MovingAverage

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["Progress", "TrainingResult"]


@dataclass(frozen=True)
class TrainingResult:
    """The result of a training run.

    Parameters
    ----------
    weights : dict of ndarray
    loss_curve : list of float
        The mean loss by epoch.
    validation_scores : list of float or None
        The validation score by epoch; None without early stopping.
    best_score : float or None
        The highest validation score.
    probe_score : float or None
        The score of `fit_network`'s `probe`; None while training runs.
    """

    weights: "Weights"
    loss_curve: list[float]
    validation_scores: list[float] | None
    best_score: float | None
    probe_score: float | None = None


class Progress:
    """The state of a training run.

    Parameters
    ----------
    network : Network
        The network, after `Network.start_training`.
    average : MovingAverage or None
        Replaces the last weights.
    early_stopping : EarlyStopping or None

    Attributes
    ----------
    losses : list of float
        The mean loss by epoch.
    result : TrainingResult or None
        The result if training ends now; None before the first epoch has ended. It is replaced as
        a whole, so it is consistent whenever training is interrupted.
    """

    def __init__(
        self,
        network: "Network",
        average: MovingAverage | None,
        early_stopping: EarlyStopping | None,
    ) -> None:
        self.network = network
        self.average = average
        self.early_stopping = early_stopping
        self.losses: list[float] = []
        self.result: TrainingResult | None = None

    @property
    def n_epochs(self) -> int:
        """The number of completed epochs."""
        return len(self.losses)

    @property
    def should_stop(self) -> bool:
        """Whether early stopping ends training."""
        return self.early_stopping is not None and self.early_stopping.should_stop

    def end_step(self) -> None:
        """Record a step."""
        if self.average is not None:
            self.average.update(self.network.weights)

    def end_epoch(self, loss: float) -> TrainingResult:
        """Record an epoch's mean loss, validate, and return the result so far."""
        self.losses.append(loss)
        if self.early_stopping is not None:
            last, current = self.network.weights, self._current_weights()
            self.network.load(current)
            self.early_stopping.update(current)
            self.network.load(last)
        self.result = self._current_result()
        return self.result

    def _current_weights(self) -> "Weights":
        return self.network.weights if self.average is None else dict(self.average.weights)

    def _current_result(self) -> TrainingResult:
        stopping = self.early_stopping
        return TrainingResult(
            self._current_weights() if stopping is None else stopping.best_weights,
            list(self.losses),
            None if stopping is None else list(stopping.scores),
            None if stopping is None else stopping.best_score,
        )

    @property
    def state(self) -> State:
        """The state for a checkpoint: all that later epochs depend on."""
        state = {"losses": np.array(self.losses, np.float64)}
        state |= add_prefix("network", dict(enumerate(self.network.training_state)))
        if self.average is not None:
            state |= add_prefix("average", self.average.state)
        if self.early_stopping is not None:
            state |= add_prefix("early_stopping", self.early_stopping.state)
        return state

    def check(self, state: State) -> None:
        """Check that training can resume from a state.

        Raises
        ------
        ValueError
            If it has other arrays than a state of this training run, or NaN.
        """
        weights = self.network.weights
        n_epochs = state["losses"].size if "losses" in state else 0
        if n_epochs == 0:
            raise ValueError("it holds no completed epoch")
        expected = {"losses": np.zeros(n_epochs)}
        expected |= add_prefix("network", dict(enumerate(self.network.training_state)))
        if self.average is not None:
            expected |= add_prefix("average", MovingAverage(0.5, weights).state)
        if self.early_stopping is not None:
            stopping = EarlyStopping(lambda: (0.0, 0.0), 0.0, 1, [0.0] * n_epochs, weights)
            expected |= add_prefix("early_stopping", stopping.state)
        check_like(state, expected)

    def restore(self, state: State) -> None:
        """Restore the state of the same training run at the end of an epoch."""
        self.losses = state["losses"].tolist()
        self.network.restore_training(list(select_prefix("network", state).values()))
        if self.average is not None:
            self.average.restore(select_prefix("average", state))
        if self.early_stopping is not None:
            self.early_stopping.restore(select_prefix("early_stopping", state))
        self.result = self._current_result()
