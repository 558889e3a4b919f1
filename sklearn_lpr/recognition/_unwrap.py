"""Extract the recognizer and its transformers from pipelines, searches and frozen estimators."""

import reprlib
from typing import Any, NamedTuple

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

__all__ = ["Chain", "chain_steps", "check_recognizer", "unwrap"]

_LONGEST_REPR = 300  # characters, of an object that is no recognizer


class Chain(NamedTuple):
    """Transformers with their names, and the recognizer after them."""

    transformers: list[tuple[str, Any]]
    name: str
    recognizer: Any

    def transform(self, X: Any) -> Any:
        """Return the samples as the recognizer receives them."""
        for _, transformer in self.transformers:
            X = transformer.transform(X)
        return X


def unwrap(estimator: Any) -> Chain:
    """Return the recognizer of an estimator and the transformers before it.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline`, search, or `FrozenEstimator` around one, nested to any
        depth.

    Returns
    -------
    Chain
        The recognizer's name is that of its step, or ``""`` outside a `Pipeline`.

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, is a class, or a search without `refit`.
    sklearn.exceptions.NotFittedError
        If it is a search that is not fitted.
    """
    check_recognizer(estimator)  # before the check that a search is fitted
    *transformers, (name, recognizer) = chain_steps(estimator)
    if not hasattr(recognizer, "read"):
        raise _no_recognizer(recognizer)
    return Chain(transformers, name, recognizer)


def chain_steps(estimator: Any) -> list[tuple[str, Any]]:
    """Return the named steps of a chain, which may end without a recognizer.

    Pipelines, searches and frozen estimators are replaced by their steps.
    """
    transformers: list[tuple[str, Any]] = []
    name = ""
    # A frozen recognizer has all of its methods.
    while isinstance(estimator, FrozenEstimator) or not hasattr(estimator, "read"):
        if isinstance(estimator, Pipeline):
            *steps, (name, last) = estimator.steps
            transformers += [
                step
                for step in steps
                # Samplers of imbalanced-learn change the training data only.
                if step[1] not in (None, "passthrough") and not hasattr(step[1], "fit_resample")
            ]
            estimator = last
        elif isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        # All searches have `refit`, fitted or not.
        elif hasattr(estimator, "refit") or hasattr(estimator, "best_estimator_"):
            if getattr(estimator, "refit", True) is False:
                raise TypeError(
                    f"{type(estimator).__name__}(refit=False) has no fitted recognizer; set "
                    "refit=True, or fit its estimator with best_params_."
                )
            check_is_fitted(estimator, "best_estimator_")
            estimator = estimator.best_estimator_
        else:
            break
    return [*transformers, (name, estimator)]


def check_recognizer(estimator: Any) -> None:
    """Check that `read_plates` supports an estimator, which need not be fitted.

    Parameters
    ----------
    estimator : estimator

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, or is a class.
    """
    while not hasattr(estimator, "read"):
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "estimator"):  # a search or a FrozenEstimator
            estimator = estimator.estimator
        else:
            raise _no_recognizer(estimator)
    check_is_instance(estimator)


def check_is_instance(estimator: Any) -> None:
    """Raise a TypeError for a class where an instance is needed."""
    if isinstance(estimator, type):
        name = estimator.__name__
        raise TypeError(f"{name} is a class; pass an instance: {name}().")


def _no_recognizer(estimator: Any) -> TypeError:
    shortener = reprlib.Repr()
    shortener.maxother = _LONGEST_REPR
    return TypeError(
        f"{shortener.repr(estimator)} is not a recognizer; pass a recognizer, or a Pipeline, "
        "search or FrozenEstimator that ends in one."
    )
