"""Check that a Keras model fits the description that built it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._description import NetworkDescription

if TYPE_CHECKING:
    import keras

__all__ = ["check_model"]


def check_model(
    description: NetworkDescription, model: "keras.Model", architecture: Mapping[str, Any]
) -> None:
    """Check that a Keras model fits the description that built it.

    Parameters
    ----------
    description : NetworkDescription
    model : keras.Model
        The result of `NetworkDescription.build`.
    architecture : mapping from str to object
        The arguments of `build`.

    Raises
    ------
    ValueError
        If a layer with weights has no name of its own, a layer of `symbol_layers` is missing, or
        the output of a recognizer's network has another shape.
    """
    prefix = f"The network {description.name!r}: "
    for layer in model.layers:
        kind = type(layer)
        is_default = re.sub(r"(_\d+)?$", "", layer.name).replace("_", "") == kind.__name__.lower()
        if layer.weights and is_default and kind.__module__.startswith("keras."):
            # Keras numbers such layers in the order in which a process builds them.
            raise ValueError(
                f"{prefix}the layer {layer.name!r} has the default name; pass name=, by which its "
                "weights are stored."
            )
    if description.input_form is None:
        return
    n_symbols = architecture["n_symbols"]
    shape = model.output_shape
    if not isinstance(shape, tuple) or len(shape) != 3 or shape[2] != n_symbols:
        raise ValueError(
            f"{prefix}the output has the shape {shape}; it must be log-probabilities of shape "
            f"(n_samples, n_time_steps, {n_symbols})."
        )
    names = [layer.name for layer in model.layers]
    for name in description.symbol_layers:
        if name not in names:
            raise ValueError(
                f"{prefix}symbol_layers has {name!r}, but the layers of the model are {names}."
            )
    if not description.symbol_layers:
        raise ValueError(
            f"{prefix}symbol_layers is empty; name the layers with one output per symbol, so that "
            "weights fit to other alphabets."
        )
