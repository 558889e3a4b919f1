"""One reading of several."""

from collections.abc import Sequence

import numpy as np

from .._character_alignment import align_characters
from ..decoding import NOTHING_READ, PlateReading

__all__ = ["average_reading"]


def average_reading(readings: Sequence[PlateReading]) -> PlateReading:
    """Average the probabilities of each text, and read the most probable one.

    Only texts that a reading has are read; what is a mere candidate of all others, such as one
    that a syntax does not allow, is not. A reading gives a text that it does not mention the
    probability 0, and a character that its alignment does not keep as well. Of texts with equal
    means that of the earlier reading is read.
    """
    read = [reading for reading in readings if reading.text]
    if not read:
        return NOTHING_READ
    means: dict[str, float] = {}
    for reading in readings:
        mentioned = {reading.text: reading.confidence, **dict(reading.candidates)}
        for text, probability in mentioned.items():
            means[text] = means.get(text, 0.0) + probability / len(readings)
    means.pop("", None)
    texts = {reading.text for reading in read}
    # Stable, so that the earlier of equals stays before the other.
    ranking = sorted(means, key=lambda text: (text not in texts, -means[text]))
    best = ranking[0]
    n_candidates = max(len(reading.candidates) for reading in readings)
    return PlateReading(
        best,
        min(means[best], 1.0),
        _average_characters(best, read, len(readings)),
        tuple((text, min(means[text], 1.0)) for text in ranking[:n_candidates]),
    )


def _average_characters(
    text: str, read: Sequence[PlateReading], n_readings: int
) -> tuple[float, ...]:
    if any(len(reading.character_confidences) != len(reading.text) for reading in read):
        return ()
    total = np.zeros(len(text))
    for reading in read:
        pairs = align_characters(text, reading.text)
        confidences = iter(reading.character_confidences)
        # One for each character that was read, and 0 where another or none was.
        each = [(here, next(confidences) if there else 0.0, there) for here, there in pairs]
        total += [confidence * (here == there) for here, confidence, there in each if here]
    return tuple(np.minimum(total / n_readings, 1.0).tolist())
