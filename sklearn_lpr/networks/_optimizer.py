"""Adam with either kind of weight decay and gradient noise."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["Optimizer", "OptimizerSettings"]

# Weight decay applies to kernels only, not to offsets and scales.
_NOT_DECAYED = ("bias", "gamma", "beta")


@dataclass(frozen=True)
class OptimizerSettings:
    """The settings with which an optimizer is compiled.

    Parameters
    ----------
    solver : {"adamw", "adam"}
        Whether weight decay is decoupled from the gradient, or part of it (L2).
    weight_decay : float
        The weight decay of all kernels.
    max_gradient_norm : float
        Gradients with a larger global norm are scaled down to it.
    gradient_noise : float
        Standard deviation of the normal noise that is added to each gradient.
    """

    solver: str
    weight_decay: float
    max_gradient_norm: float
    gradient_noise: float


class Optimizer(keras.optimizers.AdamW):
    """Adam with decoupled or L2 weight decay and with gradient noise.

    Source of the noise: A. Neelakantan et al., "Adding Gradient Noise Improves Learning for Very
    Deep Networks", 2015, arXiv:1511.06807, with a constant deviation as LPRNet's
    authors use it.
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
        """Reset the state, and seed the noise."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self._noise_seed.state.assign(np.array([seed, 1], np.uint32))

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Update the variables by their gradients."""
        if self._l2 or self._noise:
            variables = trainable_variables or self._trainable_variables
            grads = [
                self._regularize(gradient, variable)
                for gradient, variable in zip(grads, variables, strict=True)
            ]
        super().apply(grads, trainable_variables)

    def _regularize(self, gradient: Any, variable: Any) -> Any:
        added = ops.zeros_like(gradient)
        if self._l2 and self._use_weight_decay(variable):
            added = added + self._l2 * ops.convert_to_tensor(variable)
        if self._noise:
            added = added + self._noise * keras.random.normal(
                ops.shape(gradient), dtype=gradient.dtype, seed=self._noise_seed
            )
        # A variable whose gradient is 0 everywhere is not used yet and must not change: Adam would
        # scale even the smallest gradient up to the full learning rate.
        used = ops.cast(ops.any(gradient != 0), gradient.dtype)
        return gradient + used * added
