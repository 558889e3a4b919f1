"""Boxes of the characters of synthetic plates."""

from sklearn.pipeline import make_pipeline

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.inspection import SegmentationDisplay
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper

X, y = make_plates(6, layouts=["brazil", "eu"], random_state=0, return_X_y=True)
segmentation = make_pipeline(PlateCropper(margin=0.1), CharacterSegmenter())
SegmentationDisplay.from_estimator(segmentation, X, n_columns=3)
