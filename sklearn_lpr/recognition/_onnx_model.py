"""Session of an ONNX file, and its metadata."""

import numpy as np
import numpy.typing as npt

from .._onnx_file import open_session, run_session
from ..networks import image_shape
from ._onnx_metadata import read_metadata

__all__ = ["OnnxModel"]


class OnnxModel:
    """An onnxruntime session and the metadata of its file.

    Parameters
    ----------
    content : bytes
        The content of a file that `export.to_onnx` wrote.
    n_threads : int or None
        None uses the limit in the environment variable OMP_NUM_THREADS, which joblib sets in
        its workers, or else all processors.
    trusted : bool, default=False
        Whether the file comes with the package.

    Attributes
    ----------
    alphabet : str
    architecture : dict
        The name and the sizes of the network.
    decoder : decoder or None
        The decoder of the exported recognizer.
    steps : list of (str, transformer)
        The transformers before the recognizer.
    name : str
        The name of the recognizer's step.

    Raises
    ------
    ValueError
        If the content is that of another file, of a damaged one, or of one that a later version
        wrote; if it could do harm (see `check_onnx`), or its metadata does not fit its network.
    """

    def __init__(self, content: bytes, n_threads: int | None, *, trusted: bool = False) -> None:
        self._session = open_session(content, n_threads, trusted=trusted)
        metadata = read_metadata(self._session.get_modelmeta().custom_metadata_map)
        self.alphabet = metadata.alphabet
        self.architecture = metadata.architecture
        self.decoder = metadata.decoder
        self.steps = metadata.steps
        self.name = metadata.name
        self._check_tensors()

    def _check_tensors(self) -> None:
        """Check that input and output are those of the network that the metadata describes."""
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if [(each.name, each.type) for each in inputs] != [("images", "tensor(uint8)")]:
            raise ValueError(
                f"its network takes {[(each.name, each.type) for each in inputs]}, not 'images' of "
                "type uint8."
            )
        expected = image_shape(self.architecture)
        if tuple(inputs[0].shape[-3:]) != expected:
            raise ValueError(
                f"its network takes images {tuple(inputs[0].shape[-3:])}, its metadata says "
                f"{expected}."
            )
        if [each.type for each in outputs] != ["tensor(float)"]:
            raise ValueError("its network does not have one output of log-probabilities.")
        if outputs[0].shape[2:] != [1 + len(self.alphabet)]:
            raise ValueError(
                f"its network has an output {outputs[0].shape} for an alphabet of "
                f"{len(self.alphabet)} characters."
            )

    def log_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return log-probabilities (n_samples, n_time_steps, n_symbols) of a batch of images.

        Raises
        ------
        ValueError
            If the network cannot be computed, or returns another shape.
        """
        return run_session(self._session, images, (len(images), None, 1 + len(self.alphabet)))
