"""The network as it reads: each batch normalization is part of the convolution before it."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ._normalization import FusedBatchNormalization

__all__ = ["fold_normalization"]


class _Nothing(layers.Layer):
    """Stands where a normalization was."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Give what comes in."""
        return inputs


def fold_normalization(model: keras.Model) -> tuple[keras.Model, Callable[[], None]]:
    """Give a model that computes what another one infers, with half as many operations.

    With the moving averages for moments a normalization is an affine map of each filter, which
    the convolution before it can do by its kernel and a bias.

    Parameters
    ----------
    model : keras.Model
        Its normalizations each follow a convolution and are named after it.

    Returns
    -------
    folded : keras.Model
        For inference alone; shares all layers but convolutions and normalizations with `model`.
    refresh : callable
        Brings its kernels and biases up to date with the weights of `model`.
    """
    norms = {
        layer.name.removesuffix("_norm"): layer
        for layer in model.layers
        if isinstance(layer, FusedBatchNormalization)
    }

    def as_read(layer: Any) -> Any:
        if isinstance(layer, FusedBatchNormalization):
            return _Nothing(name=layer.name, dtype="float32")
        if layer.name in norms:
            return type(layer).from_config({**layer.get_config(), "use_bias": True})
        return layer

    folded = keras.models.clone_model(model, clone_function=as_read)

    def refresh() -> None:
        for name, norm in norms.items():
            gamma, beta, mean, variance = map(
                ops.convert_to_numpy,
                (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance),
            )
            scale = gamma / np.sqrt(variance + np.float32(norm.epsilon))
            convolution = folded.get_layer(name)
            kernel = ops.convert_to_numpy(model.get_layer(name).kernel)
            convolution.kernel.assign(kernel * scale)
            convolution.bias.assign(beta - mean * scale)

    return folded, refresh
