"""
Calibrate confidences and reject uncertain predictions
======================================================

A confidence is the probability that the whole text is correct, if it is calibrated. This example
trains a small model on synthetic plates, fits a map to its confidences on held-out plates, chooses
a threshold for the accuracy of the accepted predictions on further plates, and checks both on a
test set. No plate number is in two of the four sets. The example takes about a minute on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.inspection import ReliabilityDisplay, RiskCoverageDisplay
from sklearn_lpr.metrics import plate_brier_score, plate_calibration_error
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

FIGURE = Path("calibration.png")

# %%
# Split 2000 plates into four sets of 500: for training, for the map, for the threshold and for the
# test.

X, y = make_plates(2000, night=0.2, dirt=0.2, random_state=0, return_X_y=True)
folds = [fold for _, fold in PlateKFold(4, shuffle=True, random_state=0).split(X, y)]
train, for_map, for_threshold, test = folds

model = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        ("lprnet", LPRNetCTC(n_filters=16, max_iter=30, random_state=0)),
    ]
)
print("Training the model ...", flush=True)
model.fit(X[train], y[train])

# %%
# Fit the map. The model is in a ``FrozenEstimator``, so that it is not trained again. Texts do not
# change; confidences do.

calibrated = CalibratedRecognizerCV(FrozenEstimator(model), method="sigmoid")
calibrated.fit(X[for_map], y[for_map])

rows = []
predictions = {}
for name, recognizer in (("uncalibrated", model), ("calibrated", calibrated)):
    predictions[name] = read_plates(recognizer, X[test])
    texts = [prediction.text for prediction in predictions[name]]
    confidence = [prediction.confidence for prediction in predictions[name]]
    rows.append(
        {
            "model": name,
            "exact match": np.mean(np.array(texts) == y[test]),
            "mean confidence": np.mean(confidence),
            "calibration error": plate_calibration_error(y[test], texts, confidence),
            "Brier score": plate_brier_score(y[test], texts, confidence),
        }
    )
print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"))

# %%
# Plot reliability and risk. Compare the metrics and the points before and after: confidences of a
# network that was trained briefly may be close to the diagonal already, where a map that was fitted
# to 500 plates changes little or adds noise. The order of the plates, and therefore the risk at
# each coverage, stays the same.

figure, axes = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
for name, predicted in predictions.items():
    ReliabilityDisplay.from_predictions(y[test], predicted, n_bins=6, name=name, ax=axes[0])
RiskCoverageDisplay.from_predictions(y[test], predictions["calibrated"], ax=axes[1])
figure.savefig(FIGURE, dpi=100)
print(f"Figure: {FIGURE}")

# %%
# Choose the threshold at which the accepted predictions have the required accuracy, and check it on
# the test set. On new plates the accuracy falls short of the target about half of the time, by
# little: ``confidence_level`` requires a bound instead. A rejected plate has the text ``""``; its
# candidates are kept for a person who reviews it.

for target in (0.9, 0.95):
    rejecting = RejectingRecognizerCV(FrozenEstimator(calibrated), target_accuracy=target)
    rejecting.fit(X[for_threshold], y[for_threshold])
    texts = rejecting.predict(X[test])
    accepted = texts != ""
    accuracy = np.mean(texts[accepted] == y[test][accepted])
    print(
        f"target {target:.0%}: threshold {rejecting.best_threshold_:.3f}, "
        f"{accepted.mean():.0%} accepted, {accuracy:.1%} of them correct"
    )
