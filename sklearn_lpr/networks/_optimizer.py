"""The optimizer of every training."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["Optimizer", "OptimizerSettings"]

# Offsets and scales are no kernels: they are not drawn towards 0.
_NOT_DECAYED = ("bias", "gamma", "beta")


@dataclass(frozen=True)
class OptimizerSettings:
    """What an optimizer is compiled with.

    Parameters
    ----------
    solver : {"adamw", "adam"}
        Whether weight decay is apart from the gradient, or part of it (L2).
    weight_decay : float
        Of all kernels.
    max_gradient_norm : float
        Gradients are scaled down to this norm.
    gradient_noise : float
        Standard deviation of what is added to each gradient.
    """

    solver: str
    weight_decay: float
    max_gradient_norm: float
    gradient_noise: float


class Optimizer(keras.optimizers.AdamW):
    """Adam with either kind of weight decay and with gradient noise.

    Source of the noise: A. Neelakantan et al., "Adding Gradient Noise Improves Learning for Very
    Deep Networks", 2015, arXiv:1511.06807, with a constant deviation as LPRNet's authors have it.
    """

    def __init__(self, settings: OptimizerSettings) -> None:
        decoupled = settings.solver == "adamw"
        super().__init__(
            weight_decay=settings.weight_decay if decoupled else 0.0,
            global_clipnorm=settings.max_gradient_norm,
            name="optimizer",
        )
        self._l2 = 0.0 if decoupled else settings.weight_decay
        self._noise = settings.gradient_noise
        self._noise_seed = keras.random.SeedGenerator(0)
        self._track_variable(self._noise_seed.state)
        self.exclude_from_weight_decay(var_names=list(_NOT_DECAYED))

    def restart(self, seed: int) -> None:
        """Forget all steps, and seed the noise."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self._noise_seed.state.assign(np.array([seed, 1], np.uint32))

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Take a step along gradients, one a variable."""
        if self._l2 or self._noise:
            variables = trainable_variables or self._trainable_variables
            grads = [
                self._changed(gradient, variable)
                for gradient, variable in zip(grads, variables, strict=True)
            ]
        super().apply(grads, trainable_variables)

    def _changed(self, gradient: Any, variable: Any) -> Any:
        added = ops.zeros_like(gradient)
        if self._l2 and self._use_weight_decay(variable):
            added = added + self._l2 * ops.convert_to_tensor(variable)
        if self._noise:
            added = added + self._noise * keras.random.normal(
                ops.shape(gradient), seed=self._noise_seed
            )
        # What takes no part in the network yet is left as it is: Adam would bring the smallest
        # gradient to its full rate.
        takes_part = ops.cast(ops.any(gradient != 0), gradient.dtype)
        return gradient + takes_part * added
