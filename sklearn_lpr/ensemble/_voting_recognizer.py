"""Voting of several recognizers."""

from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.utils import Bunch, check_consistent_length
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from .._estimator import PlateEstimator
from .._sklearn_compat import BaseComposition, StrOptions, VisualBlock, fit_context, routing_enabled
from .._texts import check_texts
from ..base import RecognizerMixin
from ..images import naming_sample
from ..recognition import read_plates
from ..recognition._unwrap import check_recognizer
from ._fusion import VOTINGS, fuse_predictions

if TYPE_CHECKING:
    from ..decoding import PlateReading

__all__ = ["VotingRecognizer"]


class VotingRecognizer(RecognizerMixin, MetaEstimatorMixin, BaseComposition, PlateEstimator):
    """Voting recognizer: fuse the predictions of several recognizers [1]_.

    Recognizers of different types make errors on different plates. Their predictions are compared
    by character, so that their alphabets, networks and pipelines may differ.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and recognizers. A recognizer may be the last step of a pipeline or search. In a
        `~sklearn.frozen.FrozenEstimator` it is already fitted and is not fitted again. All
        recognizers receive the same X. ``"drop"`` in place of a recognizer leaves it out, also by
        ``set_params(name="drop")``.

    voting : {"confidence", "majority", "mean", "position"}, default="confidence"
        The rule that selects the text.

        - "confidence": the prediction with the highest product of weight and confidence (HC in
          [1]_). The confidences of the recognizers must be comparable.
        - "majority": the text with the largest sum of weights; ties are resolved by the highest
          confidence (MV-HC).
        - "mean": the text with the highest weighted mean probability over all votes, as in the soft
          voting of classifiers. The confidences of the recognizers must be comparable.
        - "position": the character with the largest sum of weights at each position; ties are
          resolved by the highest confidence (MVCP). The resulting text need not be among the
          predictions.

    weights : array-like of shape (n_estimators,), default=None
        The weight of each recognizer, including dropped ones; at least 0. None means equal
        weights. A recognizer of weight 0 does not predict.

    n_jobs : int, default=None
        The number of recognizers that are fitted in parallel. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors. The training of one network
        already uses all cores, so that the gain on one machine is small.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted recognizers, without dropped ones.
    named_estimators_ : `~sklearn.utils.Bunch`
        The fitted recognizers by name; ``"drop"`` for dropped ones.

    See Also
    --------
    read_tracks : Fuse the predictions for several frames of one vehicle.
    sklearn.ensemble.VotingClassifier : Voting of classifiers.

    Notes
    -----
    A prediction ``""`` (for a blank sample, or of a recognizer that abstains) has no vote, and
    ``""`` is predicted if there are no votes. A single vote is returned unchanged.

    For all values of `voting`, the confidence is the weighted mean, over all votes, of the
    probability of the selected text (the linear opinion pool [2]_). This probability is the
    confidence of a vote for that text, the probability of the text among the candidates of another
    vote, and 0 if it is not among them. The confidence is therefore a probability that decreases
    with disagreement. A text that "position" composes and that no recognizer predicts has the
    product of its character confidences. Character confidences are means in the same way, of the
    probabilities of the same character at the same position; a recognizer without character
    confidences contributes its confidence of the whole text. `candidates` contains all predicted
    texts with their mean probabilities, the most probable one first, which need not be the
    selected text.

    "position" aligns the predictions by edit distance to their medoid, the prediction with the
    smallest sum of distances to all others (ties are resolved by confidence), and votes by column,
    as ROVER does for words [3]_. A missing character is a vote for a gap with the confidence of the
    whole prediction. The result does not depend on the order of `estimators` or of the predictions:
    remaining ties are resolved by the order of the characters.

    `voting` and `weights` take effect at prediction time, so that they can be set on a fitted
    recognizer without a new fit.

    With metadata routing, `fit` passes metadata to the recognizers that request it; without,
    `sample_weight` is passed to all of them.

    References
    ----------
    .. [1] R. Laroca, L. A. Zanlorensi, V. Estevam, R. Minetto and D. Menotti, "Leveraging Model
       Fusion for Improved License Plate Recognition", CIARP 2023, arXiv:2309.04331.
    .. [2] M. Stone, "The Opinion Pool", The Annals of Mathematical Statistics 32(4), 1961.
    .. [3] J. G. Fiscus, "A post-processing system to yield reduced word error rates: Recognizer
       Output Voting Error Reduction (ROVER)", ASRU 1997.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.ensemble import VotingRecognizer
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(16, random_state=0, return_X_y=True)
    >>> def build_pipeline(random_state):
    ...     network = LPRNetCTC(n_filters=4, max_iter=1, random_state=random_state)
    ...     return make_pipeline(PlateCropper(), PlateNormalizer(), network)
    >>> voter = VotingRecognizer([("one", build_pipeline(1)), ("two", build_pipeline(2))])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short to learn
    ...     _ = voter.fit(X, y)
    >>> voter.set_params(voting="position", weights=[2, 1]).predict(X).shape
    (16,)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimators": [list],
        "voting": [StrOptions(set(VOTINGS))],
        "weights": ["array-like", None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        voting: str = "confidence",
        weights: npt.ArrayLike | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.n_jobs = n_jobs

    @property
    def named_estimators(self) -> Bunch:
        """The unfitted recognizers by name."""
        return Bunch(**dict(self.estimators))

    # The parameters of the recognizers are validated in their own fits.
    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """Fit all recognizers.

        Parameters
        ----------
        X : array-like of samples
            Samples in the form that all recognizers accept.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        **fit_params : dict
            ``sample_weight``, and with metadata routing all metadata that recognizers request.
            ``sample_weight=None`` is the same as no `sample_weight`.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter or a text is invalid. It is raised before any recognizer is fitted.
        TypeError
            If one of the estimators does not end in a recognizer, or metadata other than
            `sample_weight` is passed without metadata routing.
        """
        # As if it were not passed: pipelines accept not even None.
        if fit_params.get("sample_weight", 0) is None:
            del fit_params["sample_weight"]
        unknown = sorted(set(fit_params) - {"sample_weight"})
        if unknown and not routing_enabled():
            raise TypeError(
                f"VotingRecognizer.fit got {unknown}; it takes only sample_weight unless "
                "sklearn.set_config(enable_metadata_routing=True) is called."
            )
        self._check_estimators()
        self._check_weights(dict(self.estimators))
        texts = check_texts(y)
        check_consistent_length(X, texts)
        fitted_by_name = {
            name: estimator for name, estimator in self.estimators if estimator != "drop"
        }
        if routing_enabled():
            routed = process_routing(self, "fit", **fit_params)
            params = {name: routed[name].fit for name in fitted_by_name}
        else:
            params = dict.fromkeys(fitted_by_name, fit_params)
        self.estimators_ = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit)(clone(estimator), X, texts, params[name])
            for name, estimator in fitted_by_name.items()
        )
        fitted = dict(zip(fitted_by_name, self.estimators_, strict=True))
        self.named_estimators_ = Bunch(
            **{name: fitted.get(name, "drop") for name, _ in self.estimators}
        )
        return self

    def read(self, X: Any) -> "list[PlateReading]":
        """Predict with all recognizers, one after the other, and fuse their predictions.

        Parameters
        ----------
        X : array-like of samples
            Samples in the form that all recognizers accept.

        Returns
        -------
        list of PlateReading
            The fused predictions, one per sample, in the order of `X`; see the notes of the class.

        Raises
        ------
        ValueError
            If a sample, `voting` or `weights` are invalid, or a recognizer predicts a confidence
            that is not between 0 and 1.
        sklearn.exceptions.NotFittedError
            If the recognizers are not fitted.
        """
        check_is_fitted(self)
        self._validate_params()
        weights = self._check_weights(self.named_estimators_)
        predictions = [read_plates(self.named_estimators_[name], X) for name in weights]
        fused = []
        for index, votes in enumerate(zip(*predictions, strict=True)):
            with naming_sample(index):
                fused.append(fuse_predictions(votes, list(weights.values()), self.voting))
        return fused

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, with `deep=True` also those of the recognizers.

        Parameters
        ----------
        deep : bool, default=True

        Returns
        -------
        dict
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set the parameters of this estimator and of the recognizers.

        Besides the parameters of this class, ``name=recognizer``, ``name="drop"`` and
        ``name__parameter`` are accepted.

        Parameters
        ----------
        **params : dict

        Returns
        -------
        self : object
        """
        self._set_params("estimators", **params)
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Return the metadata routing to the recognizers.

        Returns
        -------
        MetadataRouter
        """
        router = MetadataRouter(owner=type(self).__name__).add_self_request(self)
        mapping = MethodMapping().add(callee="fit", caller="fit")
        for name, estimator in self.estimators:
            if estimator != "drop":
                router.add(method_mapping=mapping, **{name: estimator})
        return router

    def _check_estimators(self) -> None:
        """Check that `estimators` is a list of unique names and recognizers."""
        for item in self.estimators:
            if not (isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], str)):
                raise ValueError(
                    "The 'estimators' parameter of VotingRecognizer must be a list of (name, "
                    f"recognizer) pairs. Got {item!r} in it."
                )
        self._validate_names([name for name, _ in self.estimators])
        if all(estimator == "drop" for _, estimator in self.estimators):
            raise ValueError(
                "The 'estimators' parameter of VotingRecognizer must have at least one recognizer "
                f"that is not dropped. Got {self.estimators!r} instead."
            )
        for _, estimator in self.estimators:
            if estimator != "drop":
                check_recognizer(estimator)

    def _check_weights(self, named: dict[str, Any]) -> dict[str, float]:
        """Return the weights of the recognizers that vote, by name."""
        try:
            array = np.ones(len(named)) if self.weights is None else np.asarray(self.weights, float)
        except (TypeError, ValueError):  # a dict, texts, rows of unequal length
            array = np.empty(0)
        if array.shape != (len(named),) or not (np.isfinite(array) & (array >= 0)).all():
            raise ValueError(
                "The 'weights' parameter of VotingRecognizer must be a list with a finite number, "
                f"at least 0, for each of {len(named)} estimators, in their order. Got "
                f"{self.weights!r} instead."
            )
        weights = {
            name: float(weight)
            for (name, estimator), weight in zip(named.items(), array, strict=True)
            if estimator != "drop" and weight > 0
        }
        if not weights:
            raise ValueError(
                "The 'weights' parameter of VotingRecognizer must have one above 0 for a "
                f"recognizer that is not dropped. Got {self.weights!r} instead."
            )
        return weights

    def _sk_visual_block_(self) -> VisualBlock:
        names, estimators = zip(*self.estimators, strict=True)
        return VisualBlock("parallel", estimators, names=names)


def _fit(estimator: Any, X: Any, y: npt.NDArray[np.str_], fit_params: dict[str, Any]) -> Any:
    return estimator.fit(X, y, **fit_params)
