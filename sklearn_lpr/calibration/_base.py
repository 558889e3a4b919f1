"""Base class of meta-estimators that learn from held-out predictions."""

import warnings
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import MetaEstimatorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_consistent_length, has_fit_parameter

from .._estimator import PlateEstimator
from .._sklearn_compat import HasMethods, check_sample_weight, routing_enabled
from .._texts import check_texts
from ..base import RecognizerMixin
from ..recognition._unwrap import check_recognizer
from ._held_out import HeldOut, predict_held_out

__all__ = ["BaseRecognizerCV"]

Floats = npt.NDArray[np.float64]


class BaseRecognizerCV(RecognizerMixin, MetaEstimatorMixin, PlateEstimator):
    """Meta-estimator that learns from the predictions of `estimator` for held-out plates.

    Subclasses have the parameters `estimator`, `cv` and `n_jobs`.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "estimator": [HasMethods("fit")],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
    }

    estimator: Any
    cv: Any
    n_jobs: int | None

    def _held_out(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        fit_params: dict[str, Any],
        *,
        allow_overlap: bool = True,
    ) -> tuple[list[HeldOut], npt.NDArray[np.str_], Floats, dict[str, Any]]:
        """Check the input of `fit`, and predict the test plates of each fold.

        Returns
        -------
        folds : list of HeldOut
        texts : ndarray of shape (n_samples,), dtype str
        weights : ndarray of shape (n_samples,), dtype float64
        fit_params : dict
            The parameters for a fit of the estimator to all plates.
        """
        check_recognizer(self.estimator)
        if isinstance(self.cv, type):  # which has the methods of a splitter, too
            raise ValueError(
                f"The 'cv' parameter of {type(self).__name__} must be an int, an instance with a "
                f"method 'split', an iterable or None. Got {self.cv!r} instead."
            )
        texts = check_texts(y)
        check_consistent_length(X, texts)
        if not len(texts):
            raise ValueError("X is empty; pass at least one plate.")
        if sample_weight is not None and not np.any(np.asarray(sample_weight)):
            raise ValueError(
                "sample_weight is zero for every plate; pass at least one positive weight."
            )
        weights = check_sample_weight(
            sample_weight, texts, dtype=np.float64, ensure_non_negative=True
        )
        params = self._routed(sample_weight, fit_params)
        folds = predict_held_out(
            self.estimator,
            X,
            texts,
            cv=self.cv,
            split_params=params.splitter.split,
            fit_params=params.estimator.fit,
            n_jobs=self.n_jobs,
            allow_overlap=allow_overlap,
        )
        return folds, texts, weights, params.estimator.fit

    def _routed(self, sample_weight: Any, fit_params: dict[str, Any]) -> Bunch:
        """Return the parameters for the estimator's `fit` and for the splitter."""
        if routing_enabled():
            return process_routing(self, "fit", sample_weight=sample_weight, **fit_params)
        if sample_weight is not None and not isinstance(self.estimator, FrozenEstimator):
            if has_fit_parameter(self.estimator, "sample_weight"):
                fit_params = {**fit_params, "sample_weight": sample_weight}
            else:
                warnings.warn(
                    f"{type(self.estimator).__name__} takes no sample_weight: the weights apply "
                    "to the held-out predictions and not to its training. To train a step of a "
                    "pipeline with weights, pass <step>__sample_weight too.",
                    UserWarning,
                    stacklevel=5,
                )
        return Bunch(estimator=Bunch(fit=fit_params), splitter=Bunch(split={}))

    def get_metadata_routing(self) -> MetadataRouter:
        """Return the metadata routing of `fit`, to the estimator's `fit` and to the splitter.

        Returns
        -------
        MetadataRouter
        """
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(
                estimator=self.estimator,
                method_mapping=MethodMapping().add(caller="fit", callee="fit"),
            )
            .add(
                splitter=self.cv,
                method_mapping=MethodMapping().add(caller="fit", callee="split"),
            )
        )
