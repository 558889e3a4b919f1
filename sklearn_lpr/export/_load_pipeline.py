"""Load an exported recognizer as a Pipeline."""

import os

from sklearn.pipeline import Pipeline

from ..recognition import OnnxRecognizer

__all__ = ["load_pipeline"]


def load_pipeline(path: str | os.PathLike[str], n_threads: int | None = None) -> Pipeline:
    """Load a file that `to_onnx` wrote, as a `Pipeline` that ends in an `OnnxRecognizer`.

    Neither Keras nor a backend is imported. No code in the file is executed: steps and decoder
    are built from the names and parameters of classes of this package, and other names are
    rejected. See `OnnxRecognizer` for what a file of unknown origin can and cannot do.

    Parameters
    ----------
    path : str or path-like
    n_threads : int, default=None
        See `OnnxRecognizer`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        The steps keep their names. A recognizer that was exported without a `Pipeline` becomes
        the only step, ``onnxrecognizer``.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If `n_threads` is invalid, or the file is damaged, was written by another program or by a
        later version, or could do harm.

    Examples
    --------
    See `to_onnx`.
    """
    recognizer = OnnxRecognizer(os.fspath(path), n_threads)
    model = recognizer._model
    # Set explicitly, so that the parameters of the decoder can be set.
    recognizer.decoder = model.decoder
    return Pipeline([*model.steps, (model.name, recognizer)])
