"""Limit the threads of parallel workers."""

import multiprocessing
import os
from functools import cache

import keras

__all__ = ["limit_worker_threads"]


@cache
def limit_worker_threads() -> None:
    """Pass joblib's thread limit to TensorFlow or PyTorch inside a worker process.

    joblib sets OMP_NUM_THREADS in its workers, which TensorFlow ignores. Nothing changes in the
    parent process, where the user sets the limit.
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
            # TensorFlow is initialized in this worker, so its threads can no longer be changed.
            return
    elif keras.config.backend() == "torch":
        import torch

        torch.set_num_threads(int(limit))
