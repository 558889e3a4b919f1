"""Simulate a camera: viewpoint, lighting, lens blur, sensor noise and compression."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ...augmentation._distortions import add_noise, compress, shadow
from ._sampling import draw_normal

__all__ = ["draw_view", "expose"]


def draw_view(
    centre: tuple[float, float],
    shape: tuple[int, int],
    zoom: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Draw a viewpoint in front of a flat scene.

    Parameters
    ----------
    centre : tuple of x, y
        The point of the scene at which the camera is aimed.
    shape : tuple of height, width
        The photo's size in pixels.
    zoom : float
        Pixels of the photo per pixel of the scene.
    rng : Generator

    Returns
    -------
    ndarray of shape (3, 3), dtype float64
        The homography from the scene to the photo.
    """
    pitch, yaw, roll = np.deg2rad(np.clip(rng.normal(0, (9, 14, 2.5)), -35, 35))
    axes = np.eye(3)
    rotation = axes
    for axis, angle in zip(axes, (pitch, yaw, roll), strict=True):
        rotation = cv2.Rodrigues(axis * angle)[0] @ rotation
    height, width = shape
    focal = 2.2 * width
    x, y = rng.uniform(-0.07, 0.07, 2) * (width, height) + (width / 2, height / 2)
    camera = np.array([[focal, 0, x], [0, focal, y], [0, 0, 1]])
    to_plane = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    plane = rotation.copy()
    plane[:, 2] = 0, 0, focal / zoom
    return camera @ plane @ to_plane


def expose(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Apply lighting, blur, sensor noise and JPEG compression to an image.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), dtype uint8
        RGB.
    rng : Generator

    Returns
    -------
    ndarray of shape (height, width, 3), dtype uint8
    """
    height, width = image.shape[:2]
    photo = cv2.multiply(image, _draw_light(height, width, rng), dtype=cv2.CV_8U)
    photo = _blur(photo, rng)
    photo = add_noise(photo, draw_normal((height, width), rng), float(rng.uniform(2, 14)))
    return compress(photo, int(rng.integers(35, 92))) if rng.random() < 0.6 else photo


def _draw_light(height: int, width: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Draw the light on each pixel: strength, direction, colour temperature and shadow."""
    x, y = _across(width), _across(height)[:, None]
    slope_x, slope_y = rng.normal(0, 0.1, 2).tolist()
    light = 1 + slope_x * x + slope_y * y
    if rng.random() < 0.25:
        angle, offset = rng.uniform(0, 2 * np.pi), float(rng.uniform(-0.6, 0.6))
        depth, sharpness = float(rng.uniform(0.25, 0.5)), float(rng.uniform(3, 20))
        light *= shadow((height, width), angle, offset, depth, sharpness)
    warmth = rng.normal(0, 0.05)
    tint = np.array([1 + warmth, 1 + rng.normal(0, 0.015), 1 - warmth])
    strength = np.exp(rng.normal(-0.05, 0.22)) * tint
    return cv2.merge([light * float(channel) for channel in strength])


@lru_cache(maxsize=512)
def _across(length: int) -> npt.NDArray[np.float32]:
    line = np.linspace(-1, 1, length, dtype=np.float32)
    line.flags.writeable = False
    return line


def _blur(photo: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    photo = cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.3, 0.95))
    if rng.random() < 0.15:
        length = int(rng.integers(2, 5))
        photo = cv2.blur(photo, (length, 1))
    return photo
