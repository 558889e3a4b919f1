"""Precision of the convolutions in training."""

from pathlib import Path

import tensorflow as tf

__all__ = ["allow_bfloat16"]

_PROCESSOR = Path("/proc/cpuinfo")
_BFLOAT16 = ("avx512_bf16", "amx_bf16")


def allow_bfloat16() -> None:
    """Let TensorFlow compute convolutions in bfloat16 on processors that have it.

    They take three quarters of the time there. Other processors emulate it, which takes several
    times as long.
    """
    flags = _PROCESSOR.read_text().split() if _PROCESSOR.exists() else []
    if not set(_BFLOAT16).isdisjoint(flags):
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
