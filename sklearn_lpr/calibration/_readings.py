"""Readings of plates that the recognizer was not trained on."""

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
from ..images import SampleError, naming_sample
from ..model_selection import PlateKFold
from ..recognition import read_plates

__all__ = ["HeldOut", "checked_readings", "cross_val_readings"]

_N_SPLITS = 5


class HeldOut(NamedTuple):
    """What an estimator read that was fitted without these plates."""

    estimator: Any
    indices: npt.NDArray[np.intp]
    readings: list[PlateReading]


def cross_val_readings(
    estimator: BaseEstimator,
    X: Any,
    texts: npt.NDArray[np.str_],
    *,
    cv: Any,
    split_params: dict[str, Any],
    fit_params: dict[str, Any],
    n_jobs: int | None,
) -> list[HeldOut]:
    """Read each fold's test plates by a clone that was fitted to its training plates.

    Parameters
    ----------
    estimator : estimator
        It is cloned; a `FrozenEstimator` reads all plates as it is, without folds.
    X : array-like of samples
    texts : ndarray of shape (n_samples,), dtype str
    cv : int, splitter, iterable of (train, test) or None
        A number of folds by plate, 5 if None. The tests of a splitter may leave plates out, and
        hold some more than once.
    split_params, fit_params : dict
        For `split` of the splitter and `fit` of the estimator.
    n_jobs : int or None

    Returns
    -------
    list of HeldOut
        One a fold.

    Raises
    ------
    SampleError
        If a plate cannot be used; the index is that in X.
    """
    if isinstance(estimator, FrozenEstimator):
        return [HeldOut(estimator, np.arange(len(texts)), checked_readings(estimator, X))]
    if cv is None or isinstance(cv, Integral):
        cv = PlateKFold(_N_SPLITS if cv is None else int(cv))
    # All of them first, so that a splitter's errors come before the first training.
    splits = list(check_cv(cv).split(X, texts, **split_params))
    everything = np.arange(len(texts))
    return Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_read)(
            clone(estimator), X, texts, everything[train], everything[test], fit_params
        )
        for train, test in splits
    )


def checked_readings(estimator: BaseEstimator, X: Any) -> list[PlateReading]:
    """Read plates, and check that confidences are probabilities.

    Raises
    ------
    SampleError
        If a reading has a confidence outside 0 to 1, such as NaN, or another number of them than
        characters.
    ValueError
        If there are no plates.
    """
    readings = read_plates(estimator, X)
    if not readings:
        raise ValueError("X is empty; pass the plates to read.")
    for index, reading in enumerate(readings):
        with naming_sample(index):
            _check_reading(reading)
    return readings


def _fit_and_read(
    estimator: Any,
    X: Any,
    texts: npt.NDArray[np.str_],
    train: npt.NDArray[np.intp],
    test: npt.NDArray[np.intp],
    fit_params: dict[str, Any],
) -> HeldOut:
    params = check_method_params(X, fit_params, indices=train)
    with _named_as_in_whole(train):
        estimator.fit(safe_indexing(X, train), texts[train], **params)
    with _named_as_in_whole(test):
        return HeldOut(estimator, test, checked_readings(estimator, safe_indexing(X, test)))


@contextmanager
def _named_as_in_whole(indices: npt.NDArray[np.intp]) -> Iterator[None]:
    """Name a sample by its index in the whole batch, of which a fold holds these."""
    try:
        yield
    except SampleError as error:
        raise type(error)(int(indices[error.index]), error.reason) from error


def _check_reading(reading: PlateReading) -> None:
    probabilities = [
        reading.confidence,
        *reading.character_confidences,
        *(probability for _, probability in reading.candidates),
    ]
    for probability in probabilities:
        if not 0 <= probability <= 1:
            raise ValueError(
                f"the recognizer reads {reading.text!r} with a confidence of {probability!r}; "
                "confidences are probabilities, from 0 to 1."
            )
    if len(reading.character_confidences) not in (0, len(reading.text)):
        raise ValueError(
            f"the recognizer reads {reading.text!r} with {len(reading.character_confidences)} "
            "confidences of characters; give one a character, or none."
        )
