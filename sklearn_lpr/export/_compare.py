"""Comparison of an exported recognizer with the original."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from ..metrics import plate_accuracy_score
from ..recognition._unwrap import unwrap
from ._load_pipeline import load_pipeline
from ._to_onnx import no_network

__all__ = ["ExportComparison", "compare"]


@dataclass(frozen=True)
class ExportComparison:
    """Predictions of a recognizer and of its exported file on the same plates.

    Parameters
    ----------
    n_plates : int
        The number of plates.
    n_same_texts : int
        The number of plates for which both predicted texts are equal.
    accuracy, exported_accuracy : float or None
        The fraction of plates that each of them predicts exactly; None without ground truth.
    max_difference : float
        The largest absolute difference of two log-probabilities.
    max_probability_difference : float
        The largest absolute difference of two probabilities. Unlike `max_difference`, it is not
        dominated by tiny probabilities, which change no prediction.
    """

    n_plates: int
    n_same_texts: int
    accuracy: float | None
    exported_accuracy: float | None
    max_difference: float
    max_probability_difference: float


def compare(
    estimator: Any, path: str | os.PathLike[str], X: Any, y: Any = None
) -> ExportComparison:
    """Compare the predictions of a recognizer with those of the file that `to_onnx` wrote.

    Parameters
    ----------
    estimator : estimator
        The estimator that was passed to `to_onnx`.
    path : str or path-like
        The file.
    X : array-like of samples
        Plates as `estimator` takes them, preferably held out of training and calibration.
    y : array-like of str of shape (n_samples,), default=None
        The ground truth.

    Returns
    -------
    ExportComparison

    Raises
    ------
    TypeError
        If the estimator has no network, such as one that calibrates or combines recognizers.
    ValueError
        If X and y differ in length, or the file was written from another estimator.

    Examples
    --------
    >>> import tempfile, warnings
    >>> from sklearn_lpr import LPRNetCTC
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.export import compare, to_onnx
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> scenes, y = make_plates(32, random_state=0, return_X_y=True)
    >>> X = PlateNormalizer().transform(PlateCropper().transform(scenes))
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short
    ...     recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = to_onnx(recognizer, f"{folder}/plates.onnx")
    ...     found = compare(recognizer, path, X, y)
    >>> found.n_same_texts, found.max_difference < 1e-4
    (32, True)
    """
    chains = unwrap(estimator), unwrap(load_pipeline(path))
    original, exported = (chain.recognizer for chain in chains)
    if not hasattr(original, "log_proba"):
        raise no_network(original)
    check_is_fitted(original)
    if original.alphabet_ != exported.alphabet_:
        raise ValueError(
            f"path={os.fspath(path)!r} has the alphabet {exported.alphabet_!r}, and the estimator "
            f"{original.alphabet_!r}; pass the estimator that was written to the file."
        )
    if y is not None:
        check_consistent_length(X, y)
    sides = []
    for each in chains:
        log_proba = each.recognizer.log_proba(each.transform(X))
        predictions = each.recognizer._decode(log_proba, each.recognizer.alphabet_)
        texts = np.array([prediction.text for prediction in predictions], dtype=str)
        sides.append((log_proba, texts))
    (log_proba, texts), (exported_log_proba, exported_texts) = sides
    if log_proba.shape != exported_log_proba.shape:
        raise ValueError(
            f"path={os.fspath(path)!r} has a network of {exported_log_proba.shape[1]} time steps, "
            f"and the estimator one of {log_proba.shape[1]}; pass the estimator that was written "
            "to the file."
        )
    return ExportComparison(
        n_plates=len(texts),
        n_same_texts=int((texts == exported_texts).sum()),
        accuracy=None if y is None else plate_accuracy_score(y, texts),
        exported_accuracy=None if y is None else plate_accuracy_score(y, exported_texts),
        max_difference=_max_difference(log_proba, exported_log_proba),
        max_probability_difference=_max_difference(np.exp(log_proba), np.exp(exported_log_proba)),
    )


def _max_difference(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    # The difference of -inf and -inf is NaN.
    differs = a != b
    return float(np.max(np.abs(a[differs] - b[differs]), initial=0))
