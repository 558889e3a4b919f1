"""
See what a reader gets wrong
============================

A small reader of Brazilian and European plates is trained for a minute, too short to be good, and
then looked at: a report with intervals and groups, the plates it reads wrongly though it is sure,
the characters it confuses, whether its confidence can be trusted, what rejecting unsure plates
would gain, and which column of the network gives which character. Takes about a minute on two
cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

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

FOLDER = Path("inspection")
FOLDER.mkdir(exist_ok=True)

# %%
# A reader. No plate is in training and test at once.

plates = make_plates(1500, layouts=["brazil", "eu"], night=0.2, dirt=0.2, random_state=0)
X, y = plates.data, plates.target
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
reader = Pipeline(
    [
        ("crop", PlateCropper(margin=0.05)),
        ("normalize", PlateNormalizer()),
        ("lprnet", LPRNetCTC(n_filters=16, max_iter=12, random_state=0)),
    ]
)
print("Training the reader ...", flush=True)
reader.fit(X[train], y[train])

# %%
# All that follows takes the readings; nothing is read twice.

readings = read_plates(reader, X[test])
report = evaluate_plates(
    y[test], readings, groups=plates.frame.iloc[test][["layout", "rows"]], random_state=0
)
print(report)
texts = [reading.text for reading in readings]
confidence = [reading.confidence for reading in readings]
for coverage in (0.95, 0.9, 0.8):
    accuracy = accuracy_at_coverage(y[test], texts, confidence, coverage=coverage)
    print(f"{accuracy:.1%} are exact of the {coverage:.0%} of plates read most confidently")

# %%
# The pictures. The errors of which the reader is surest come first.

displays = {
    "errors": PlateReadingsDisplay.from_predictions(X[test], y[test], readings, order="wrong"),
    "confusions": CharacterConfusionDisplay.from_predictions(y[test], readings),
    "reliability": ReliabilityDisplay.from_predictions(y[test], readings),
    "risk_coverage": RiskCoverageDisplay.from_predictions(y[test], readings),
    "columns": AlignmentDisplay.from_estimator(reader, X[test]),
    "segments": SegmentationDisplay.from_estimator(
        Pipeline([("crop", PlateCropper(margin=0.1)), ("segment", CharacterSegmenter())]),
        X[test],
        n_plates=10,
    ),
}
for name, display in displays.items():
    display.figure_.savefig(FOLDER / f"{name}.png", dpi=100)
    print(f"{name}: {FOLDER / name}.png")
