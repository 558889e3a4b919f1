"""The training loop of every neural recognizer, and what steers it."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ._batches import Batch, TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint
from ._progress import Progress

__all__ = ["LearningRate", "TrainingPlan", "train"]


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


@dataclass(frozen=True)
class TrainingPlan:
    """How a network is trained.

    Parameters
    ----------
    max_iter : int
        Epochs.
    learning_rate : LearningRate
    alignment_warmup : float
        The share of steps over which the loss is eased in from evenly spaced characters.
    label_noise_fraction : float
        The share of plates that is distrusted in the end.
    ema_decay : float
        The decay, by step, of the moving average that becomes the weights; 0 takes the last.
    optimizer : dict
        The fields of `networks.OptimizerSettings`.
    seed : int
    """

    max_iter: int
    learning_rate: LearningRate
    alignment_warmup: float
    label_noise_fraction: float
    ema_decay: float
    optimizer: dict[str, Any]
    seed: int

    def at(self, step: int, n_steps: int) -> dict[str, float]:
        """Give what `Network.train_step` needs to know of a step."""
        share = step / n_steps
        return {
            "learning_rate": self.learning_rate.at(step, n_steps),
            "evenness": max(0.0, 1 - share / self.alignment_warmup)
            if self.alignment_warmup
            else 0.0,
            "distrust": self.label_noise_fraction * _rise(share, *_DISTRUST_GROWS),
            "openness": _rise(share, *_ALIGNMENT_OPENS),
        }


def _rise(share: float, start: float, end: float) -> float:
    """Rise from 0 at `start` to 1 at `end`."""
    return min(max((share - start) / (end - start), 0.0), 1.0)


def train(
    data: TrainingSet,
    plan: TrainingPlan,
    progress: Progress,
    *,
    tasks: EpochTasks,
    checkpoint: Checkpoint | None,
    verbose: bool,
) -> bool:
    """Train a network to the end, from the epoch that it has reached.

    Parameters
    ----------
    data : TrainingSet
    plan : TrainingPlan
    progress : Progress
        Follows the training.
    tasks : EpochTasks
    checkpoint : Checkpoint or None
    verbose : bool

    Returns
    -------
    bool
        Whether a callback stopped it.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    """
    first = progress.n_epochs
    with closing(data.batches(plan.max_iter, first)) as batches:
        for epoch in range(first, plan.max_iter):
            if progress.satisfied:
                break
            tasks.begin(epoch)
            steps = enumerate(islice(batches, data.n_batches), epoch * data.n_batches)
            loss = _train_epoch(steps, plan, progress, data.n_batches * plan.max_iter)
            fitted = progress.end_epoch(loss)
            if verbose:
                print(_describe(progress))
            if checkpoint is not None and checkpoint.due:
                checkpoint.write(progress.state)
            if tasks.end(fitted):
                return True
    return False


def _train_epoch(
    steps: Iterable[tuple[int, Batch]], plan: TrainingPlan, progress: Progress, n_steps: int
) -> float:
    """Take an epoch's steps, and give the mean loss."""
    total = n_plates = 0.0
    for step, batch in steps:
        loss = progress.network.train_step(
            batch.images, batch.symbols, batch.sample_weight, **plan.at(step, n_steps)
        )
        if not np.isfinite(loss):
            raise ValueError(
                f"The loss became {loss!r} in iteration {progress.n_epochs + 1}; lower "
                f"learning_rate_init={plan.learning_rate.peak!r}."
            )
        progress.end_step()
        total += loss * len(batch.images)
        n_plates += len(batch.images)
    return total / n_plates


def _describe(progress: Progress) -> str:
    rule = progress.stop_rule
    validation = "" if rule is None else f", validation = {rule.scores[-1]:.4f}"
    return f"Iteration {progress.n_epochs}, loss = {progress.losses[-1]:.6f}{validation}"
