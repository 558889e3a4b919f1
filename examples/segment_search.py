"""
Tune segmentation and classification together
=============================================

This example segments plates into characters and classifies each character, in one pipeline. A grid
search shows the effect of the segmentation on the score: the margin around a character, and whether
its aspect ratio is kept. It takes a few minutes.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_lpr import SegmentCNN
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import character_error_rate, neg_character_error_rate_scorer
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper

X, y = make_plates(1000, random_state=0, return_X_y=True)
train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))

# %%
# Crop the plates once, as the search does not change the cropper.

crops = PlateCropper(margin=0.1).transform(X)
segmenter = CharacterSegmenter()
counts = np.array([len(found.boxes) for found in segmenter.segment(crops)])
fraction = np.mean(counts == np.char.str_len(y))
print(f"{fraction:.1%} of {len(X)} plates have as many segments as characters")

model = Pipeline(
    [
        ("segment", segmenter),
        ("classify", SegmentCNN(n_filters=8, batch_size=16, max_iter=10, random_state=0)),
    ]
)
search = GridSearchCV(
    model,
    {"segment__aspect": ["pad", "stretch"], "segment__margin": [0.0, 0.1, 0.3]},
    cv=PlateShuffleSplit(1, test_size=0.25, random_state=0),
    scoring={"exact": "accuracy", "neg_cer": neg_character_error_rate_scorer},
    refit="exact",
    n_jobs=2,  # fewer threads for each fit: weights may differ in their last bits from n_jobs=1
)
search.fit(crops[train], y[train])

table = pd.DataFrame(search.cv_results_["params"])
table["exact"] = search.cv_results_["mean_test_exact"]
table["CER"] = -search.cv_results_["mean_test_neg_cer"]
print(table.sort_values("exact", ascending=False).to_string(index=False, float_format="%.3f"))

# %%
# Evaluate the best model on the held-out plates.

predicted = search.predict(crops[test])
print(
    f"\n{len(test)} held-out plates: exact match {np.mean(predicted == y[test]):.1%}, "
    f"character error rate {character_error_rate(y[test], predicted):.1%}"
)
