"""What a training has come to, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ._checkpoint import State, prefixed, under

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["FittedNetwork", "MovingAverage", "Progress", "StopRule"]


@dataclass(frozen=True)
class FittedNetwork:
    """What a training gives.

    Parameters
    ----------
    weights : dict of ndarray
    loss_curve : list of float
        By epoch.
    validation_scores : list of float or None
        The share of validation plates read exactly, by epoch.
    best_score : float or None
        The highest of them.
    exact : float or None
        The share of some training plates that is read exactly; None as long as the training runs.
    """

    weights: "Weights"
    loss_curve: list[float]
    validation_scores: list[float] | None
    best_score: float | None
    exact: float | None = None


@dataclass
class MovingAverage:
    """An exponential moving average of weights, unbiased by its start."""

    decay: float
    weights: "Weights" = field(default_factory=dict)
    _n_updates: int = 0

    def update(self, weights: "Weights") -> None:
        """Take in the weights after a step."""
        self._n_updates += 1
        share = (1 - self.decay) / (1 - self.decay**self._n_updates)
        if self._n_updates == 1:
            self.weights = weights
        for name, value in weights.items():
            self.weights[name] = self.weights[name] + np.float32(share) * (
                value - self.weights[name]
            )

    @property
    def state(self) -> State:
        """All of it but the decay."""
        return {"n_updates": np.array(self._n_updates), **prefixed("weights", self.weights)}

    def restore(self, state: State) -> None:
        """Be as it was when it had that state."""
        self._n_updates = state["n_updates"].item()
        self.weights = under("weights", state)


@dataclass
class StopRule:
    """Remember the best epoch on validation plates, and say when there is none better to come.

    An epoch is better if it reads more plates exactly, or as many with a higher mean
    log-probability: that one still rises while no plate is read yet.
    """

    validate: Callable[[], tuple[float, float]]
    tol: float
    n_iter_no_change: int
    scores: list[float] = field(default_factory=list)
    best_weights: "Weights" = field(default_factory=dict)
    _best: tuple[float, float] = (-np.inf, -np.inf)
    _n_worse: int = 0

    @property
    def best_score(self) -> float:
        """The highest share of validation plates read exactly."""
        return self._best[0]

    @property
    def satisfied(self) -> bool:
        """Whether the training should stop."""
        return self._n_worse >= self.n_iter_no_change

    def update(self, weights: "Weights") -> None:
        """Score the weights after an epoch, which are in place."""
        exact, log_likelihood = self.validate()
        self.scores.append(exact)
        best_exact, best_likelihood = self._best
        if exact > best_exact or (
            exact == best_exact and log_likelihood > best_likelihood + self.tol
        ):
            self._best, self._n_worse = (exact, log_likelihood), 0
            self.best_weights = weights
        else:
            self._n_worse += 1

    @property
    def state(self) -> State:
        """All of it but its parameters."""
        return {
            "scores": np.array(self.scores),
            "best": np.array(self._best),
            "n_worse": np.array(self._n_worse),
            **prefixed("weights", self.best_weights),
        }

    def restore(self, state: State) -> None:
        """Be as it was when it had that state."""
        self.scores = state["scores"].tolist()
        exact, log_likelihood = state["best"].tolist()
        self._best = exact, log_likelihood
        self._n_worse = state["n_worse"].item()
        self.best_weights = under("weights", state)


class Progress:
    """A training between its steps.

    Parameters
    ----------
    network : Network
        Its training was started.
    average : MovingAverage or None
        Of the weights, in place of the last ones.
    stop_rule : StopRule or None

    Attributes
    ----------
    losses : list of float
        The mean loss by epoch.
    fitted : FittedNetwork or None
        What the training gives if it ends here; None before the first epoch has ended. It is
        replaced as a whole, so that it is consistent whenever the training is interrupted.
    """

    def __init__(
        self, network: "Network", average: MovingAverage | None, stop_rule: StopRule | None
    ) -> None:
        self.network = network
        self.average = average
        self.stop_rule = stop_rule
        self.losses: list[float] = []
        self.fitted: FittedNetwork | None = None

    @property
    def n_epochs(self) -> int:
        """The epochs behind."""
        return len(self.losses)

    @property
    def satisfied(self) -> bool:
        """Whether the stop rule is."""
        return self.stop_rule is not None and self.stop_rule.satisfied

    def end_step(self) -> None:
        """Take in a step."""
        if self.average is not None:
            self.average.update(self.network.weights)

    def end_epoch(self, loss: float) -> FittedNetwork:
        """Take in an epoch's mean loss; validate and give what the training would end with."""
        self.losses.append(loss)
        if self.stop_rule is not None:
            last, present = self.network.weights, self._present_weights()
            self.network.load(present)
            self.stop_rule.update(present)
            self.network.load(last)
        self.fitted = self._take_stock()
        return self.fitted

    def _present_weights(self) -> "Weights":
        return self.network.weights if self.average is None else dict(self.average.weights)

    def _take_stock(self) -> FittedNetwork:
        rule = self.stop_rule
        return FittedNetwork(
            self._present_weights() if rule is None else rule.best_weights,
            list(self.losses),
            None if rule is None else list(rule.scores),
            None if rule is None else rule.best_score,
        )

    @property
    def state(self) -> State:
        """All that the epochs to come depend on."""
        state = {"losses": np.array(self.losses)}
        state |= prefixed("network", dict(enumerate(self.network.training_state)))
        if self.average is not None:
            state |= prefixed("average", self.average.state)
        if self.stop_rule is not None:
            state |= prefixed("stop_rule", self.stop_rule.state)
        return state

    def restore(self, state: State) -> None:
        """Go on from a state, after an epoch, of a training that is the same in all else."""
        self.losses = state["losses"].tolist()
        self.network.restore_training(list(under("network", state).values()))
        if self.average is not None:
            self.average.restore(under("average", state))
        if self.stop_rule is not None:
            self.stop_rule.restore(under("stop_rule", state))
        self.fitted = self._take_stock()
