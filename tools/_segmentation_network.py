"""The network of CharacterSegmenter in Keras, its loss, and the file of its weights."""

from typing import Any

import keras
import numpy as np
from _segmentation_plates import Floats
from _segmentation_views import HEIGHT, N_POSITIONS, WIDTH
from keras import layers, ops

from sklearn_lpr.preprocessing import _character_network

__all__ = ["build_network", "loss", "save_weights"]

CHANNELS = (12, 20, 32, 40)


def build_network() -> keras.Model:
    """Build in Keras the network that `_character_network` runs in NumPy."""
    seeds = iter(range(100))

    def convolve(x: Any, channels: int, size: tuple[int, int], **options: Any) -> Any:
        initializer = keras.initializers.HeNormal(seed=next(seeds))
        x = layers.Conv2D(
            channels, size, use_bias=False, kernel_initializer=initializer, **options
        )(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = view = keras.Input((HEIGHT, WIDTH, 1))
    for channels, step in zip(CHANNELS, ((2, 2), (2, 1), (2, 1)), strict=False):
        x = convolve(x, channels, (3, 3), strides=step, padding="same")
    x = convolve(layers.ZeroPadding2D((0, 1))(x), CHANNELS[-1], (5, 3))
    for dilation in (1, 2, 4):
        along = convolve(x, CHANNELS[-1], (1, 5), padding="same", dilation_rate=(1, dilation))
        x = layers.Add()([x, along])
    initializer = keras.initializers.HeNormal(seed=next(seeds))
    outputs = layers.Conv2D(5, 1, kernel_initializer=initializer)(x)
    return keras.Model(view, layers.Reshape((N_POSITIONS, 5))(outputs))


def loss(target: Any, outputs: Any) -> Any:
    """Return the focal cross-entropy of centres plus the IoU and L1 losses of their boxes."""
    centre, counts = target[..., 0], target[..., 1]
    entropy = ops.binary_crossentropy(centre, outputs[..., 0], from_logits=True)
    probability = ops.sigmoid(outputs[..., 0])
    miss = ops.where(centre > 0, 1 - probability, probability)
    edges, true = outputs[..., 1:], target[..., 2:]
    width = ops.minimum(edges[..., 0], true[..., 0]) + ops.minimum(edges[..., 1], true[..., 1])
    height = ops.minimum(edges[..., 3], true[..., 3]) - ops.maximum(edges[..., 2], true[..., 2])
    common = ops.maximum(width, 0) * ops.maximum(height, 0)
    overlap = common / (area(edges) + area(true) - common + 1e-6)
    boxes = 1 - overlap + ops.sum(ops.abs(edges - true), axis=-1)
    return 4 * ops.mean(counts * (entropy * (0.2 + miss**1.5) + centre * boxes), axis=-1)


def area(edges: Any) -> Any:
    """Return the area of boxes."""
    width, height = edges[..., 0] + edges[..., 1], edges[..., 3] - edges[..., 2]
    return ops.maximum(width, 0.01) * ops.maximum(height, 0.01)


def save_weights(network: keras.Model) -> None:
    """Fold batch normalization into the convolutions and save them for the segmenter."""
    arrays: dict[str, Floats] = {}
    n_layers = 0
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            kernel, *bias = layer.get_weights()
            arrays[f"kernel_{n_layers}"] = kernel
            arrays[f"bias_{n_layers}"] = bias[0] if bias else np.zeros(kernel.shape[-1])
            n_layers += 1
        elif isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            arrays[f"kernel_{n_layers - 1}"] = arrays[f"kernel_{n_layers - 1}"] * scale
            arrays[f"bias_{n_layers - 1}"] = beta - mean * scale
    float16 = {name: part.astype(np.float16) for name, part in arrays.items()}
    np.savez_compressed(_character_network.WEIGHTS, **float16)
    _character_network.load_weights.cache_clear()
