"""Checks of recognizers."""

from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_score
from sklearn.utils.validation import has_fit_parameter

from ..decoding import PlateReading
from ..model_selection import PlateKFold
from ._checked_estimator import CheckedEstimator, assert_same, check_that, pixels_of
from ._common_checks import check_not_fitted

__all__ = ["RECOGNIZER_CHECKS"]

# The probabilities of a network in int8 add up to 1 within this difference.
_SUM_TOLERANCE = 1e-3


def check_methods_agree_with_read(case: CheckedEstimator) -> None:
    """Check that ``predict``, ``score_samples`` and ``score`` are consistent with ``read``."""
    blank = np.full_like(pixels_of(case.samples[0]), 128)
    fitted, X = case.fitted, [*case.samples, blank, blank]
    predictions = fitted.read(X)
    texts = [prediction.text for prediction in predictions]
    predicted = fitted.predict(X)
    check_that(
        isinstance(predicted, np.ndarray) and predicted.dtype.kind == "U" and predicted.ndim == 1,
        f"predict returns {predicted!r}; return a 1-D array of dtype str.",
    )
    check_that(
        predicted.tolist() == texts,
        f"predict returns {predicted.tolist()}, read returns {texts}.",
    )
    confidences = fitted.score_samples(X)
    check_that(
        np.allclose(confidences, [each.confidence for each in predictions], atol=1e-6),
        f"score_samples returns {confidences}, which are not the confidences of read.",
    )
    # The true texts are predictions, so that some are correct even for a poor recognizer, and "#".
    truth = np.array([text or "#" for text in texts])
    truth[::2] = "#"
    weights = np.arange(1, len(texts) + 1)
    exact = np.array([text == true for text, true in zip(texts, truth, strict=True)])
    for weight in (None, weights):
        found = fitted.score(X, truth, sample_weight=weight)
        expected = float(np.average(exact, weights=weight))
        check_that(
            abs(found - expected) < 1e-9,
            f"score with sample_weight={weight!r} returns {found!r}; the fraction of exact "
            f"predictions is {expected!r}.",
        )


def check_confidences_are_probabilities(case: CheckedEstimator) -> None:
    """Check that confidences are probabilities, one per character, and 0 for an empty text."""
    predictions = case.fitted.read(case.samples)
    check_that(isinstance(predictions, list), f"read returns a {type(predictions).__name__}.")
    for index, prediction in enumerate(predictions):
        check_that(
            isinstance(prediction, PlateReading) and isinstance(prediction.text, str),
            f"Prediction {index} is {prediction!r}; return a PlateReading with a str.",
        )
        candidates = dict(prediction.candidates)
        probabilities = [
            prediction.confidence,
            *prediction.character_confidences,
            *candidates.values(),
        ]
        check_that(
            all(0 <= probability <= 1 for probability in probabilities),
            f"Prediction {index} has a probability that is not between 0 and 1: {prediction!r}.",
        )
        check_that(
            len(prediction.character_confidences) == len(prediction.text),
            f"Prediction {index} does not have one confidence per character: {prediction!r}.",
        )
        check_that(
            bool(prediction.text) or prediction.confidence == 0,
            f"Prediction {index} is empty with confidence {prediction.confidence!r}; return 0.",
        )
        scores = [probability for _, probability in prediction.candidates]
        check_that(
            scores == sorted(scores, reverse=True),
            f"The candidates of prediction {index} are not in decreasing order: "
            f"{prediction.candidates!r}.",
        )
        check_that(
            len(candidates) == len(scores) and all(isinstance(text, str) for text in candidates),
            f"The candidates of prediction {index} are not distinct texts: "
            f"{prediction.candidates!r}.",
        )


