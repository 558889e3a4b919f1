"""What every class with parameters has in common."""

import inspect
from functools import cache
from typing import Any

from sklearn.base import BaseEstimator

from ._sklearn_compat import make_constraint

__all__ = ["PlateEstimator"]


class PlateEstimator(BaseEstimator):
    """scikit-learn's base, with diagrams that link to this package and pickles that age well."""

    _doc_link_module = "sklearn_lpr"
    _doc_link_template = (
        "https://sklearn-lpr.github.io/sklearn-lpr/api/generated/"
        "{estimator_module}.{estimator_name}.html"
    )

    def _validate_params(self) -> None:
        # scikit-learn's own check builds all constraints anew, which takes longer than to bring a
        # plate to its size; it is left to tell what is wrong.
        kind: Any = type(self)
        for name, constraints in _constraints(kind):
            value = getattr(self, name)
            if not any(constraint.is_satisfied_by(value) for constraint in constraints):
                super()._validate_params()

    def __setstate__(self, state: dict[str, Any]) -> None:
        # What an earlier version wrote lacks the parameters that came later.
        parameters = inspect.signature(type(self)).parameters.values()
        defaults = {each.name: each.default for each in parameters}
        super().__setstate__(
            {
                name: value
                for name, value in defaults.items()
                if value is not inspect.Parameter.empty
            }
            | state
        )


@cache
def _constraints(kind: Any) -> list[tuple[str, list[Any]]]:
    """Give the parameters of a class with what each of them may be."""
    return [
        (name, [make_constraint(constraint) for constraint in kind._parameter_constraints[name]])
        for name in kind._get_param_names()
        if name in kind._parameter_constraints
    ]
