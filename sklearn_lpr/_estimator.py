"""What every class with parameters has in common."""

import inspect
from typing import Any

from sklearn.base import BaseEstimator

__all__ = ["PlateEstimator"]


class PlateEstimator(BaseEstimator):
    """scikit-learn's base, with diagrams that link to this package and pickles that age well."""

    _doc_link_module = "sklearn_lpr"
    _doc_link_template = (
        "https://sklearn-lpr.github.io/sklearn-lpr/api/generated/"
        "{estimator_module}.{estimator_name}.html"
    )

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
