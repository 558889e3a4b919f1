"""The training loop."""

from collections.abc import Iterable
from contextlib import closing
from itertools import islice

import numpy as np

from ._batches import Batch, TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint
from ._plan import TrainingPlan
from ._progress import Progress

__all__ = ["train"]


def train(
    data: TrainingSet,
    plan: TrainingPlan,
    progress: Progress,
    *,
    tasks: EpochTasks | None,
    checkpoint: Checkpoint | None,
    verbose: bool,
) -> bool:
    """Train a network from the epoch that `progress` has reached to the end.

    Parameters
    ----------
    data : TrainingSet
    plan : TrainingPlan
    progress : Progress
        Updated after each step and epoch.
    tasks : EpochTasks or None
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
    # The threads that build batches seed generators at the same time as this one. With NumPy 1,
    # whose `SeedSequence` shares one `errstate`, that can change the error handling of this thread.
    with np.errstate(), closing(data.batches(plan.max_iter, first)) as batches:
        for epoch in range(first, plan.max_iter):
            if progress.should_stop:
                break
            if tasks is not None:
                tasks.begin(epoch)
            steps = enumerate(islice(batches, data.n_batches), epoch * data.n_batches)
            loss = _train_epoch(steps, plan, progress, data.n_batches * plan.max_iter)
            result = progress.end_epoch(loss)
            if verbose:
                print(_describe(progress))
            if checkpoint is not None and checkpoint.due:
                checkpoint.write(progress.state)
            if tasks is not None and tasks.end(result):
                return True
    return False


def _train_epoch(
    steps: Iterable[tuple[int, Batch]], plan: TrainingPlan, progress: Progress, n_steps: int
) -> float:
    """Train for one epoch and return its mean loss."""
    total = n_examples = 0.0
    for step, batch in steps:
        loss = progress.network.train_step(
            batch.images, batch.targets, batch.sample_weight, **plan.at(step, n_steps)
        )
        if not np.isfinite(loss):
            raise ValueError(
                f"The loss became {loss!r} in epoch {progress.n_epochs + 1}; lower "
                f"learning_rate_init={plan.learning_rate.peak!r}."
            )
        progress.end_step()
        total += loss * len(batch.images)
        n_examples += len(batch.images)
    return total / n_examples


def _describe(progress: Progress) -> str:
    stopping = progress.early_stopping
    validation = "" if stopping is None else f", validation score = {stopping.scores[-1]:.4f}"
    return f"Epoch {progress.n_epochs}, loss = {progress.losses[-1]:.6f}{validation}"
