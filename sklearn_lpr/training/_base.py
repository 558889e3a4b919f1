"""Base class of estimators that train a network."""

import os
import warnings
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted, check_memory

from .._estimator import PlateEstimator
from .._sklearn_compat import CallbackSupportMixin, HasMethods, Interval, StrOptions
from ..networks import transfer_weights, write_weights
from ._batches import Examples, TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint, check_checkpoint_dir
from ._early_stopping import Scorer
from ._fit_network import NOT_IN_RESULT, TrainingStopped, fit_network
from ._plan import TrainingPlan
from ._progress import TrainingResult
from ._schedules import LearningRate, Ramp

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["BaseNetworkEstimator", "TrainingTask"]


@dataclass(frozen=True)
class TrainingTask:
    """The arguments of a training run, which a subclass derives from X and y.

    Parameters
    ----------
    architecture : dict
        JSON-able, as `networks.borrow_network` takes it.
    first_weights : dict of ndarray
    examples : Examples
    sample_weight : ndarray of shape (n_examples,), dtype float32
    seed : int
        From `random_state`.
    validation : callable, default=None
        Scores the network for early stopping; None trains for `max_iter` epochs.
    probe : callable, default=None
        Scores the trained network on some training examples.
    schedules : mapping from str to Ramp
        Values that the loss and the network's layers receive at each step.
    attributes : mapping from str to object
        Further fitted attributes of the estimator.
    """

    architecture: dict[str, Any]
    first_weights: "Weights"
    examples: Examples
    sample_weight: npt.NDArray[np.float32]
    seed: int
    validation: Scorer | None = None
    probe: Scorer | None = None
    schedules: Mapping[str, Ramp] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


