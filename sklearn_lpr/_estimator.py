"""Base class of all estimators."""

import inspect
from functools import cache
from typing import Any, ClassVar

from sklearn.base import BaseEstimator

from ._sklearn_compat import make_constraint

__all__ = ["PlateEstimator"]


class PlateEstimator(BaseEstimator):
    """scikit-learn's `BaseEstimator` with three additions.

    Diagrams link to the documentation of this package, parameters are validated faster, and
    pickles of earlier versions get the defaults of parameters that were added since.
    """

    _doc_link_module = "sklearn_lpr"
    _doc_link_template = (
        "https://sklearn-lpr.github.io/sklearn-lpr/api/generated/"
        "{estimator_module}.{estimator_name}.html"
    )

    # The parameters that an earlier version wrote into pickles by another name.
    _renamed_parameters: ClassVar[dict[str, str]] = {}

    def _validate_params(self) -> None:
        # scikit-learn builds the constraints at each call, which takes longer than resizing a
        # plate. Here they are cached, and scikit-learn's check only builds the error message.
        estimator_class: Any = type(self)
        for name, constraints in _constraints(estimator_class):
            value = getattr(self, name)
            if not any(constraint.is_satisfied_by(value) for constraint in constraints):
                super()._validate_params()

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A pickle of an earlier version has the old names of parameters, and lacks those that were
        # added since.
        renamed = self._renamed_parameters
        state = {renamed.get(name, name): value for name, value in state.items()}
        parameters = inspect.signature(type(self)).parameters.values()
        defaults = {parameter.name: parameter.default for parameter in parameters}
        super().__setstate__(
            {
                name: value
                for name, value in defaults.items()
                if value is not inspect.Parameter.empty
            }
            | state
        )


@cache
def _constraints(estimator_class: Any) -> list[tuple[str, list[Any]]]:
    """Return the names of the parameters of a class with their constraints."""
    constraints = estimator_class._parameter_constraints
    return [
        (name, [make_constraint(constraint) for constraint in constraints[name]])
        for name in estimator_class._get_param_names()
        if name in constraints
    ]
