"""Base class of recognizers that change the predictions of another one."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from sklearn.base import MetaEstimatorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.validation import check_is_fitted

from .._estimator import PlateEstimator
from .._sklearn_compat import HasMethods, fit_context
from .._texts import check_texts
from ..base import RecognizerMixin
from ._unwrap import check_recognizer

if TYPE_CHECKING:
    from sklearn.utils import Tags

__all__ = ["BaseRecognizerWrapper"]


class BaseRecognizerWrapper(RecognizerMixin, MetaEstimatorMixin, PlateEstimator):
    """A recognizer around the parameter `estimator`, which may already be fitted."""

    estimator: Any

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"estimator": [HasMethods("fit")]}

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any) -> Self:
        """Fit the estimator.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        ValueError
            If a parameter, a text or a plate is invalid.
        """
        check_recognizer(self.estimator)
        texts = check_texts(y)
        check_consistent_length(X, texts)
        self.estimator_ = clone(self.estimator).fit(X, texts)
        return self

    @property
    def _fitted_estimator(self) -> Any:
        check_is_fitted(self)
        return getattr(self, "estimator_", self.estimator)

    def __sklearn_is_fitted__(self) -> bool:
        if hasattr(self, "estimator_"):
            return True
        try:
            check_is_fitted(self.estimator)
        except NotFittedError:
            return False
        return True

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.requires_fit = get_tags(self.estimator).requires_fit
        return tags
