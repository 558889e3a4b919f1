"""
Fine-tune a model on 25 to 200 plates of another country
========================================================

There are few training photos of a small country, and many of others. This example trains a model on
1500 synthetic plates of one country and saves its weights. For the other country, training starts
from these weights (``initial_weights``) with 25 to 200 plates. Training from scratch with the same
number of steps does not predict any plate correctly. The countries differ in layout and text
length, and the second has letters that the first does not have. The example takes some
minutes.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

import tempfile
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import character_error_rate
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# Training from scratch stops before it converges, as intended.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

FIGURE = Path("fine_tuning.png")
FIRST, SECOND = "[A-HJ-N][A-HJ-N]###[A-HJ-N]", "##[O-Z][O-Z]####"
N_PLATES = (25, 50, 100, 200)
N_STEPS = 400  # of each training run on the second country, for any number of plates
BATCH_SIZE = 16

# %%
# Train a model for the first country. Both methods use data augmentation, which matters most with
# few plates.

model = Pipeline(
    [
        ("crop", PlateCropper(margin=0.05)),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            LPRNetCTC(
                n_filters=16,
                batch_size=BATCH_SIZE,
                max_iter=10,
                augmentation=PlateAugmenter(margin=0.05, p=0.1),
                random_state=0,
            ),
        ),
    ]
)
X, y = make_plates(1500, syntaxes=FIRST, random_state=0, return_X_y=True)
print("Training the model for the first country ...", flush=True)
first_model = clone(model).fit(X, y)

X, y = make_plates(max(N_PLATES) + 500, syntaxes=SECOND, random_state=1, return_X_y=True)
X_test, y_test = X[max(N_PLATES) :], y[max(N_PLATES) :]
print(f"Exact match on the second country: {first_model.score(X_test, y_test):.1%}", flush=True)

# %%
# Save the weights to a file. Its path is a parameter, which ``clone`` keeps, so that this works in
# a search as well. Weights of characters in both alphabets are copied; those of other characters
# are initialized at random.

scores: dict[str, list[float]] = {"from scratch": [], "fine-tuned": []}
with tempfile.TemporaryDirectory() as folder:
    weights = Path(folder) / "first_country.npz"
    first_model["lprnet"].save_weights(weights)
    for n_plates in N_PLATES:
        for method, changes in (
            ("from scratch", {}),
            ("fine-tuned", {"initial_weights": weights, "learning_rate_init": 2e-3}),
        ):
            second_model = clone(model)
            max_iter = N_STEPS // -(-n_plates // BATCH_SIZE)
            second_model["lprnet"].set_params(max_iter=max_iter, **changes)
            second_model.fit(X[:n_plates], y[:n_plates])
            predicted = second_model.predict(X_test)
            scores[method].append(float(np.mean(predicted == y_test)))
            print(
                f"{n_plates:4} plates, {method:12}: exact match {scores[method][-1]:.1%} on "
                f"{len(X_test)} held-out plates, "
                f"character error rate {character_error_rate(y_test, predicted):.1%}",
                flush=True,
            )

# %%
# Plot the exact match over the number of training plates. All runs have the same number of steps.

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for method, marker in (("fine-tuned", "o"), ("from scratch", "s")):
    axes.plot(N_PLATES, scores[method], marker=marker, label=method)
axes.set(
    xscale="log",
    xticks=N_PLATES,
    xticklabels=N_PLATES,
    ylim=(0, 1),
    xlabel="training plates of the second country",
    ylabel=f"exact match on {len(X_test)} held-out plates",
)
axes.minorticks_off()
axes.grid(alpha=0.3)
axes.legend(loc="lower right")
figure.savefig(FIGURE, dpi=100)
print(f"Figure: {FIGURE}")

# sphinx_gallery_thumbnail_path = "images/fine_tuning.png"
