"""The photos that train the bundled plate detector, and those that are held out to test it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from _label_correction import LabelCorrector

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr.datasets import load_ccpd, load_scenes, make_plates

__all__ = ["SOURCES", "Scenes", "corner_scenes", "held_out_scenes", "licences", "training_scenes"]

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

# The same for the network that finds corners, which learns little from boxes.
_CORNER_WEIGHTS = {
    "openimages": 1,
    "ro_dashcam": 1,
    "tn": 2,
    "us_quads": 4,
    "in_n225": 2,
    "in_pb": 4,
    "in_bus": 1,
    "no_plate": 1,
}

# Sets in which plates in the background are not annotated. In `openimages`, what the detector finds
# besides the annotated plates are signs and stickers, from which it shall learn.
_INCOMPLETE = ("ro_dashcam", "in_pb")

# The longer side to which photos are reduced for training, in pixels: crops show no more.
_LONGER_SIDE = 720

# For the network that finds corners: the longer side of photos without a plate and of plates, and
# how much of the photo around a plate is kept, in plate sizes.
_EMPTY_SIDE = 640
_PLATE_SIDE = 160
_SURROUNDINGS = 1.5

# Every tenth photo of a set, in a random order of its own, is held out.
_HELD_OUT = 10

# Every second window around a plate of CCPD is used, so that China does not outweigh the rest.
_WINDOW_STEP = 2

# Synthetic plates of each layout; None draws plates of no country.
_SYNTHETIC_LAYOUTS = (None, "china", "eu", "brazil", "argentina", "mercosur", "vietnam")
_N_SYNTHETIC = 160

# Synthetic plates with two rows of each layout.
_TWO_ROW_LAYOUTS = ("brazil", "china", "india", "mercosur", "vietnam")
_N_TWO_ROWS = 80


class Scenes(NamedTuple):
    """Photos with the corners of all of their plates."""

    photos: list[PlateImage]
    corners: list[Floats]


def licences() -> dict[str, str]:
    """Return the licence of each set."""
    return {
        **{name: licence for name, (licence, _) in SOURCES.items()},
        "ccpd": "CCPD, MIT (carrier CC BY-NC 4.0)",
        "make_plates": "synthetic",
    }


def training_scenes(data: Path, corrector: LabelCorrector | None = None) -> Scenes:
    """Load all photos that may train, reduced, in memory, repeated by the weight of their set.

    With a corrector, the corners of the photos are corrected, and two-row plates come more often.
    """
    scenes = Scenes([], [])
    weights = {name: weight for name, (_, weight) in SOURCES.items()}
    n_replaced = n_hidden = 0
    for name, photo, quads, weight in _training_photos(data, weights, _WINDOW_STEP):
        pixels = photo.pixels()
        if corrector is not None and name in SOURCES:
            corrected = corrector.correct(pixels, quads, hide=name in _INCOMPLETE)
            pixels, quads = corrected.pixels, corrected.corners
            n_replaced += corrected.n_replaced
            n_hidden += corrected.n_hidden
        scale = min(1.0, _LONGER_SIDE / max(pixels.shape[:2]))
        scenes.photos.extend([PlateImage(_reduce(pixels, scale))] * weight)
        scenes.corners.extend([quads * scale] * weight)
    if corrector is not None:
        print(f"{n_replaced} boxes replaced by corners, {n_hidden} further plates hidden")
        for plate in _two_row_plates():
            scenes.photos.append(plate)
            scenes.corners.append(plate.corners[np.newaxis])
    return scenes


def _two_row_plates() -> Iterator[PlateImage]:
    """Draw synthetic plates with two rows."""
    for seed, layout in enumerate(_TWO_ROW_LAYOUTS):
        bunch = make_plates(20 * _N_TWO_ROWS, layouts=layout, random_state=100 + seed)
        yield from bunch.data[(bunch.frame["rows"] == 2).to_numpy()][:_N_TWO_ROWS]


def corner_scenes(data: Path) -> Scenes:
    """Load the plates of the same photos, and of all windows of CCPD, with their surroundings.

    The network that finds corners sees no more of a photo.
    """
    scenes = Scenes([], [])
    for _, photo, quads, weight in _training_photos(data, _CORNER_WEIGHTS, 1):
        for pixels, corners in _cut_out(photo.pixels(), quads):
            scenes.photos.extend([PlateImage(pixels)] * weight)
            scenes.corners.extend([corners] * weight)
    return scenes


def _training_photos(
    data: Path, weights: dict[str, int], window_step: int
) -> Iterator[tuple[str, PlateImage, Floats, int]]:
    """Yield the photos that may train: their set, the corners of their plates, their weight."""
    for name, weight in weights.items():
        photos, corners = _load(data, name)
        for index in np.flatnonzero(~_is_held_out(len(photos), name)):
            yield name, photos[index], corners[index], weight
    photos, corners = _load_ccpd(data / "ccpd" / "scenes")
    for index in range(len(photos) // 2):
        yield "ccpd/scenes", photos[index], corners[index], 4
    photos, corners = _load_ccpd(data / "ccpd" / "plates")
    chosen = ~_is_held_out(len(photos), "ccpd_plates")
    chosen &= np.arange(len(photos)) % window_step == 0
    for index in np.flatnonzero(chosen):
        yield "ccpd/plates", photos[index], corners[index], 1
    for seed, layout in enumerate(_SYNTHETIC_LAYOUTS):
        options = {} if layout is None else {"layouts": layout}
        plates, _ = make_plates(_N_SYNTHETIC, **options, random_state=seed, return_X_y=True)
        for plate in plates:
            yield "make_plates", plate, plate.corners[np.newaxis], 1


def _cut_out(pixels: npt.NDArray[np.uint8], quads: Floats) -> Iterator[tuple[Any, Floats]]:
    """Yield each plate with its surroundings, or a whole photo without a plate, reduced."""
    if not len(quads):
        scale = min(1.0, _EMPTY_SIDE / max(pixels.shape[:2]))
        yield _reduce(pixels, scale), quads
    for quad in quads:
        sides = quad.max(axis=0) - quad.min(axis=0)
        start = np.floor(quad.min(axis=0) - _SURROUNDINGS * sides).astype(int)
        stop = np.ceil(quad.max(axis=0) + _SURROUNDINGS * sides).astype(int)
        start, stop = np.maximum(start, 0), np.minimum(stop, pixels.shape[1::-1])
        centres = quads.mean(axis=1)
        inside = quads[((centres > start) & (centres < stop)).all(axis=1)] - start
        scale = min(1.0, _PLATE_SIDE / sides.max())
        yield _reduce(pixels[start[1] : stop[1], start[0] : stop[0]], scale), inside * scale


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


def _reduce(pixels: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    if scale == 1:
        return pixels.copy()
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
