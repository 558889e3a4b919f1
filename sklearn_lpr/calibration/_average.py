"""Average of the predictions of several calibrated recognizers."""

from collections.abc import Sequence

import numpy as np

from .._character_alignment import align_characters
from ..decoding import EMPTY_PREDICTION, PlateReading

__all__ = ["average_predictions"]


def average_predictions(predictions: Sequence[PlateReading]) -> PlateReading:
    """Average the probabilities of all texts, and select the most probable one.

    Only predicted texts are selected. A text that occurs among the candidates alone is not, such
    as one that a plate format does not allow. A prediction assigns the probability 0 to a text
    that it does not contain, and to a character that its alignment does not keep. Ties are resolved
    in favor of the earlier prediction.

    The candidates are the most probable texts, the most probable one first. The selected text is
    always among them.
    """
    nonempty = [prediction for prediction in predictions if prediction.text]
    if not nonempty:
        return EMPTY_PREDICTION
    means: dict[str, float] = {}
    for prediction in predictions:
        probabilities = {prediction.text: prediction.confidence, **dict(prediction.candidates)}
        for text, probability in probabilities.items():
            means[text] = means.get(text, 0.0) + probability / len(predictions)
    means.pop("", None)
    texts = {prediction.text for prediction in nonempty}
    # The sort is stable, so that ties keep the order of the predictions.
    ranking = sorted(means, key=means.__getitem__, reverse=True)
    best = next(text for text in ranking if text in texts)
    candidates = ranking[: max(len(prediction.candidates) for prediction in predictions)]
    if candidates and best not in candidates:
        candidates[-1] = best
    return PlateReading(
        best,
        min(means[best], 1.0),
        _average_characters(best, nonempty, len(predictions)),
        tuple((text, min(means[text], 1.0)) for text in candidates),
    )


def _average_characters(
    text: str, predictions: Sequence[PlateReading], n_predictions: int
) -> tuple[float, ...]:
    """Return the mean confidence of each character, or nothing if a prediction has none."""
    if any(
        len(prediction.character_confidences) != len(prediction.text) for prediction in predictions
    ):
        return ()
    total = np.zeros(len(text))
    for prediction in predictions:
        confidences = iter(prediction.character_confidences)
        # A confidence is consumed for each predicted character, also for insertions.
        pairs = [
            (character, next(confidences) if predicted else 0.0, predicted)
            for character, predicted in align_characters(text, prediction.text)
        ]
        total += [
            confidence * (character == predicted)
            for character, confidence, predicted in pairs
            if character
        ]
    return tuple(np.minimum(total / n_predictions, 1.0).tolist())
