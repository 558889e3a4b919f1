"""What every recognizer with a network shares: fitting, reading and fitted state."""

import os
import warnings
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from copy import copy
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_consistent_length, check_is_fitted, check_memory

from .._random import seed_from_random_state
from .._sklearn_compat import (
    CallbackSupportMixin,
    HasMethods,
    Interval,
    StrOptions,
    check_sample_weight,
    fit_context,
)
from .._texts import check_texts
from ..model_selection import PlateShuffleSplit
from ..networks import InputForm, transfer_weights, write_weights
from ._alphabet import choose_alphabet, encode_texts
from ._batches import Batch, TrainingSet
from ._callbacks import EpochTasks
from ._checkpoint import Checkpoint, check_checkpoint_dir
from ._fitted_network import NOT_IN_RESULT, TrainingStopped, fit_network
from ._lattice_recognizer import LatticeRecognizer
from ._lattices import blank_column, lattices
from ._progress import FittedNetwork
from ._training import LearningRate, TrainingPlan

if TYPE_CHECKING:
    from ..networks import Network, Weights

__all__ = ["BaseNeuralRecognizer"]

# So many training plates are read after training to notice a network that has learnt nothing.
_N_PROBED = 64


class BaseNeuralRecognizer(CallbackSupportMixin, LatticeRecognizer, metaclass=ABCMeta):
    """Train a network by connectionist temporal classification and read with it.

    Subclasses say in which form plates reach the network and how it is built.
    """

    _form: ClassVar[InputForm]

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "alphabet": [str, None],
        "decoder": [HasMethods("decode"), None],
        "augmentation": [HasMethods("prepare"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "solver": [StrOptions({"adamw", "adam"})],
        "learning_rate": [StrOptions({"cosine", "constant", "step"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "warmup": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "max_gradient_norm": [Interval(Real, 0, None, closed="neither")],
        "gradient_noise": [Interval(Real, 0, None, closed="left")],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
        "label_noise_fraction": [Interval(Real, 0, 1, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "initial_weights": [str, os.PathLike, None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "memory": [str, os.PathLike, HasMethods("cache"), None],
        "checkpoint_dir": [str, os.PathLike, None],
    }

    # A parameter of recognizers whose columns are evenly spaced over the plate.
    alignment_warmup: float = 0.0

    def __init__(
        self,
        *,
        alphabet: str | None,
        decoder: Any,
        augmentation: Any,
        batch_size: int,
        solver: str,
        learning_rate: str,
        learning_rate_init: float,
        warmup: float,
        weight_decay: float,
        max_gradient_norm: float,
        gradient_noise: float,
        ema_decay: float,
        label_noise_fraction: float,
        max_iter: int,
        shuffle: bool,
        random_state: int | np.random.RandomState | None,
        tol: float,
        verbose: bool,
        warm_start: bool,
        initial_weights: str | os.PathLike[str] | None,
        early_stopping: bool,
        validation_fraction: float,
        n_iter_no_change: int,
        memory: Any,
        checkpoint_dir: str | os.PathLike[str] | None,
    ) -> None:
        self.alphabet = alphabet
        self.decoder = decoder
        self.augmentation = augmentation
        self.batch_size = batch_size
        self.solver = solver
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.max_gradient_norm = max_gradient_norm
        self.gradient_noise = gradient_noise
        self.ema_decay = ema_decay
        self.label_noise_fraction = label_noise_fraction
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.initial_weights = initial_weights
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.memory = memory
        self.checkpoint_dir = checkpoint_dir

    @abstractmethod
    def _architecture(self, shape: tuple[int, ...], n_symbols: int) -> dict[str, Any]:
        """Describe the network for images of a shape, as `networks.borrow_network` takes it."""

    @abstractmethod
    def _readable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_columns: int
    ) -> npt.NDArray[np.bool_]:
        """Say which plates the network has columns enough for, or raise."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of samples
            All of one size.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the plates in the loss; None weighs all alike.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Before training starts, if images or texts are unusable, a text has characters
            outside `alphabet` or is too long for the network; in training, if the loss
            diverges.
        KeyboardInterrupt
            If the user interrupts the training before its first iteration has ended; the
            recognizer stays what it was.

        Warns
        -----
        UserWarning
            If plates are left out of training, or texts are long for the network. If the user
            interrupts the training later: the recognizer is what it would be, had the training
            ended with the last whole iteration.
        ConvergenceWarning
            If the network reads none of its training plates.
        """
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        told = {"X": X, "y": y, "metadata": metadata}
        context = self._init_callback_context(max_subtasks=self.max_iter)
        context.call_on_fit_task_begin(estimator=self, **told)
        if self.checkpoint_dir is not None:
            check_checkpoint_dir(self.checkpoint_dir, self.random_state)
        images = self._form.check(X)
        texts = check_texts(y)
        check_consistent_length(images, texts)
        weights = check_sample_weight(
            sample_weight, images, dtype=np.float32, ensure_non_negative=True
        )
        alphabet = choose_alphabet(self.alphabet, texts)
        architecture = self._architecture(images.shape[1:], 1 + len(alphabet))
        if self.warm_start and hasattr(self, "weights_"):
            self._check_warm_start(alphabet, architecture)
        # A blank image's lattice, so that a decoder's faults come first.
        self._decode(blank_column(1 + len(alphabet))[np.newaxis, np.newaxis], alphabet)
        seed = seed_from_random_state(self.random_state)

        from .. import __version__
        from ..networks import borrow_network

        with borrow_network(architecture) as network:
            used = self._usable(images, texts, network.n_columns)
            first_weights = self._first_weights(network, alphabet, seed)
        training, validation = self._hold_out(used, texts, seed)
        longest_text = max(map(len, texts))
        data = TrainingSet(
            images[training],
            texts[training],
            weights[training],
            alphabet=alphabet,
            longest_text=longest_text,
            augmentation=self.augmentation,
            batch_size=self.batch_size,
            shuffle=bool(self.shuffle),
            seed=seed,
        )

        def batch(indices: npt.NDArray[np.intp]) -> Batch:
            symbols = encode_texts(texts[indices], alphabet, longest_text)
            return Batch(images[indices], symbols, weights[indices])

        probed = training[:_N_PROBED]
        tasks = EpochTasks(
            context,
            self,
            lambda fitted: vars(copy(self)._keep(fitted, alphabet, architecture)),
            **told,
        )
        fitted, interrupted = self._train(
            tasks,
            architecture=architecture,
            first_weights=first_weights,
            data=data,
            validation=batch(validation) if self.early_stopping else None,
            probe=batch(probed),
            plan=self._plan(seed),
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            version=__version__,
        )
        self._keep(fitted, alphabet, architecture)
        context.call_on_fit_task_end(estimator=self, **told, reconstruction_attributes={})
        if interrupted:
            warnings.warn("Training interrupted by user.", stacklevel=2)
        if fitted.exact == 0:
            warnings.warn(
                f"After {self.n_iter_} iterations the network reads none of {len(probed)} "
                "training plates. Such networks learn nothing for their first hundreds of steps: "
                "raise max_iter, lower batch_size, or add plates.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _train(self, tasks: EpochTasks, **arguments: Any) -> tuple[FittedNetwork, bool]:
        """Give what a training gives, and whether the user interrupted it."""
        from ..networks import describe_backend

        checkpoint = None
        if self.checkpoint_dir is not None:
            checkpoint = Checkpoint(self.checkpoint_dir, [arguments, describe_backend()])
        try:
            fitted = self._cached(fit_network)(
                **arguments, tasks=tasks, checkpoint=checkpoint, verbose=bool(self.verbose)
            )
        except TrainingStopped as stop:
            if stop.by_user:
                return stop.fitted, True
            fitted = stop.fitted
        # Not before `memory` has the result.
        if checkpoint is not None:
            checkpoint.remove()
        return fitted, False

    def _keep(self, fitted: FittedNetwork, alphabet: str, architecture: dict[str, Any]) -> Self:
        """Set what is known after a training."""
        self.weights_ = fitted.weights
        self.loss_curve_ = fitted.loss_curve
        self.validation_scores_ = fitted.validation_scores
        self.best_validation_score_ = fitted.best_score
        self.alphabet_ = alphabet
        self.architecture_ = architecture
        self.n_iter_ = len(self.loss_curve_)
        return self

    def _check_warm_start(self, alphabet: str, architecture: dict[str, Any]) -> None:
        if alphabet != self.alphabet_:
            raise ValueError(
                f"warm_start=True continues with the alphabet {self.alphabet_!r}, but this fit "
                f"has {alphabet!r}; pass alphabet= to both, or start from initial_weights."
            )
        if architecture != self.architecture_:
            raise ValueError(
                f"warm_start=True continues with the network {self.architecture_!r}, but this "
                f"fit needs {architecture!r}; keep the images' size and the network's parameters."
            )

    def _usable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_columns: int
    ) -> npt.NDArray[np.intp]:
        """Give the indices of the plates to learn from."""
        blank = self._form.find_blank(images)
        if blank.all():
            raise ValueError(
                f"All {len(images)} images are blank (all pixels equal); there is no plate to "
                "learn from. Look at what the steps before the recognizer give."
            )
        if blank.any():
            warnings.warn(
                f"{blank.sum()} of {len(images)} images are blank (all pixels equal) and are "
                "left out of training.",
                UserWarning,
                stacklevel=3,
            )
        return np.flatnonzero(~blank & self._readable(images, texts, n_columns))

    def _hold_out(
        self, used: npt.NDArray[np.intp], texts: npt.NDArray[np.str_], seed: int
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Split off validation plates for early stopping; no plate is on both sides."""
        if not self.early_stopping:
            return used, used[:0]
        splitter = PlateShuffleSplit(1, test_size=self.validation_fraction, random_state=seed)
        training, validation = next(splitter.split(used, texts[used]))
        return used[training], used[validation]

    def _first_weights(self, network: "Network", alphabet: str, seed: int) -> "Weights":
        if self.warm_start and hasattr(self, "weights_"):
            return self.weights_
        drawn = network.initial_weights(np.random.default_rng(seed))
        if self.initial_weights is None:
            return drawn
        return transfer_weights(self.initial_weights, drawn, alphabet)

    def _plan(self, seed: int) -> TrainingPlan:
        return TrainingPlan(
            max_iter=self.max_iter,
            learning_rate=LearningRate(self.learning_rate_init, self.learning_rate, self.warmup),
            alignment_warmup=self.alignment_warmup,
            label_noise_fraction=self.label_noise_fraction,
            ema_decay=self.ema_decay,
            optimizer={
                "solver": self.solver,
                "weight_decay": self.weight_decay,
                "max_gradient_norm": self.max_gradient_norm,
                "gradient_noise": self.gradient_noise,
            },
            seed=seed,
        )

    def _cached(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Remember trainings in `memory`; one with fresh entropy never comes again."""
        if self.memory is None or self.random_state is None:
            return function
        memory = self.memory if hasattr(self.memory, "cache") else check_memory(str(self.memory))
        return memory.cache(function, ignore=list(NOT_IN_RESULT))

    def _log_proba(
        self, images: npt.NDArray[np.uint8], architecture: dict[str, Any]
    ) -> npt.NDArray[np.float32]:
        from ..networks import borrow_network

        with borrow_network(architecture, self.weights_) as network:
            return lattices(network.log_proba, images)

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write the trained weights for the `initial_weights` of another recognizer.

        Parameters
        ----------
        path : str or path-like
            An npz archive of plain arrays is written there; nothing in it is executed when it
            is read.
        """
        check_is_fitted(self)
        write_weights(path, self.weights_, self.architecture_, self.alphabet_)
