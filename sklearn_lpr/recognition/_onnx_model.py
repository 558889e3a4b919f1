"""Session of an ONNX file, and its metadata."""

import json

import numpy as np
import numpy.typing as npt

from .._onnx_file import open_session
from ..networks import upgrade_architecture
from ._json_objects import from_json

__all__ = ["FORMAT", "METADATA_KEY", "OnnxModel"]

# The entry of the metadata that holds the JSON, and the version of the file format. Version 1, of
# sklearn_lpr 0.1.0, names the output "lattice" and has other entries in the architecture.
METADATA_KEY = "sklearn_lpr"
FORMAT = 2


class OnnxModel:
    """An onnxruntime session and the metadata of its file.

    Parameters
    ----------
    content : bytes
        The content of a file that `export.to_onnx` wrote.
    n_threads : int or None
        None uses the limit in the environment variable OMP_NUM_THREADS, which joblib sets in
        its workers, or else all processors.

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
    ImportError
        If onnxruntime is not installed.
    ValueError
        If the content is that of another file, or of one that a later version wrote.
    """

    def __init__(self, content: bytes, n_threads: int | None) -> None:
        self._session = open_session(content, n_threads)
        self._read_metadata(self._session.get_modelmeta().custom_metadata_map)

    def _read_metadata(self, entries: dict[str, str]) -> None:
        if METADATA_KEY not in entries:
            raise ValueError("it was not written by sklearn_lpr.export.to_onnx.")
        try:
            metadata = json.loads(entries[METADATA_KEY])
        except json.JSONDecodeError as error:
            raise ValueError(f"its metadata is damaged ({error}).") from error
        try:
            if metadata["format"] > FORMAT:
                raise ValueError(
                    f"it was written by sklearn_lpr {metadata['version']}; update sklearn_lpr."
                )
            self.alphabet = str(metadata["alphabet"])
            self.architecture = upgrade_architecture(metadata["architecture"])
            self.decoder = from_json(metadata["decoder"])
            self.steps = [(str(name), from_json(step)) for name, step in metadata["steps"]]
            self.name = str(metadata["name"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"its metadata is damaged ({error!r}).") from error

    def log_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return log-probabilities (n_samples, n_time_steps, n_symbols) of a batch of images."""
        return self._session.run(None, {"images": images})[0]
