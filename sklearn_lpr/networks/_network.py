"""Keras models for training and inference, and a pool of idle ones."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import is_
from threading import Lock
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ._check_model import check_model
from ._description import NetworkDescription
from ._folding import fold_normalization
from ._fork import check_not_forked
from ._forward import compile_forward
from ._initial_weights import draw_initial_weights
from ._optimizer import Optimizer, OptimizerSettings
from ._precision import float32_state, use_float32
from ._registry import get_network
from ._threads import limit_worker_threads
from ._trainable_model import TrainableModel
from ._weights_file import Weights

__all__ = ["Network", "Weights", "borrow_network", "describe_backend"]


def describe_backend() -> str:
    """Return the backend and the version of Keras, on which the last digits of a result depend."""
    return f"{keras.config.backend()}, Keras {keras.__version__}"


class Network:
    """A Keras model with its weights as NumPy arrays.

    Parameters
    ----------
    architecture : dict
        JSON-able: ``name`` of the builder and its arguments.

    Attributes
    ----------
    description : NetworkDescription
        The description by which it was built.
    """

    def __init__(self, architecture: dict[str, Any]) -> None:
        arguments = dict(architecture)
        self.description = get_network(arguments.pop("name"))
        built = use_float32(self.description.build(**arguments))
        check_model(self.description, built, arguments)
        self.model = use_float32(TrainableModel(built.input, built.output, name=built.name))
        self.model.set_loss(self.description.loss)
        folded, self._refresh = fold_normalization(built)
        self._forward = compile_forward(use_float32(folded))
        self._refreshed = False
        self._loaded: Weights | None = None
        self._optimizer_settings: OptimizerSettings | None = None

    @property
    def output_shape(self) -> Any:
        """The shape of the output, with None for the number of samples."""
        return self.model.output_shape

    def initial_weights(self, generator: np.random.Generator) -> Weights:
        """Draw random weights to start training from."""
        return draw_initial_weights(self.model, generator)

    @property
    def weights(self) -> Weights:
        """A copy of the weights by variable path."""
        return {
            variable.path: keras.ops.convert_to_numpy(variable.value).copy()
            for variable in self.model.weights
        }

    def holds(self, weights: Weights | None) -> bool:
        """Return whether these very arrays are in place."""
        loaded = self._loaded
        if weights is None or loaded is None or len(weights) != len(loaded):
            return False
        return all(map(is_, weights.values(), loaded.values()))

    def load(self, weights: Weights) -> None:
        """Set the weights, unless these very arrays are in place already.

        The arrays become read-only.
        """
        if self.holds(weights):
            return
        for variable in self.model.weights:
            # A copy, because PyTorch warns of arrays that are read-only.
            variable.assign(np.array(weights[variable.path]))
        for array in weights.values():
            if isinstance(array, np.ndarray):  # and not a scalar of NumPy, which never changes
                array.flags.writeable = False  # `holds` does not see a change of their elements
        self._loaded, self._refreshed = dict(weights), False

    def _forget_loaded(self) -> None:
        """Record that the weights change."""
        self._loaded, self._refreshed = None, False

    def predict(self, images: npt.NDArray[np.uint8]) -> Any:
        """Return the output of inference for a batch of images.

        Parameters
        ----------
        images : ndarray of shape (n_samples, ...), dtype uint8

        Returns
        -------
        ndarray, or dict of ndarray
            As the network's Keras model has it. A recognizer's network returns log-probabilities
            of shape (n_samples, n_time_steps, n_symbols).
        """
        if not self._refreshed:
            self._refresh()
            self._refreshed = True
        return self._forward(images)

    def start_training(self, weights: Weights, *, seed: int, **optimizer: Any) -> None:
        """Set weights, a fresh optimizer state and the random states.

        Parameters
        ----------
        weights : dict
        seed : int
            Seeds dropout and gradient noise.
        **optimizer
            The fields of `OptimizerSettings`.
        """
        settings = OptimizerSettings(**optimizer)
        if settings != self._optimizer_settings:
            self._compile(settings)
        self.load(weights)
        self.model.optimizer.restart(seed)
        for layer in self.model.layers:
            if hasattr(layer, "seed_generator"):
                seed += 1
                layer.seed_generator.state.assign(np.array([seed % 2**32, 0], np.uint32))

    @property
    def training_state(self) -> list[npt.NDArray[Any]]:
        """A copy of all variables that later steps depend on.

        These are the weights, the optimizer's moments and step count, and the random states.
        """
        return [
            keras.ops.convert_to_numpy(variable.value).copy() for variable in self._state_variables
        ]

    def restore_training(self, state: list[npt.NDArray[Any]]) -> None:
        """Restore the state of training that was started with the same settings."""
        self._forget_loaded()
        for variable, value in zip(self._state_variables, state, strict=True):
            variable.assign(value)

    @property
    def _state_variables(self) -> list[keras.Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]

    def _compile(self, settings: OptimizerSettings) -> None:
        # XLA has no kernel for TensorFlow's CTC; JAX runs compiled or not at all.
        jit = keras.config.backend() == "jax"
        with float32_state():
            optimizer = Optimizer(settings)
            optimizer.build(self.model.trainable_variables)
            self.model.compile(optimizer, jit_compile=jit)
        self._optimizer_settings = settings

    def train_step(
        self,
        images: npt.NDArray[np.uint8],
        targets: Mapping[str, npt.NDArray[Any]],
        sample_weight: npt.NDArray[np.float32],
        *,
        learning_rate: float,
        scheduled: Mapping[str, float],
    ) -> float:
        """Train on one mini-batch and return its weighted mean loss.

        Parameters
        ----------
        images : ndarray
        targets : mapping from str to ndarray
            As `NetworkDescription.loss` expects them.
        sample_weight : ndarray of shape (n_samples,)
        learning_rate : float
        scheduled : mapping from str to float
            Passed to `NetworkDescription.loss`, and to each layer with a method
            ``apply_schedule``.
        """
        self._forget_loaded()
        for layer in self.model.layers:
            if hasattr(layer, "apply_schedule"):
                layer.apply_schedule(scheduled)
        self.model.optimizer.learning_rate = learning_rate
        # Arrays, because TensorFlow traces the step again for each new Python number.
        values = {name: np.array(value, np.float32) for name, value in scheduled.items()}
        # Keras before 3.9 averages the loss over all steps since the last reset.
        self.model.reset_metrics()
        return float(
            self.model.train_on_batch(images, (dict(targets), values), sample_weight=sample_weight)
        )


class _Pool:
    """Idle networks by architecture; those idle for longest are dropped."""

    _MOST_IDLE = 16

    def __init__(self) -> None:
        self._idle: list[tuple[str, Network]] = []
        self._lock = Lock()

    def take(
        self, key: str, description: NetworkDescription, weights: Weights | None
    ) -> Network | None:
        """Return an idle network of the architecture, preferably one that holds the weights."""
        with self._lock:
            # Another description may have been registered by the same name since.
            fitting = [
                entry
                for entry in self._idle
                if entry[0] == key and entry[1].description is description
            ]
            if not fitting:
                return None
            chosen = max(fitting, key=lambda entry: entry[1].holds(weights))
            self._idle.remove(chosen)
            return chosen[1]

    def give_back(self, key: str, network: Network) -> None:
        """Return a network to the pool."""
        with self._lock:
            self._idle.append((key, network))
            del self._idle[: -self._MOST_IDLE]


_pool = _Pool()


@contextmanager
def borrow_network(
    architecture: dict[str, Any], weights: Weights | None = None
) -> Iterator[Network]:
    """Lend a network of an architecture to one thread.

    Building and compiling a Keras model takes seconds and leaks memory, so networks are built
    once and reused. No other thread uses a network while it is lent.

    Parameters
    ----------
    architecture : dict
        JSON-able: ``name`` of the builder and its arguments.
    weights : dict, default=None
        Weights to load.

    Yields
    ------
    Network

    Raises
    ------
    RuntimeError
        If this process was forked after a network had been used in its parent.
    """
    check_not_forked()
    limit_worker_threads()
    key = json.dumps([keras.config.backend(), architecture], sort_keys=True)
    description = get_network(architecture["name"])
    network = _pool.take(key, description, weights) or Network(architecture)
    if weights is not None:
        network.load(weights)
    yield network
    # Not returned after an error, because its state is then unknown.
    _pool.give_back(key, network)
