"""Fast batch normalization on TensorFlow."""

from typing import Any

import keras
from keras import layers

__all__ = ["FusedBatchNormalization"]


class FusedBatchNormalization(layers.BatchNormalization):
    """Batch normalization whose training pass is one operation on TensorFlow.

    Keras composes it of a dozen elementwise operations, which take half of the time of a training
    step on CPUs. The moving variance is unbiased, as on PyTorch.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalize by the moments of the batch in training, else by their moving averages."""
        if not training or keras.config.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs,
            tf.convert_to_tensor(self.gamma.value),
            tf.convert_to_tensor(self.beta.value),
            epsilon=self.epsilon,
            is_training=True,
        )
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(self.momentum * average + (1 - self.momentum) * value)
        return outputs
