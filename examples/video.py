"""
Read the vehicles of a video
============================

A vehicle is visible in many frames, of which some are far away or blurred. `read_video` detects
plates in every third frame, links the detections of each vehicle by their overlap, and predicts one
text from all its frames. The example draws its own video, of cars that approach a camera, and needs
no training: the recognizer comes with the package.
"""

import tempfile
from pathlib import Path

import cv2
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from sklearn_lpr import read_video
from sklearn_lpr.datasets import make_plates

FIGURE = Path("video_read.png")
WIDTH, HEIGHT, RATE = 640, 360, 15
N_CARS, N_FRAMES = 3, 24  # the frames in which a car is visible

# %%
# Draw the video. The back of each car is the image of a synthetic plate with its surroundings,
# which becomes larger as the car approaches. There is noise in each frame.

plates = make_plates(N_CARS, layouts="eu", random_state=1)
rng = np.random.default_rng(0)
street = cv2.resize(
    rng.integers(70, 150, (4, 6, 3)).astype(np.uint8),
    (WIDTH, HEIGHT),
    interpolation=cv2.INTER_CUBIC,
)


def draw_frame(plate, progress):
    """Return a frame in which a car has covered a fraction of its way."""
    frame = street + rng.normal(0, 4, street.shape)
    back = plate.pixels()
    scale = (70 + 120 * progress) / back.shape[1] * 1.5
    back = cv2.resize(back, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = back.shape[:2]
    left = round(60 + 380 * progress - width / 4)
    top = round(60 + 120 * progress)
    shown = frame[top : top + height, left : left + width]
    shown[:] = back[: shown.shape[0], : shown.shape[1]]
    return frame.clip(0, 255).astype(np.uint8)


folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "street.avi"
writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, (WIDTH, HEIGHT))
frames = []
for plate in plates.data[:N_CARS]:
    frames += [draw_frame(plate, number / N_FRAMES) for number in range(N_FRAMES)]
    frames += [street] * 2 * RATE  # two seconds without a car
for frame in frames:
    writer.write(frame[:, :, ::-1])
writer.release()

# %%
# Read it. Times are in seconds, and ``frame`` is the one in which the plate is largest.

table = read_video(path, every=3)
folder.cleanup()
print(table[["start", "end", "n_frames", "text", "confidence"]].round(2).to_string())
print("True texts:", *plates.target[:N_CARS])

# %%
# Show each vehicle in the frame in which its plate is largest.

n_columns = max(len(table), 1)
figure, axes = plt.subplots(
    1, n_columns, figsize=(4 * n_columns, 2.6), layout="constrained", squeeze=False
)
quads = table.loc[:, "x1":"y4"].to_numpy().reshape(-1, 4, 2)
for axis, row, quad in zip(axes.flat, table.itertuples(), quads, strict=False):
    axis.imshow(frames[row.frame])
    axis.plot(*np.vstack([quad, quad[:1]]).T, color="tab:green")
    axis.set_title(f"{row.start:.1f} to {row.end:.1f} s: {row.text} ({row.confidence:.2f})")
for axis in axes.flat:
    axis.axis("off")
figure.savefig(FIGURE, dpi=100)
print(f"Figure: {FIGURE}")
