"""Check whether an estimator keeps the contract of this package, as scikit-learn does its own."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_consistent_length

from .._texts import check_texts
from ..recognition._unwrap import refuse_class
from ._common_checks import COMMON_CHECKS
from ._recognizer_checks import RECOGNIZER_CHECKS
from ._subject import Subject, default_plates
from ._transformer_checks import TRANSFORMER_CHECKS

__all__ = ["check_plate_estimator", "plate_estimator_checks"]


def check_plate_estimator(estimator: Any, X: Sequence[Any] | None = None, y: Any = None) -> None:
    """Check that a transformer of plates or a recognizer keeps the contract.

    scikit-learn's `check_estimator` shows tables of numbers to an estimator; this one shows it
    plates, in all containers that hold them: a 4-D array, a read-only memmap, a list, an object
    array, paths, `PlateImage` objects. An estimator that passes can take any place in a
    `Pipeline` and in a search.

    Parameters
    ----------
    estimator : estimator
        With a method ``transform``, or one ``read`` (see `RecognizerMixin`). It is cloned and
        stays as it is. Recognizers are fitted about ten times: choose parameters that fit
        quickly.
    X : sequence of samples, default=None
        At least four samples in the form that the estimator takes: images, `PlateImage` objects,
        or the segments of plates. None means 16 made plates of 24 x 94 pixels, RGB.
    y : array-like of str of shape (n_samples,), default=None
        Their texts; needed with `X` for recognizers.

    Raises
    ------
    AssertionError
        At the first part of the contract that is not kept; it says what was found, and what to do.
    TypeError
        If `estimator` neither transforms nor reads, or is a class.
    ValueError
        If `X` has fewer than four samples, or no texts where they are needed.

    See Also
    --------
    plate_estimator_checks : The same checks one by one.

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
    AssertionError: It writes into its input: output array is read-only
    """
    for _, check in plate_estimator_checks(estimator, X, y):
        check()


def plate_estimator_checks(
    estimator: Any, X: Sequence[Any] | None = None, y: Any = None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the checks of `check_plate_estimator` one by one, for a test each.

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
        Takes nothing; raises an AssertionError if the estimator fails. The checks of one call
        share what the estimator has learnt, so that it is not fitted for each of them.

    Examples
    --------
    >>> from sklearn_lpr.preprocessing import RowJoiner
    >>> from sklearn_lpr.utils.estimator_checks import plate_estimator_checks
    >>> names = [name for name, _ in plate_estimator_checks(RowJoiner())]
    >>> names[:2]
    ['check_init_only_stores', 'check_parameters_round_trip']
    """
    refuse_class(estimator)
    reads = hasattr(estimator, "read")
    if not reads and not hasattr(estimator, "transform"):
        raise TypeError(
            f"{estimator!r} has neither a method transform nor a method read; pass a transformer "
            "of plates or a recognizer."
        )
    samples, texts = _plates(X, y, reads)
    checks = COMMON_CHECKS + (RECOGNIZER_CHECKS if reads else TRANSFORMER_CHECKS)
    subject = Subject(estimator, samples, texts)
    for check in checks:
        yield check.__name__, partial(_run, check, subject)


def _run(check: Callable[[Subject], None], subject: Subject) -> None:
    with warnings.catch_warnings():
        # Fits as brief as these learn little, and say so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        check(subject)


def _plates(X: Sequence[Any] | None, y: Any, reads: bool) -> tuple[Sequence[Any], Any]:
    if X is None:
        if y is not None:
            raise ValueError("y has texts, but X=None; pass both or neither.")
        return default_plates()
    if len(X) < 4:
        raise ValueError(f"X has {len(X)} samples; pass at least four.")
    if not reads:
        return X, None
    texts = check_texts(y)
    check_consistent_length(X, texts)
    return X, texts
