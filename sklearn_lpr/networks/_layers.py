"""What the networks are built of, independent of the user's global Keras settings."""

from typing import Any

from keras import layers

from ._normalization import FusedBatchNormalization

__all__ = ["FIXED", "convolution", "drop"]

# Stated, because the user's global Keras settings must not change a network. The initial weights
# are drawn elsewhere; a constant here keeps Keras from drawing any of its own.
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
    """Convolution, batch normalization, ReLU."""
    features = layers.Conv2D(
        n_filters, kernel, strides, padding, use_bias=False, name=name, **FIXED
    )(features)
    # The moving averages of short trainings must not lag behind the weights.
    features = FusedBatchNormalization(momentum=0.95, name=f"{name}_norm", dtype="float32")(
        features
    )
    return layers.ReLU(name=f"{name}_relu", dtype="float32")(features)


def drop(features: Any, rate: float, name: str) -> Any:
    """Dropout whose random state is set when a training starts."""
    return layers.Dropout(rate, seed=0, name=name, dtype="float32")(features)
