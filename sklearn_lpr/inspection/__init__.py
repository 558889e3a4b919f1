"""What a reader gets wrong: reports and displays, for any recognizer."""

from ._alignment import AlignmentDisplay
from ._character_confusion import CharacterConfusionDisplay
from ._evaluate import evaluate_plates
from ._evaluation import PlateEvaluation
from ._plate_readings import PlateReadingsDisplay
from ._reliability import ReliabilityDisplay
from ._risk_coverage import RiskCoverageDisplay
from ._segmentation import SegmentationDisplay

__all__ = [
    "AlignmentDisplay",
    "CharacterConfusionDisplay",
    "PlateEvaluation",
    "PlateReadingsDisplay",
    "ReliabilityDisplay",
    "RiskCoverageDisplay",
    "SegmentationDisplay",
    "evaluate_plates",
]
