"""
Read all plates in street photos
================================

The package comes with a trained detector and a trained recognizer. `read_photos` finds any number
of plates in each photo, reads them, and returns a table with one row per plate. The example draws
synthetic street photos, reads them, and draws the texts on the photos. It takes some seconds.
"""

from pathlib import Path

import cv2
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from sklearn_lpr import read_photos
from sklearn_lpr.datasets import make_plates

FIGURE, PHOTO = Path("photos_read.png"), Path("street.jpg")
N_PHOTOS = 12
WIDTH, HEIGHT = 1280, 720
HORIZON = 320

# %%
# Draw synthetic street photos: houses, a road, and two to four cars. The back of each car is the
# image of a synthetic plate with its surroundings.

X, y = make_plates(
    4 * N_PHOTOS,
    layouts=["brazil", "france", "great_britain", "italy", "spain"],
    random_state=0,
    return_X_y=True,
)


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
true_photo = np.repeat(np.arange(N_PHOTOS), counts)
place = np.concatenate([np.arange(count) for count in counts])
corners = np.array(
    [
        draw_car(photos[photo], plate, WIDTH / counts[photo] * at, WIDTH / counts[photo], rng)
        for photo, at, plate in zip(true_photo, place, X, strict=False)
    ]
)

# %%
# Read the plates in a file.

cv2.imwrite(str(PHOTO), photos[3][:, :, ::-1])  # OpenCV writes BGR
print(read_photos(PHOTO)[["file", "text", "confidence"]].to_string(index=False), "\n")

# %%
# Read all photos. The column ``file`` is the index of a photo, or its path.

table = read_photos(photos)
print(table[["file", "text", "confidence", "detection_score"]].to_string(index=False))

# %%
# Match each row to the true plate with the nearest centre, within a quarter of the plate's width.
# The columns ``x1``, ``y1`` to ``x4``, ``y4`` are the corners of a plate.


def true_text(photo, quad):
    here = true_photo == photo
    distances = np.linalg.norm(corners[here].mean(axis=1) - quad.mean(axis=0), axis=1)
    widths = np.ptp(corners[here][:, :, 0], axis=1)
    nearest = np.argmin(distances)
    return y[: len(here)][here][nearest] if distances[nearest] < widths[nearest] / 4 else None


table = table[table["rows"] > 0].reset_index(drop=True)
quads = table.loc[:, "x1":"y4"].to_numpy().reshape(-1, 4, 2)
table["truth"] = [true_text(*plate) for plate in zip(table["file"], quads, strict=True)]
n_found, n_exact = table["truth"].notna().sum(), (table["truth"] == table["text"]).sum()
print(
    f"{N_PHOTOS} photos with {len(true_photo)} plates: {n_found} found, {n_exact} of them with an "
    f"exact match; false positives: {len(table) - n_found}"
)

# %%
# Draw the predictions on the first photos. Red: a wrong text, or a false positive.

figure, axes = plt.subplots(2, 2, figsize=(13, 7.6), layout="constrained")
for photo, axis in enumerate(axes.flat):
    axis.imshow(photos[photo])
    axis.axis("off")
    for row in table[table["file"] == photo].itertuples():
        colour = "limegreen" if row.text == row.truth else "red"
        quad = quads[row.Index]
        axis.plot(*np.vstack([quad, quad[:1]]).T, color=colour, linewidth=1.5)
        axis.annotate(
            f"{row.text or '(no text)'} {row.confidence:.0%}",
            quad[:2].mean(axis=0),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            family="monospace",
            bbox={"facecolor": "white", "edgecolor": colour, "pad": 2},
        )
figure.savefig(FIGURE, dpi=100)
print(f"Photos with predictions: {FIGURE.resolve()}")
