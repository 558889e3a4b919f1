"""Base class of all estimators."""

import inspect
import warnings
from functools import cache, lru_cache
from types import NoneType
from typing import Any, ClassVar

from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

from ._sklearn_compat import make_constraint

__all__ = ["PlateEstimator"]

# The version of the package in pickles. joblib hashes pickles, so that the `memory` of a Pipeline
# does not return what another version computed.
_VERSION_KEY = "_sklearn_lpr_version"

# The types of parameters whose validity is remembered, since most have not changed since the last
# call.
_IMMUTABLE = frozenset({bool, int, float, str, NoneType})


class _OtherVersionWarning(InconsistentVersionWarning):
    """Warning about a pickle that another version of this package wrote."""

    def __str__(self) -> str:
        return (
            f"This {self.estimator_name} was pickled by sklearn-lpr "
            f"{self.original_sklearn_version} and is loaded by sklearn-lpr "
            f"{self.current_sklearn_version}: its results may differ. Compare them on some plates, "
            "and write the pickle again, or load it with the version that wrote it."
        )


class PlateEstimator(BaseEstimator):
    """scikit-learn's `BaseEstimator` with four additions.

    Diagrams link to the documentation of this package, parameters are validated faster, pickles
    of other versions load with a warning, and those of earlier versions get the defaults of
    parameters that were added since.
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
        for name in _constraints(estimator_class):
            value = getattr(self, name)
            kind: Any = type(value)
            check = _is_valid if kind in _IMMUTABLE else _is_valid.__wrapped__
            if not check(estimator_class, name, kind, value):
                super()._validate_params()

    def __getstate__(self) -> dict[str, Any]:
        from . import __version__

        return {**super().__getstate__(), _VERSION_KEY: __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        from . import __version__

        state = dict(state)
        written_by = state.pop(_VERSION_KEY, "of an unknown version")
        if written_by != __version__:
            warnings.warn(
                _OtherVersionWarning(
                    estimator_name=type(self).__name__,
                    current_sklearn_version=__version__,
                    original_sklearn_version=written_by,
                ),
                stacklevel=2,
            )
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
def _constraints(estimator_class: Any) -> dict[str, list[Any]]:
    """Return the constraints of the parameters of a class by their names."""
    constraints = estimator_class._parameter_constraints
    return {
        name: [make_constraint(constraint) for constraint in constraints[name]]
        for name in estimator_class._get_param_names()
        if name in constraints
    }


@lru_cache(maxsize=4096)
def _is_valid(estimator_class: Any, name: str, kind: type, value: Any) -> bool:
    """Return whether a parameter satisfies a constraint; `kind` tells 1, 1.0 and True apart."""
    constraints = _constraints(estimator_class)[name]
    return any(constraint.is_satisfied_by(value) for constraint in constraints)
