"""How far an exported reader differs from the one that it was made of."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..metrics import plate_accuracy_score
from ..recognition._unwrap import unwrap
from ._load_pipeline import load_pipeline

__all__ = ["ExportComparison", "compare"]


@dataclass(frozen=True)
class ExportComparison:
    """What a reader and its exported file read, side by side.

    Parameters
    ----------
    n_plates : int
        That were read.
    n_same_texts : int
        Of which both readings are equal.
    accuracy, exported_accuracy : float or None
        The share of plates that each of them reads exactly; None where the texts are not known.
    max_difference : float
        The largest difference of two log-probabilities in the lattices.
    max_probability_difference : float
        The largest difference of two probabilities in the lattices: differences of small ones
        decide nothing.
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
    """Read plates with a reader and with the file that `to_onnx` made of it.

    Parameters
    ----------
    estimator : estimator
        As it was given to `to_onnx`.
    path : str or path-like
        The file.
    X : array-like of samples
        Plates as `estimator` takes them; best such that neither training nor calibration saw.
    y : array-like of str of shape (n_samples,), default=None
        Their texts.

    Returns
    -------
    ExportComparison

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
    ...     warnings.simplefilter("ignore")  # one iteration teaches nothing
    ...     reader = LPRNetCTC(n_filters=4, max_iter=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = to_onnx(reader, f"{folder}/reader.onnx")
    ...     found = compare(reader, path, X, y)
    >>> found.n_same_texts, found.max_difference < 1e-4
    (32, True)
    """
    sides = []
    for each in (unwrap(estimator), unwrap(load_pipeline(path))):
        lattices = each.recognizer.log_proba(each.transform(X))
        readings = each.recognizer._decode(lattices, each.recognizer.alphabet_)
        sides.append((lattices, np.array([reading.text for reading in readings], dtype=str)))
    (lattices, texts), (exported_lattices, exported_texts) = sides
    return ExportComparison(
        n_plates=len(texts),
        n_same_texts=int((texts == exported_texts).sum()),
        accuracy=None if y is None else plate_accuracy_score(y, texts),
        exported_accuracy=None if y is None else plate_accuracy_score(y, exported_texts),
        max_difference=_max_difference(lattices, exported_lattices),
        max_probability_difference=_max_difference(np.exp(lattices), np.exp(exported_lattices)),
    )


def _max_difference(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    # Where both are -inf, there is none.
    differs = a != b
    return float(np.max(np.abs(a[differs] - b[differs]), initial=0))
