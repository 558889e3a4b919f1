"""Predictions for held-out plates."""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import check_cv
from sklearn.utils.parallel import Parallel, delayed

from .._sklearn_compat import check_method_params, safe_indexing
from ..decoding import PlateReading
from ..decoding._reading import check_prediction
from ..images import SampleError, naming_sample
from ..model_selection import PlateKFold
from ..recognition import read_plates

__all__ = ["HeldOut", "predict_and_check", "predict_held_out"]

_N_SPLITS = 5


class HeldOut(NamedTuple):
    """Predictions of an estimator for plates that it was not fitted to."""

    estimator: Any
    indices: npt.NDArray[np.intp]
    predictions: list[PlateReading]


def predict_held_out(
    estimator: BaseEstimator,
    X: Any,
    texts: npt.NDArray[np.str_],
    *,
    cv: Any,
    split_params: dict[str, Any],
    fit_params: dict[str, Any],
    n_jobs: int | None,
    allow_overlap: bool = True,
) -> list[HeldOut]:
    """Predict the test plates of each fold with a clone that is fitted to the training plates.

    Parameters
    ----------
    estimator : estimator
        It is cloned. A `FrozenEstimator` predicts all plates without folds.
    X : array-like of samples
    texts : ndarray of shape (n_samples,), dtype str
    cv : int, splitter, iterable of (train, test) or None
        A number means that many folds by plate number, None means 5. The test sets of a splitter
        may leave plates out, and may overlap.
    split_params, fit_params : dict
        Parameters of `split` of the splitter and of `fit` of the estimator.
    n_jobs : int or None
    allow_overlap : bool, default=True
        Whether several test sets may contain the same sample.

    Returns
    -------
    list of HeldOut
        One item per fold.

    Raises
    ------
    SampleError
        If a plate is invalid. The index refers to `X`.
    ValueError
        If there are no splits, or test sets overlap and must not.
    """
    if isinstance(estimator, FrozenEstimator):
        return [HeldOut(estimator, np.arange(len(texts)), predict_and_check(estimator, X))]
    if cv is None or isinstance(cv, Integral):
        cv = PlateKFold(_N_SPLITS if cv is None else int(cv))
    # All splits are computed first, so that errors of a splitter are raised before training.
    splits = list(check_cv(cv).split(X, texts, **split_params))
    if not splits:
        raise ValueError(
            f"cv={cv!r} has no splits. A generator has none left after one fit: pass a list of "
            "splits, or a splitter such as PlateKFold()."
        )
    everything = np.arange(len(texts))
    if not allow_overlap:
        _check_overlap([everything[test] for _, test in splits])
    return Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_predict)(
            clone(estimator), X, texts, everything[train], everything[test], fit_params
        )
        for train, test in splits
    )


def _check_overlap(tests: list[npt.NDArray[np.intp]]) -> None:
    samples, counts = np.unique(np.concatenate(tests), return_counts=True)
    if counts.max(initial=0) > 1:
        raise ValueError(
            f"The test sets of cv contain sample {samples[counts.argmax()]} {counts.max()} times, "
            "but the bounds of confidence_level count each prediction as a separate plate. Pass a "
            "cv whose test sets do not overlap, such as PlateKFold() or PlateShuffleSplit(1), or "
            "no confidence_level."
        )


def predict_and_check(estimator: BaseEstimator, X: Any) -> list[PlateReading]:
    """Predict plates, and check that confidences are probabilities.

    Raises
    ------
    SampleError
        If a confidence is not between 0 and 1, or the number of character confidences is not the
        number of characters.
    ValueError
        If `X` is empty.
    """
    predictions = read_plates(estimator, X)
    if not predictions:
        raise ValueError("X is empty; pass at least one plate.")
    for index, prediction in enumerate(predictions):
        with naming_sample(index):
            check_prediction(prediction)
    return predictions


def _fit_and_predict(
    estimator: Any,
    X: Any,
    texts: npt.NDArray[np.str_],
    train: npt.NDArray[np.intp],
    test: npt.NDArray[np.intp],
    fit_params: dict[str, Any],
) -> HeldOut:
    params = check_method_params(X, fit_params, indices=train)
    with _shifted_sample_errors(train):
        estimator.fit(safe_indexing(X, train), texts[train], **params)
    with _shifted_sample_errors(test):
        return HeldOut(estimator, test, predict_and_check(estimator, safe_indexing(X, test)))


@contextmanager
def _shifted_sample_errors(indices: npt.NDArray[np.intp]) -> Iterator[None]:
    """Convert the index in a SampleError from one within a fold to one within all samples."""
    try:
        yield
    except SampleError as error:
        raise type(error)(int(indices[error.index]), error.reason) from error
