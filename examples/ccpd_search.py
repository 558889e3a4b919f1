"""
Cross-validate and search the chain on real photos
==================================================

Photos of Chinese plates (CCPD) with four corners each are cropped, normalized and read by LPRNet.
The chain is cross-validated on its training part, then a grid search chooses the margin around
the plate and the size of the network's input, and the best is scored once on plates that no step
has seen. No plate is ever on both sides of a split.

Run from the project's root, with the folder of photos::

    python examples/ccpd_search.py ../shared/data/ccpd/plates

Takes about ten minutes on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

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
    sys.exit(f"There is no folder {str(folder)!r}; name one with CCPD's photos.")

# %%
# The photos are read when they are cropped, not before.

ccpd = load_ccpd(folder)
X, y = ccpd.data, ccpd.target
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
print(
    f"{len(X)} photos of {len(np.unique(y))} plates: {len(train)} to search with, "
    f"{len(test)} to test"
)
print(
    "provinces:",
    *(f"{name} {count}" for name, count in ccpd.frame["province"].value_counts().items()),
)

reader = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            # A quarter of the filters and few passes, for the sake of time.
            LPRNetCTC(n_filters=16, max_iter=10, random_state=0),
        ),
    ]
)
folds = PlateKFold(2, shuffle=True, random_state=0)
scoring = {"exact": plate_accuracy_scorer, "neg_cer": neg_character_error_rate_scorer}

# %%
# Cross-validation of the chain as it is.

results = cross_validate(reader, X[train], y[train], cv=folds, scoring=scoring, n_jobs=2)
print("\nCross-validation, two folds")
print(
    pd.DataFrame(
        {
            "exact": results["test_exact"],
            "CER": -results["test_neg_cer"],
            "fit, s": results["fit_time"],
            "read, s": results["score_time"],
        }
    ).to_string(float_format="%.3f")
)

# %%
# The search: the cropper's margin and the size of the network's input.

sizes = [(24, 94), (32, 128)]
search = GridSearchCV(
    reader,
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
    n_jobs=2,
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
# The best, fitted on all training plates, reads the others.

read = search.predict(X[test])
print(f"\nBest: {search.best_params_}")
print(
    f"{len(test)} unseen plates: {np.mean(read == y[test]):.3f} exact, "
    f"{np.mean([a[1:] == b[1:] for a, b in zip(read, y[test], strict=True)]):.3f} without the "
    f"first character, CER {character_error_rate(y[test], read):.4f}"
)
