"""A compiled network that is trained, asked and handed on; and the pool it is borrowed from."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ._folding import fold_normalization
from ._forward import compile_forward
from ._initial_weights import draw_initial_weights
from ._losses import training_loss
from ._optimizer import Optimizer, OptimizerSettings
from ._registry import get_network
from ._spatial_transformer_layer import SpatialTransformer
from ._threads import limit_worker_threads

__all__ = ["Network", "Weights", "borrow_network", "describe_backend"]

Weights = dict[str, npt.NDArray[np.float32]]


def describe_backend() -> str:
    """Name what computes: another one gives other last digits."""
    return f"{keras.config.backend()}, Keras {keras.__version__}"


class Network:
    """A Keras model with its weights as NumPy arrays.

    Parameters
    ----------
    architecture : dict
        JSON-able: ``name`` of the builder and its arguments.
    """

    def __init__(self, architecture: dict[str, Any]) -> None:
        arguments = dict(architecture)
        self.model = get_network(arguments.pop("name")).build(**arguments)
        folded, self._refresh = fold_normalization(self.model)
        self._forward = compile_forward(folded)
        self._refreshed = False
        self._loaded: Weights | None = None
        self._optimizer_settings: OptimizerSettings | None = None

    @property
    def n_columns(self) -> int:
        """The columns of the lattice that the network gives."""
        return self.model.output_shape[1]

    def initial_weights(self, generator: np.random.Generator) -> Weights:
        """Draw weights to start a training from."""
        return draw_initial_weights(self.model, generator)

    @property
    def weights(self) -> Weights:
        """A copy of the present weights by variable path."""
        return {
            variable.path: keras.ops.convert_to_numpy(variable.value).copy()
            for variable in self.model.weights
        }

    def holds(self, weights: Weights | None) -> bool:
        """Say whether these very weights are in place."""
        return weights is not None and weights is self._loaded

    def load(self, weights: Weights) -> None:
        """Set the weights, unless these very ones are in place already."""
        if self.holds(weights):
            return
        for variable in self.model.weights:
            variable.assign(weights[variable.path])
        self._loaded, self._refreshed = weights, False

    def _forget_loaded(self) -> None:
        """Take note that the weights change."""
        self._loaded, self._refreshed = None, False

    def log_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Give the lattices (n_samples, n_columns, n_symbols) of a batch of images."""
        if not self._refreshed:
            self._refresh()
            self._refreshed = True
        return self._forward(images)

    def start_training(self, weights: Weights, *, seed: int, **optimizer: Any) -> None:
        """Set weights, a fresh optimizer state and the random state of dropout.

        Parameters
        ----------
        weights : dict
        seed : int
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
                layer.seed_generator.state.assign(np.array([seed, 0], np.uint32))

    @property
    def training_state(self) -> list[npt.NDArray[Any]]:
        """A copy of all that the steps to come depend on.

        Weights, the optimizer's moments and count, and the random states.
        """
        return [
            keras.ops.convert_to_numpy(variable.value).copy() for variable in self._state_variables
        ]

    def restore_training(self, state: list[npt.NDArray[Any]]) -> None:
        """Go on from the state of a training that was started with the same settings."""
        self._forget_loaded()
        for variable, value in zip(self._state_variables, state, strict=True):
            variable.assign(value)

    @property
    def _state_variables(self) -> list[keras.Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]

    def _compile(self, settings: OptimizerSettings) -> None:
        optimizer = Optimizer(settings)
        optimizer.build(self.model.trainable_variables)
        # XLA has no kernel for TensorFlow's CTC; JAX runs compiled or not at all.
        jit = keras.config.backend() == "jax"
        self.model.compile(optimizer, loss=training_loss, jit_compile=jit)
        self._optimizer_settings = settings

    def train_step(
        self,
        images: npt.NDArray[np.uint8],
        symbols: npt.NDArray[np.int32],
        sample_weight: npt.NDArray[np.float32],
        *,
        learning_rate: float,
        evenness: float = 0.0,
        distrust: float = 0.0,
        openness: float = 1.0,
    ) -> float:
        """Take one step and give the batch's weighted mean loss.

        Parameters
        ----------
        images, symbols, sample_weight : ndarray
        learning_rate : float
        evenness, distrust : float
            See `training_loss`.
        openness : float
            How far a `SpatialTransformer`, where there is one, acts at least.
        """
        self._forget_loaded()
        for layer in self.model.layers:
            if isinstance(layer, SpatialTransformer):
                # A training that goes on from an open one does not close it again.
                opened = float(keras.ops.convert_to_numpy(layer.openness))
                layer.openness.assign(max(openness, opened))
        self.model.optimizer.learning_rate = learning_rate
        shares = np.full((len(symbols), 2), [evenness, distrust])
        target = np.column_stack([symbols, shares]).astype(np.float32)
        # Keras before 3.9 averages the loss over all steps since the last reset.
        self.model.reset_metrics()
        return float(self.model.train_on_batch(images, target, sample_weight=sample_weight))


class _Pool:
    """Idle networks by architecture; the ones unused for longest are dropped."""

    _MOST_IDLE = 16

    def __init__(self) -> None:
        self._idle: list[tuple[str, Network]] = []
        self._lock = Lock()

    def take(self, key: str, weights: Weights | None) -> Network | None:
        """Give an idle network of the architecture, the one that holds the weights if any does."""
        with self._lock:
            fitting = [entry for entry in self._idle if entry[0] == key]
            if not fitting:
                return None
            chosen = max(fitting, key=lambda entry: entry[1].holds(weights))
            self._idle.remove(chosen)
            return chosen[1]

    def give_back(self, key: str, network: Network) -> None:
        """Take a network back."""
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
    once and handed from fit to fit. Nobody else has the network while it is lent.

    Parameters
    ----------
    architecture : dict
        JSON-able: ``name`` of the builder and its arguments.
    weights : dict, default=None
        Weights to load.

    Yields
    ------
    Network
    """
    limit_worker_threads()
    key = json.dumps([keras.config.backend(), architecture], sort_keys=True)
    network = _pool.take(key, weights) or Network(architecture)
    if weights is not None:
        network.load(weights)
    yield network
    # Not given back after an error: its state is not known then.
    _pool.give_back(key, network)
