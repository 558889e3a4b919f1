"""Private names of scikit-learn, and differences between its versions.

No other module of the package imports a private name of scikit-learn.
"""

from typing import Any

from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._param_validation import HasMethods as _HasMethods
from sklearn.utils._param_validation import (
    Interval,
    Options,
    StrOptions,
    make_constraint,
    validate_params,
)
from sklearn.utils.metadata_routing import _routing_enabled as routing_enabled
from sklearn.utils.metaestimators import _BaseComposition as BaseComposition
from sklearn.utils.validation import _check_method_params as check_method_params
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # before scikit-learn 1.9

    class _NoCallbacks:
        """Callback context of a fit without callbacks."""

        def subcontext(self, **_: Any) -> "_NoCallbacks":
            return self

        def call_on_fit_task_begin(self, **_: Any) -> "_NoCallbacks":
            return self

        def call_on_fit_task_end(self, **_: Any) -> bool:
            return False

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Replacement that has no callbacks, so that `fit` is the same for all versions."""

        def _init_callback_context(self, **_: Any) -> _NoCallbacks:
            return _NoCallbacks()


try:
    from sklearn.utils._repr_html.estimator import _VisualBlock as VisualBlock
except ImportError:  # before scikit-learn 1.7
    from sklearn.utils._estimator_html_repr import _VisualBlock as VisualBlock


class HasMethods(_HasMethods):
    """Constraint on objects with given methods, which classes do not satisfy."""

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, type) and bool(super().is_satisfied_by(val))

    def __str__(self) -> str:
        methods = " and ".join(map(repr, self.methods))
        return f"an instance with a method {methods}"


__all__ = [
    "BaseComposition",
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "VisualBlock",
    "check_method_params",
    "check_sample_weight",
    "fit_context",
    "make_constraint",
    "routing_enabled",
    "safe_indexing",
    "validate_params",
]
