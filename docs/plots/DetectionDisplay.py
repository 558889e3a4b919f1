"""Plates that the detector of the package finds in synthetic photos."""

import numpy as np

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.detection import OnnxPlateDetector
from sklearn_lpr.inspection import DetectionDisplay

plates, _ = make_plates(8, layouts=["brazil", "eu"], random_state=0, return_X_y=True)
photos, corners = [], []
for pair in plates.reshape(4, 2):
    street = np.full((320, 600, 3), 110, np.uint8)
    found = []
    for left, plate in zip((20, 320), pair, strict=True):
        height, width = plate.pixels().shape[:2]
        street[60 : 60 + height, left : left + width] = plate.pixels()
        found.append(plate.corners + np.array([left, 60]))
    photos.append(street)
    corners.append(np.array(found))
DetectionDisplay.from_estimator(OnnxPlateDetector(), photos, corners)
