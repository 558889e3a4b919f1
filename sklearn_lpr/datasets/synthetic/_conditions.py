"""Simulate difficult conditions: dirt, and photos taken at night."""

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ...augmentation._distortions import add_noise, illuminate
from ._sampling import draw_normal

__all__ = ["darken", "remove_colours", "soil"]


def soil(plate: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    """Cover a plate with mud and dust, more densely towards the foot.

    Parameters
    ----------
    plate : ndarray of shape (height, width, 3), dtype float32
        RGB, modified in place.
    rng : Generator
    """
    height, width = plate.shape[:2]
    patches = cv2.resize(
        rng.normal(0, 0.28, (5, 12)).astype(np.float32),
        (width, height),
        interpolation=cv2.INTER_CUBIC,
    )
    foot = np.linspace(-0.15, float(rng.uniform(0, 0.35)), height, dtype=np.float32)[:, None]
    coverage = np.clip(patches + foot + np.float32(rng.uniform(0, 0.15)), 0, 0.65)
    for x, y in rng.uniform(0, (width, height), (int(rng.integers(0, 25)), 2)).astype(int).tolist():
        cv2.circle(coverage, (x, y), int(rng.integers(0, 2)), rng.uniform(0.3, 0.8), cv2.FILLED)
    colour = np.array((112, 98, 80), np.float32) * np.float32(rng.uniform(0.6, 1.5))
    plate += cv2.merge([coverage] * 3) * (np.tile(colour, (width, 1)) - plate)


def darken(
    photo: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64], rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], bool]:
    """Turn a photo into one taken at night, with the plate lit by a lamp beside the camera.

    Plates are retroreflective: they appear bright while their surroundings are dark. Infrared
    cameras, which record no colours, are simulated as well: their photos must stay grey.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3), dtype uint8
        RGB.
    corners : ndarray of shape (4, 2)
        The corners of the plate.
    rng : Generator

    Returns
    -------
    photo : ndarray of shape (height, width, 3), dtype uint8
    infrared : bool
        Whether the camera is an infrared camera.
    """
    height, width = photo.shape[:2]
    ambient, lamp = float(rng.uniform(0.06, 0.3)), float(rng.uniform(0.55, 1.35))
    lit = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(lit, np.round(corners).astype(np.int32), 1.0)
    # Bright plates glow slightly beyond their edge.
    lit = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.8, 2.5)))
    infrared = rng.random() < 0.4
    if infrared:
        photo = remove_colours(photo)
    photo = illuminate(photo, ambient + (lamp - ambient) * lit)
    noise = draw_normal((height, width), rng)
    return add_noise(photo, noise, float(rng.uniform(3, 11))), infrared


def remove_colours(photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Make the channels of a photo equal."""
    return cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
