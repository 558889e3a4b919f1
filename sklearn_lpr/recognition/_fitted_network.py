"""A training from first weights to last ones, as a function that can be cached."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..decoding import best_paths, text_log_probability
from ._batches import Batch, TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint
from ._lattices import lattices
from ._progress import FittedNetwork, MovingAverage, Progress, StopRule
from ._training import TrainingPlan, train

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["NOT_IN_RESULT", "TrainingStopped", "fit_network"]

# The arguments of `fit_network` that its result does not depend on.
NOT_IN_RESULT = ("tasks", "checkpoint", "verbose")


class TrainingStopped(Exception):  # noqa: N818 - as little an error as StopIteration
    """A training ended early from outside: it is of use, but not what its arguments stand for."""

    def __init__(self, fitted: FittedNetwork, *, by_user: bool) -> None:
        super().__init__(fitted, by_user)
        self.fitted = fitted
        self.by_user = by_user


def fit_network(
    architecture: dict[str, Any],
    first_weights: "Weights",
    data: TrainingSet,
    validation: Batch | None,
    probe: Batch,
    plan: TrainingPlan,
    tol: float,
    n_iter_no_change: int,
    version: str,
    tasks: EpochTasks,
    checkpoint: Checkpoint | None,
    verbose: bool,
) -> FittedNetwork:
    """Train a network; the result depends on the arguments but for `NOT_IN_RESULT` alone.

    Parameters
    ----------
    architecture : dict
    first_weights : dict of ndarray
    data : TrainingSet
    validation : Batch or None
        Plates by which to stop early.
    probe : Batch
        Training plates that are read in the end.
    plan : TrainingPlan
    tol, n_iter_no_change : float, int
        See `StopRule`.
    version : str
        Of the package: a cache of another version does not count.
    tasks : EpochTasks
        Is told of each epoch.
    checkpoint : Checkpoint or None
        From which the training goes on, and where it is kept while it runs.
    verbose : bool

    Returns
    -------
    FittedNetwork

    Raises
    ------
    TrainingStopped
        In place of a result, which would be cached, if the user or a callback ends the training.
    KeyboardInterrupt
        If the user does so before the first epoch has ended.
    """
    from ..networks import borrow_network

    with borrow_network(architecture) as network:
        network.start_training(first_weights, seed=plan.seed, **plan.optimizer)
        average = MovingAverage(plan.ema_decay) if plan.ema_decay else None
        stop_rule = None
        if validation is not None:
            stop_rule = StopRule(
                lambda: _score(network, validation), tol=tol, n_iter_no_change=n_iter_no_change
            )
        progress = Progress(network, average, stop_rule)
        if checkpoint is not None:
            _go_on(progress, checkpoint, verbose)
        try:
            stopped = train(
                data, plan, progress, tasks=tasks, checkpoint=checkpoint, verbose=verbose
            )
            fitted = progress.fitted
            assert fitted is not None  # there is at least one epoch
            network.load(fitted.weights)
            exact, _ = _score(network, probe)
        except KeyboardInterrupt:
            # Raised through the loan: nobody gets a network that was interrupted in a step.
            if progress.fitted is None:
                raise
            raise TrainingStopped(progress.fitted, by_user=True) from None
    fitted = replace(fitted, exact=exact)
    if stopped:
        raise TrainingStopped(fitted, by_user=False)
    return fitted


def _go_on(progress: Progress, checkpoint: Checkpoint, verbose: bool) -> None:
    """Take up a training where it was broken off."""
    state = checkpoint.read()
    if state is None:
        return
    progress.restore(state)
    if verbose:
        print(f"Going on after iteration {progress.n_epochs}, from {str(checkpoint.path)!r}")


def _score(network: "Network", plates: Batch) -> tuple[float, float]:
    """Give the share of plates read exactly and the mean log-probability of their texts."""
    log_proba = lattices(network.log_proba, plates.images)
    texts = [symbols[symbols > 0] for symbols in plates.symbols]
    found, _ = best_paths(log_proba)
    exact = [np.array_equal(path, text) for path, text in zip(found, texts, strict=True)]
    return float(np.mean(exact)), float(np.mean(text_log_probability(log_proba, texts)))
