"""Checks of the conventions of this package, for estimators of users."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_consistent_length

from .._texts import check_texts
from ..recognition._unwrap import check_is_instance
from ._checked_estimator import CheckedEstimator, default_plates
from ._common_checks import COMMON_CHECKS
from ._recognizer_checks import RECOGNIZER_CHECKS
from ._transformer_checks import TRANSFORMER_CHECKS

__all__ = ["check_plate_estimator", "plate_estimator_checks"]


def check_plate_estimator(estimator: Any, X: Sequence[Any] | None = None, y: Any = None) -> None:
    """Check whether a transformer or a recognizer adheres to the conventions of this package.

    `sklearn.utils.estimator_checks.check_estimator` passes tables of numbers to an estimator. This
    function passes images of plates, in all containers: a 4-D array, a read-only memmap, a list, an
    object array, paths, `PlateImage` objects. An estimator that passes all checks can be used in a
    `Pipeline` and in a search.

    Parameters
    ----------
    estimator : estimator
        An estimator with a method ``transform``, or with a method ``read`` (see
        `RecognizerMixin`). It is cloned and does not change. Recognizers are fitted about fifteen
        times: choose parameters that make `fit` fast.
    X : sequence of samples, default=None
        At least four samples in the form that the estimator accepts: images, `PlateImage` objects,
        or segmented plates. None means 16 synthetic RGB plates of 24 x 94 pixels.
    y : array-like of str of shape (n_samples,), default=None
        The texts of the samples. They are required if `X` is passed for a recognizer.

    Raises
    ------
    AssertionError
        If a check fails. The message describes what was found, and the remedy.
    TypeError
        If `estimator` has neither ``transform`` nor ``read``, or is a class.
    ValueError
        If `X` has fewer than four samples, or texts are missing.

    See Also
    --------
    plate_estimator_checks : Generate the checks one by one.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.preprocessing import PlateNormalizer
    >>> from sklearn_lpr.utils.estimator_checks import check_plate_estimator
    >>> check_plate_estimator(PlateNormalizer(height=12, width=40))
    >>> class Negative(PlateNormalizer):
    ...     def transform(self, X):
    ...         for image in X:
    ...             np.invert(image, out=image)
    ...         return super().transform(X)
    >>> check_plate_estimator(Negative())
    Traceback (most recent call last):
        ...
    AssertionError: The input is modified: output array is read-only
    """
    for _, check in plate_estimator_checks(estimator, X, y):
        check()


def plate_estimator_checks(
    estimator: Any, X: Sequence[Any] | None = None, y: Any = None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Generate the checks of `check_plate_estimator` one by one, for parametrized tests.

    Parameters
    ----------
    estimator : estimator
    X : sequence of samples, default=None
    y : array-like of str of shape (n_samples,), default=None
        As for `check_plate_estimator`.

    Yields
    ------
    name : str
    check : callable
        A function without parameters that raises an AssertionError if the estimator fails. All
        checks of one call share a fitted estimator.

    Examples
    --------
    >>> from sklearn_lpr.preprocessing import RowJoiner
    >>> from sklearn_lpr.utils.estimator_checks import plate_estimator_checks
    >>> names = [name for name, _ in plate_estimator_checks(RowJoiner())]
    >>> names[:2]
    ['check_init_only_stores', 'check_parameters_round_trip']
    """
    check_is_instance(estimator)
    is_recognizer = hasattr(estimator, "read")
    if not is_recognizer and not hasattr(estimator, "transform"):
        raise TypeError(
            f"{estimator!r} has neither a method transform nor a method read; pass a transformer "
            "or a recognizer."
        )
    samples, texts = _check_plates(X, y, is_recognizer)
    checks = COMMON_CHECKS + (RECOGNIZER_CHECKS if is_recognizer else TRANSFORMER_CHECKS)
    case = CheckedEstimator(estimator, samples, texts)
    for check in checks:
        yield check.__name__, partial(_run, check, case)


def _run(check: Callable[[CheckedEstimator], None], case: CheckedEstimator) -> None:
    with warnings.catch_warnings():
        # Fits are short, so that training does not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        check(case)


def _check_plates(
    X: Sequence[Any] | None, y: Any, is_recognizer: bool
) -> tuple[Sequence[Any], Any]:
    if X is None:
        if y is not None:
            raise ValueError("y is passed without X; pass both or neither.")
        return default_plates()
    if len(X) < 4:
        raise ValueError(f"X has {len(X)} samples; pass at least four.")
    if not is_recognizer:
        return X, None
    texts = check_texts(y)
    check_consistent_length(X, texts)
    return X, texts
