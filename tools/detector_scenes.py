"""The photos that train the bundled plate detector, and those that are held out to test it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import load_ccpd, load_scenes, make_plates

__all__ = ["SOURCES", "Scenes", "held_out_scenes", "training_scenes"]

Floats = npt.NDArray[np.float64]

# The sets of scenes with their licences, and how often a photo is in an epoch: small sets, and
# those with many kinds of plates, come more often.
SOURCES = {
    "openimages": ("Open Images, CC BY 4.0 (photos CC BY 2.0)", 3),
    "ro_dashcam": ("MIT", 1),
    "tn": ("none stated", 1),
    "us_quads": ("Apache-2.0, data MIT", 3),
    "in_n225": ("none stated", 2),
    "in_pb": ("MIT, data CC BY 4.0", 4),
    "in_bus": ("CC BY 4.0", 4),
    "no_plate": ("OpenALPR train-detector, AGPL-3.0", 2),
}

# The longer side to which photos are reduced for training, in pixels: crops show no more.
_LONGER_SIDE = 720

# Every tenth photo of a set, in a random order of its own, is held out.
_HELD_OUT = 10

# Every second window around a plate of CCPD is used, so that China does not outweigh the rest.
_WINDOW_STEP = 2

# Synthetic plates of each layout; None draws plates of no country.
_SYNTHETIC_LAYOUTS = (None, "china", "eu", "brazil", "argentina", "mercosur", "vietnam")
_N_SYNTHETIC = 160


class Scenes(NamedTuple):
    """Photos with the corners of all of their plates."""

    photos: list[PlateImage]
    corners: list[Floats]


def training_scenes(data: Path) -> Scenes:
    """Load all photos that may train, reduced, in memory, repeated by the weight of their set."""
    scenes = Scenes([], [])
    for name, (_, weight) in SOURCES.items():
        photos, corners = _load(data, name)
        chosen = ~_is_held_out(len(photos), name)
        _add(scenes, photos, corners, chosen, weight)
    photos, corners = _load_ccpd(data / "ccpd" / "scenes")
    _add(scenes, photos, corners, np.arange(len(photos)) < len(photos) // 2, 4)
    photos, corners = _load_ccpd(data / "ccpd" / "plates")
    chosen = ~_is_held_out(len(photos), "ccpd_plates")
    chosen &= np.arange(len(photos)) % _WINDOW_STEP == 0
    _add(scenes, photos, corners, chosen, 1)
    for seed, layout in enumerate(_SYNTHETIC_LAYOUTS):
        options = {} if layout is None else {"layouts": layout}
        plates, _ = make_plates(_N_SYNTHETIC, **options, random_state=seed, return_X_y=True)
        quads = [sample.corners[np.newaxis] for sample in plates]
        _add(scenes, list(plates), quads, np.ones(len(plates), bool), 1)
    return scenes


def held_out_scenes(data: Path) -> dict[str, Scenes]:
    """Load the photos that never train, by set, as their files."""
    held_out = {}
    for name in SOURCES:
        photos, corners = _load(data, name)
        chosen = np.flatnonzero(_is_held_out(len(photos), name))
        held_out[name] = Scenes([photos[i] for i in chosen], [corners[i] for i in chosen])
    photos, corners = _load_ccpd(data / "ccpd" / "plates")
    chosen = np.flatnonzero(_is_held_out(len(photos), "ccpd_plates"))
    held_out["ccpd_plates"] = Scenes([photos[i] for i in chosen], [corners[i] for i in chosen])
    photos, corners = _load_ccpd(data / "ccpd" / "scenes")
    half = len(photos) // 2
    held_out["ccpd_scenes"] = Scenes(photos[half:], corners[half:])
    return held_out


def _load(data: Path, name: str) -> Scenes:
    X, y = load_scenes(data / "scenes" / name, return_X_y=True)
    return Scenes(list(X), list(y))


def _load_ccpd(folder: Path) -> Scenes:
    """Load CCPD in the order of the file names."""
    X, _ = load_ccpd(folder, return_X_y=True)
    X = sorted(X, key=lambda sample: Path(sample.source).name)
    return Scenes(X, [sample.corners[np.newaxis] for sample in X])


def _is_held_out(n_photos: int, name: str) -> npt.NDArray[np.bool_]:
    """Return whether each photo of a set is held out."""
    order = np.random.default_rng(list(name.encode())).permutation(n_photos)
    return order % _HELD_OUT == 0


def _add(
    scenes: Scenes,
    photos: list[PlateImage],
    corners: list[Floats],
    chosen: npt.NDArray[np.bool_],
    weight: int,
) -> None:
    """Add the chosen photos, reduced, several times."""
    for index in np.flatnonzero(chosen):
        pixels = photos[index].pixels()
        scale = min(1.0, _LONGER_SIDE / max(pixels.shape[:2]))
        if scale < 1:
            pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        scenes.photos.extend([PlateImage(pixels)] * weight)
        scenes.corners.extend([corners[index] * scale] * weight)
