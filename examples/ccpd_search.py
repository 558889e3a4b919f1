"""
Cross-validate and tune a pipeline on real photos
=================================================

This example recognizes Chinese plates in photos of CCPD that are annotated with four corners. The
pipeline is cross-validated on the training plates. A grid search then selects the margin around the
plate and the size of the network's input, and the best model is evaluated once on held-out plates.
All splits are by plate number.

Run it from the root of the project, with the folder of photos::

    python examples/ccpd_search.py ../shared/data/ccpd/plates

It takes some minutes.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import load_ccpd
from sklearn_lpr.metrics import (
    character_error_rate,
    neg_character_error_rate_scorer,
    plate_accuracy_scorer,
)
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/ccpd/plates")
if not folder.is_dir():
    sys.exit(f"There is no folder {str(folder)!r}; pass the folder of the CCPD photos.")

# %%
# Load the annotations. A photo is opened when it is cropped.

ccpd = load_ccpd(folder)
X, y = ccpd.data, ccpd.target
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
print(
    f"{len(X)} photos of {len(np.unique(y))} plates: {len(train)} for the search, "
    f"{len(test)} for the test"
)
print(
    "provinces:",
    *(f"{name} {count}" for name, count in ccpd.frame["province"].value_counts().items()),
)

model = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            # A quarter of the default filters and few epochs, to save time.
            LPRNetCTC(n_filters=16, max_iter=10, random_state=0),
        ),
    ]
)
folds = PlateKFold(2, shuffle=True, random_state=0)
scoring = {"exact": plate_accuracy_scorer, "neg_cer": neg_character_error_rate_scorer}

# %%
# Cross-validate the pipeline with its default parameters.

results = cross_validate(model, X[train], y[train], cv=folds, scoring=scoring, n_jobs=2)
print("\nCross-validation, two folds")
print(
    pd.DataFrame(
        {
            "exact": results["test_exact"],
            "CER": -results["test_neg_cer"],
            "fit, s": results["fit_time"],
            "predict, s": results["score_time"],
        }
    ).to_string(float_format="%.3f")
)

# %%
# Search over the margin of the cropper and the size of the network's input.

sizes = [(24, 94), (32, 128)]
search = GridSearchCV(
    model,
    [
        {
            "crop__margin": [0.0, 0.1],
            "normalize__height": [height],
            "normalize__width": [width],
        }
        for height, width in sizes
    ],
    cv=folds,
    scoring=scoring,
    refit="exact",
    n_jobs=2,  # fewer threads for each fit: weights may differ in their last bits from n_jobs=1
)
search.fit(X[train], y[train])
table = pd.DataFrame(search.cv_results_["params"])
table["exact"] = search.cv_results_["mean_test_exact"]
table["std"] = search.cv_results_["std_test_exact"]
table["CER"] = -search.cv_results_["mean_test_neg_cer"]
table["fit, s"] = search.cv_results_["mean_fit_time"]
print("\nGrid search, two folds")
print(table.sort_values("exact", ascending=False).to_string(index=False, float_format="%.3f"))

# %%
# Evaluate the best model, which was refitted on all training plates, on the held-out plates.

predicted = search.predict(X[test])
print(f"\nBest: {search.best_params_}")
print(
    f"{len(test)} held-out plates: exact match {np.mean(predicted == y[test]):.3f}, "
    f"{np.mean([a[1:] == b[1:] for a, b in zip(predicted, y[test], strict=True)]):.3f} without "
    f"the first character, CER {character_error_rate(y[test], predicted):.4f}"
)
