"""Random changes of the viewpoint and of the crop."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import box_corners

__all__ = ["ViewJitter"]


@dataclass(frozen=True)
class ViewJitter:
    """Bounds of random changes of the view; `PlateAugmenter` describes them."""

    margin: float
    crop: str
    corner_jitter: float
    max_rotation: float
    max_shear: float
    max_shift: float
    max_scale: float

    def apply(
        self, image: npt.NDArray[np.uint8], rng: np.random.Generator
    ) -> npt.NDArray[np.uint8]:
        """Warp an image (height, width, channels) so that the plate's corners move at random."""
        height, width = image.shape[:2]
        inset = self.margin / (1 + 2 * self.margin)
        size = np.array([width, height]) * (1 - 2 * inset)
        corners = box_corners(inset * width, inset * height, *size)
        moved = self._move(corners, size, rng)
        # OpenCV places integers at the centres of pixels; corners are relative to their edges.
        matrix = cv2.getPerspectiveTransform(
            (corners - 0.5).astype(np.float32), (moved - 0.5).astype(np.float32)
        )
        return cv2.warpPerspective(
            image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ).reshape(image.shape)

    def _move(
        self,
        corners: npt.NDArray[np.float64],
        size: npt.NDArray[np.float64],
        rng: np.random.Generator,
    ) -> npt.NDArray[np.float64]:
        angle = np.deg2rad(self.max_rotation) * rng.uniform(-1, 1)
        shear = self.max_shear * rng.uniform(-1, 1)
        scale = 1 + self.max_scale * rng.uniform(-1, 1, 2)
        shift = self.max_shift * rng.uniform(-1, 1, 2) * size
        # A shift of less than half the height keeps the plate convex.
        jitter = np.clip(self.corner_jitter * rng.standard_normal((4, 2)), -0.4, 0.4) * size[1]
        rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = corners.mean(axis=0)
        slanted = (corners - centre) @ np.array([[1.0, 0.0], [shear, 1.0]])
        moved = slanted @ rotation.T + jitter
        if self.crop == "box":
            low, high = moved.min(axis=0), moved.max(axis=0)
            moved = ((moved - low) / (high - low) - 0.5) * size
        return moved * scale + centre + shift
