"""Fold batch normalization into the convolutions for inference."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ._normalization import FusedBatchNormalization

__all__ = ["fold_normalization"]


class _Identity(layers.Layer):
    """The identity, in place of a normalization."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the inputs."""
        return inputs


def fold_normalization(model: keras.Model) -> tuple[keras.Model, Callable[[], None]]:
    """Return a model with the same inference and half as many operations.

    In inference a normalization is an affine map of each filter, because its moments are the
    moving averages. The kernel and a bias of the convolution before it can include that map.

    Parameters
    ----------
    model : keras.Model
        Each of its normalizations follows a convolution and has its name, with the suffix
        ``_norm``.

    Returns
    -------
    folded : keras.Model
        For inference only. It shares all layers with `model`, except convolutions and
        normalizations.
    refresh : callable
        Computes the kernels and biases from the weights of `model`.
    """
    norms = {
        layer.name.removesuffix("_norm"): layer
        for layer in model.layers
        if isinstance(layer, FusedBatchNormalization)
    }

    def fold(layer: Any) -> Any:
        if isinstance(layer, FusedBatchNormalization):
            return _Identity(name=layer.name, dtype="float32")
        if layer.name in norms:
            return type(layer).from_config({**layer.get_config(), "use_bias": True})
        return layer

    folded = keras.models.clone_model(model, clone_function=fold)

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
