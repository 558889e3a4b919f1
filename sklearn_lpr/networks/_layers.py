"""Keras layers of which the networks are built, independent of Keras's global settings."""

from typing import Any

from keras import layers

from ._constants import NORM_EPSILON
from ._normalization import FusedBatchNormalization

__all__ = ["FIXED", "convolution", "drop"]

# Explicit, because Keras's global settings must not change a network. The initial weights are
# drawn elsewhere; a constant initializer keeps Keras from drawing random numbers.
FIXED: dict[str, Any] = {
    "data_format": "channels_last",
    "dtype": "float32",
    "kernel_initializer": "zeros",
}


def convolution(
    features: Any,
    n_filters: int,
    kernel: tuple[int, int],
    name: str,
    strides: tuple[int, int] = (1, 1),
    padding: str = "same",
) -> Any:
    """Apply convolution, batch normalization and ReLU.

    Parameters
    ----------
    features : tensor of shape (n_samples, height, width, channels)
    n_filters : int
    kernel, strides : tuple of int
        Vertical and horizontal.
    name : str
        The name of the convolution; the normalization is named ``{name}_norm``.
    padding : {"same", "valid"}, default="same"

    Returns
    -------
    tensor
    """
    features = layers.Conv2D(
        n_filters, kernel, strides, padding, use_bias=False, name=name, **FIXED
    )(features)
    # In short training runs, the moving averages must not lag behind the weights.
    features = FusedBatchNormalization(
        momentum=0.95, epsilon=NORM_EPSILON, name=f"{name}_norm", dtype="float32"
    )(features)
    return layers.ReLU(name=f"{name}_relu", dtype="float32")(features)


def drop(features: Any, fraction: float, name: str) -> Any:
    """Apply dropout, whose random state is set at the start of a training run."""
    return layers.Dropout(fraction, seed=0, name=name, dtype="float32")(features)
