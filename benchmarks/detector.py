"""Measure the bundled plate detector beside ContourPlateDetector.

Run from the project's root::

    python benchmarks/detector.py --output benchmarks/results/detector.md

A detection is a true positive if its intersection over union with an annotated plate is at least
0.5. Plates of CCPD and of some other sets are annotated by four corners; the others by upright
boxes, with which the box around the detected corners is compared.
"""

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import load_openalpr, make_plates
from sklearn_lpr.detection import ContourPlateDetector, OnnxPlateDetector
from sklearn_lpr.metrics import corner_errors, detection_average_precision, detection_scores

# The photos that are held out belong to the script that trains.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from detector_scenes import Scenes, held_out_scenes

# So many photos of each set are searched with the slower detector, too.
N_CONTOUR = 20

FRAME_SHAPE = (2160, 3840)

# In close-ups a plate has this fraction of the width, which is this many pixels. They are cut from
# held-out photos in which the plate has a certain width at least, so many of each set at most.
CLOSE_UP = 0.8
CLOSE_UP_WIDTH = 800
LEAST_WIDTH = 120
N_CLOSE_UPS = 40

# The held-out photos whose first annotated plate has two rows, as seen by eye.
TWO_ROWS = {
    "us_quads": (
        *("00004", "00007", "00010", "00016", "00026", "00160"),
        *("00164", "00170", "00193", "00223", "00225", "00226"),
    ),
    "tn": ("00731",),
    "in_n225": ("00008", "00010", "00046"),
    "in_bus": ("00039", "00041", "00076"),
    "openimages": ("00008", "01475"),
}


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, metavar="FILE", help="default: the bundled network")
    parser.add_argument(
        "--held-out", action="store_true", help="held-out photos alone, without the test sets"
    )
    parser.add_argument("--no-contour", action="store_true", help="the network alone")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    held_out = held_out_scenes(arguments.data)
    sets = {f"{name}, held out": scenes for name, scenes in held_out.items()}
    sets["two rows, held out"] = real_two_rows(held_out)
    sets["synthetic, two rows"] = synthetic_two_rows()
    sets["close-ups, held out"] = close_ups(held_out)
    sets["4K frames, plates of 60 pixels"] = wide_frames(sets)
    if arguments.held_out:
        del sets["ccpd_scenes, held out"]
    else:
        sets |= openalpr_scenes(arguments.data / "openalpr")
    network = OnnxPlateDetector(arguments.model)
    rows = [measure(name, scenes, network) for name, scenes in sets.items()]
    if not arguments.no_contour:
        rows += [
            measure(name, Scenes(*(part[:N_CONTOUR] for part in scenes)), ContourPlateDetector())
            for name, scenes in sets.items()
            if "4K" not in name
        ]
    publish(
        "Plate detection",
        "Default parameters, one thread; the time is CPU time, without file decoding. IoU: "
        "intersection over union. Corner error: median over plates with annotated corners, as a "
        f"fraction of the height. ContourPlateDetector searches the first {N_CONTOUR} photos of "
        "each set. Some photos show plates that nobody annotated, which count as false positives.",
        rows,
        arguments.output,
    )


def measure(name: str, scenes: Scenes, detector: Any) -> dict[str, Any]:
    """Return a row: counts, recall, precision, corner error and time."""
    seconds, found = [], []
    for photo in scenes.photos:
        pixels = photo.pixels()
        start = time.thread_time()
        found += detector.detect_all([pixels])
        seconds.append(time.thread_time() - start)
    scores = detection_scores(scenes.corners, found)
    errors = corner_errors(scenes.corners, found)
    return {
        "set": name,
        "detector": type(detector).__name__,
        "photos": len(scenes.photos),
        "plates": sum(map(len, scenes.corners)),
        "recall": scores.recall,
        "recall at IoU 0.7": detection_scores(scenes.corners, found, iou_threshold=0.7).recall,
        "precision": scores.precision,
        "average precision": detection_average_precision(scenes.corners, found),
        "false positives a photo": scores.n_false_positives / len(scenes.photos),
        "corner error": float(np.median(errors)) if len(errors) else "",
        "median ms": round(1000 * statistics.median(seconds), 1),
    }


def openalpr_scenes(folder: Path) -> dict[str, Scenes]:
    """Load the test photos of OpenALPR, whose plates are annotated by boxes."""
    sets = {}
    for subset in ("eu", "us", "br"):
        photos = list(load_openalpr(folder, subset=subset).data)
        sets[f"OpenALPR {subset}"] = Scenes(photos, [photo.corners[np.newaxis] for photo in photos])
    return sets


def real_two_rows(held_out: dict[str, Scenes]) -> Scenes:
    """Choose the held-out photos with two-row plates, and these plates."""
    chosen = Scenes([], [])
    for name, files in TWO_ROWS.items():
        for photo, corners in zip(*held_out[name], strict=True):
            if Path(photo.source).stem in files:
                chosen.photos.append(photo)
                chosen.corners.append(corners[:1])
    return chosen


def synthetic_two_rows() -> Scenes:
    """Draw synthetic scenes with two-row plates."""
    bunch = make_plates(1000, layouts=["argentina", "brazil", "vietnam"], random_state=99)
    photos = list(bunch.data[(bunch.frame["rows"] == 2).to_numpy()])
    return Scenes(photos, [photo.corners[np.newaxis] for photo in photos])


def close_ups(held_out: dict[str, Scenes]) -> Scenes:
    """Cut held-out photos so that their only plate fills most of the width."""
    found = Scenes([], [])
    for photos, corners in held_out.values():
        chosen = [
            (photo.pixels(), quads[0])
            for photo, quads in zip(photos, corners, strict=True)
            if len(quads) == 1 and np.ptp(quads[0][:, 0]) >= LEAST_WIDTH
        ]
        for pixels, quad in chosen[:N_CLOSE_UPS]:
            width, height = np.ptp(quad, axis=0)
            half = np.array([width, max(0.75 * width, height)]) / CLOSE_UP / 2
            low = (quad.mean(axis=0) - half).clip(0).astype(int)
            high = (quad.mean(axis=0) + half).clip(0, pixels.shape[1::-1]).astype(int)
            window = pixels[low[1] : high[1], low[0] : high[0]]
            scale = CLOSE_UP_WIDTH / window.shape[1]
            window = cv2.resize(window, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            found.photos.append(PlateImage(window))
            found.corners.append(((quad - low) * scale)[np.newaxis])
    return found


def wide_frames(sets: dict[str, Scenes]) -> Scenes:
    """Lay held-out plates, 60 pixels wide, on enlarged photos without a plate."""
    streets, windows = sets["no_plate, held out"].photos, sets["ccpd_plates, held out"]
    rng = np.random.default_rng(0)
    photos, corners = [], []
    for street in streets:
        frame = cv2.resize(
            np.atleast_3d(street.pixels()), FRAME_SHAPE[::-1], interpolation=cv2.INTER_CUBIC
        )
        index = rng.integers(len(windows.photos))
        pixels, quad = windows.photos[index].pixels(), windows.corners[index][0]
        scale = 60 / np.linalg.norm(quad[1] - quad[0])
        window = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = window.shape[:2]
        top, left = rng.integers(0, np.array(FRAME_SHAPE) - (height, width))
        frame = np.repeat(frame.reshape(*FRAME_SHAPE, -1)[:, :, :1], 3, axis=2)
        frame[top : top + height, left : left + width] = window
        photos.append(PlateImage(frame))
        corners.append((quad * scale + (left, top))[np.newaxis])
    return Scenes(photos, corners)


if __name__ == "__main__":
    main()
