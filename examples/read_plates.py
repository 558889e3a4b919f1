"""
Recognize licence plates with a pipeline
========================================

This example generates synthetic plates with their surroundings, and reads them with the recognizer
that comes with the package. Then it trains one for these plates: a pipeline crops them by their
corners, resizes them to one size and predicts their texts with LPRNet. A grid search over the whole
pipeline selects the margin around the plate and the learning rate of the network. All splits are by
plate number. It takes a few minutes.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, load_recognizer, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import character_error_rate
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

FIGURE = Path("plates_read.png")

# %%
# Generate synthetic photos of plates with their surroundings, each with the four corners.

X, y = make_plates(1200, random_state=0, return_X_y=True)
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))

# %%
# The recognizer that comes with the package needs no training.

bundled = load_recognizer()
print(f"Bundled recognizer, {len(test)} plates: exact match {bundled.score(X[test], y[test]):.1%}")

# %%
# Build the pipeline, and search over parameters of its first and its last step.

model = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            # A quarter of the default filters and epochs, to save time.
            LPRNetCTC(n_filters=16, max_iter=15, random_state=0),
        ),
    ]
)
search = GridSearchCV(
    model,
    {"crop__margin": [0.0, 0.05], "lprnet__learning_rate_init": [5e-3, 1e-2]},
    cv=PlateShuffleSplit(1, test_size=0.25, random_state=0),
    n_jobs=2,  # fewer threads for each fit: weights may differ in their last bits from n_jobs=1
)
print("Searching over four candidates ...", flush=True)
search.fit(X[train], y[train])

table = pd.DataFrame(search.cv_results_["params"])
table["exact"] = search.cv_results_["mean_test_score"]
table["seconds"] = search.cv_results_["mean_fit_time"]
print(table.sort_values("exact", ascending=False).to_string(index=False, float_format="%.3f"))

# %%
# Evaluate the best model on the held-out plates, and show predictions with their confidences.

predictions = read_plates(search, X[test])
texts = np.array([prediction.text for prediction in predictions])
print(
    f"\n{len(test)} held-out plates: exact match {np.mean(texts == y[test]):.1%}, "
    f"character error rate {character_error_rate(y[test], texts):.1%}"
)

figure, axes = plt.subplots(3, 4, figsize=(11, 6), layout="constrained")
for axis, plate, prediction, truth in zip(axes.flat, X[test], predictions, y[test], strict=False):
    correct = prediction.text == truth
    axis.imshow(plate.pixels())
    axis.plot(*np.vstack([plate.corners, plate.corners[:1]]).T, color="lime", linewidth=1)
    axis.set_title(
        f"{prediction.text or '(no text)'}   {prediction.confidence:.0%}"
        + ("" if correct else f"\n(true: {truth})"),
        color="black" if correct else "firebrick",
        family="monospace",
    )
    axis.axis("off")
figure.savefig(FIGURE, dpi=100)
print(f"Plates with predictions: {FIGURE.resolve()}")
