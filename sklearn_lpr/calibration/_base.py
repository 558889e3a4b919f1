"""What the recognizers have in common that learn from held-out readings of another one."""

import warnings
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
from ..recognition._unwrap import check_reads
from ._readings import HeldOut, cross_val_readings

__all__ = ["BaseRecognizerCV"]

Floats = npt.NDArray[np.float64]


class BaseRecognizerCV(RecognizerMixin, MetaEstimatorMixin, PlateEstimator):
    """Wrap `estimator`, and let `fit` learn from its readings of plates it was not trained on.

    Subclasses have the parameters `estimator`, `cv` and `n_jobs`.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "estimator": [HasMethods("fit")],
        "cv": ["cv_object"],
        "n_jobs": [int, np.integer, None],
    }

    estimator: Any
    cv: Any
    n_jobs: int | None

    def _held_out(
        self, X: Any, y: Any, sample_weight: Any, fit_params: dict[str, Any]
    ) -> tuple[list[HeldOut], npt.NDArray[np.str_], Floats, dict[str, Any]]:
        """Check what `fit` is given, and read every fold's test plates.

        Returns
        -------
        folds : list of HeldOut
        texts : ndarray of shape (n_samples,), dtype str
        weights : ndarray of shape (n_samples,), dtype float64
        fit_params : dict
            For a fit of the estimator to all plates.
        """
        check_reads(self.estimator)
        texts = check_texts(y)
        check_consistent_length(X, texts)
        if not len(texts):
            raise ValueError("X is empty; pass the plates to learn from.")
        if sample_weight is not None and not np.any(sample_weight):
            raise ValueError("sample_weight is zero for every plate; give at least one a weight.")
        weights = check_sample_weight(
            sample_weight, texts, dtype=np.float64, ensure_non_negative=True
        )
        params = self._routed(sample_weight, fit_params)
        folds = cross_val_readings(
            self.estimator,
            X,
            texts,
            cv=self.cv,
            split_params=params.splitter.split,
            fit_params=params.estimator.fit,
            n_jobs=self.n_jobs,
        )
        return folds, texts, weights, params.estimator.fit

    def _routed(self, sample_weight: Any, fit_params: dict[str, Any]) -> Bunch:
        """Say which parameters go to the estimator's `fit` and which to the splitter."""
        if routing_enabled():
            return process_routing(self, "fit", sample_weight=sample_weight, **fit_params)
        if sample_weight is not None and not isinstance(self.estimator, FrozenEstimator):
            if has_fit_parameter(self.estimator, "sample_weight"):
                fit_params = {**fit_params, "sample_weight": sample_weight}
            else:
                warnings.warn(
                    f"{type(self.estimator).__name__} takes no sample_weight: the weights count "
                    "the held-out readings and do not reach its training. Pass them to the step "
                    "of a pipeline as <step>__sample_weight as well.",
                    UserWarning,
                    stacklevel=5,
                )
        return Bunch(estimator=Bunch(fit=fit_params), splitter=Bunch(split={}))

    def get_metadata_routing(self) -> MetadataRouter:
        """Say where `fit` passes metadata on to: the estimator's `fit` and the splitter.

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
