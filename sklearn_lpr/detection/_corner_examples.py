"""Draw the windows that train the corner network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._detection._corner_window import EXPECTED, WINDOW_SIZE, corner_target, window_around
from .._detection._windows import Affine, cut_window, map_points, unmap_points
from ..augmentation._degradation import ImageDegradation
from ..augmentation._scene_geometry import map_corners
from ..images import PlateImage
from ..images._channels import to_rgb
from ..images._quads import are_boxes, enclosing_boxes, iou
from ..training import Build

__all__ = ["CornerExamples", "disturb"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Standard deviations of the errors of a detection that is refined, in widths and heights of the
# plate: of its place, of the logarithm of its size, and of its slants. Their least strength is that
# of a detection that was refined before.
_SHIFT = (0.06, 0.12)
_SCALE = (0.1, 0.16)
_SLANT = (0.08, 0.16)
_LEAST_STRENGTH = 0.2

# The greatest change of scale over a window by perspective, as a fraction.
_MAX_PERSPECTIVE = 0.3

_FLIP_P = 0.3
_GREY_P = 0.3
_NEGATIVE_P = 0.35

# Half of the negative windows are of photos without a plate, if there are any.
_EMPTY_P = 0.6

# A random quadrilateral that overlaps a plate less shows no plate.
_MAX_OVERLAP = 0.02
_N_TRIES = 10

# Pixels around a window from which perspective draws.
_MARGIN = 18

_DEGRADATION = ImageDegradation(
    max_blur=1.5,
    max_motion_blur=4.0,
    min_resolution=0.4,
    min_jpeg_quality=25,
    max_brightness=0.5,
    max_contrast=0.4,
    max_color_cast=0.15,
    max_shadow=0.6,
    max_noise=14.0,
    p=0.2,
)


@dataclass(frozen=True)
class CornerExamples:
    """A window around each plate, or around something else, with its target.

    Parameters
    ----------
    photos : sequence of PlateImage
    corners : sequence of ndarray of shape (n_plates, 4, 2)
    false_positives : sequence of ndarray of shape (n_candidates, 4, 2)
        What a detector finds in the photos without a plate.
    """

    photos: Sequence[PlateImage]
    corners: Sequence[Floats]
    false_positives: Sequence[Floats]

    def __len__(self) -> int:
        return sum(map(len, self.corners))

    def prepare(self) -> Build:
        """Return a function that draws a window and builds its target."""
        return _Drawer(self)


class _Drawer:
    def __init__(self, examples: CornerExamples) -> None:
        self._photos, self._corners = examples.photos, examples.corners
        self._plates = [
            (index, quad, is_box)
            for index, quads in enumerate(examples.corners)
            for quad, is_box in zip(quads, are_boxes(quads), strict=True)
        ]
        self._empty = [index for index, quads in enumerate(examples.corners) if not len(quads)]
        self._false = [
            (index, quad) for index, quads in enumerate(examples.false_positives) for quad in quads
        ]

    def __call__(
        self, index: int, rng: np.random.Generator
    ) -> tuple[Pixels, dict[str, npt.NDArray[np.float32]]]:
        window: Pixels | None = None
        while window is None:
            if rng.random() < _NEGATIVE_P:
                window, target = self._draw_negative(rng)
            else:
                window, target = self._draw_plate(index, rng)
        if rng.random() < _GREY_P:
            window = cv2.cvtColor(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        return _DEGRADATION.draw(np.ascontiguousarray(window), rng), {"plate": target}

    def _draw_plate(
        self, index: int, rng: np.random.Generator
    ) -> tuple[Pixels | None, npt.NDArray[np.float32]]:
        photo_index, quad, is_box = self._plates[index]
        pixels = to_rgb(self._photos[photo_index].pixels())
        affine = window_around(disturb(quad, rng))
        perspective = np.zeros(2) if is_box else _MAX_PERSPECTIVE * rng.uniform(-0.5, 0.5, 2)
        if affine is None:
            return None, np.empty(0, np.float32)
        pixels, shift = self._cut_off(pixels, quad, affine, rng)
        quad = quad - shift
        affine = affine[0], affine[1] + affine[0] @ shift
        window, matrix = self._cut(pixels, affine, perspective, rng)
        quad = map_corners(matrix, map_points(affine, quad))
        linear = affine[0]
        if window is not None and rng.random() < _FLIP_P:
            window = window[:, ::-1]
            quad = (quad * [-1, 1] + [WINDOW_SIZE[0], 0])[[1, 0, 3, 2]]
            linear = np.diag([-1.0, 1.0]) @ linear
        return window, corner_target(quad, is_box, linear)

    def _draw_negative(
        self, rng: np.random.Generator
    ) -> tuple[Pixels | None, npt.NDArray[np.float32]]:
        if self._false and rng.random() < 0.5:
            index, quad = self._false[rng.integers(len(self._false))]
            quad = disturb(quad, rng)
            pixels = to_rgb(self._photos[index].pixels())
        else:
            if self._empty and rng.random() < _EMPTY_P:
                index = self._empty[rng.integers(len(self._empty))]
            else:
                index = int(rng.integers(len(self._photos)))
            pixels = to_rgb(self._photos[index].pixels())
            for _ in range(_N_TRIES):
                quad = _draw_quad(pixels.shape[1::-1], rng)
                box = enclosing_boxes(quad[np.newaxis])[0]
                if all(iou(box, plate) <= _MAX_OVERLAP for plate in self._corners[index]):
                    break
            else:
                return None, np.empty(0, np.float32)
        affine = window_around(quad)
        if affine is None:
            return None, np.empty(0, np.float32)
        window, _ = self._cut(pixels, affine, np.zeros(2), rng)
        return window, corner_target(None, False, affine[0])

    def _cut_off(
        self, pixels: Pixels, quad: Floats, affine: Affine, rng: np.random.Generator
    ) -> tuple[Pixels, Floats]:
        """Cut the photo off at random where its border is in the window.

        Photos that were cut around their plates would give away where these are.
        """
        width, height = WINDOW_SIZE
        seen = unmap_points(affine, np.array([[0, 0], [width, 0], [width, height], [0, height]]))
        sides = np.array(pixels.shape[1::-1])
        if (seen >= 0).all() and (seen <= sides).all():
            return pixels, np.zeros(2)
        low, high = quad.min(axis=0).clip(0, sides), quad.max(axis=0).clip(0, sides)
        start = (low * rng.uniform(0, 0.95, 2)).astype(int)
        stop = np.ceil(sides - (sides - high) * rng.uniform(0, 0.95, 2)).astype(int)
        return pixels[start[1] : stop[1], start[0] : stop[0]], start.astype(np.float64)

    def _cut(
        self, pixels: Pixels, affine: Affine, perspective: Floats, rng: np.random.Generator
    ) -> tuple[Pixels | None, Floats]:
        """Cut a window, with a perspective; return the map from the window without it as well."""
        size = WINDOW_SIZE[0] + 2 * _MARGIN, WINDOW_SIZE[1] + 2 * _MARGIN
        with_margin = affine[0], affine[1] + _MARGIN
        window = cut_window(pixels, with_margin, size)
        if window is None:
            return None, np.eye(3)
        window = self._fill(window, pixels, with_margin, rng)
        if not perspective.any():
            inside = window[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
            return inside, np.eye(3)
        centre = EXPECTED.mean(axis=0)
        to_origin, back, tilt = np.eye(3), np.eye(3), np.eye(3)
        to_origin[:2, 2], back[:2, 2] = -centre, centre
        tilt[2, :2] = perspective / WINDOW_SIZE
        matrix = back @ tilt @ to_origin
        to_window, edges = np.eye(3), np.eye(3)
        to_window[:2, 2] = 0.5 - _MARGIN
        edges[:2, 2] = -0.5
        warped = cv2.warpPerspective(window, edges @ matrix @ to_window, WINDOW_SIZE)
        return warped, matrix

    def _fill(
        self, window: Pixels, pixels: Pixels, affine: Affine, rng: np.random.Generator
    ) -> Pixels:
        """Show another photo beyond the border, half of the time."""
        outline = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * pixels.shape[1::-1]
        outline = map_points(affine, outline.astype(np.float64))
        inside = np.zeros(window.shape[:2], np.uint8)
        cv2.fillConvexPoly(inside, outline.round().clip(-4096, 4096).astype(np.int32), 1)
        if inside.all() or rng.random() < 0.4:
            return window
        other = to_rgb(self._photos[int(rng.integers(len(self._photos)))].pixels())
        height, width = np.minimum(other.shape[:2], 2 * np.array(window.shape[:2]))
        top, left = rng.integers(0, np.array(other.shape[:2]) - (height, width) + 1)
        patch = cv2.resize(other[top : top + height, left : left + width], window.shape[1::-1])
        return np.where(inside[..., np.newaxis], window, patch)


def disturb(quad: Floats, rng: np.random.Generator) -> Floats:
    """Return a plate's corners with errors like those of a detection."""
    strength = rng.uniform(_LEAST_STRENGTH, 1.5)
    shift, scale, slant = (
        strength * rng.standard_normal(2) * deviation for deviation in (_SHIFT, _SCALE, _SLANT)
    )
    linear = np.diag(np.exp(scale.clip(-0.6, 0.6)))
    linear[[0, 1], [1, 0]] = slant
    unit = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) @ linear.T + shift
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    return quad.mean(axis=0) + unit @ np.stack([along, down])


def _draw_quad(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Draw a quadrilateral with the shape of a plate anywhere in a photo."""
    width = np.exp(rng.uniform(np.log(12), np.log(max(0.6 * size[0], 13))))
    quad = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    quad = quad * [width, width / np.exp(rng.uniform(0.1, 1.6))]
    angle = np.deg2rad(6) * rng.standard_normal()
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return quad @ turn.T + rng.random(2) * size
