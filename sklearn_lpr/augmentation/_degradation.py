"""Degrade images as light, lens, sensor and encoder do."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ._distortions import (
    add_noise,
    blur,
    compress,
    cover,
    illuminate,
    lower_resolution,
    motion_blur,
    shadow,
)

__all__ = ["ImageDegradation"]


@dataclass(frozen=True)
class ImageDegradation:
    """Bounds of the distortions; see `PlateAugmenter` for their meaning."""

    max_blur: float
    max_motion_blur: float
    min_resolution: float
    min_jpeg_quality: int
    max_brightness: float
    max_contrast: float
    max_color_cast: float
    max_shadow: float
    max_noise: float
    p: float
    max_occlusion: float = 0.0

    @classmethod
    def of(cls, augmenter: Any) -> "ImageDegradation":
        """Return the bounds that an augmenter has as parameters of the same names."""
        names = (field.name for field in fields(cls))
        return cls(**{name: getattr(augmenter, name) for name in names if hasattr(augmenter, name)})

    def draw(self, image: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
        """Apply the distortions in the order light, lens, sensor, encoder."""
        height, width = image.shape[:2]
        # All numbers are always drawn, so that one bound does not affect the others' numbers.
        chosen = rng.random(7) < self.p
        strength = rng.random(7)
        angle, edge, sharpness = rng.uniform((0, -0.6, 3), (2 * np.pi, 0.6, 20))
        left, top = rng.random(2)
        light = self._draw_light(image, rng)
        if chosen[0] and self.max_shadow:
            shade = shadow((height, width), angle, edge, self.max_shadow * strength[0], sharpness)
            light = light * shade[:, :, np.newaxis]
        contrast = 1 + self.max_contrast * rng.uniform(-1, 1)
        image = illuminate(image, contrast * light, (1 - contrast) * float(image.mean()))
        if chosen[1] and self.max_occlusion:
            image = self._cover(image, strength[1], left, top, rng)
        if chosen[2] and self.min_resolution < 1:
            image = lower_resolution(image, 1 - (1 - self.min_resolution) * strength[2])
        if chosen[3] and self.max_blur:
            image = blur(image, max(self.max_blur * strength[3], 0.1))
        if chosen[4] and self.max_motion_blur:
            image = motion_blur(image, self.max_motion_blur * strength[4], angle)
        if chosen[5] and self.max_noise:
            noise = rng.standard_normal((height, width), dtype=np.float32)
            image = add_noise(image, noise, self.max_noise * strength[5])
        if chosen[6] and self.min_jpeg_quality < 100:
            image = compress(image, round(100 - (100 - self.min_jpeg_quality) * strength[6]))
        return image

    def _draw_light(
        self, image: npt.NDArray[np.uint8], rng: np.random.Generator
    ) -> npt.NDArray[np.float32]:
        """Draw the light per pixel and channel, with random strength, gradient and colour."""
        height, width, channels = image.shape
        strength, slope_x, slope_y = rng.uniform(-1, 1, 3) * self.max_brightness
        cast = rng.uniform(-1, 1, channels) * (self.max_color_cast if channels > 1 else 0)
        x = slope_x / 2 * np.linspace(-1, 1, width)
        y = slope_y / 2 * np.linspace(-1, 1, height)
        light = (1 + strength) * (1 + x + y[:, np.newaxis])
        return (light[:, :, np.newaxis] * (1 + cast)).astype(np.float32)

    def _cover(
        self,
        image: npt.NDArray[np.uint8],
        strength: float,
        left: float,
        top: float,
        rng: np.random.Generator,
    ) -> npt.NDArray[np.uint8]:
        height, width = image.shape[:2]
        covered = max(1, round(self.max_occlusion * strength * width))
        high = max(1, round(height * (0.2 + 0.5 * rng.random())))
        x, y = round(left * (width - covered)), round(top * (height - min(high, height)))
        colour = image[rng.integers(height), rng.integers(width)]
        return cover(image, (x, y, x + covered, y + high), colour)
