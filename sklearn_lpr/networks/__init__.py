"""Networks: their descriptions, and Keras models for training and inference.

The descriptions do not import Keras. The first access to `Network`, `borrow_network` or
`describe_backend` does.
"""

from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    if name not in _WITH_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
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
    from . import _network

    return getattr(_network, name)
