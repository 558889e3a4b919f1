"""
How well does a reader read a data set that it never saw?
=========================================================

Figures of plate readers mostly come from test plates of the very set that they learnt from: other
cars, but the same camera, country and hand that cropped them. Here five sets of plates are read
twice, by readers that saw none of the plates: once the plates alone were new (``PlateKFold``), once
the whole set was (``LeaveOneGroupOut``). The gap is what a new installation should expect [1]_.

Pass the folder that holds the sets, each of them as ``load_plates`` reads it. Takes about a
quarter of an hour on two cores.

.. [1] R. Laroca et al., "On the Cross-dataset Generalization in License Plate Recognition", VISAPP
   2022.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

import sys
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_plates
from sklearn_lpr.metrics import character_error_rate, plate_accuracy_score
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# The readers need not be the best ones to show the gap.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/crops")
PICTURE, TABLE = Path("cross_dataset.png"), Path("cross_dataset.csv")
SETS = ("vn", "uz", "tn", "pe", "eu_mixed")
N_EACH = 400

if not FOLDER.is_dir():
    sys.exit(f"There is no folder {str(FOLDER)!r}; pass the one that holds {', '.join(SETS)}.")

# %%
# As many images of each set, so that none of them dominates.

samples, texts, sources = [], [], []
for name in SETS:
    bunch = load_plates(FOLDER / name)
    chosen = np.random.default_rng(0).permutation(len(bunch.target))[:N_EACH]
    samples.extend(bunch.data[chosen])
    texts.extend(bunch.target[chosen])
    sources.extend([name] * len(chosen))
X, y, source = np.array(samples, dtype=object), np.array(texts), np.array(sources)
print(f"{len(y)} images of {len(set(texts))} plates from {len(SETS)} sets")

# %%
# The same reader either way. All letters and digits are in its alphabet, so that a set may have
# some that the others lack.

reader = Pipeline(
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
ways = {
    "new plates": (PlateKFold(n_splits=4), None),
    "new data set": (LeaveOneGroupOut(), source),
}
read = {}
for way, (cv, groups) in ways.items():
    print(f"Reading {way} ...", flush=True)
    read[way] = cross_val_predict(reader, X, y, cv=cv, groups=groups)

# %%
# The table: plates read exactly, and characters read wrongly.

rows = []
for name in SETS:
    of_set = source == name
    row = {"data set": name, "images": int(of_set.sum())}
    for way, texts_read in read.items():
        row[f"{way}: exact"] = plate_accuracy_score(y[of_set], texts_read[of_set])
        row[f"{way}: CER"] = character_error_rate(y[of_set], texts_read[of_set])
    rows.append(row)
table = pd.DataFrame(rows).set_index("data set")
table.loc["mean"] = table.mean()
table["images"] = table["images"].astype(int)
table.round(3).to_csv(TABLE)
print(table.round(3).to_string())

# %%
# The plot.

places = np.arange(len(SETS))
figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for offset, way in ((-0.2, "new plates"), (0.2, "new data set")):
    heights = table.loc[list(SETS), f"{way}: exact"]
    bars = axes.bar(places + offset, heights, 0.38, label=f"{way} to the reader")
    axes.bar_label(bars, fmt="{:.0%}", fontsize=8)
axes.set(
    xticks=places, xticklabels=SETS, ylim=(0, 1), xlabel="data set", ylabel="plates read exactly"
)
axes.legend()
figure.savefig(PICTURE, dpi=100)
print(f"See {TABLE} and {PICTURE}")
