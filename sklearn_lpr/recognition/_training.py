"""The training loop of every neural recognizer, and what steers it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ._batches import TrainingSet

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["LearningRate", "MovingAverage", "StopRule", "TrainingPlan", "train"]


# Where the "step" schedule drops the rate to a tenth, as shares of all steps.
_DROPS = (0.4, 0.8)

# Between these shares of all steps a spatial transformer opens: before, there is nothing to align
# for. A sudden opening costs what was learnt.
_ALIGNMENT_OPENS = (0.2, 0.4)

# Between these shares of all steps, the distrust of plates with high losses grows: before, the
# losses do not tell wrong texts from texts that are not learnt yet.
_DISTRUST_GROWS = (0.2, 0.5)


@dataclass(frozen=True)
class LearningRate:
    """A linear warm-up to `peak`, then a constant rate, two drops, or a cosine decay to 0.

    Source of the cosine: I. Loshchilov and F. Hutter, "SGDR", ICLR 2017, equation 5; of the
    drops: LPRNet's authors, every 100,000 of 250,000 steps.
    """

    peak: float
    schedule: str
    warmup: float

    def at(self, step: int, n_steps: int) -> float:
        """Give the rate of a step, counted from 0, out of `n_steps`."""
        n_warmup = self.warmup * n_steps
        if step < n_warmup:
            return self.peak * (step + 1) / (n_warmup + 1)
        if self.schedule == "constant":
            return self.peak
        if self.schedule == "step":
            return self.peak * 0.1 ** sum(step >= share * n_steps for share in _DROPS)
        progress = (step - n_warmup) / max(n_steps - n_warmup, 1)
        return self.peak * 0.5 * (1 + np.cos(np.pi * progress))


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

    def update(self, network: "Network") -> bool:
        """Score the network after an epoch; True means stop."""
        exact, log_likelihood = self.validate()
        self.scores.append(exact)
        best_exact, best_likelihood = self._best
        if exact > best_exact or (
            exact == best_exact and log_likelihood > best_likelihood + self.tol
        ):
            self._best, self._n_worse = (exact, log_likelihood), 0
            self.best_weights = network.weights
        else:
            self._n_worse += 1
        return self._n_worse >= self.n_iter_no_change


@dataclass(frozen=True)
class TrainingPlan:
    """How a network is trained.

    Parameters
    ----------
    max_iter : int
        Epochs.
    learning_rate : LearningRate
    even_start : float
        The share of steps over which the loss is eased in from evenly spaced characters.
    label_noise : float
        The share of plates that is distrusted in the end.
    weight_averaging : float
        The decay, by step, of the moving average that becomes the weights; 0 takes the last.
    optimizer : dict
        The fields of `networks.OptimizerSettings`.
    seed : int
    """

    max_iter: int
    learning_rate: LearningRate
    even_start: float
    label_noise: float
    weight_averaging: float
    optimizer: dict[str, Any]
    seed: int

    def at(self, step: int, n_steps: int) -> dict[str, float]:
        """Give what `Network.train_step` needs to know of a step."""
        share = step / n_steps
        return {
            "learning_rate": self.learning_rate.at(step, n_steps),
            "evenness": max(0.0, 1 - share / self.even_start) if self.even_start else 0.0,
            "distrust": self.label_noise * _rise(share, *_DISTRUST_GROWS),
            "openness": _rise(share, *_ALIGNMENT_OPENS),
        }


def _rise(share: float, start: float, end: float) -> float:
    """Rise from 0 at `start` to 1 at `end`."""
    return min(max((share - start) / (end - start), 0.0), 1.0)


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


def train(
    network: "Network",
    data: TrainingSet,
    plan: TrainingPlan,
    *,
    stop_rule: StopRule | None,
    verbose: bool,
) -> list[float]:
    """Train a network whose training was started.

    Parameters
    ----------
    network : Network
    data : TrainingSet
    plan : TrainingPlan
    stop_rule : StopRule or None
    verbose : bool

    Returns
    -------
    list of float
        The mean loss by epoch.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    """
    n_steps = data.n_batches * plan.max_iter
    average = MovingAverage(plan.weight_averaging) if plan.weight_averaging else None
    losses: list[float] = []
    total = n_plates = 0.0
    for step, batch in enumerate(data.batches(plan.max_iter)):
        loss = network.train_step(
            batch.images, batch.symbols, batch.sample_weight, **plan.at(step, n_steps)
        )
        if not np.isfinite(loss):
            raise ValueError(
                f"The loss became {loss!r} in iteration {len(losses) + 1}; lower "
                f"learning_rate_init={plan.learning_rate.peak!r}."
            )
        if average:
            average.update(network.weights)
        total += loss * len(batch.images)
        n_plates += len(batch.images)
        if (step + 1) % data.n_batches:
            continue
        losses.append(total / n_plates)
        total = n_plates = 0.0
        stop = stop_rule is not None and _update(stop_rule, network, average)
        if verbose:
            validation = "" if stop_rule is None else f", validation = {stop_rule.scores[-1]:.4f}"
            print(f"Iteration {len(losses)}, loss = {losses[-1]:.6f}{validation}")
        if stop:
            break
    if average:
        network.load(average.weights)
    return losses


def _update(stop_rule: StopRule, network: "Network", average: MovingAverage | None) -> bool:
    """Score the weights that the training would end with now."""
    if average is None:
        return stop_rule.update(network)
    last = network.weights
    network.load(average.weights)
    stop = stop_rule.update(network)
    network.load(last)
    return stop
