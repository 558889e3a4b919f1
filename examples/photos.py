"""
Detect and recognize all plates in street photos
================================================

A photo may show several plates, and a pipeline predicts one text per sample. Call `find_plates`
first: it returns one sample per detected plate. A pipeline trained on single plates predicts the
texts, which are drawn on the photos. The example takes two to three minutes on two cores.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # hide the start-up messages of TensorFlow

from pathlib import Path

import cv2
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, read_plates
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, find_plates

FIGURE = Path("photos_read.png")
N_TRAIN, N_PHOTOS = 2000, 20
WIDTH, HEIGHT = 1280, 720
HORIZON = 320

# %%
# Train a model for single plates. Its training plates have exact corners and its test plates have
# detected ones, so that the augmentation shifts and scales the crops more than by default.

X, y = make_plates(N_TRAIN + 4 * N_PHOTOS, random_state=0, return_X_y=True)
margin = 0.1
model = Pipeline(
    [
        ("crop", PlateCropper(margin=margin)),
        ("normalize", PlateNormalizer()),
        (
            "lprnet",
            LPRNetCTC(
                n_filters=16,
                max_iter=15,
                augmentation=PlateAugmenter(margin=margin, max_shift=0.06, max_scale=0.12),
                random_state=0,
            ),
        ),
    ]
)
print("Training the model ...", flush=True)
model.fit(X[:N_TRAIN], y[:N_TRAIN])

# %%
# Draw synthetic street photos: houses, a road, and two to four cars with held-out plates. The back
# of each car is the image of a synthetic plate with its surroundings.


def draw_street(rng):
    street = np.full((HEIGHT, WIDTH, 3), (165, 190, 215), np.uint8)
    left = 0
    while left < WIDTH:
        width, top = rng.integers(120, 260), rng.integers(0, 140)
        wall = rng.integers(100, 190) + rng.integers(-20, 20, 3)
        cv2.rectangle(street, (left, top), (left + width, HORIZON), wall.tolist(), -1)
        for x in range(left + 20, left + width - 40, 55):
            for window in range(top + 25, HORIZON - 60, 80):
                cv2.rectangle(street, (x, window), (x + 30, window + 45), (wall // 2).tolist(), -1)
        left += width
    street[HORIZON:] = (92, 90, 88)
    for x in range(-760, 2080, 400):
        far = (WIDTH // 2 + (x - WIDTH // 2) // 8, HORIZON)
        cv2.line(street, far, (x, HEIGHT), (190, 190, 185), 4, cv2.LINE_AA)
    return street


def draw_car(street, plate, left, room, rng):
    """Draw a car between `left` and `left + room`; return the corners of its plate."""
    back = plate.pixels()
    scale = min(rng.uniform(0.7, 0.9) * room / back.shape[1], 1.5)
    back = cv2.resize(back, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    height, width = back.shape[:2]
    origin = np.array([left + rng.uniform(0, room - width), rng.uniform(400, 670) - height], int)

    def fill(outline, colour):
        points = np.rint(np.array(outline) * (width, height) + origin).astype(int)
        cv2.fillPoly(street, [points], colour, cv2.LINE_AA)

    for x in (0.03, 0.79):
        fill([(x, 1), (x, 1.3), (x + 0.18, 1.3), (x + 0.18, 1)], (25, 25, 27))
    paint = np.median(back[: height // 4].reshape(-1, 3), axis=0).tolist()
    body = [(-0.03, 1.08), (-0.04, -0.1), (0.02, -0.5), (0.13, -1.4)]
    fill(body + [(1 - x, y) for x, y in body[::-1]], paint)
    fill([(0.08, -0.5), (0.17, -1.25), (0.83, -1.25), (0.92, -0.5)], (45, 55, 62))

    # Blend the edge of the image with the paint.
    mask = np.zeros((height, width, 1))
    mask[6:-6, 6:-6] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[:, :, np.newaxis]
    region = street[origin[1] : origin[1] + height, origin[0] : origin[0] + width]
    region[:] = mask * back + (1 - mask) * region
    return plate.corners * scale + origin


rng = np.random.default_rng(0)
counts = rng.integers(2, 5, N_PHOTOS)
photos = [draw_street(rng) for _ in counts]
true_scene = np.repeat(np.arange(N_PHOTOS), counts)
place = np.concatenate([np.arange(count) for count in counts])
held_out = slice(N_TRAIN, N_TRAIN + len(true_scene))
corners = np.array(
    [
        draw_car(photos[scene], plate, WIDTH / counts[scene] * at, WIDTH / counts[scene], rng)
        for scene, at, plate in zip(true_scene, place, X[held_out], strict=True)
    ]
)

# %%
# From here on only the photos are used. ``scene_index`` is the index of the photo of each sample.

samples, scene_index = find_plates(photos, n_jobs=2)
predictions = read_plates(model, samples)

# %%
# Match each detection to the true plate with the nearest centre, within a quarter of the plate's
# width.


def true_text(sample, scene):
    here = true_scene == scene
    distances = np.linalg.norm(corners[here].mean(axis=1) - sample.corners.mean(axis=0), axis=1)
    widths = np.ptp(corners[here][:, :, 0], axis=1)
    nearest = np.argmin(distances)
    return y[held_out][here][nearest] if distances[nearest] < widths[nearest] / 4 else None


truths = [true_text(sample, scene) for sample, scene in zip(samples, scene_index, strict=True)]
n_true_positives = sum(truth is not None for truth in truths)
n_exact = sum(
    prediction.text == truth for prediction, truth in zip(predictions, truths, strict=True)
)
print(
    f"{N_PHOTOS} photos with {len(true_scene)} plates: {n_true_positives} detected, {n_exact} of "
    f"them with an exact match; false positives: {len(samples) - n_true_positives}"
)

# %%
# Draw the predictions on the first photos. Red: a wrong text, or a false positive.

figure, axes = plt.subplots(3, 2, figsize=(13, 11), layout="constrained")
for scene, axis in enumerate(axes.flat):
    axis.imshow(photos[scene])
    axis.axis("off")
    for index in np.flatnonzero(scene_index == scene):
        outline, prediction = samples[index].corners, predictions[index]
        colour = "limegreen" if prediction.text == truths[index] else "red"
        axis.plot(*np.vstack([outline, outline[:1]]).T, color=colour, linewidth=1.5)
        axis.annotate(
            f"{prediction.text or '(no text)'} {prediction.confidence:.0%}",
            outline[:2].mean(axis=0),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            family="monospace",
            bbox={"facecolor": "white", "edgecolor": colour, "pad": 2},
        )
figure.savefig(FIGURE, dpi=100)
print(f"Photos with predictions: {FIGURE.resolve()}")
