"""The prediction for one plate."""

from dataclasses import dataclass

__all__ = ["EMPTY_PREDICTION", "PlateReading", "check_prediction"]


@dataclass(frozen=True, slots=True)
class PlateReading:
    """The prediction for one plate: its text with confidences and candidates.

    Parameters
    ----------
    text : str
        The predicted text; ``""`` if no text was found.
    confidence : float
        The recognizer's probability that the whole text is right; 0 for ``""``.
    character_confidences : tuple of float, default=()
        One probability per character of `text`; time steps without a character do not count.
    candidates : tuple of (str, float), default=()
        The most probable texts with their probabilities, most probable first.

    Examples
    --------
    >>> from sklearn_lpr.decoding import PlateReading
    >>> PlateReading("AB12", 0.9, (0.99, 0.97, 0.98, 0.96), (("AB12", 0.9), ("A812", 0.02))).text
    'AB12'
    """

    text: str
    confidence: float
    character_confidences: tuple[float, ...] = ()
    candidates: tuple[tuple[str, float], ...] = ()


EMPTY_PREDICTION = PlateReading("", 0.0)


def check_prediction(prediction: PlateReading) -> None:
    """Check the prediction of a recognizer that may be another one than those of this package.

    Raises
    ------
    ValueError
        If a confidence is not between 0 and 1, or the number of character confidences is not the
        number of characters.
    """
    probabilities = [
        prediction.confidence,
        *prediction.character_confidences,
        *(probability for _, probability in prediction.candidates),
    ]
    for probability in probabilities:
        if not 0 <= probability <= 1:
            raise ValueError(
                f"the recognizer predicts {prediction.text!r} with a confidence of "
                f"{probability!r}; confidences must be probabilities between 0 and 1."
            )
    if len(prediction.character_confidences) not in (0, len(prediction.text)):
        raise ValueError(
            f"the recognizer predicts {prediction.text!r} with "
            f"{len(prediction.character_confidences)} confidences of characters; there must be one "
            "per character, or none."
        )
