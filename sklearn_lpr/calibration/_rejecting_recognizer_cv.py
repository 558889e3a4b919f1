"""Rejection of uncertain predictions."""

import math
import warnings
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from .._sklearn_compat import Interval, StrOptions, fit_context
from ..decoding import PlateReading
from ._base import BaseRecognizerCV
from ._characters import character_confidences, mask_characters
from ._held_out import HeldOut, predict_and_check
from ._kept_characters import kept_characters
from ._thresholds import (
    acceptance_curve,
    max_risk,
    min_predictions_for_accuracy,
    threshold_for_accuracy,
    threshold_for_coverage,
)

__all__ = ["RejectingRecognizerCV"]

_TARGET_ACCURACY = 0.99

# The value that is compared with a threshold, the true text, the predicted text and the weight.
Outcome = tuple[float, str, str, float]

# The sample of an outcome, and the position of its character.
Key = tuple[int, int]

Floats = npt.NDArray[np.float64]


class RejectingRecognizerCV(BaseRecognizerCV):
    """Reject predictions whose confidence is below a threshold (selective prediction).

    `fit` selects the threshold on the predictions for held-out plates: the lowest one at which the
    accepted predictions reach a target accuracy, or the highest one that accepts a target fraction
    of the plates. Predictions below the threshold are rejected.

    Parameters
    ----------
    estimator : estimator
        A recognizer, such as a `CalibratedRecognizerCV`, or a `Pipeline` or search that ends in
        one. In a `sklearn.frozen.FrozenEstimator` it must be fitted and is not fitted again. Pass
        plates to `fit` that it was not trained on.
    target_accuracy : float, default=None
        The minimum accuracy of accepted predictions. None means 0.99 if `target_coverage` is None
        too.
    target_coverage : float, default=None
        The minimum fraction of plates whose prediction is accepted. It excludes
        `target_accuracy`.
    criterion : {"plate", "weakest_character", "each_character"}, default="plate"
        The value that is compared with the threshold:

        - "plate": the confidence of the whole text.
        - "weakest_character": the lowest confidence of a character.
        - "each_character": the confidence of each character. Characters below the threshold are
          replaced by `mark`. Accuracy and coverage then refer to characters: the accuracy to
          accepted ones, the coverage to all predicted ones.
    rejected_text : str, default=""
        The text of plates whose prediction is rejected or empty, or of which all characters are
        rejected.
    mark : str, default="?"
        The character that replaces rejected ones with "each_character".
    confidence_level : float, default=None
        The level, such as 0.95, at which the accuracy of accepted predictions reaches
        `target_accuracy` for unseen plates too. See the notes. None means that the target applies
        to the accuracy on the held-out plates.
    cv : int, cross-validation splitter, iterable or None, default=None
        The splits into training and held-out plates. None means ``PlateKFold(5)``, and a number
        means that many folds, grouped by plate number. The test sets need not contain all plates:
        ``PlateShuffleSplit(1, test_size=0.2)`` needs a single training run for the threshold. With
        a `confidence_level` they must not overlap. It is not used with a `FrozenEstimator`.
    n_jobs : int, default=None
        The number of folds that are fitted in parallel. None means 1 unless in a
        `joblib.parallel_config` context.

    Attributes
    ----------
    estimator_ : estimator
        The estimator, fitted to all plates.
    best_threshold_ : float
        Values at or above it are accepted. It is infinite if no threshold reaches
        `target_accuracy`; then all predictions are rejected.
    best_score_ : float
        The accuracy of accepted predictions for held-out plates; NaN if all are rejected.
    coverage_ : float
        The fraction of held-out plates whose prediction is accepted (with "each_character", of
        predicted characters).
    cv_results_ : dict of ndarray
        ``thresholds`` in increasing order, the ``coverage`` and ``accuracy`` of each of them on
        the held-out plates, and with a `confidence_level` its ``accuracy_lower_bound``. Plates with
        an empty prediction count as not covered.

    See Also
    --------
    CalibratedRecognizerCV : Calibrate confidences.
    sklearn_lpr.metrics.risk_coverage_curve : Risk-coverage curve of any predictions.
    sklearn.model_selection.TunedThresholdClassifierCV : Tune the threshold of a classifier.

    Notes
    -----
    A rejected prediction has the text `rejected_text` and the confidence 0. A text with a rejected
    character has the confidence 0 too, because it cannot be correct as a whole. The `mark` has the
    confidence 0, other characters keep theirs. `candidates` do not change, so that a person who
    checks the plate sees the rejected text.

    `score` is the fraction of plates whose text is predicted exactly, so that a rejected plate
    counts as an error. For selective prediction, look at two values: the coverage,
    ``np.mean(texts != rejected_text)``, and the accuracy of the accepted predictions.

    A high accuracy on few predictions may be a matter of chance. If none of n predictions is wrong,
    the error rate is at most 1 - a ** (1 / n) at the level 1 - a, which is about 3 / n at 0.95 (the
    rule of three). An accuracy of 0.99 therefore needs 299 accepted predictions, 0.95 needs 59 and
    0.9 needs 29. `fit` warns if there are fewer, except with a `confidence_level`.

    With a `confidence_level`, the exact lower bound (Clopper and Pearson, [2]_) of the accuracy
    reaches `target_accuracy` at the selected threshold. A binary search finds it, and the bounds
    hold for all of its steps simultaneously: selection with guaranteed risk [1]_. This needs many
    plates. For an accuracy of 0.99 at the level 0.95, each of 11 steps has the level 1 - a with
    a = 0.05 / 11, so that 537 accepted predictions without an error are enough, as
    1 - a ** (1 / 537) < 0.01. The search starts at the median, so that these are the half with the
    higher confidence of 1073 held-out predictions. The level 0.9 needs 917 predictions and 0.99
    needs 1393. If there are errors among them, more are needed, often 1600.

    The target refers to the mean over many plates like the held-out ones, not to each set of them:
    among a hundred accepted plates there may be three errors at 0.99. The guarantee is strict for a
    `FrozenEstimator` and plates that are drawn independently. It is approximate for the predictions
    of several folds, for several images of one vehicle and for the characters of one plate.

    References
    ----------
    .. [1] Y. Geifman and R. El-Yaniv, "Selective Classification for Deep Neural Networks",
       NeurIPS 2017, arXiv:1705.08500.
    .. [2] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
       in the case of the binomial", Biometrika 26(4), 1934.

    Examples
    --------
    A fitted recognizer whose confidence increases with the length of the text:

    >>> from sklearn.base import BaseEstimator
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.calibration import RejectingRecognizerCV
    >>> from sklearn_lpr.decoding import PlateReading
    >>> class LengthRecognizer(RecognizerMixin, BaseEstimator):
    ...     def fit(self, X, y):
    ...         return self
    ...     def read(self, X):
    ...         return [PlateReading(text, min(1.0, len(text) / 5)) for text in X]
    ...     def __sklearn_is_fitted__(self):
    ...         return True
    >>> X = ["AB123", "CD45", "EF6", "GH78"]
    >>> y = ["AB123", "CD45", "EF67", "GH78"]
    >>> frozen = FrozenEstimator(LengthRecognizer())
    >>> rejecting = RejectingRecognizerCV(frozen, target_coverage=0.75).fit(X, y)
    >>> rejecting.best_threshold_, rejecting.best_score_, rejecting.coverage_
    (0.8, 1.0, 0.75)
    >>> rejecting.predict(X).tolist()
    ['AB123', 'CD45', '', 'GH78']
    """

    _renamed_parameters: ClassVar[dict[str, str]] = {"unread": "rejected_text"}

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseRecognizerCV._parameter_constraints,
        "target_accuracy": [Interval(Real, 0, 1, closed="right"), None],
        "target_coverage": [Interval(Real, 0, 1, closed="right"), None],
        "criterion": [StrOptions({"plate", "weakest_character", "each_character"})],
        "rejected_text": [str],
        "mark": [str],
        "confidence_level": [Interval(Real, 0, 1, closed="neither"), None],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        target_accuracy: float | None = None,
        target_coverage: float | None = None,
        criterion: str = "plate",
        rejected_text: str = "",
        mark: str = "?",
        confidence_level: float | None = None,
        cv: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.target_accuracy = target_accuracy
        self.target_coverage = target_coverage
        self.criterion = criterion
        self.rejected_text = rejected_text
        self.mark = mark
        self.confidence_level = confidence_level
        self.cv = cv
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None, **fit_params: Any
    ) -> Self:
        """Select the threshold, and fit the estimator to all plates.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights. They are used for accuracy and coverage, and passed to the `fit` of the
            estimator if it supports them.
        **fit_params : dict
            Parameters of the `fit` of the estimator. Arrays with one item per sample are indexed
            by the samples of each fold.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        ValueError
            If texts, plates or parameters are invalid, there are fewer distinct plates than folds,
            `cv` has no splits, or a `confidence_level` is set and the test sets of `cv` overlap.

        Warns
        -----
        UserWarning
            If the target cannot be reached; the message states the best reachable value and the
            consequence. If `target_accuracy` is estimated on too few accepted predictions; see the
            notes. If the estimator's `fit` does not support `sample_weight`.
        """
        self._check_parameters(sample_weight)
        folds, texts, weights, params = self._held_out(
            X, y, sample_weight, fit_params, allow_overlap=self.confidence_level is None
        )
        outcomes, keys, total = self._outcomes(folds, texts, weights)
        curve = acceptance_curve(outcomes, total, self.confidence_level)
        chosen = self._choose(curve, outcomes, keys)
        frozen = isinstance(self.estimator, FrozenEstimator)
        estimator = self.estimator if frozen else clone(self.estimator).fit(X, texts, **params)
        # Set after all that may fail or be interrupted, so that a threshold is never used with an
        # estimator of another fit.
        self.cv_results_ = curve
        self.best_threshold_, self.best_score_, self.coverage_ = chosen
        self.estimator_ = estimator
        return self

    def _check_parameters(self, sample_weight: Any) -> None:
        if self.target_accuracy is not None and self.target_coverage is not None:
            raise ValueError(
                f"target_accuracy={self.target_accuracy!r} and "
                f"target_coverage={self.target_coverage!r} exclude each other; set only one."
            )
        if len(self.mark) != 1 or not self.mark.isprintable():
            raise ValueError(f"mark={self.mark!r} must be one printable character.")
        if not self.rejected_text.isprintable():
            raise ValueError(
                f"rejected_text={self.rejected_text!r} must consist of printable characters."
            )
        if self.confidence_level is None:
            return
        if self.target_coverage is not None:
            raise ValueError(
                f"confidence_level={self.confidence_level!r} applies to target_accuracy; it cannot "
                "be combined with target_coverage."
            )
        if sample_weight is not None:
            raise ValueError(
                f"confidence_level={self.confidence_level!r} requires plates of equal weight; pass "
                "no sample_weight."
            )

    def _outcomes(
        self, folds: list[HeldOut], texts: npt.NDArray[np.str_], weights: npt.NDArray[np.float64]
    ) -> tuple[list[Outcome], list[Key], float]:
        """Return the values that are compared with a threshold, their keys, and the total weight.

        The key is the same for the predictions of one sample in several splits.
        """
        held_out = [
            (int(index), prediction, texts[index].item(), weights[index].item())
            for fold in folds
            for index, prediction in zip(fold.indices, fold.predictions, strict=True)
        ]
        nonempty = [item for item in held_out if item[1].text]
        if self.criterion != "each_character":
            return (
                [
                    (self._value(prediction), text, prediction.text, weight)
                    for _, prediction, text, weight in nonempty
                ],
                [(index, 0) for index, *_ in nonempty],
                sum(weight for *_, weight in held_out),
            )
        characters = [
            (confidence, character if kept else "", character, weight)
            for _, prediction, text, weight in nonempty
            for confidence, character, kept in zip(
                character_confidences(prediction),
                prediction.text,
                kept_characters(prediction.text, text),
                strict=True,
            )
        ]
        keys = [
            (index, position)
            for index, prediction, *_ in nonempty
            for position in range(len(prediction.text))
        ]
        return characters, keys, sum(weight for *_, weight in characters)

    def _value(self, prediction: PlateReading) -> float:
        """Return the value that is compared with the threshold."""
        if self.criterion == "plate":
            return prediction.confidence
        return min(character_confidences(prediction))

    def _choose(
        self, curve: dict[str, Floats], outcomes: list[Outcome], keys: list[Key]
    ) -> tuple[float, float, float]:
        """Return the threshold with its accuracy and coverage; warn if there is none."""
        if self.target_coverage is not None:
            chosen = threshold_for_coverage(curve, self.target_coverage)
            if chosen is None:
                return self._accept_all(curve)
        else:
            target = _TARGET_ACCURACY if self.target_accuracy is None else self.target_accuracy
            chosen, best = threshold_for_accuracy(curve, target)
            if chosen is None:
                return self._reject_all(curve, target, best, len(outcomes))
            if self.confidence_level is None:
                # A sample in several test sets is no further evidence.
                accepted = {
                    key
                    for key, (value, *_, weight) in zip(keys, outcomes, strict=True)
                    if weight and value >= curve["thresholds"][chosen]
                }
                self._warn_of_few_accepted(target, len(accepted))
        return (
            float(curve["thresholds"][chosen]),
            float(curve["accuracy"][chosen]),
            float(curve["coverage"][chosen]),
        )

    @property
    def _unit(self) -> str:
        return "characters" if self.criterion == "each_character" else "predictions"

    def _warn_of_few_accepted(self, target: float, n_accepted: int) -> None:
        needed = min_predictions_for_accuracy(target)
        if n_accepted >= needed:
            return
        remedy = (
            f"At least {needed} of them are needed: pass more plates, or lower the target."
            if target < 1
            else "No number of them is enough for an accuracy of 1: set a target below 1."
        )
        warnings.warn(
            f"target_accuracy={target!r} is estimated on {n_accepted} accepted {self._unit} of "
            f"held-out plates: even if all of them are correct, the error rate on unseen plates "
            f"may be up to {max_risk(n_accepted):.1%} (at a level of 95 %). {remedy}",
            UserWarning,
            stacklevel=5,
        )

    def _accept_all(self, curve: dict[str, Floats]) -> tuple[float, float, float]:
        coverage = float(curve["coverage"].max(initial=0.0))
        warnings.warn(
            f"target_coverage={self.target_coverage!r} cannot be reached: only "
            f"{coverage:.1%} of the held-out plates have a predicted text. All "
            "predictions are accepted.",
            UserWarning,
            stacklevel=5,
        )
        return 0.0, float(curve["accuracy"][0]) if curve["accuracy"].size else math.nan, coverage

    def _reject_all(
        self, curve: dict[str, Floats], target: float, best: int | None, n_outcomes: int
    ) -> tuple[float, float, float]:
        if best is None:
            reached = "all predicted texts are empty"
        else:
            reached = (
                f"the best threshold has an accuracy of {curve['accuracy'][best]:.2%} at a "
                f"coverage of {curve['coverage'][best]:.1%} (threshold "
                f"{curve['thresholds'][best]:.4g})"
            )
            if self.confidence_level is not None:
                reached += (
                    f", with a lower bound of {curve['accuracy_lower_bound'][best]:.2%} at "
                    f"confidence_level={self.confidence_level!r}"
                )
        warnings.warn(
            f"target_accuracy={target!r} is reached by no threshold on {n_outcomes} {self._unit} "
            f"of held-out plates: {reached}. All predictions are rejected. Lower the target, train "
            "a better recognizer, or fit on more plates.",
            UserWarning,
            stacklevel=5,
        )
        return math.inf, math.nan, 0.0

    def read(self, X: Any) -> list[PlateReading]:
        """Predict texts, and reject uncertain predictions.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            The predictions, one per sample, in the order of `X`.
        """
        check_is_fitted(self)
        return [self._decide(each) for each in predict_and_check(self.estimator_, X)]

    def _decide(self, prediction: PlateReading) -> PlateReading:
        """Return a prediction, or its replacement if it is rejected in whole or in part."""
        if not prediction.text:
            return self._rejected(prediction)
        if self.criterion != "each_character":
            accepted = self._value(prediction) >= self.best_threshold_
            return prediction if accepted else self._rejected(prediction)
        confidences = character_confidences(prediction)
        accepts = [confidence >= self.best_threshold_ for confidence in confidences]
        if all(accepts):
            return prediction
        if not any(accepts):
            return self._rejected(prediction)
        return mask_characters(prediction, accepts, self.mark)

    def _rejected(self, prediction: PlateReading) -> PlateReading:
        return PlateReading(
            self.rejected_text, 0.0, (0.0,) * len(self.rejected_text), prediction.candidates
        )
