"""What was read from one plate."""

from dataclasses import dataclass

__all__ = ["NOTHING_READ", "PlateReading"]


@dataclass(frozen=True, slots=True)
class PlateReading:
    """What was read from one plate, and how far it can be trusted.

    Parameters
    ----------
    text : str
        The text; ``""`` where nothing could be read.
    confidence : float
        The probability, by the recognizer, that the whole text is right; 0 for ``""``.
    character_confidences : tuple of float, default=()
        One probability a character of `text`; columns without a character do not count.
    candidates : tuple of (str, float), default=()
        The most probable texts with their probabilities, best first.

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


NOTHING_READ = PlateReading("", 0.0)
