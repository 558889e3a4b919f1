"""
Search many settings for the price of a few
===========================================

A training that will end badly mostly looks bad early. Successive halving trains all candidates
briefly, the better third for three times as many iterations, and so on: the number of iterations of
the last step of the pipeline is the resource. Takes about five minutes on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import neg_character_error_rate_scorer
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# The first rounds are too short to learn much, which is the point.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X, y = make_plates(800, random_state=0, return_X_y=True)
train, test = next(PlateShuffleSplit(1, test_size=0.25, random_state=0).split(X, y))

reader = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        ("lprnet", LPRNetCTC(n_filters=16, augmentation=PlateAugmenter(), random_state=0)),
    ]
)
candidates = {
    "crop__margin": [0.0, 0.1, 0.3],
    "lprnet__learning_rate_init": [1e-3, 5e-3, 1e-2],
    "lprnet__augmentation__rate": [0.1, 0.4],
}

# %%
# The character error rate tells candidates apart before any plate is read as a whole.

search = HalvingGridSearchCV(
    reader,
    candidates,
    resource="lprnet__max_iter",
    min_resources=3,
    max_resources=18,
    factor=3,
    cv=PlateShuffleSplit(1, test_size=0.25, random_state=0),
    scoring=neg_character_error_rate_scorer,
    random_state=0,
    error_score="raise",
    verbose=1,
)
search.fit(X[train], y[train])

table = pd.DataFrame(search.cv_results_["params"])
table.insert(0, "iterations", search.cv_results_["n_resources"])
table["CER"] = -search.cv_results_["mean_test_score"]
table = table.drop(columns="lprnet__max_iter", errors="ignore")
print(table.sort_values(["iterations", "CER"]).to_string(index=False, float_format="%.3f"))

# %%
# What it costs, beside training every candidate to the end.

spent = int(np.sum(search.cv_results_["n_resources"]))
full = search.n_candidates_[0] * search.n_resources_[-1]
print(f"\n{spent} iterations instead of {full}; best: {search.best_params_}")
print(f"{len(test)} unseen plates: {search.score(X[test], y[test]):.3f} (negative CER)")
