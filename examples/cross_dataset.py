"""
Evaluate a model on an unseen data set
======================================

Most published results are for test plates of the data set on which the model was trained: other
vehicles, but the same cameras, countries and annotators. This example evaluates five data sets in
two ways: on unseen plates of known data sets (``PlateKFold``), and on an unseen data set
(``LeaveOneDatasetOut``). The gap is what a new installation should expect [1]_.

Pass the folder that contains the data sets, each in the format of ``load_plates``. The example
takes about a quarter of an hour on two cores.

.. [1] R. Laroca et al., "On the Cross-dataset Generalization in License Plate Recognition", VISAPP
   2022.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

import sys
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import concat_bunches, load_plates
from sklearn_lpr.metrics import character_error_rate, plate_accuracy_score
from sklearn_lpr.model_selection import LeaveOneDatasetOut, PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# The models do not have to converge to show the gap.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/crops")
FIGURE, TABLE = Path("cross_dataset.png"), Path("cross_dataset.csv")
SETS = ("vn", "uz", "tn", "pe", "eu_mixed")
N_EACH = 400

if not FOLDER.is_dir():
    sys.exit(f"There is no folder {str(FOLDER)!r}; pass the folder of {', '.join(SETS)}.")

# %%
# Use equally many images of each data set, so that none dominates.

plates = concat_bunches({name: load_plates(FOLDER / name) for name in SETS})
data_set = plates.frame["data_set"].to_numpy()
chosen = np.concatenate(
    [
        np.random.default_rng(0).permutation(np.flatnonzero(data_set == name))[:N_EACH]
        for name in SETS
    ]
)
X, y, data_set = plates.data[chosen], plates.target[chosen], data_set[chosen]
print(f"{len(y)} images of {len(set(y))} plates from {len(SETS)} data sets")

# %%
# Both evaluations use the same model. Its alphabet contains all letters and digits, so that a data
# set may have characters that the others do not have.

model = Pipeline(
    [
        ("crop", PlateCropper(rectify=False, missing="whole")),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            LPRNetCTC(
                n_filters=24,
                alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                max_iter=40,
                augmentation=PlateAugmenter(crop="box", max_rotation=8, max_shear=0.25),
                random_state=0,
            ),
        ),
    ]
)
splits = {
    "unseen plates": PlateKFold(n_splits=4),
    "unseen data set": LeaveOneDatasetOut(data_set),
}
predictions = {}
for split, cv in splits.items():
    print(f"Cross-validating on {split} ...", flush=True)
    predictions[split] = cross_val_predict(model, X, y, cv=cv)

# %%
# Tabulate the exact match and the character error rate.

rows = []
for name in SETS:
    of_set = data_set == name
    row = {"data set": name, "images": int(of_set.sum())}
    for split, predicted in predictions.items():
        row[f"{split}: exact"] = plate_accuracy_score(y[of_set], predicted[of_set])
        row[f"{split}: CER"] = character_error_rate(y[of_set], predicted[of_set])
    rows.append(row)
table = pd.DataFrame(rows).set_index("data set")
table.loc["mean"] = table.mean()
table["images"] = table["images"].astype(int)
table.round(3).to_csv(TABLE)
print(table.round(3).to_string())

# %%
# Plot the exact match.

places = np.arange(len(SETS))
figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for offset, split in ((-0.2, "unseen plates"), (0.2, "unseen data set")):
    heights = table.loc[list(SETS), f"{split}: exact"]
    bars = axes.bar(places + offset, heights, 0.38, label=split)
    axes.bar_label(bars, fmt="{:.0%}", fontsize=8)
axes.set(xticks=places, xticklabels=SETS, ylim=(0, 1), xlabel="data set", ylabel="exact match")
axes.legend()
figure.savefig(FIGURE, dpi=100)
print(f"Table: {TABLE}, figure: {FIGURE}")

# sphinx_gallery_thumbnail_path = "images/cross_dataset.png"
