"""Find the recognizer, and the transformers before it, in whatever is wrapped around them."""

from typing import Any, NamedTuple

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

__all__ = ["Chain", "chain_steps", "check_reads", "unwrap"]


class Chain(NamedTuple):
    """Transformers with their names, and the recognizer that they lead to."""

    transformers: list[tuple[str, Any]]
    name: str
    recognizer: Any

    def transform(self, X: Any) -> Any:
        """Give what reaches the recognizer."""
        for _, transformer in self.transformers:
            X = transformer.transform(X)
        return X


def unwrap(estimator: Any) -> Chain:
    """Give the transformers on the way to a recognizer, and the recognizer.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline`, search, or `FrozenEstimator` around one, nested as deep as
        need be.

    Returns
    -------
    Chain
        The recognizer's name is that of its step, ``""`` where it is in no `Pipeline`.

    Raises
    ------
    TypeError
        If `estimator` does not end in a recognizer, or is a class.
    sklearn.exceptions.NotFittedError
        If it is a search that is not fitted.
    """
    check_reads(estimator)  # before a search is asked whether it is fitted
    *transformers, (name, recognizer) = chain_steps(estimator)
    if not hasattr(recognizer, "read"):
        raise _no_recognizer(recognizer)
    return Chain(transformers, name, recognizer)


def chain_steps(estimator: Any) -> list[tuple[str, Any]]:
    """Give the named steps of a chain, whether or not a recognizer is the last.

    They are taken out of the pipelines, searches and frozen estimators around them.
    """
    transformers: list[tuple[str, Any]] = []
    name = ""
    while not hasattr(estimator, "read"):
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
            check_is_fitted(estimator, "best_estimator_")
            estimator = estimator.best_estimator_
        else:
            break
    return [*transformers, (name, estimator)]


def check_reads(estimator: Any) -> None:
    """Check that an estimator, fitted or not, is one that `read_plates` takes.

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
        elif hasattr(estimator, "estimator"):  # of a search, or frozen
            estimator = estimator.estimator
        else:
            raise _no_recognizer(estimator)
    refuse_class(estimator)


def refuse_class(estimator: Any) -> None:
    """Raise a TypeError for a class where an instance is needed."""
    if isinstance(estimator, type):
        name = estimator.__name__
        raise TypeError(f"{name} is a class; pass an instance: {name}().")


def _no_recognizer(estimator: Any) -> TypeError:
    return TypeError(
        f"{estimator!r} reads no plates; pass a recognizer, or a Pipeline, search or "
        "FrozenEstimator that ends in one."
    )
