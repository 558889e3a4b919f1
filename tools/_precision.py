"""Precision of the convolutions in training."""

import tensorflow as tf

__all__ = ["allow_bfloat16"]


def allow_bfloat16() -> None:
    """Let TensorFlow compute convolutions in bfloat16.

    They take three quarters of the time on processors that have it.
    """
    tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
