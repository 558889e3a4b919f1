"""Networks: what each of them is, and how a Keras model of it is trained and applied.

The descriptions load no Keras. It is imported with the first of `Network`, `borrow_network` and
`describe_backend`.
"""

from typing import TYPE_CHECKING, Any

from ._description import NetworkDescription
from ._registry import get_network, register, upgrade_architecture

if TYPE_CHECKING:
    from ._network import Network, Weights, borrow_network, describe_backend

__all__ = [
    "Network",
    "NetworkDescription",
    "Weights",
    "borrow_network",
    "describe_backend",
    "get_network",
    "register",
    "upgrade_architecture",
]

_WITH_KERAS = ("Network", "Weights", "borrow_network", "describe_backend")


def __getattr__(name: str) -> Any:
    if name not in _WITH_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
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
