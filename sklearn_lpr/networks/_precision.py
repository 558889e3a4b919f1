"""Keep Keras's global precision settings out of networks and their training."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import keras

__all__ = ["float32_state", "use_float32"]

_lock = Lock()


def use_float32(model: keras.Model) -> keras.Model:
    """Set the policy of a model, all of whose layers are float32, and return it.

    Otherwise it is the global policy, under which Keras scales losses or quantizes models.
    """
    model.dtype_policy = "float32"
    return model


@contextmanager
def float32_state() -> Iterator[None]:
    """Create the variables of optimizers and metrics in float32, whatever ``floatx`` is.

    Keras takes no dtype for them. The setting is the same for all threads, hence the lock.
    """
    with _lock:
        floatx = keras.config.floatx()
        keras.config.set_floatx("float32")
        try:
            yield
        finally:
            keras.config.set_floatx(floatx)
