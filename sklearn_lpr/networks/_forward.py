"""The forward pass without the overhead of ``Model.predict``."""

from collections.abc import Callable

import keras
import numpy as np
import numpy.typing as npt

__all__ = ["compile_forward"]

Forward = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]


def compile_forward(model: keras.Model) -> Forward:
    """Compile the inference pass of a model for any batch size.

    Parameters
    ----------
    model : keras.Model
        From uint8 images to a lattice. Weights that are assigned later are seen.

    Returns
    -------
    callable
        From an array of images to an array of log-probabilities.
    """
    compilers = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    return compilers[keras.config.backend()](model)


def _tensorflow(model: keras.Model) -> Forward:
    import tensorflow as tf

    # One trace, whatever the batch size; called without a look for the trace that fits.
    signature = tf.TensorSpec((None, *model.input_shape[1:]), "uint8")
    call = tf.function(
        lambda images: model(images, training=False), autograph=False
    ).get_concrete_function(signature)
    return lambda images: call(tf.constant(images)).numpy()


def _jax(model: keras.Model) -> Forward:
    import jax

    call = jax.jit(
        lambda trainable, fixed, images: model.stateless_call(
            trainable, fixed, images, training=False
        )[0]
    )

    def forward(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        # JAX compiles anew for each batch size: round it up to a power of two.
        n_images = len(images)
        padded = np.zeros((1 << (n_images - 1).bit_length(), *images.shape[1:]), np.uint8)
        padded[:n_images] = images
        trainable = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        return np.asarray(call(trainable, fixed, padded))[:n_images]

    return forward


def _torch(model: keras.Model) -> Forward:
    import torch

    def forward(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        with torch.no_grad():
            return keras.ops.convert_to_numpy(model(images, training=False))

    return forward
