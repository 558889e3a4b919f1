"""Limit the threads of parallel workers."""

import multiprocessing
from functools import cache

import keras

from .._thread_limit import thread_limit

__all__ = ["limit_worker_threads"]


@cache
def limit_worker_threads() -> None:
    """Pass joblib's thread limit to TensorFlow or PyTorch inside a worker process.

    joblib sets OMP_NUM_THREADS in its workers, which TensorFlow ignores. Nothing changes in the
    parent process, where the user sets the limit.
    """
    limit = thread_limit()
    if multiprocessing.parent_process() is None or limit is None:
        return
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        try:
            tf.config.threading.set_intra_op_parallelism_threads(limit)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            # TensorFlow is initialized in this worker, so its threads can no longer be changed.
            return
    elif keras.config.backend() == "torch":
        import torch

        torch.set_num_threads(limit)
