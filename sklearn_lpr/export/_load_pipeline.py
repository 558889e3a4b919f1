"""Give an exported reader back."""

import os

from sklearn.pipeline import Pipeline

from ..recognition import OnnxRecognizer

__all__ = ["load_pipeline"]


def load_pipeline(path: str | os.PathLike[str], n_threads: int | None = None) -> Pipeline:
    """Give the reader that `to_onnx` wrote, as a `Pipeline` that ends in an `OnnxRecognizer`.

    Neither Keras nor a backend of it is imported. Nothing in the file is executed: steps and
    decoder are built from the names and parameters of the package's own classes, and other names
    are refused.

    Parameters
    ----------
    path : str or path-like
    n_threads : int, default=None
        See `OnnxRecognizer`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Its steps have the names that they had. Of a recognizer that was exported by itself, a
        `Pipeline` of one step, ``onnxrecognizer``.

    Raises
    ------
    ImportError
        If onnxruntime is not installed, which the extra ``onnx`` does.
    FileNotFoundError
        If there is no such file.
    ValueError
        If `to_onnx` did not write it, a later version did, or it is damaged.

    Examples
    --------
    See `to_onnx`.
    """
    recognizer = OnnxRecognizer(os.fspath(path), n_threads)
    model = recognizer._model
    # As a parameter of its own, so that the decoder's parameters can be set.
    recognizer.decoder = model.decoder
    return Pipeline([*model.steps, (model.name, recognizer)])
