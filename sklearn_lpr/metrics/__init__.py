"""Metrics of recognizers and detectors, and scorers for cross-validation and searches."""

from ._characters import (
    character_accuracy_score,
    character_error_rate,
    positional_character_accuracy_score,
)
from ._confidence import plate_brier_score, plate_calibration_curve, plate_calibration_error
from ._detection import (
    DetectionScores,
    corner_errors,
    detection_average_precision,
    detection_scores,
)
from ._plates import length_accuracy_score, plate_accuracy_score
from ._risk_coverage import (
    accuracy_at_coverage,
    area_under_risk_coverage,
    coverage_at_accuracy,
    risk_coverage_curve,
)
from ._scorers import (
    character_accuracy_scorer,
    length_accuracy_scorer,
    neg_character_error_rate_scorer,
    plate_accuracy_scorer,
    positional_character_accuracy_scorer,
)

__all__ = [
    "DetectionScores",
    "accuracy_at_coverage",
    "area_under_risk_coverage",
    "character_accuracy_score",
    "character_accuracy_scorer",
    "character_error_rate",
    "corner_errors",
    "coverage_at_accuracy",
    "detection_average_precision",
    "detection_scores",
    "length_accuracy_score",
    "length_accuracy_scorer",
    "neg_character_error_rate_scorer",
    "plate_accuracy_score",
    "plate_accuracy_scorer",
    "plate_brier_score",
    "plate_calibration_curve",
    "plate_calibration_error",
    "positional_character_accuracy_score",
    "positional_character_accuracy_scorer",
    "risk_coverage_curve",
]
