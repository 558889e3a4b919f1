"""Readings that are sure enough, and no others."""

import math
import warnings
from dataclasses import replace
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from .._sklearn_compat import Interval, StrOptions, fit_context
from ..decoding import PlateReading
from ._alignment import kept_characters
from ._base import BaseRecognizerCV
from ._readings import HeldOut, checked_readings
from ._thresholds import (
    acceptance_curve,
    highest_risk,
    n_readings_to_show,
    threshold_for_accuracy,
    threshold_for_coverage,
)

__all__ = ["RejectingRecognizerCV"]

_TARGET_ACCURACY = 0.99

# What is decided on: a value that thresholds are compared with, the truth, what was read, a weight.
Outcome = tuple[float, str, str, float]


class RejectingRecognizerCV(BaseRecognizerCV):
    """Read only what is sure enough, and abstain from the rest.

    The readings of plates that a recognizer was not trained on tell how many of those above each
    confidence are right. `fit` looks among them for the lowest threshold whose accepted readings
    reach an accuracy, or for the highest one that accepts a share of the plates. Readings below it
    are rejected.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline` or search that ends in one; a `CalibratedRecognizerCV` too.
        Within a `sklearn.frozen.FrozenEstimator` it must be fitted and is not fitted again: then
        `fit` takes plates that it was not trained on.
    target_accuracy : float, default=None
        The share of accepted readings that must be right. None, without `target_coverage`, means
        0.99.
    target_coverage : float, default=None
        The share of plates whose reading must be accepted; instead of `target_accuracy`.
    criterion : {"plate", "weakest_character", "each_character"}, default="plate"
        What must reach the threshold:

        - "plate": the confidence of the whole plate.
        - "weakest_character": the lowest confidence of a character.
        - "each_character": the confidence of each character, by itself. Characters below the
          threshold become `mark`, and the others stay. Accuracy and coverage are then shares of
          characters: of those left, and of those read.
    unread : str, default=""
        The text of plates that are rejected, that nothing was read in, or of which no character
        is left.
    mark : str, default="?"
        What stands for a character that is rejected by "each_character".
    confidence_level : float, default=None
        The level, such as 0.95, at which the accuracy of accepted readings is to reach
        `target_accuracy` for plates to come, and not for the held-out ones alone. See the
        notes. None takes the accuracy on held-out plates as it is.
    cv : int, cross-validation splitter, iterable or None, default=None
        How plates are held out. None means ``PlateKFold(5)``, and a number so many folds by
        plate. Tests need not cover all plates: ``PlateShuffleSplit(1, test_size=0.2)`` saves long
        trainings. A `FrozenEstimator` needs no folds.
    n_jobs : int, default=None
        Folds that are fitted at the same time; None means 1 unless in a joblib context.

    Attributes
    ----------
    estimator_ : estimator
        The estimator, fitted to all plates.
    best_threshold_ : float
        What is accepted reaches it. Infinite where no threshold reaches `target_accuracy`: then
        all is rejected.
    best_score_ : float
        The accuracy of accepted readings among the held-out plates; NaN where all is rejected.
    coverage_ : float
        The share of the held-out plates whose reading is accepted (of characters read, with
        "each_character").
    cv_results_ : dict of ndarray
        ``thresholds``, rising, with the ``coverage`` and the ``accuracy`` of each on the held-out
        plates, and with a `confidence_level` its ``accuracy_lower_bound``. Plates in which nothing
        was read lower the coverage of all.

    See Also
    --------
    CalibratedRecognizerCV : Makes confidence the probability that a reading is right.
    sklearn_lpr.metrics.risk_coverage_curve : The same curve for any readings.
    sklearn.model_selection.TunedThresholdClassifierCV : Tunes the threshold of a classifier.

    Notes
    -----
    A rejected plate reads `unread` with confidence 0, and so does a text with a mark: it is not
    right as a whole. A mark has the confidence 0, other characters keep theirs. `candidates` stay,
    so that a person who looks at the plate sees what would have been read.

    `score` is the share of plates read exactly, so that rejected plates count as wrong ones. For a
    reader that abstains look at both, the share that it reads, ``np.mean(texts != unread)``, and
    the share of those that is right.

    Few readings reach a high accuracy by luck. Where none of n readings is wrong, no more than a
    share 1 - a ** (1 / n) of those to come is, at a level of 1 - a: at 0.95 about 3 / n, the rule
    of three. So 0.99 takes 299 accepted readings, 0.95 takes 59 and 0.9 takes 29. Where fewer are
    accepted `fit` warns, unless there is a `confidence_level`.

    With a `confidence_level` the threshold is one whose accuracy is at least `target_accuracy` by
    an exact lower bound (Clopper and Pearson, [2]_), found by binary search, with the bounds of
    all its steps holding together: selection with guaranteed risk [1]_. It takes many plates. For
    0.99 at a level of 0.95 each of 11 steps has a chance a = 0.05 / 11, and with it 537 accepted
    readings without an error are enough, as 1 - a ** (1 / 537) < 0.01. The search begins at the
    median, so that these are the surer half of 1073 held-out readings; 917 will do at a level of
    0.9, 1393 at 0.99. With errors among them it takes more, easily 1600.

    The target is one for the mean of many plates like those that were held out, not for each set
    of them: among a hundred accepted plates there may well be three errors at 0.99. The guarantee
    is strict for a `FrozenEstimator` and plates that are drawn independently; for readings of
    several folds, several pictures of one vehicle and characters of one plate it holds roughly.

    References
    ----------
    .. [1] Y. Geifman and R. El-Yaniv, "Selective Classification for Deep Neural Networks",
       NeurIPS 2017, arXiv:1705.08500.
    .. [2] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
       in the case of the binomial", Biometrika 26(4), 1934.

    Examples
    --------
    A fitted recognizer that is surer of long texts, and right there:

    >>> from sklearn.base import BaseEstimator
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.calibration import RejectingRecognizerCV
    >>> from sklearn_lpr.decoding import PlateReading
    >>> class Reader(RecognizerMixin, BaseEstimator):
    ...     def fit(self, X, y):
    ...         return self
    ...     def read(self, X):
    ...         return [PlateReading(text, min(1.0, len(text) / 5)) for text in X]
    ...     def __sklearn_is_fitted__(self):
    ...         return True
    >>> X = ["AB123", "CD45", "EF6", "GH78"]
    >>> y = ["AB123", "CD45", "EF67", "GH78"]
    >>> reader = RejectingRecognizerCV(FrozenEstimator(Reader()), target_coverage=0.75).fit(X, y)
    >>> reader.best_threshold_, reader.best_score_, reader.coverage_
    (0.8, 1.0, 0.75)
    >>> reader.predict(X).tolist()
    ['AB123', 'CD45', '', 'GH78']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseRecognizerCV._parameter_constraints,
        "target_accuracy": [Interval(Real, 0, 1, closed="right"), None],
        "target_coverage": [Interval(Real, 0, 1, closed="right"), None],
        "criterion": [StrOptions({"plate", "weakest_character", "each_character"})],
        "unread": [str],
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
        unread: str = "",
        mark: str = "?",
        confidence_level: float | None = None,
        cv: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.target_accuracy = target_accuracy
        self.target_coverage = target_coverage
        self.criterion = criterion
        self.unread = unread
        self.mark = mark
        self.confidence_level = confidence_level
        self.cv = cv
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None, **fit_params: Any
    ) -> Self:
        """Find the threshold, and fit the estimator to all plates.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the plates, in accuracy and coverage and in the estimator's `fit` where
            that takes them.
        **fit_params : dict
            Passed to the estimator's `fit`, cut to the plates of each fold.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        ValueError
            If texts, plates or parameters are unusable, or there are fewer distinct plates than
            folds.

        Warns
        -----
        UserWarning
            If the target cannot be reached; the warning tells what can be, and what is done. If
            `target_accuracy` is reached by too few accepted readings to tell; see the notes. If
            `sample_weight` cannot reach the estimator's `fit`.
        """
        self._check_parameters(sample_weight)
        folds, texts, weights, params = self._held_out(X, y, sample_weight, fit_params)
        outcomes, total = self._outcomes(folds, texts, weights)
        self.cv_results_ = acceptance_curve(outcomes, total, self.confidence_level)
        self._choose(outcomes)
        frozen = isinstance(self.estimator, FrozenEstimator)
        self.estimator_ = (
            self.estimator if frozen else clone(self.estimator).fit(X, texts, **params)
        )
        return self

    def _check_parameters(self, sample_weight: Any) -> None:
        if self.target_accuracy is not None and self.target_coverage is not None:
            raise ValueError(
                f"target_accuracy={self.target_accuracy!r} and "
                f"target_coverage={self.target_coverage!r} exclude each other; set one of them."
            )
        if len(self.mark) != 1 or not self.mark.isprintable():
            raise ValueError(f"mark={self.mark!r} must be one character that can be printed.")
        if not self.unread.isprintable():
            raise ValueError(f"unread={self.unread!r} has a character that cannot be printed.")
        if self.confidence_level is None:
            return
        if self.target_coverage is not None:
            raise ValueError(
                f"confidence_level={self.confidence_level!r} is the level of target_accuracy; it "
                "means nothing with target_coverage."
            )
        if sample_weight is not None:
            raise ValueError(
                f"confidence_level={self.confidence_level!r} needs plates that count alike; pass "
                "no sample_weight."
            )

    def _outcomes(
        self, folds: list[HeldOut], texts: npt.NDArray[np.str_], weights: npt.NDArray[np.float64]
    ) -> tuple[list[Outcome], float]:
        """Give what is decided on, and the weight of it all."""
        each = [
            (reading, texts[index].item(), weights[index].item())
            for fold in folds
            for index, reading in zip(fold.indices, fold.readings, strict=True)
        ]
        read = [outcome for outcome in each if outcome[0].text]
        if self.criterion != "each_character":
            return (
                [
                    (self._value(reading), text, reading.text, weight)
                    for reading, text, weight in read
                ],
                sum(weight for _, _, weight in each),
            )
        characters = [
            (confidence, character if kept else "", character, weight)
            for reading, text, weight in read
            for confidence, character, kept in zip(
                _character_confidences(reading),
                reading.text,
                kept_characters(reading.text, text),
                strict=True,
            )
        ]
        return characters, sum(weight for *_, weight in characters)

    def _value(self, reading: PlateReading) -> float:
        """Give what the threshold is compared with."""
        if self.criterion == "plate":
            return reading.confidence
        return min(_character_confidences(reading))

    def _choose(self, outcomes: list[Outcome]) -> None:
        """Set the threshold and what it gives, or warn."""
        curve = self.cv_results_
        if self.target_coverage is not None:
            chosen = threshold_for_coverage(curve, self.target_coverage)
            if chosen is None:
                self._accept_all()
                return
        else:
            target = _TARGET_ACCURACY if self.target_accuracy is None else self.target_accuracy
            chosen, best = threshold_for_accuracy(curve, target)
            if chosen is None:
                self._reject_all(target, best, len(outcomes))
                return
            if self.confidence_level is None:
                accepted = [
                    value >= curve["thresholds"][chosen] for value, *_, weight in outcomes if weight
                ]
                self._warn_of_few_accepted(target, sum(accepted))
        self.best_threshold_ = float(curve["thresholds"][chosen])
        self.best_score_ = float(curve["accuracy"][chosen])
        self.coverage_ = float(curve["coverage"][chosen])

    @property
    def _what(self) -> str:
        return "characters" if self.criterion == "each_character" else "readings"

    def _warn_of_few_accepted(self, target: float, n_accepted: int) -> None:
        needed = n_readings_to_show(target)
        if n_accepted >= needed:
            return
        remedy = (
            f"It takes {needed} of them: pass more plates, or lower the target."
            if target < 1
            else "No number of them shows that none will be wrong: set a target below 1."
        )
        warnings.warn(
            f"target_accuracy={target!r} is judged by {n_accepted} accepted {self._what} of "
            f"held-out plates: even if all of them are right, up to {highest_risk(n_accepted):.1%} "
            f"of those to come may be wrong (at a level of 95 %). {remedy}",
            UserWarning,
            stacklevel=5,
        )

    def _accept_all(self) -> None:
        curve = self.cv_results_
        self.best_threshold_ = 0.0
        self.best_score_ = float(curve["accuracy"][0]) if curve["accuracy"].size else math.nan
        self.coverage_ = float(curve["coverage"].max(initial=0.0))
        warnings.warn(
            f"target_coverage={self.target_coverage!r} cannot be reached: something was read in "
            f"{self.coverage_:.1%} of the held-out plates only. Every reading is accepted.",
            UserWarning,
            stacklevel=5,
        )

    def _reject_all(self, target: float, best: int | None, n_outcomes: int) -> None:
        self.best_threshold_ = math.inf
        self.best_score_ = math.nan
        self.coverage_ = 0.0
        if best is None:
            found = "nothing was read in them"
        else:
            curve = self.cv_results_
            found = (
                f"the best is an accuracy of {curve['accuracy'][best]:.2%} at a coverage of "
                f"{curve['coverage'][best]:.1%} (threshold {curve['thresholds'][best]:.4g})"
            )
            if self.confidence_level is not None:
                found += (
                    f", of which {curve['accuracy_lower_bound'][best]:.2%} are certain at "
                    f"confidence_level={self.confidence_level!r}"
                )
        warnings.warn(
            f"target_accuracy={target!r} is reached by no threshold on {n_outcomes} {self._what} "
            f"of held-out plates: {found}. Everything is rejected. Lower the target, train a "
            "better recognizer, or fit on more plates.",
            UserWarning,
            stacklevel=5,
        )

    def read(self, X: Any) -> list[PlateReading]:
        """Read plates, and reject what is not sure enough.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            One each, in order.
        """
        check_is_fitted(self)
        return [self._decide(reading) for reading in checked_readings(self.estimator_, X)]

    def _decide(self, reading: PlateReading) -> PlateReading:
        if not reading.text:
            return self._rejected(reading)
        if self.criterion != "each_character":
            accepted = self._value(reading) >= self.best_threshold_
            return reading if accepted else self._rejected(reading)
        confidences = _character_confidences(reading)
        sure = [confidence >= self.best_threshold_ for confidence in confidences]
        if all(sure):
            return reading
        if not any(sure):
            return self._rejected(reading)
        return replace(
            reading,
            text="".join(
                character if keep else self.mark
                for character, keep in zip(reading.text, sure, strict=True)
            ),
            confidence=0.0,
            character_confidences=tuple(
                confidence if keep else 0.0
                for confidence, keep in zip(confidences, sure, strict=True)
            ),
        )

    def _rejected(self, reading: PlateReading) -> PlateReading:
        return PlateReading(self.unread, 0.0, (0.0,) * len(self.unread), reading.candidates)


def _character_confidences(reading: PlateReading) -> tuple[float, ...]:
    if not reading.character_confidences:
        raise ValueError(
            f"The recognizer gives no confidences of the characters of {reading.text!r}; only "
            "criterion='plate' can decide on it."
        )
    return reading.character_confidences
