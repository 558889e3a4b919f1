"""The prediction for one plate."""

from dataclasses import dataclass

__all__ = ["EMPTY_PREDICTION", "PlateReading"]


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
