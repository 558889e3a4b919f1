"""A training run as a function that joblib.Memory can cache."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ._batches import TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint
from ._early_stopping import EarlyStopping, Scorer
from ._loop import train
from ._moving_average import MovingAverage
from ._plan import TrainingPlan
from ._progress import Progress, TrainingResult

if TYPE_CHECKING:
    from ..networks import Weights

__all__ = ["NOT_IN_RESULT", "TrainingStopped", "fit_network"]

# The arguments of `fit_network` on which its result does not depend.
NOT_IN_RESULT = ("tasks", "checkpoint", "verbose")


class TrainingStopped(Exception):  # noqa: N818 - no error, like StopIteration
    """The user or a callback ended training; the result is usable but must not be cached."""

    def __init__(self, result: TrainingResult, *, by_user: bool) -> None:
        super().__init__(result, by_user)
        self.result = result
        self.by_user = by_user


def fit_network(
    architecture: dict[str, Any],
    first_weights: "Weights",
    data: TrainingSet,
    validation: Scorer | None,
    probe: Scorer | None,
    plan: TrainingPlan,
    version: str,
    tasks: EpochTasks | None = None,
    checkpoint: Checkpoint | None = None,
    verbose: bool = False,
) -> TrainingResult:
    """Train a network.

    The result depends on all arguments except those in `NOT_IN_RESULT`.

    Parameters
    ----------
    architecture : dict
        JSON-able: the name of a network and its arguments, as `networks.borrow_network` takes it.
    first_weights : dict of ndarray
    data : TrainingSet
    validation : callable or None
        Returns the score of the network on held-out examples, and a tie-breaker, for early
        stopping.
    probe : callable or None
        Returns the score of the trained network on some training examples, and a tie-breaker.
    plan : TrainingPlan
    version : str
        The versions of the package and of Keras, and the backend, so that cached results of
        others are ignored.
    tasks : EpochTasks, default=None
        Notified of each epoch.
    checkpoint : Checkpoint, default=None
        Training resumes from it, and is saved to it while it runs.
    verbose : bool, default=False

    Returns
    -------
    TrainingResult

    Raises
    ------
    TrainingStopped
        If the user or a callback ends training. An exception, so that joblib.Memory caches
        nothing.
    KeyboardInterrupt
        If the user interrupts training before the first epoch has ended.
    """
    from ..networks import borrow_network

    with borrow_network(architecture) as network:
        network.start_training(first_weights, seed=plan.seed, **plan.optimizer)
        average = MovingAverage(plan.ema_decay) if plan.ema_decay else None
        early_stopping = None
        if validation is not None:
            early_stopping = EarlyStopping(
                lambda: validation(network), plan.tol, plan.n_iter_no_change
            )
        progress = Progress(network, average, early_stopping)
        if checkpoint is not None:
            _resume(progress, checkpoint, verbose)
        try:
            stopped = train(
                data, plan, progress, tasks=tasks, checkpoint=checkpoint, verbose=verbose
            )
            result = progress.result
            assert result is not None  # there is at least one epoch
            if probe is not None:
                network.load(result.weights)
                result = replace(result, probe_score=probe(network)[0])
        except KeyboardInterrupt:
            # Raised inside `with`: a network that was interrupted in a step is never reused.
            if progress.result is None:
                raise
            raise TrainingStopped(progress.result, by_user=True) from None
    if stopped:
        raise TrainingStopped(result, by_user=False)
    return result


def _resume(progress: Progress, checkpoint: Checkpoint, verbose: bool) -> None:
    """Restore the state in the checkpoint, if there is one."""
    state = checkpoint.read(progress.check)
    if state is None:
        return
    progress.restore(state)
    if verbose:
        print(f"Resuming after epoch {progress.n_epochs}, from {str(checkpoint.path)!r}")
