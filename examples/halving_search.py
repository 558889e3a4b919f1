"""
Search hyper-parameters with successive halving
===============================================

Most poor candidates can be recognized after a few epochs. Successive halving trains all candidates
briefly, the best third for three times as many epochs, and so on: the resource is the number of
epochs of the last step of the pipeline. The example takes a few minutes.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import neg_character_error_rate_scorer
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# The first rounds stop before the networks converge, as intended.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

# %%
# Draw synthetic plates, and split them by plate number.

X, y = make_plates(1600, random_state=0, return_X_y=True)
train, test = next(PlateShuffleSplit(1, test_size=0.25, random_state=0).split(X, y))

model = Pipeline(
    [
        ("crop", PlateCropper()),
        ("normalize", PlateNormalizer()),
        ("lprnet", LPRNetCTC(n_filters=16, random_state=0)),
    ]
)
candidates = {
    "crop__margin": [0.0, 0.1, 0.3],
    "lprnet__learning_rate_init": [1e-3, 5e-3, 1e-2],
}

# %%
# The character error rate ranks candidates even before they predict a whole plate correctly.

search = HalvingGridSearchCV(
    model,
    candidates,
    resource="lprnet__max_iter",
    min_resources=2,
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
table.insert(0, "epochs", search.cv_results_["n_resources"])
table["CER"] = -search.cv_results_["mean_test_score"]
table = table.drop(columns="lprnet__max_iter", errors="ignore")
print(table.sort_values(["epochs", "CER"]).to_string(index=False, float_format="%.3f"))

# %%
# Compare the cost with training every candidate to the end.

spent = int(np.sum(search.cv_results_["n_resources"]))
full = search.n_candidates_[0] * search.n_resources_[-1]
print(f"\n{spent} epochs instead of {full}; best: {search.best_params_}")
print(f"{len(test)} held-out plates: CER {-search.score(X[test], y[test]):.3f}")
