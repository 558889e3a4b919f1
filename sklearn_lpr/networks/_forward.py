"""Compiled inference without the overhead of ``Model.predict``."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

__all__ = ["compile_forward"]

Forward = Callable[[npt.NDArray[np.uint8]], Any]


def compile_forward(model: keras.Model) -> Forward:
    """Compile the inference of a model for any batch size.

    Parameters
    ----------
    model : keras.Model
        From uint8 images to one tensor or a dict of tensors. Weights assigned later take effect.

    Returns
    -------
    callable
        From an array of images to an array, or a dict of arrays.
    """
    compilers = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    return compilers[keras.config.backend()](model)


def _tensorflow(model: keras.Model) -> Forward:
    import tensorflow as tf

    # One trace for all batch sizes, called directly rather than looked up.
    signature = tf.TensorSpec((None, *model.input_shape[1:]), "uint8")
    call = tf.function(
        lambda images: model(images, training=False), autograph=False
    ).get_concrete_function(signature)

    def forward(images: npt.NDArray[np.uint8]) -> Any:
        outputs = call(tf.constant(images))
        return keras.tree.map_structure(lambda each: each.numpy(), outputs)

    return forward


def _jax(model: keras.Model) -> Forward:
    import jax

    call = jax.jit(
        lambda trainable, fixed, images: model.stateless_call(
            trainable, fixed, images, training=False
        )[0]
    )

    def forward(images: npt.NDArray[np.uint8]) -> Any:
        # JAX compiles again for each batch size, so it is rounded up to a power of two.
        n_images = len(images)
        padded = np.zeros((1 << (n_images - 1).bit_length(), *images.shape[1:]), np.uint8)
        padded[:n_images] = images
        trainable = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        outputs = call(trainable, fixed, padded)
        return keras.tree.map_structure(lambda each: np.asarray(each)[:n_images], outputs)

    return forward


def _torch(model: keras.Model) -> Forward:
    import torch

    def forward(images: npt.NDArray[np.uint8]) -> Any:
        with torch.no_grad():
            outputs = model(images, training=False)
            return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)

    return forward
