"""Reliability of simulated confidences."""

import numpy as np

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.inspection import ReliabilityDisplay

_, y = make_plates(300, layouts=["brazil", "eu"], random_state=0, return_X_y=True)
rng = np.random.default_rng(0)
similar = {"0": "D", "8": "B", "5": "S", "1": "I", "M": "W", "7": ""}
predictions = []
for text in y:  # simulated predictions
    predicted = "".join(similar.get(each, each) if rng.random() < 0.3 else each for each in text)
    mean = 0.97 if predicted == text else 0.8
    predictions.append(PlateReading(predicted, rng.beta(10 * mean, 10 * (1 - mean))))

ReliabilityDisplay.from_predictions(y, predictions, n_bins=6, name="simulated")
