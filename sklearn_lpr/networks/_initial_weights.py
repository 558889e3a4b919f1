"""Initial weights drawn by NumPy, equal on all backends and without global state."""

import keras
import numpy as np
import numpy.typing as npt

__all__ = ["draw_initial_weights"]


def draw_initial_weights(
    model: keras.Model, generator: np.random.Generator
) -> dict[str, npt.NDArray[np.float32]]:
    """Draw a model's initial weights.

    Kernels follow He et al. (ICCV 2015): normal with variance 2 / fan-in. Scales and moving
    variances are 1, all others 0.

    Parameters
    ----------
    model : keras.Model
    generator : numpy.random.Generator

    Returns
    -------
    dict from the variable's path to ndarray, dtype float32
    """
    weights = {}
    for variable in model.weights:
        shape, name = tuple(variable.shape), variable.path.rsplit("/", 1)[-1]
        if name == "kernel":
            scale = np.sqrt(2 / np.prod(shape[:-1]))
            weights[variable.path] = generator.normal(0, scale, shape).astype(np.float32)
        else:
            value = 1.0 if name in ("gamma", "moving_variance") else 0.0
            weights[variable.path] = np.full(shape, value, np.float32)
    return weights
