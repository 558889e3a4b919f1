"""Calibration of the confidence of recognizers."""

import warnings
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from math import fsum
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from .._sklearn_compat import StrOptions, fit_context
from .._texts import normalize
from ..decoding import PlateReading
from ..recognition._base_wrapper import BaseRecognizerWrapper
from ._average import average_predictions
from ._base import BaseRecognizerCV
from ._held_out import HeldOut, predict_and_check
from ._kept_characters import kept_characters
from ._maps import (
    CHARACTER_MAPS,
    MIN_PREDICTIONS,
    PLATE_MAPS,
    IsotonicMap,
    LogisticMap,
    PowerMap,
    fit_map,
)

__all__ = ["CalibratedRecognizer", "CalibratedRecognizerCV"]

# Weights that are normalized to a sum are this close to it.
_ROUNDING = 1e-9


class CalibratedRecognizer(BaseRecognizerWrapper):
    """A recognizer with calibration maps for its confidences.

    `CalibratedRecognizerCV` fits the maps. Here they are parameters, and stay the same in `fit`.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline`, search or `FrozenEstimator` around one. If it is fitted, or
        needs no fit, neither does this one.
    plate_map, character_map : PowerMap, LogisticMap or IsotonicMap
        Monotone maps from an array of confidences to an array of probabilities, for whole texts
        and for characters. A `PowerMap` has the attribute `exponent`, a `LogisticMap` has `slope`,
        `intercept` and ``temperature = 1 / slope``, and an `IsotonicMap` has `regression`.

    Attributes
    ----------
    estimator_ : estimator
        The estimator that `fit` has fitted.

    See Also
    --------
    CalibratedRecognizerCV : Fit the maps.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseRecognizerWrapper._parameter_constraints,
        "plate_map": [callable],
        "character_map": [callable],
    }

    def __init__(
        self,
        estimator: Any,
        plate_map: PowerMap | LogisticMap | IsotonicMap,
        character_map: PowerMap | LogisticMap | IsotonicMap,
    ) -> None:
        self.estimator = estimator
        self.plate_map = plate_map
        self.character_map = character_map

    def read(self, X: Any) -> list[PlateReading]:
        """Predict texts with calibrated confidences.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            The predictions, one per sample, in the order of `X`. The texts are those of the
            estimator.
        """
        predictions = predict_and_check(self._fitted_estimator, X)
        plates = _calibrate(self.plate_map, [each.confidence for each in predictions])
        characters = _calibrate(
            self.character_map,
            chain.from_iterable(each.character_confidences for each in predictions),
        )
        candidates = _calibrate(
            self.plate_map,
            (probability for each in predictions for _, probability in each.candidates),
        )
        return [
            PlateReading(
                each.text,
                confidence if each.text else 0.0,
                tuple(islice(characters, len(each.character_confidences))),
                tuple((text, next(candidates)) for text, _ in each.candidates),
            )
            for each, confidence in zip(predictions, plates, strict=True)
        ]


class CalibratedRecognizerCV(BaseRecognizerCV):
    """Calibrate the confidence of a recognizer with cross-validation.

    Neural networks are often overconfident [1]_: fewer than 99 % of the predictions with a
    confidence of 99 % are correct. This meta-estimator fits a monotone map from the confidence to
    the probability that the whole text is correct. It uses the predictions for held-out plates of
    the training data, so that no other plates are needed. Predicted texts and the order of plates
    by confidence do not change. A second map calibrates the confidences of characters.

    Parameters
    ----------
    estimator : estimator
        A recognizer, or a `Pipeline` or search that ends in one. In a
        `sklearn.frozen.FrozenEstimator` it must be fitted and is not fitted again. Pass plates to
        `fit` that it was not trained on; all of them are used for calibration.
    method : {"temperature", "isotonic", "sigmoid"}, default="temperature"
        The map from the confidence p to a probability:

        - "temperature": temperature scaling [1]_. One parameter scales the logarithm of the
          probability of a text, p ** e, and another one the logits of characters,
          sigmoid(logit(p) / T). It needs 50 plates or more.
        - "sigmoid": Platt scaling [2]_ of the logit, sigmoid(a logit(p) + b). It needs 100 plates
          or more.
        - "isotonic": isotonic regression [3]_, a step function of any form. It needs about a
          thousand plates.

        `fit` warns if there are fewer held-out predictions; see the notes.
    cv : int, cross-validation splitter, iterable or None, default=None
        The splits into training and held-out plates. None means ``PlateKFold(5)``, and a number
        means that many folds, grouped by plate number. The test sets need not contain all plates:
        ``PlateShuffleSplit(1, test_size=0.2)`` needs a single training run for calibration, on a
        fifth of the plates. It is not used with a `FrozenEstimator`.
    ensemble : bool, default=False
        If False, the estimator is fitted again to all plates, and calibrated by the predictions of
        all folds together. If True, the estimators of all folds are kept, each calibrated by the
        predictions for its own test plates, and their predictions are averaged; see the notes.
    n_jobs : int, default=None
        The number of folds that are fitted in parallel. None means 1 unless in a
        `joblib.parallel_config` context.

    Attributes
    ----------
    calibrated_recognizers_ : list
        One `CalibratedRecognizer`, or with ``ensemble=True`` one per fold. It has the attributes
        `estimator`, `plate_map` and `character_map`.
    n_predictions_ : int
        The number of held-out predictions that the maps are fitted to. Predictions of the text
        ``""`` do not count.

    See Also
    --------
    RejectingRecognizerCV : Reject uncertain predictions.
    sklearn_lpr.metrics.plate_calibration_error : Expected calibration error.
    sklearn.calibration.CalibratedClassifierCV : Calibration of classifiers.

    Notes
    -----
    The prediction for a plate is correct if the whole text is. A character is correct if the
    alignment of the predicted with the true text (fewest edits) keeps it. The plate map applies to
    the probabilities of candidates too, which need not sum to one. The text ``""`` keeps the
    confidence 0.

    The probability of a text is a product over time steps. Where it is near 1, p ** e is about
    1 - e (1 - p): the recognizer underestimates the error rate by the factor e. A temperature on
    the logit of a text would keep the probability one half, which has no special meaning for a text
    among many possible ones.

    "temperature" and "sigmoid" are fitted by maximum likelihood with Platt's targets,
    (n₊ + 1) / (n₊ + 2) for correct and 1 / (n₋ + 2) for wrong predictions. These avoid the
    probabilities 0 and 1 if there are few errors or none. Slope and exponent are positive, so that
    the order of plates and the area under the risk-coverage curve do not change. Isotonic
    regression makes confidences equal; the original confidence is added with the weight 1e-6 to
    keep the order.

    A map needs about 50 held-out predictions per fitted parameter: "temperature" has one, "sigmoid"
    two and "isotonic" about twenty steps. The standard error of an accuracy on 50 predictions is up
    to 0.5 / sqrt(50), 7 percentage points. These numbers are minima: the maps are determined by the
    errors among the predictions, so that an accurate recognizer needs more plates.

    With ``ensemble=True``, the probability of a text is the mean over the estimators. An estimator
    that has the text neither as its prediction nor as a candidate contributes 0. The most probable
    text is selected among the predictions of the estimators. Character confidences are means in the
    same way, after alignment by edit distance. These means tend to be too low rather than too high,
    because disagreement lowers them.

    With ``ensemble=False``, the final estimator is fitted to more plates than the estimators of the
    folds, so that its accuracy tends to be higher than its confidence.

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
    >>> pipeline = make_pipeline(
    ...     PlateCropper(), PlateNormalizer(), LPRNetCTC(n_filters=4, max_iter=1, random_state=0)
    ... )
    >>> calibrated = CalibratedRecognizerCV(pipeline, cv=2)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short to learn
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
        """Fit the estimator and the calibration maps.

        Parameters
        ----------
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights. They are used for the maps, and passed to the `fit` of the estimator if
            it supports them. A plate of weight 2 counts as two plates.
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
            `cv` has no splits, or `estimator` is a `FrozenEstimator` and ``ensemble=True``.

        Warns
        -----
        UserWarning
            If the predicted text of all held-out plates is ``""``, so that confidences are not
            calibrated; if there are fewer held-out predictions than `method` needs, or the sum of
            their weights is smaller; or if the estimator's `fit` does not support `sample_weight`.
        """
        frozen = isinstance(self.estimator, FrozenEstimator)
        if self.ensemble and frozen:
            raise ValueError(
                "ensemble=True fits one estimator per fold, but a FrozenEstimator is never "
                "fitted; pass ensemble=False."
            )
        folds, texts, weights, params = self._held_out(X, y, sample_weight, fit_params)
        counted = [
            [
                weights[index]
                for index, each in zip(fold.indices, fold.predictions, strict=True)
                if each.text and weights[index] > 0
            ]
            for fold in folds
        ]
        n_predictions = [len(each) for each in counted]
        if not any(n_predictions):
            warnings.warn(
                "The predicted text of every held-out plate is empty: confidences are not "
                "calibrated. Train the recognizer for longer, or on more plates.",
                UserWarning,
                stacklevel=3,
            )
        else:
            self._warn_of_few_predictions(n_predictions, [fsum(each) for each in counted])
        if self.ensemble:
            calibrated = [
                self._calibrated(fold.estimator, [fold], texts, weights) for fold in folds
            ]
        else:
            estimator = self.estimator if frozen else clone(self.estimator).fit(X, texts, **params)
            calibrated = [self._calibrated(estimator, folds, texts, weights)]
        # Set after all that may fail or be interrupted.
        self.n_predictions_ = int(sum(n_predictions))
        self.calibrated_recognizers_ = calibrated
        return self

    def _warn_of_few_predictions(self, n_predictions: list[int], weights: list[float]) -> None:
        """Warn if a map is fitted to fewer predictions, or a smaller weight, than it needs."""
        fewest = min(n_predictions) if self.ensemble else sum(n_predictions)
        weight = min(weights) if self.ensemble else sum(weights)
        needed = MIN_PREDICTIONS[self.method]
        if fewest >= needed and weight >= needed * (1 - _ROUNDING):
            return
        if fewest >= needed:
            found = f"{fewest} held-out predictions whose weights sum to {weight:.3g}"
            remedies = ["Multiply sample_weight, of which 1 counts as one plate"]
        else:
            found, remedies = f"{fewest} held-out predictions", ["Pass more plates"]
        if self.ensemble:
            remedies.append("ensemble=False, which uses the predictions of all folds together")
        if self.method != "temperature":
            remedies.append(
                f"method='temperature', which needs about {MIN_PREDICTIONS['temperature']}"
            )
        warnings.warn(
            f"The maps of method={self.method!r} are fitted to {found}"
            f"{' in the smallest fold' if self.ensemble else ''}, and need about {needed}: "
            f"probabilities may be inaccurate. {', or '.join(remedies)}.",
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
        """Fit the maps of an estimator to the held-out predictions of some folds."""
        held_out = [
            (prediction, text, weight)
            for fold in folds
            for prediction, text, weight in zip(
                fold.predictions,
                texts[fold.indices].tolist(),
                weights[fold.indices].tolist(),
                strict=True,
            )
            if prediction.text
        ]
        plates = [
            (prediction.confidence, normalize(prediction.text) == text, weight)
            for prediction, text, weight in held_out
        ]
        characters = [
            (confidence, kept, weight)
            for prediction, text, weight in held_out
            if prediction.character_confidences
            for confidence, kept in zip(
                prediction.character_confidences,
                kept_characters(prediction.text, text),
                strict=True,
            )
        ]
        return CalibratedRecognizer(
            estimator,
            fit_map(PLATE_MAPS[self.method], plates),
            fit_map(CHARACTER_MAPS[self.method], characters),
        )

    def read(self, X: Any) -> list[PlateReading]:
        """Predict texts with calibrated confidences.

        Parameters
        ----------
        X : array-like of samples

        Returns
        -------
        list of PlateReading
            The predictions, one per sample, in the order of `X`.
        """
        check_is_fitted(self)
        folds = [recognizer.read(X) for recognizer in self.calibrated_recognizers_]
        if len(folds) == 1:
            return folds[0]
        return [average_predictions(predictions) for predictions in zip(*folds, strict=True)]


def _calibrate(
    calibration_map: PowerMap | LogisticMap | IsotonicMap, confidences: Iterable[float]
) -> Iterator[float]:
    values = np.fromiter(confidences, np.float64)
    return iter(calibration_map(values).tolist() if values.size else [])
