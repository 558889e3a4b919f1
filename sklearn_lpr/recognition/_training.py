"""The training loop of every neural recognizer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["LearningRate", "StopRule", "TrainingSet", "train"]


@dataclass(frozen=True)
class TrainingSet:
    """What a network learns from."""

    images: npt.NDArray[np.uint8]
    symbols: npt.NDArray[np.int32]
    sample_weight: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class LearningRate:
    """A linear warm-up to `peak`, then a constant rate or a cosine decay to 0.

    Source of the cosine: I. Loshchilov and F. Hutter, "SGDR", ICLR 2017, equation 5.
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


def train(
    network: "Network",
    data: TrainingSet,
    *,
    batch_size: int,
    max_iter: int,
    learning_rate: LearningRate,
    even_start: float,
    shuffle: bool,
    seed: int,
    stop_rule: StopRule | None,
    verbose: bool,
) -> list[float]:
    """Train a network whose training was started.

    Parameters
    ----------
    network : Network
    data : TrainingSet
    batch_size : int
        Batches hold at most so many plates, and differ by one at the most.
    max_iter : int
        Epochs.
    learning_rate : LearningRate
    even_start : float
        The share of steps over which the loss is eased in from evenly spaced characters.
    shuffle : bool
    seed : int
        Of the epochs' orders.
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
    n_batches = -(-len(data) // batch_size)
    n_steps = n_batches * max_iter
    losses: list[float] = []
    for epoch in range(max_iter):
        order = np.arange(len(data))
        if shuffle:
            order = np.random.default_rng([seed, epoch]).permutation(len(data))
        total = 0.0
        for number, batch in enumerate(np.array_split(order, n_batches)):
            step = epoch * n_batches + number
            loss = network.train_step(
                data.images[batch],
                data.symbols[batch],
                data.sample_weight[batch],
                learning_rate=learning_rate.at(step, n_steps),
                evenness=max(0.0, 1 - step / (even_start * n_steps)) if even_start else 0.0,
            )
            if not np.isfinite(loss):
                raise ValueError(
                    f"The loss became {loss!r} in iteration {epoch + 1}; lower "
                    f"learning_rate_init={learning_rate.peak!r}."
                )
            total += loss * len(batch)
        losses.append(total / len(data))
        stop = stop_rule is not None and stop_rule.update(network)
        if verbose:
            validation = "" if stop_rule is None else f", validation = {stop_rule.scores[-1]:.4f}"
            print(f"Iteration {epoch + 1}, loss = {losses[-1]:.6f}{validation}")
        if stop:
            break
    return losses