class BaseNetworkEstimator(CallbackSupportMixin, PlateEstimator, metaclass=ABCMeta):
    """Train a network in `fit`.

    A subclass implements `_prepare_fit`, and its `fit` calls `_run_fit`.
    """

    weights_: "Weights"
    architecture_: dict[str, Any]

    # A parameter of estimators that can start from a weights file.
    initial_weights: str | os.PathLike[str] | None = None

    # The names of weights that come with the package, and their files.
    _bundled_weights: ClassVar[Mapping[str, str]] = {}

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "solver": [StrOptions({"adamw", "adam"})],
        "learning_rate": [StrOptions({"cosine", "constant", "step"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "warmup": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "max_gradient_norm": [Interval(Real, 0, None, closed="neither")],
        "gradient_noise": [Interval(Real, 0, None, closed="left")],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "memory": [str, os.PathLike, HasMethods("cache"), None],
        "checkpoint_dir": [str, os.PathLike, None],
    }

    def __init__(
        self,
        *,
        batch_size: int,
        solver: str,
        learning_rate: str,
        learning_rate_init: float,
        warmup: float,
        weight_decay: float,
        max_gradient_norm: float,
        gradient_noise: float,
        ema_decay: float,
        max_iter: int,
        shuffle: bool,
        random_state: int | np.random.RandomState | None,
        tol: float,
        verbose: bool,
        warm_start: bool,
        early_stopping: bool,
        validation_fraction: float,
        n_iter_no_change: int,
        memory: Any,
        checkpoint_dir: str | os.PathLike[str] | None,
    ) -> None:
        self.batch_size = batch_size
        self.solver = solver
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.max_gradient_norm = max_gradient_norm
        self.gradient_noise = gradient_noise
        self.ema_decay = ema_decay
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.memory = memory
        self.checkpoint_dir = checkpoint_dir

    @abstractmethod
    def _prepare_fit(self, X: Any, y: Any, sample_weight: Any) -> TrainingTask:
        """Check the arguments of `fit` and return the training task."""

    def _check_convergence(self, result: TrainingResult, task: TrainingTask) -> None:
        """Warn if the network has learned nothing; subclasses may implement it."""

    def _run_fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train the network and set the fitted attributes."""
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        arguments = {"X": X, "y": y, "metadata": metadata}
        context = self._init_callback_context(max_subtasks=self.max_iter)
        context.call_on_fit_task_begin(estimator=self, **arguments)
        if self.checkpoint_dir is not None:
            check_checkpoint_dir(self.checkpoint_dir, self.random_state)
        task = self._prepare_fit(X, y, sample_weight)
        epochs = EpochTasks(
            context, self, lambda result: vars(copy(self)._keep(result, task)), **arguments
        )
        result, interrupted = self._train(task, epochs)
        self._keep(result, task)
        context.call_on_fit_task_end(estimator=self, **arguments, reconstruction_attributes={})
        if interrupted:
            warnings.warn("Training interrupted by user.", stacklevel=4)
        self._check_convergence(result, task)
        return self

    def _train(self, task: TrainingTask, epochs: EpochTasks) -> tuple[TrainingResult, bool]:
        """Return the result of training, and whether the user interrupted it."""
        from .. import __version__
        from ..networks import describe_backend

        arguments = {
            "architecture": task.architecture,
            "first_weights": task.first_weights,
            "data": TrainingSet(
                task.examples,
                task.sample_weight,
                batch_size=int(self.batch_size),
                shuffle=bool(self.shuffle),
                seed=task.seed,
            ),
            "validation": task.validation,
            "probe": task.probe,
            "plan": self._plan(task),
            "version": f"sklearn-lpr {__version__}, {describe_backend()}",
        }
        checkpoint = None
        if self.checkpoint_dir is not None:
            checkpoint = Checkpoint(self.checkpoint_dir, arguments)
        try:
            result = self._cached(fit_network)(
                **arguments, tasks=epochs, checkpoint=checkpoint, verbose=bool(self.verbose)
            )
        except TrainingStopped as stop:
            if stop.by_user:
                return stop.result, True
            result = stop.result
        # Only now, because `memory` has stored the result.
        if checkpoint is not None:
            checkpoint.remove()
        return result, False

    def _plan(self, task: TrainingTask) -> TrainingPlan:
        return TrainingPlan(
            max_iter=int(self.max_iter),
            learning_rate=LearningRate(self.learning_rate_init, self.learning_rate, self.warmup),
            ema_decay=self.ema_decay,
            optimizer={
                "solver": self.solver,
                "weight_decay": self.weight_decay,
                "max_gradient_norm": self.max_gradient_norm,
                "gradient_noise": self.gradient_noise,
            },
            seed=task.seed,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            schedules=task.schedules,
        )

    def _cached(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Cache training runs in `memory`, except those with `random_state` None."""
        if self.memory is None or self.random_state is None:
            return function
        memory = self.memory if hasattr(self.memory, "cache") else check_memory(str(self.memory))
        return memory.cache(function, ignore=list(NOT_IN_RESULT))

    def _keep(self, result: TrainingResult, task: TrainingTask) -> Self:
        """Set the fitted attributes."""
        self.weights_ = result.weights
        self.loss_curve_ = result.loss_curve
        self.validation_scores_ = result.validation_scores
        self.best_validation_score_ = result.best_score
        self.architecture_ = task.architecture
        self.n_iter_ = len(result.loss_curve)
        for name, value in task.attributes.items():
            setattr(self, name, value)
        return self

    @property
    def _continues(self) -> bool:
        """Whether `fit` starts from the weights of the previous fit."""
        return self.warm_start and hasattr(self, "weights_")

    def _check_warm_start(self, architecture: dict[str, Any]) -> None:
        """Raise a ValueError if the previous fit's network differs."""
        if architecture != self.architecture_:
            raise ValueError(
                f"warm_start=True continues with the network {self.architecture_!r}, but this "
                f"fit needs {architecture!r}; keep the images' size and the network's parameters."
            )

    def _first_weights(self, network: "Network", seed: int, alphabet: str = "") -> "Weights":
        """Return the weights that training starts from, for an alphabet if the network has one."""
        if self._continues:
            return self.weights_
        drawn = network.initial_weights(np.random.default_rng(seed))
        if self.initial_weights is None:
            return drawn
        return transfer_weights(
            self.initial_weights, drawn, alphabet, bundled=self._bundled_weights
        )

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Save the trained weights for the `initial_weights` of another estimator.

        Parameters
        ----------
        path : str or path-like
            The npz archive of plain arrays to write. No code in it is executed when it is
            loaded.
        """
        check_is_fitted(self)
        write_weights(path, self.weights_, self.architecture_, getattr(self, "alphabet_", ""))