def check_log_proba(case: CheckedEstimator) -> None:
    """Check that ``log_proba``, if there is one, returns logarithms of probabilities.

    Decoding also finds texts from probabilities, or from scores that do not add up to 1, so that
    only the confidences are wrong.
    """
    if not hasattr(case.fitted, "log_proba"):
        return
    log_proba = np.asarray(case.fitted.log_proba(case.samples))
    check_that(
        log_proba.ndim == 3 and len(log_proba) == len(case.samples),
        f"log_proba returns an array of shape {log_proba.shape} for {len(case.samples)} samples; "
        "return one of shape (n_samples, n_time_steps, n_symbols).",
    )
    with np.errstate(over="ignore"):
        sums = np.exp(log_proba.astype(np.float64)).sum(axis=-1)
    check_that(
        bool((np.abs(sums - 1) < _SUM_TOLERANCE).all()),
        "The probabilities of the symbols at a time step, the exponentials of log_proba, add up to "
        f"{sums.min():.3g} to {sums.max():.3g}; they must add up to 1.",
    )


def check_blank_samples_have_no_text(case: CheckedEstimator) -> None:
    """Check that the prediction for a blank sample, whose pixels are all equal, is ``""``."""
    for value in (0, 128, 255):
        blank = np.full_like(pixels_of(case.samples[0]), value)
        (found,) = case.apply(case.fitted, [blank])
        check_that(
            (found.text, found.confidence) == ("", 0),
            f"The prediction for a blank sample (all pixels are {value}) is {found!r}; return the "
            'text "" with confidence 0.',
        )


def check_invalid_texts_are_rejected(case: CheckedEstimator) -> None:
    """Check that missing texts, invalid texts and a wrong number of texts raise an error."""
    X, texts = case.samples, case.texts.tolist()
    place = len(texts) // 2
    bad: dict[str, tuple[Any, str]] = {
        "y=None": (None, "y"),
        "one text too few": (texts[:-1], str(len(texts) - 1)),
        "None among the texts": ([*texts[:place], None, *texts[place + 1 :]], str(place)),
        "a number among the texts": ([*texts[:place], 12, *texts[place + 1 :]], str(place)),
        "NaN among the texts": ([*texts[:place], np.nan, *texts[place + 1 :]], str(place)),
    }
    for name, (y, mention) in bad.items():
        unfitted = case.new()
        for method in (unfitted.fit, case.fitted.score):
            try:
                method(X, y)
            except (ValueError, TypeError) as error:
                check_that(
                    mention in str(error),
                    f"The error about {name} does not contain {mention!r}: {error}",
                )
                continue
            raise AssertionError(f"With {name}, {method.__name__} raises nothing.")
        check_not_fitted(case, unfitted, name)


def check_sample_weight(case: CheckedEstimator) -> None:
    """Check that weights of 1 have no effect, other weights have one, and their number matters."""
    if not has_fit_parameter(case.estimator, "sample_weight"):
        return
    X, y = case.samples, case.texts
    ones = case.new().fit(X, y, sample_weight=np.ones(len(y)))
    assert_same(case.apply(ones, X), case.outputs, "Fitted with weights of 1")
    weights = np.where(np.arange(len(y)) % 2, 10.0, 1.0)
    given = weights.copy()
    weighted = case.new().fit(X, y, sample_weight=given)
    check_that(np.array_equal(given, weights), "fit modifies sample_weight.")
    check_that(
        case.apply(weighted, X) != case.outputs,
        "Weights of 1 and 10 have no effect on fit; use sample_weight, or do not accept it.",
    )
    unfitted = case.new()
    try:
        unfitted.fit(X, y, sample_weight=np.ones(len(y) - 1))
    except ValueError:
        check_not_fitted(case, unfitted, "one weight too few")
        return
    raise AssertionError("With one weight too few, fit raises nothing.")


def check_cross_validation(case: CheckedEstimator) -> None:
    """Check that cross-validation with splits by plate number works."""
    scores = cross_val_score(
        case.new(),
        case.containers["an object array"],
        case.texts,
        cv=PlateKFold(2),
        error_score="raise",
    )
    check_that(
        scores.shape == (2,) and bool(((scores >= 0) & (scores <= 1)).all()),
        f"cross_val_score returns {scores!r}.",
    )


RECOGNIZER_CHECKS = (
    check_methods_agree_with_read,
    check_confidences_are_probabilities,
    check_log_proba,
    check_blank_samples_have_no_text,
    check_invalid_texts_are_rejected,
    check_sample_weight,
    check_cross_validation,
)
