"""Keep parallel workers from oversubscribing the processor."""

import multiprocessing
import os
from functools import cache

import keras

__all__ = ["limit_worker_threads"]


@cache
def limit_worker_threads() -> None:
    """Hand joblib's thread limit on to TensorFlow or PyTorch inside a worker process.

    joblib sets OMP_NUM_THREADS in its workers; TensorFlow ignores it. The parent process, where
    the limit is the user's to choose, is left alone.
    """
    limit = os.environ.get("OMP_NUM_THREADS")
    if multiprocessing.parent_process() is None or limit is None:
        return
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        try:
            tf.config.threading.set_intra_op_parallelism_threads(int(limit))
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            # TensorFlow was used in this worker before: its threads cannot be changed any more.
            return
    elif keras.config.backend() == "torch":
        import torch

        torch.set_num_threads(int(limit))
