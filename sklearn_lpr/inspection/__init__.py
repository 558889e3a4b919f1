"""Error analysis for any recognizer or detector: a report with confidence intervals, displays."""

from ._alignment_display import AlignmentDisplay
from ._character_confusion_display import CharacterConfusionDisplay
from ._detection_display import DetectionDisplay
from ._evaluate import evaluate_plates
from ._evaluation import PlateEvaluation
from ._plate_readings_display import PlateReadingsDisplay
from ._reliability_display import ReliabilityDisplay
from ._risk_coverage_display import RiskCoverageDisplay
from ._segmentation_display import SegmentationDisplay

__all__ = [
    "AlignmentDisplay",
    "CharacterConfusionDisplay",
    "DetectionDisplay",
    "PlateEvaluation",
    "PlateReadingsDisplay",
    "ReliabilityDisplay",
    "RiskCoverageDisplay",
    "SegmentationDisplay",
    "evaluate_plates",
]
