"""Networks that turn images into lattices of log-probabilities; knows Keras alone."""

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

from ._network import Network, Weights, borrow_network, describe_backend

__all__ = ["Network", "Weights", "borrow_network", "describe_backend"]
