"""Several recognizers that read together."""

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
from ..recognition import read_plates
from ..recognition._unwrap import check_reads
from ._fusion import VOTINGS, fuse_readings

if TYPE_CHECKING:
    from ..decoding import PlateReading

__all__ = ["VotingRecognizer"]


class VotingRecognizer(RecognizerMixin, MetaEstimatorMixin, BaseComposition, PlateEstimator):
    """Read plates with several recognizers and fuse their readings [1]_.

    Recognizers of different kinds err on different plates. Their readings are compared by
    character, so that their alphabets, networks and pipelines may differ.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and recognizers: bare ones, pipelines or searches that end in one, and fitted ones
        in a `~sklearn.frozen.FrozenEstimator`, which are not fitted again. All are shown the same
        X. ``"drop"`` in place of a recognizer leaves it out, also by ``set_params(name="drop")``.

    voting : {"confidence", "majority", "position"}, default="confidence"
        How the text is chosen.

        - "confidence": the most confident reading, by weight times confidence (HC in [1]_). It
          asks for confidences that mean the same for all recognizers.
        - "majority": the text that most recognizers read, by the sum of their weights; of equally
          many the text of the most confident reading (MV-HC).
        - "position": character by character, by the sum of weights; of equally many the most
          confident one (MVCP). The result may be a text that none has read as a whole.

    weights : array-like of shape (n_estimators,), default=None
        How much each recognizer counts, dropped ones included; not negative. None counts all
        alike. A recognizer of weight 0 is not asked.

    n_jobs : int, default=None
        The number of recognizers that are fitted at the same time. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors. A network uses all cores by
        itself, so that little is gained on one machine.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted recognizers, without dropped ones.
    named_estimators_ : `~sklearn.utils.Bunch`
        The fitted recognizers by name; ``"drop"`` for dropped ones.

    See Also
    --------
    read_tracks : Fuse the readings of several frames of one vehicle.
    sklearn.ensemble.VotingClassifier : The like for classes.

    Notes
    -----
    A reading ``""`` (a blank sample, or a recognizer that abstains) is no vote; ``""`` is read
    where all abstain. Where only one votes its reading is given as it is.

    The confidence of a fused reading is, whatever `voting`, the mean over all that vote, by
    weight, of the probabilities that they give to its text (the linear opinion pool [2]_): their
    confidence where they read it, what it has among their candidates where they read another,
    and 0 where it is not among them. So it is the share of votes times the mean confidence of
    those that agree, or a little more: it stays a probability, and disagreement lowers it. A text
    that "position" composed, and nobody read, has the product of its character confidences.
    Those are means in the same manner, of the probabilities of the same character in the same
    place; a recognizer that tells none of single characters counts there with that of the whole.
    `candidates` holds every text that was read with its mean probability, the most probable
    first: it need not be the one that was voted for.

    For "position" readings are aligned by edit distance to the medoid, the reading that is least
    far from all others by number of edits (the more confident one of several), and vote in
    columns, as words do in [3]_. A missing character is a vote for a gap, as sure as its reading.
    Neither the order of `estimators` nor of the readings decides anything: texts that are alike in
    all else are taken in the order of their characters.

    `voting` and `weights` act when plates are read, so that setting them on a fitted recognizer
    needs no new fit.

    With metadata routing, `fit` hands the metadata that each recognizer requests to it; without,
    `sample_weight` to all of them.

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
    >>> def reader(random_state):
    ...     network = LPRNetCTC(n_filters=4, max_iter=1, random_state=random_state)
    ...     return make_pipeline(PlateCropper(), PlateNormalizer(), network)
    >>> voter = VotingRecognizer([("one", reader(1)), ("two", reader(2))])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one iteration teaches nothing
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
        """The recognizers by name, as they were given."""
        return Bunch(**dict(self.estimators))

    # The recognizers' own parameters are still to be validated, by their fits.
    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """Fit all recognizers.

        Parameters
        ----------
        X : array-like of samples
            In the form that every recognizer takes.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        **fit_params : dict
            ``sample_weight``, and with metadata routing whatever the recognizers request.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Before anything is fitted, if a parameter or a text is invalid.
        TypeError
            If one of the estimators does not end in a recognizer, or metadata other than
            `sample_weight` is passed without metadata routing.
        """
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
        """Read plates with all recognizers, one recognizer after the other.

        Parameters
        ----------
        X : array-like of samples
            In the form that every recognizer takes.

        Returns
        -------
        list of PlateReading
            One each, in order; see the notes of the class.

        Raises
        ------
        ValueError
            If a sample cannot be read, or `voting` or `weights` are invalid.
        sklearn.exceptions.NotFittedError
            If the recognizers are not fitted.
        """
        check_is_fitted(self)
        self._validate_params()
        asked = self._check_weights(self.named_estimators_)
        readings = [read_plates(self.named_estimators_[name], X) for name in asked]
        weights = list(asked.values())
        return [fuse_readings(each, weights, self.voting) for each in zip(*readings, strict=True)]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters, and with `deep` those of the recognizers by their names.

        Parameters
        ----------
        deep : bool, default=True

        Returns
        -------
        dict
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters: ``name=recognizer``, ``name="drop"`` and ``name__parameter`` as well.

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
        """Say which metadata is for which recognizer.

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
        """Refuse what is no list of names and recognizers."""
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
                check_reads(estimator)

    def _check_weights(self, named: dict[str, Any]) -> dict[str, float]:
        """Give the weights of the recognizers that count, by name."""
        try:
            given = np.ones(len(named)) if self.weights is None else np.asarray(self.weights, float)
        except (TypeError, ValueError):  # a dict, texts, rows of unequal length
            given = np.empty(0)
        if given.shape != (len(named),) or not (np.isfinite(given) & (given >= 0)).all():
            raise ValueError(
                "The 'weights' parameter of VotingRecognizer must be a list with a finite number, "
                f"at least 0, for each of {len(named)} estimators, in their order. Got "
                f"{self.weights!r} instead."
            )
        weights = {
            name: float(weight)
            for (name, estimator), weight in zip(named.items(), given, strict=True)
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
