"""
Fine-tune a reader to another country with 200 plates of its own
================================================================

Whoever reads the plates of a small country has few photos of them, and many of others. A reader is
trained on 1500 plates of one country and its weights are saved; for the other country training goes
on from them (``initial_weights``), with 25 to 200 plates of its own, beside a training from
scratch, which reads nothing yet after as many steps. The countries differ in layout and length, and
the second has letters that the first one never showed. Takes about seven minutes on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reports its start at length

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

# Trainings from scratch end too early, which is the point.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

PICTURE = Path("fine_tuning.png")
HOME, ABROAD = "[A-HJ-N][A-HJ-N]###[A-HJ-N]", "##[O-Z][O-Z]####"
N_OWN = (25, 50, 100, 200)
N_STEPS = 400  # of each training abroad, whatever the number of plates
BATCH_SIZE = 16

# %%
# A reader for the first country. Augmentation is what makes few plates go a long way, so that both
# ways have it.

reader = Pipeline(
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
X, y = make_plates(1500, syntaxes=HOME, random_state=0, return_X_y=True)
print("Training the first country's reader ...", flush=True)
at_home = clone(reader).fit(X, y)

X, y = make_plates(max(N_OWN) + 500, syntaxes=ABROAD, random_state=1, return_X_y=True)
X_test, y_test = X[max(N_OWN) :], y[max(N_OWN) :]
print(f"It reads {at_home.score(X_test, y_test):.1%} of the other country's plates.", flush=True)

# %%
# The weights go into a file, whose name is a parameter: it survives ``clone``, so that the same
# works in a search. What the two alphabets share is taken over, the other letters start anew.

scores: dict[str, list[float]] = {"from scratch": [], "fine-tuned": []}
with tempfile.TemporaryDirectory() as folder:
    weights = Path(folder) / "first_country.npz"
    at_home["lprnet"].save_weights(weights)
    for n_own in N_OWN:
        for way, changes in (
            ("from scratch", {}),
            ("fine-tuned", {"initial_weights": weights, "learning_rate_init": 2e-3}),
        ):
            abroad = clone(reader)
            abroad["lprnet"].set_params(max_iter=N_STEPS // -(-n_own // BATCH_SIZE), **changes)
            abroad.fit(X[:n_own], y[:n_own])
            read = abroad.predict(X_test)
            scores[way].append(float(np.mean(read == y_test)))
            error_rate = character_error_rate(y_test, read)
            print(
                f"{n_own:4} own plates, {way:12}: {scores[way][-1]:.1%} of {len(X_test)} unseen "
                f"plates exact, character error rate {error_rate:.1%}",
                flush=True,
            )

# %%
# Both ways took the same number of steps.

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for way, marker in (("fine-tuned", "o"), ("from scratch", "s")):
    axes.plot(N_OWN, scores[way], marker=marker, label=way)
axes.set(
    xscale="log",
    xticks=N_OWN,
    xticklabels=N_OWN,
    ylim=(0, 1),
    xlabel="own plates to train on",
    ylabel=f"{len(X_test)} unseen plates read exactly",
)
axes.minorticks_off()
axes.grid(alpha=0.3)
axes.legend(loc="lower right")
figure.savefig(PICTURE, dpi=100)
print(f"See {PICTURE}")
