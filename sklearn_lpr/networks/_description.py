"""Base class of the descriptions of networks."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar

from ._input_forms import InputForm

if TYPE_CHECKING:
    import keras

    from ._onnx_graph import Graph

__all__ = ["NetworkDescription"]


class NetworkDescription(ABC):
    """Everything that the other packages need to know about a network.

    A description has no state, and importing it loads neither Keras nor onnx: `build` and
    `write_onnx` import what they need. `register` adds a description to the registry, and
    `get_network` finds it by its name.

    An architecture is a dict that JSON can hold: the network's ``name`` and the keyword arguments
    of `build` and `write_onnx`.

    Attributes
    ----------
    name : str
        The entry ``name`` of the architectures of this network.
    input_form : InputForm or None
        The form of the input: whole or segmented plates. None for networks with another input.
    symbol_layers : tuple of str
        Layers with one output per symbol, on the last axis of each of their weights. Symbol 0 is
        the blank, symbol i is the character i - 1 of the alphabet. Weights are carried over to
        another alphabet character by character. Empty for networks without an alphabet.
    schedules : mapping from str to tuple of four float
        Values that layers take from step to step in training, in the method ``apply_schedule``:
        they change linearly between two fractions of all steps, (start, end, first, last).
    optional_layers : tuple of str
        Layers that an architecture may leave out. Where a weights file lacks them, they keep
        their initial weights.
    """

    name: ClassVar[str]
    input_form: ClassVar[InputForm | None] = None
    symbol_layers: ClassVar[tuple[str, ...]] = ()
    schedules: ClassVar[Mapping[str, tuple[float, float, float, float]]] = {}
    optional_layers: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def build(self, *args: Any, **kwargs: Any) -> "keras.Model":
        """Build the network as a Keras model.

        Parameters
        ----------
        **kwargs
            The architecture without its ``name``.

        Returns
        -------
        keras.Model
            From uint8 images to the output of the network.
        """

    def write_onnx(self, graph: "Graph", *args: Any, **kwargs: Any) -> None:
        """Add the network, its input and its outputs to an ONNX graph.

        Parameters
        ----------
        graph : Graph
            Holds the weights.
        **kwargs
            The architecture without its ``name``.

        Raises
        ------
        NotImplementedError
            If the network has no ONNX graph.
        """
        raise NotImplementedError(f"The network {self.name!r} cannot be exported to ONNX.")

    def upgrade_architecture(self, architecture: dict[str, Any]) -> dict[str, Any]:
        """Return an architecture of this version for one that an earlier version wrote.

        Parameters
        ----------
        architecture : dict
            An architecture of this or an earlier version. It is not changed.

        Returns
        -------
        dict
            An architecture of this version is returned with equal entries.
        """
        return dict(architecture)

    def check_architecture(self, architecture: Mapping[str, Any]) -> None:
        """Check that an architecture, such as that in a file, has the entries that `build` takes.

        Parameters
        ----------
        architecture : mapping
            Of this version.

        Raises
        ------
        ValueError
            If an entry is missing, unknown or of another type, or a size is below 1.
        """
        entries = {name: value for name, value in architecture.items() if name != "name"}
        signature = inspect.signature(self.build)
        try:
            signature.bind(**entries)
        except TypeError as error:
            raise ValueError(f"the network {self.name!r}: {error}") from error
        for name, value in entries.items():
            kind = signature.parameters[name].annotation
            if kind is int and (type(value) is not int or value < 1):
                raise ValueError(f"{name}={value!r} must be a whole number of at least 1")
            if not isinstance(value, (bool, int, float, str, NoneType)):
                raise ValueError(f"{name} must not be a {type(value).__name__}")

    def loss(self, targets: Mapping[str, Any], output: Any, scheduled: Mapping[str, Any]) -> Any:
        """Return the loss of each sample in training: CTC, unless a network overrides it.

        Parameters
        ----------
        targets : mapping from str to tensor
            The targets of the training examples.
        output : tensor or dict of tensor
            The output of the Keras model.
        scheduled : mapping from str to tensor
            Values that change from step to step, by their names in the training plan.

        Returns
        -------
        tensor of shape (n_samples,)
        """
        from ._losses import ctc_training_loss

        return ctc_training_loss(targets, output, scheduled)
