"""A network in an ONNX file, with what is needed to read plates with it."""

import json
import os

import numpy as np
import numpy.typing as npt

from .._compat import import_optional
from ._own_objects import rebuild
from ._plate_forms import PLATE_FORMS

__all__ = ["FORMAT", "METADATA_KEY", "OnnxModel"]

# The entry of the file's metadata that holds our JSON, and the version of its form.
METADATA_KEY = "sklearn_lpr"
FORMAT = 1


class OnnxModel:
    """An onnxruntime session and what the file says of itself.

    Parameters
    ----------
    content : bytes
        Of a file that `export.to_onnx` wrote.
    n_threads : int or None
        None takes the limit in the environment variable OMP_NUM_THREADS, which joblib sets in
        its workers, or else all processors.

    Attributes
    ----------
    alphabet : str
    architecture : dict
        The network's name and sizes.
    decoder : decoder or None
        As the exported recognizer had it.
    steps : list of (str, transformer)
        Before the recognizer.
    name : str
        Of the recognizer's step.

    Raises
    ------
    ImportError
        If onnxruntime is not installed.
    ValueError
        If the content is none of such a file, or one that a later version wrote.
    """

    def __init__(self, content: bytes, n_threads: int | None) -> None:
        runtime = import_optional("onnxruntime", extra="onnx")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = n_threads or int(os.environ.get("OMP_NUM_THREADS", 0))
        options.log_severity_level = 3  # errors, which are raised as well
        try:
            self._session = runtime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's have no common base
            raise ValueError(f"onnxruntime cannot load it: {error}") from error
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
                    f"it was written by sklearn_lpr {metadata['version']}; update this one."
                )
            self.alphabet = str(metadata["alphabet"])
            self.architecture = dict(metadata["architecture"])
            self.decoder = rebuild(metadata["decoder"])
            self.steps = [(str(name), rebuild(step)) for name, step in metadata["steps"]]
            self.name = str(metadata["name"])
            PLATE_FORMS[self.architecture["name"]]
        except (KeyError, TypeError) as error:
            raise ValueError(f"its metadata is damaged ({error!r}).") from error

    def log_proba(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Give the lattices (n_samples, n_columns, n_symbols) of a batch of images."""
        return self._session.run(["lattice"], {"images": images})[0]
