"""Time steps of a simulated network."""

import numpy as np

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.inspection import AlignmentDisplay
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

X, y = make_plates(4, syntaxes="@@@####", random_state=0, return_X_y=True)
images = PlateNormalizer().transform(PlateCropper().transform(X))
alphabet = "".join(sorted(set("".join(y))))
rng = np.random.default_rng(0)
log_proba = np.full((len(y), 47, 1 + len(alphabet)), 0.01)  # a simulated network
log_proba[:, :, 0] = 1
for steps, text in zip(log_proba, y, strict=True):
    for position, character in zip(np.linspace(4, 42, len(text)).astype(int), text, strict=True):
        steps[position : position + 2, 0] = 0.2
        steps[position : position + 2, 1 + alphabet.index(character)] = rng.uniform(0.2, 4)
log_proba = np.log(log_proba / log_proba.sum(axis=2, keepdims=True))
AlignmentDisplay.from_predictions(images, log_proba, alphabet=alphabet)
