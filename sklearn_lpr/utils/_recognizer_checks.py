"""What a recognizer of plates must do."""

from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_score
from sklearn.utils.validation import has_fit_parameter

from ..model_selection import PlateKFold
from ._subject import Subject, assert_same, check_that

__all__ = ["RECOGNIZER_CHECKS"]


def check_methods_agree_with_read(subject: Subject) -> None:
    """Check that ``predict``, ``score_samples`` and ``score`` are what ``read`` says."""
    fitted, X = subject.fitted, subject.samples
    readings = fitted.read(X)
    texts = [reading.text for reading in readings]
    predicted = fitted.predict(X)
    check_that(
        isinstance(predicted, np.ndarray) and predicted.dtype.kind == "U" and predicted.ndim == 1,
        f"predict gives {predicted!r}; give a 1-D array of str.",
    )
    check_that(
        predicted.tolist() == texts, f"predict gives {predicted.tolist()}, read gives {texts}."
    )
    confidences = fitted.score_samples(X)
    check_that(
        np.allclose(confidences, [reading.confidence for reading in readings], atol=1e-6),
        f"score_samples gives {confidences}, which are not the confidences of read.",
    )
    # Made of readings, so that some are right however little was learnt; no reading is "#".
    truth = np.array([text or "#" for text in texts])
    truth[::2] = "#"
    weights = np.arange(1, len(texts) + 1)
    exact = np.array([text == true for text, true in zip(texts, truth, strict=True)])
    for weight in (None, weights):
        found = fitted.score(X, truth, sample_weight=weight)
        expected = float(np.average(exact, weights=weight))
        check_that(
            abs(found - expected) < 1e-9,
            f"score with sample_weight={weight!r} gives {found!r}; the share of exact readings "
            f"is {expected!r}.",
        )


def check_readings(subject: Subject) -> None:
    """Check that confidences are probabilities, one a character; no text has no confidence."""
    for index, reading in enumerate(subject.fitted.read(subject.samples)):
        check_that(isinstance(reading.text, str), f"Reading {index} has text {reading.text!r}.")
        each = [reading.confidence, *reading.character_confidences]
        check_that(
            all(0 <= confidence <= 1 for confidence in each),
            f"Reading {index} has a confidence outside 0 to 1: {reading!r}.",
        )
        check_that(
            len(reading.character_confidences) == len(reading.text),
            f"Reading {index} has not one confidence a character: {reading!r}.",
        )
        check_that(
            bool(reading.text) or reading.confidence == 0,
            f"Reading {index} is empty with confidence {reading.confidence!r}; give 0.",
        )
        scores = [candidate[1] for candidate in reading.candidates]
        check_that(
            scores == sorted(scores, reverse=True),
            f"The candidates of reading {index} are not in order: {reading.candidates!r}.",
        )


def check_blank_samples_read_nothing(subject: Subject) -> None:
    """Check that a sample whose pixels are all equal holds no plate: it reads ``""``."""
    for value in (0, 128, 255):
        blank = np.full_like(np.asarray(_pixels(subject.samples[0])), value)
        (found,) = subject.ask(subject.fitted, [blank])
        check_that(
            found == ("", 0),
            f'A blank sample (all pixels {value}) reads {found!r} instead of ("", 0).',
        )


def check_bad_texts_are_refused(subject: Subject) -> None:
    """Check that texts that are missing, too few, or none at all are refused before training."""
    X, texts = subject.samples, subject.texts.tolist()
    place = len(texts) // 2
    bad: dict[str, tuple[Any, str]] = {
        "y=None": (None, "y"),
        "one text too few": (texts[:-1], str(len(texts) - 1)),
        "None among the texts": ([*texts[:place], None, *texts[place + 1 :]], str(place)),
        "a number among the texts": ([*texts[:place], 12, *texts[place + 1 :]], str(place)),
        "NaN among the texts": ([*texts[:place], np.nan, *texts[place + 1 :]], str(place)),
    }
    for name, (y, mention) in bad.items():
        for method in (subject.new().fit, subject.fitted.score):
            try:
                method(X, y)
            except (ValueError, TypeError) as error:
                check_that(
                    mention in str(error),
                    f"The error about {name} does not mention {mention!r}: {error}",
                )
                continue
            raise AssertionError(f"Given {name}, {method.__name__} raises nothing.")


def check_sample_weight(subject: Subject) -> None:
    """Check that weights of 1 are no weights; their number is checked."""
    if not has_fit_parameter(subject.estimator, "sample_weight"):
        return
    X, y = subject.samples, subject.texts
    ones = subject.new().fit(X, y, sample_weight=np.ones(len(y)))
    assert_same(subject.ask(ones, X), subject.answers, "Fitted with weights of 1")
    try:
        subject.new().fit(X, y, sample_weight=np.ones(len(y) - 1))
    except ValueError:
        return
    raise AssertionError("One weight too few raises nothing.")


def check_cross_validation(subject: Subject) -> None:
    """Check that scikit-learn cross-validates it, split by plate."""
    scores = cross_val_score(
        subject.new(),
        subject.containers["an object array"],
        subject.texts,
        cv=PlateKFold(2),
        error_score="raise",
    )
    check_that(
        scores.shape == (2,) and bool(((scores >= 0) & (scores <= 1)).all()),
        f"cross_val_score gives {scores!r}.",
    )


def _pixels(sample: Any) -> Any:
    return sample.pixels() if hasattr(sample, "pixels") else sample


RECOGNIZER_CHECKS = (
    check_methods_agree_with_read,
    check_readings,
    check_blank_samples_read_nothing,
    check_bad_texts_are_refused,
    check_sample_weight,
    check_cross_validation,
)
