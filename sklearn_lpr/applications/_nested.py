"""Find and replace the steps inside fitted estimators of any depth."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from sklearn.base import BaseEstimator

__all__ = ["find_nested", "replace_nested"]


def find_nested(value: Any, kind: type) -> Iterator[Any]:
    """Yield the objects of a class with which a fitted estimator predicts.

    Parameters
    ----------
    value : object
        An estimator, or a list, tuple or dictionary that contains estimators.
    kind : type

    Yields
    ------
    object
        Those in fitted attributes, or else those in parameters.
    """
    if isinstance(value, kind):
        yield value
        return
    children = _children(value)
    fitted = [children[name] for name in children if str(name).endswith("_")]
    found = [each for child in fitted for each in find_nested(child, kind)]
    yield from found
    if not found:
        for child in children.values():
            yield from find_nested(child, kind)


def replace_nested(value: Any, kind: type, replace: Callable[[Any], Any]) -> Any:
    """Return an estimator in which the objects of a class are replaced; it is not changed itself.

    Objects that contain none are shared with the estimator and not copied.

    Parameters
    ----------
    value : object
        As for `find_nested`.
    kind : type
    replace : callable
        Maps an object of the class to the new one.

    Returns
    -------
    object
    """
    if isinstance(value, kind):
        return replace(value)
    children = _children(value)
    new = {name: replace_nested(child, kind, replace) for name, child in children.items()}
    if all(new[name] is child for name, child in children.items()):
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(new.values())
    if isinstance(value, dict):
        copied = copy.copy(value)
        copied.update(new)
        return copied
    copied = copy.copy(value)
    vars(copied).update(new)
    return copied


def _children(value: Any) -> dict[Any, Any]:
    """Return the objects in a container, or nothing for an object of another kind.

    A fitted search predicts with its best estimator alone.
    """
    if type(value) in (list, tuple):
        return dict(enumerate(value))
    if isinstance(value, dict):
        return value
    if isinstance(value, BaseEstimator):
        best = getattr(value, "best_estimator_", None)
        return vars(value) if best is None else {"best_estimator_": best}
    return {}
