"""
Analyse the errors of a model
=============================

This example trains a small model on synthetic Brazilian and European plates, too briefly to be
accurate, and analyses its errors: a report with confidence intervals and groups, the wrong
predictions with the highest confidence, the confusion matrix of characters, the reliability of
confidences, the gain of rejecting uncertain plates, and the time steps of the predicted characters.
It takes about a minute on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.inspection import (
    AlignmentDisplay,
    CharacterConfusionDisplay,
    PlateReadingsDisplay,
    ReliabilityDisplay,
    RiskCoverageDisplay,
    SegmentationDisplay,
    evaluate_plates,
)
from sklearn_lpr.metrics import accuracy_at_coverage
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

FOLDER = Path("error_analysis")
FOLDER.mkdir(exist_ok=True)

# %%
# Train a model. The split is by plate number.

plates = make_plates(1500, layouts=["brazil", "eu"], night=0.2, dirt=0.2, random_state=0)
X, y = plates.data, plates.target
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
model = Pipeline(
    [
        ("crop", PlateCropper(margin=0.05)),
        ("normalize", PlateNormalizer()),
        ("lprnet", LPRNetCTC(n_filters=16, max_iter=12, random_state=0)),
    ]
)
print("Training the model ...", flush=True)
model.fit(X[train], y[train])

# %%
# Compute the predictions once, for the report and for all displays.

predictions = read_plates(model, X[test])
report = evaluate_plates(
    y[test], predictions, groups=plates.frame.iloc[test][["layout", "rows"]], random_state=0
)
print(report)
texts = [prediction.text for prediction in predictions]
confidence = [prediction.confidence for prediction in predictions]
for coverage in (0.95, 0.9, 0.8):
    accuracy = accuracy_at_coverage(y[test], texts, confidence, coverage=coverage)
    print(f"Exact match of the {coverage:.0%} with the highest confidence: {accuracy:.1%}")

# %%
# Draw the displays. The errors with the highest confidence come first.

displays = {
    "errors": PlateReadingsDisplay.from_predictions(X[test], y[test], predictions, order="wrong"),
    "confusions": CharacterConfusionDisplay.from_predictions(y[test], predictions),
    "reliability": ReliabilityDisplay.from_predictions(y[test], predictions),
    "risk_coverage": RiskCoverageDisplay.from_predictions(y[test], predictions),
    "alignment": AlignmentDisplay.from_estimator(model, X[test]),
    "segments": SegmentationDisplay.from_estimator(
        Pipeline([("crop", PlateCropper(margin=0.1)), ("segment", CharacterSegmenter())]),
        X[test],
        n_plates=10,
    ),
}
for name, display in displays.items():
    display.figure_.savefig(FOLDER / f"{name}.png", dpi=100)
    print(f"{name}: {FOLDER / name}.png")
