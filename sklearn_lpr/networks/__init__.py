"""Networks: their descriptions, and Keras models for training and inference.

The descriptions do not import Keras. The first access to `Network`, `borrow_network` or
`describe_backend` does.
"""

import sys
from typing import TYPE_CHECKING, Any

from .._locks import ForkSafeLock
from ._description import NetworkDescription
from ._input_forms import InputForm, SegmentedPlates, WholePlates, count_segments, image_shape
from ._quiet_import import without_startup_messages
from ._registry import get_network, register, unregister, upgrade_architecture
from ._weights_file import transfer_weights, write_weights

if TYPE_CHECKING:
    from ._network import Network, Weights, borrow_network, describe_backend

__all__ = [
    "InputForm",
    "Network",
    "NetworkDescription",
    "SegmentedPlates",
    "Weights",
    "WholePlates",
    "borrow_network",
    "count_segments",
    "describe_backend",
    "get_network",
    "image_shape",
    "register",
    "transfer_weights",
    "unregister",
    "upgrade_architecture",
    "write_weights",
]

_WITH_KERAS = ("Network", "Weights", "borrow_network", "describe_backend")


_importing = ForkSafeLock()


def __getattr__(name: str) -> Any:
    if name not in _WITH_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _importing.lock:
        _import_keras()
    from . import _network

    # The next access finds the names without this function, which is slow beside a prediction.
    globals().update({each: getattr(_network, each) for each in _WITH_KERAS})
    return globals()[name]


def _import_keras() -> None:
    """Import Keras without start-up messages, unless it is imported already.

    The standard error is that of all threads, so that only one of them may redirect it.
    """
    if "keras" in sys.modules:
        return
    try:
        with without_startup_messages():
            import keras  # noqa: F401
    except ImportError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in ("tensorflow", "torch", "jax"):
            raise
        raise ImportError(
            f"Keras has no backend: {missing!r} is not installed. Run "
            f"pip install 'sklearn-lpr[{missing}]', or choose another backend by the environment "
            "variable KERAS_BACKEND."
        ) from error
