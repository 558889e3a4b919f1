"""What a reader gets wrong: reports and displays, for any recognizer."""

from ._evaluate import evaluate_plates
from ._evaluation import PlateEvaluation
from ._plate_readings import PlateReadingsDisplay
from ._reliability import ReliabilityDisplay
from ._risk_coverage import RiskCoverageDisplay

__all__ = [
    "PlateEvaluation",
    "PlateReadingsDisplay",
    "ReliabilityDisplay",
    "RiskCoverageDisplay",
    "evaluate_plates",
]
