"""What a reader gets wrong: reports and displays, for any recognizer."""

from ._evaluate import evaluate_plates
from ._evaluation import PlateEvaluation

__all__ = ["PlateEvaluation", "evaluate_plates"]
