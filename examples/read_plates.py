"""
Read licence plates with a pipeline that is searched as a whole
===============================================================

Plates are drawn with their surroundings, cropped by their corners, brought to one size and read
by LPRNet. A grid search chooses the margin around the plate and the network's learning rate;
no plate is ever in training and test at once. Takes two to three minutes on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import character_error_rate
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

PICTURE = Path("plates_read.png")

# %%
# The plates: drawn photos of plates with their surroundings, each with its four corners.

X, y = make_plates(1200, random_state=0, return_X_y=True)
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))

# %%
# The chain, and a search over it from the first step to the last.

reader = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            # Small, because the time is short.
            LPRNetCTC(n_filters=16, max_iter=15, random_state=0),
        ),
    ]
)
search = GridSearchCV(
    reader,
    {"crop__margin": [0.0, 0.05], "lprnet__learning_rate_init": [5e-3, 1e-2]},
    cv=PlateShuffleSplit(1, test_size=0.25, random_state=0),
    n_jobs=2,
)
print("Searching over four candidates ...", flush=True)
search.fit(X[train], y[train])

table = pd.DataFrame(search.cv_results_["params"])
table["exact"] = search.cv_results_["mean_test_score"]
table["seconds"] = search.cv_results_["mean_fit_time"]
print(table.sort_values("exact", ascending=False).to_string(index=False, float_format="%.3f"))

# %%
# How well it reads plates that it has never seen, and how sure it is of each.

readings = read_plates(search, X[test])
texts = np.array([reading.text for reading in readings])
print(
    f"\n{len(test)} unseen plates: {np.mean(texts == y[test]):.1%} read exactly, "
    f"character error rate {character_error_rate(y[test], texts):.1%}"
)

figure, axes = plt.subplots(3, 4, figsize=(11, 6), layout="constrained")
for axis, plate, reading, truth in zip(axes.flat, X[test], readings, y[test], strict=False):
    right = reading.text == truth
    axis.imshow(plate.pixels())
    axis.plot(*np.vstack([plate.corners, plate.corners[:1]]).T, color="lime", linewidth=1)
    axis.set_title(
        f"{reading.text or '(nothing)'}   {reading.confidence:.0%}"
        + ("" if right else f"\n(is {truth})"),
        color="black" if right else "firebrick",
        family="monospace",
    )
    axis.axis("off")
figure.savefig(PICTURE, dpi=100)
print(f"Plates with their readings: {PICTURE.resolve()}")
