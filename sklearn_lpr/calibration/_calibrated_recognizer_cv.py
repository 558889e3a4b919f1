"""Confidence that means what it says."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from .._sklearn_compat import StrOptions, fit_context
from ..decoding import PlateReading
from ._alignment import kept_characters
from ._average import average_reading
from ._base import BaseRecognizerCV
from ._maps import (
    CHARACTER_MAPS,
    FEWEST_READINGS,
    PLATE_MAPS,
    IsotonicMap,
    LogisticMap,
    PowerMap,
    fit_map,
)
from ._readings import HeldOut, checked_readings

__all__ = ["CalibratedRecognizer", "CalibratedRecognizerCV"]


@dataclass(frozen=True, slots=True)
class CalibratedRecognizer:
    """A fitted estimator, and the maps from its confidences to probabilities.

    Parameters
    ----------
    estimator : estimator
        A fitted recognizer, or a `Pipeline`, search or `FrozenEstimator` around one.
    plate_map, character_map : PowerMap, LogisticMap or IsotonicMap
        Callables from an array of confidences to an array of probabilities, monotone. The first
        has an `exponent`, a logistic one `slope`, `intercept` and ``temperature = 1 / slope``, an
        isotonic one its `regression`.
    """

    estimator: Any
    plate_map: PowerMap | LogisticMap | IsotonicMap
    character_map: PowerMap | LogisticMap | IsotonicMap

    def read(self, X: Any) -> list[PlateReading]:
        """Read plates: texts as the estimator reads them, with calibrated confidences.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
        """
        readings = checked_readings(self.estimator, X)
        plates = _mapped(self.plate_map, [reading.confidence for reading in readings])
        characters = _mapped(
            self.character_map,
            chain.from_iterable(reading.character_confidences for reading in readings),
        )
        candidates = _mapped(
            self.plate_map,
            (probability for reading in readings for _, probability in reading.candidates),
        )
        return [
            PlateReading(
                reading.text,
                plate if reading.text else 0.0,
                tuple(islice(characters, len(reading.character_confidences))),
                tuple((text, next(candidates)) for text, _ in reading.candidates),
            )
            for reading, plate in zip(readings, plates, strict=True)
        ]


class CalibratedRecognizerCV(BaseRecognizerCV):
    """Turn the confidence of a recognizer into the probability that its reading is right.

    Networks are too sure of themselves: of the plates that they read with a confidence of 99 %
    fewer than 99 % are right [1]_. Here the readings of plates that a recognizer was not trained
    on tell how often it is right at which confidence, and a monotone map learns that. Only the
    training plates are used for it. Texts, and the order of plates by confidence, stay as they
    are; confidences of characters have a map of their own.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline` or search that ends in one. Within a
        `sklearn.frozen.FrozenEstimator` it must be fitted and is not fitted again: then `fit`
        takes plates that it was not trained on, and calibrates on all of them.
    method : {"temperature", "isotonic", "sigmoid"}, default="temperature"
        The map from confidence p to probability:

        - "temperature": one number scales the logarithm of the text's probability, p ** e, and
          another one the logits of characters, sigmoid(logit(p) / T) [1]_. It serves with few
          plates: 50 and more.
        - "sigmoid": sigmoid(a logit(p) + b), Platt's method [2]_ on the logit, for 100 plates and
          more.
        - "isotonic": rising steps [3]_. It takes any form, and about a thousand plates.

        With fewer held-out readings `fit` warns; see the notes.
    cv : int, cross-validation splitter, iterable or None, default=None
        How plates are held out. None means ``PlateKFold(5)``, and a number so many folds by
        plate. Tests need not cover all plates: ``PlateShuffleSplit(1, test_size=0.2)`` saves long
        trainings, and calibrates on a fifth. A `FrozenEstimator` needs no folds.
    ensemble : bool, default=False
        False fits the estimator to all plates once more, and calibrates it by the readings of
        all folds together. True keeps the estimators of all folds, each with the maps that its
        own test plates tell; see the notes for what they read together.
    n_jobs : int, default=None
        Folds that are fitted at the same time; None means 1 unless in a joblib context.

    Attributes
    ----------
    calibrated_recognizers_ : list
        One fitted estimator with its maps, or with ``ensemble=True`` one a fold: objects with
        `estimator`, `plate_map` and `character_map`; see `CalibratedRecognizer`.
    n_readings_ : int
        The held-out readings that the maps were fitted to; plates in which nothing was read do
        not count.

    See Also
    --------
    RejectingRecognizerCV : Does not read what it is not sure of.
    sklearn_lpr.metrics.plate_calibration_error : How far confidence and truth are apart.
    sklearn.calibration.CalibratedClassifierCV : The same for classifiers.

    Notes
    -----
    A plate counts as right if its whole text is, a character if the alignment of the reading with
    the true text (fewest edits) keeps it. Candidates' probabilities pass the plates' map; they
    need not sum to one. The reading ``""`` keeps the confidence 0.

    The probability of a text is a product over its columns. Where it is near 1, p ** e is about
    1 - e (1 - p): errors are e times as frequent as the recognizer says. The same temperature on
    the logit of a text would hold one half in its place, for which there is no reason among the
    many texts that a plate can have; it fits readings of LPRNet less well.

    These maps and "sigmoid" are fitted by maximum likelihood with Platt's targets,
    (n₊ + 1) / (n₊ + 2) for right and 1 / (n₋ + 2) for wrong readings, which keep them from
    certainty when few plates, or none, are read wrongly. Slope and exponent are positive, so that
    the order of plates stays, and their area under the risk-coverage curve with it. Isotonic steps
    would make many confidences equal; a millionth part of the recognizer's own confidence is
    mixed in, so that the order stays there too.

    Maps take about 50 held-out readings for each number that is fitted: one for "temperature", two
    for "sigmoid", some twenty steps for "isotonic". The share of right readings among 50 has a
    standard error of up to 0.5 / sqrt(50), 7 percentage points. That is the least; what is learnt
    from are the errors among them, so that a reader that seldom errs takes more.

    With ``ensemble=True`` the probability of a text is the mean over the estimators, where one that
    mentions it neither as reading nor as candidate gives it 0. The most probable text is read
    among those that at least one of them reads; its characters' confidences are means in the same
    way, aligned by edit distance. Such means tend to be too low rather than too high: estimators
    that disagree lower them.

    With ``ensemble=False`` the estimator that reads has seen more plates than those that were
    asked, so that it is rather better than its confidence says.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern Neural
       Networks", ICML 2017, arXiv:1706.04599.
    .. [2] J. Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to
       Regularized Likelihood Methods", Advances in Large Margin Classifiers, 1999.
    .. [3] B. Zadrozny and C. Elkan, "Transforming Classifier Scores into Accurate Multiclass
       Probability Estimates", KDD 2002.

    Examples
    --------
    >>> import warnings
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr import LPRNetCTC
    >>> from sklearn_lpr.calibration import CalibratedRecognizerCV
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(32, random_state=0, return_X_y=True)
    >>> reader = make_pipeline(
    ...     PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    ... )
    >>> calibrated = CalibratedRecognizerCV(reader, cv=2)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one iteration teaches nothing
    ...     _ = calibrated.fit(X, y)
    >>> calibrated.score_samples(X).shape
    (32,)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseRecognizerCV._parameter_constraints,
        "method": [StrOptions(set(PLATE_MAPS))],
        "ensemble": ["boolean"],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        method: str = "temperature",
        cv: Any = None,
        ensemble: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.ensemble = ensemble
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None, **fit_params: Any
    ) -> Self:
        """Fit the estimator and the maps.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the plates, in the maps and in the estimator's `fit` where that takes
            them. A weight of 2 counts as two plates.
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
            If texts or plates are unusable, there are fewer distinct plates than folds, or a
            `FrozenEstimator` should become an ensemble.

        Warns
        -----
        UserWarning
            If nothing was read in any held-out plate, so that confidences stay as they are; if
            fewer readings are held out than `method` takes; or if `sample_weight` cannot reach
            the estimator's `fit`.
        """
        frozen = isinstance(self.estimator, FrozenEstimator)
        if self.ensemble and frozen:
            raise ValueError(
                "ensemble=True fits an estimator for each fold, but a FrozenEstimator is never "
                "fitted; pass ensemble=False."
            )
        folds, texts, weights, params = self._held_out(X, y, sample_weight, fit_params)
        self.n_readings_ = sum(bool(reading.text) for fold in folds for reading in fold.readings)
        if not self.n_readings_:
            warnings.warn(
                "Nothing was read in any held-out plate, so that there is nothing to calibrate by: "
                "confidences stay as they are. Train the recognizer for longer, or on more plates.",
                UserWarning,
                stacklevel=3,
            )
        else:
            self._warn_of_few_readings(folds)
        if self.ensemble:
            self.calibrated_recognizers_ = [
                self._calibrated(fold.estimator, [fold], texts, weights) for fold in folds
            ]
        else:
            estimator = self.estimator if frozen else clone(self.estimator).fit(X, texts, **params)
            self.calibrated_recognizers_ = [self._calibrated(estimator, folds, texts, weights)]
        return self

    def _warn_of_few_readings(self, folds: list[HeldOut]) -> None:
        """Warn if a map is to be fitted to fewer readings than it takes."""
        counts = [sum(bool(reading.text) for reading in fold.readings) for fold in folds]
        fewest = min(counts) if self.ensemble else sum(counts)
        needed = FEWEST_READINGS[self.method]
        if fewest >= needed:
            return
        remedies = ["Pass more plates"]
        if self.ensemble:
            remedies.append("ensemble=False, which takes the readings of all folds together")
        if self.method != "temperature":
            remedies.append(
                f"method='temperature', which takes about {FEWEST_READINGS['temperature']}"
            )
        warnings.warn(
            f"The maps of method={self.method!r} are fitted to {fewest} held-out readings"
            f"{' in the smallest fold' if self.ensemble else ''}, and take about {needed}: "
            f"probabilities may be far off. {', or '.join(remedies)}.",
            UserWarning,
            stacklevel=4,
        )

    def _calibrated(
        self,
        estimator: Any,
        folds: list[HeldOut],
        texts: npt.NDArray[np.str_],
        weights: npt.NDArray[np.float64],
    ) -> CalibratedRecognizer:
        """Fit an estimator's maps to readings of some folds."""
        held_out = [
            (reading, text, weight)
            for fold in folds
            for reading, text, weight in zip(
                fold.readings,
                texts[fold.indices].tolist(),
                weights[fold.indices].tolist(),
                strict=True,
            )
            if reading.text
        ]
        plates = [
            (reading.confidence, reading.text == text, weight) for reading, text, weight in held_out
        ]
        characters = [
            (confidence, kept, weight)
            for reading, text, weight in held_out
            if reading.character_confidences
            for confidence, kept in zip(
                reading.character_confidences, kept_characters(reading.text, text), strict=True
            )
        ]
        return CalibratedRecognizer(
            estimator,
            fit_map(PLATE_MAPS[self.method], plates),
            fit_map(CHARACTER_MAPS[self.method], characters),
        )

    def read(self, X: Any) -> list[PlateReading]:
        """Read plates.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            One each, in order, with calibrated confidences.
        """
        check_is_fitted(self)
        each = [recognizer.read(X) for recognizer in self.calibrated_recognizers_]
        if len(each) == 1:
            return each[0]
        return [average_reading(readings) for readings in zip(*each, strict=True)]


def _mapped(
    calibrate: PowerMap | LogisticMap | IsotonicMap, confidences: Iterable[float]
) -> Iterator[float]:
    values = np.fromiter(confidences, np.float64)
    return iter(calibrate(values).tolist() if values.size else [])
