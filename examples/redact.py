"""
Redact the plates in photos
===========================

Cover all plates of photos before they are published or kept. The detector of the package finds the
plates; no training and no download is needed. The photos are synthetic: two plates on a grey
ground each. The example takes some seconds.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from sklearn_lpr.datasets import make_plates
from sklearn_lpr.privacy import PlateRedactor

FIGURE = Path("redacted.png")

# %%
# Draw the photos. The corners of the plates are kept for the check at the end.

X, y = make_plates(40, layouts=["brazil", "eu"], random_state=0, return_X_y=True)
photos, corners = [], []
for pair in X.reshape(-1, 2):
    photo = np.full((360, 600, 3), 110, np.uint8)
    for left, plate in zip((20, 320), pair, strict=True):
        pixels = plate.pixels()
        photo[60 : 60 + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        corners.append(plate.corners + np.array([left, 60]))
    photos.append(photo)

# %%
# Cover all detections. The margin widens them on each side, as detected corners are not exact. A
# photo without a detection raises an error, unless ``missing`` is set.

methods = {
    method: PlateRedactor(method=method, locate="detect", margin=0.5).transform(photos)
    for method in ("fill", "pixelate", "blur")
}

figure, axes = plt.subplots(2, 2, figsize=(11, 6), layout="constrained")
for axis, (title, image) in zip(
    axes.flat,
    {"photo": photos[0], **{name: images[0] for name, images in methods.items()}}.items(),
    strict=True,
):
    axis.imshow(image)
    axis.set_title(title)
    axis.axis("off")
figure.savefig(FIGURE, dpi=100)
print(f"Photos before and after: {FIGURE.resolve()}")

# %%
# Black is the safest way, and the default: blurred and pixelated plates can be recovered in part.
# Count the plates whose four corners and centre are covered. No detector finds all plates, so that
# a person has to review the photos.

covered = 0
for index, outline in enumerate(corners):
    points = np.vstack([0.9 * outline + 0.1 * outline.mean(axis=0), outline.mean(axis=0)])
    columns, rows = np.rint(points).astype(int).T
    covered += bool((methods["fill"][index // 2][rows, columns] == 0).all())
print(f"{covered} of {len(corners)} plates are covered")
