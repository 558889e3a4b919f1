"""Lay photos on a canvas by projective maps, and move the corners of their plates along."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._quads import quad_area

__all__ = ["Canvas", "SceneMap", "map_corners", "visible_fraction"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# A plate of which more than this fraction is covered by the next photo is erased: half a plate is
# neither a plate nor background.
_MAX_COVERED = 0.1


@dataclass(frozen=True)
class SceneMap:
    """A projective map from a photo to the canvas.

    Parameters
    ----------
    matrix : ndarray of shape (3, 3)
        Maps points of the photo, whose pixels have their edges at whole numbers.
    mirrored : bool
        Whether left and right are exchanged.
    """

    matrix: Floats
    mirrored: bool

    @classmethod
    def around(
        cls,
        centre: npt.ArrayLike,
        target: npt.ArrayLike,
        linear: Floats,
        perspective: npt.ArrayLike,
    ) -> "SceneMap":
        """Build the map that takes `centre` to `target`, with a linear part and a perspective."""
        to_origin, to_target = np.eye(3), np.eye(3)
        to_origin[:2, 2] = -np.asarray(centre)
        to_target[:2, 2] = np.asarray(target)
        projective = np.eye(3)
        projective[:2, :2] = linear
        projective[2, :2] = np.asarray(perspective) @ linear
        return cls(to_target @ projective @ to_origin, bool(np.linalg.det(linear) < 0))

    def corners(self, quads: Floats) -> Floats:
        """Return mapped corners of plates (n, 4, 2), again from top left to bottom left."""
        mapped = map_corners(self.matrix, quads)
        return mapped[:, [1, 0, 3, 2]] if self.mirrored else mapped


def map_corners(matrix: Floats, points: Floats) -> Floats:
    """Apply a projective map to points of shape (..., 2)."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return mapped[..., :2] / mapped[..., 2:]


def _common_area(first: Floats, second: Floats) -> float:
    """Compute the area that two convex quadrilaterals have in common.

    Faster than `images._quads.common_area`, and exact unless they are almost the same.
    """
    return float(cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))[0])


def visible_fraction(quad: Floats, size: int) -> float:
    """Compute the fraction of a plate's area that lies on a square canvas."""
    square = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float64)
    return _common_area(quad, square) / max(quad_area(quad), 1e-6)


@dataclass
class Canvas:
    """A square image on which photos are laid one over the other.

    Parameters
    ----------
    image : ndarray of shape (size, size, 3), dtype uint8

    Attributes
    ----------
    corners : ndarray of shape (n_plates, 4, 2)
        Of the plates that are not covered.
    is_box : ndarray of shape (n_plates,), dtype bool
        Whether a plate was annotated by an upright box.
    """

    image: Pixels
    corners: Floats = field(default_factory=lambda: np.empty((0, 4, 2)))
    is_box: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def lay(
        self, pixels: Pixels, corners: Floats, is_box: npt.NDArray[np.bool_], scene_map: SceneMap
    ) -> float:
        """Lay a photo over what is there, and return the fraction of the canvas it covers."""
        size = len(self.image)
        height, width = pixels.shape[:2]
        outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        outline = map_corners(scene_map.matrix, outline)
        self._erase_covered(outline)
        pixels, matrix = _reduce(pixels, scene_map.matrix)
        # OpenCV puts whole numbers at the centres of pixels.
        centres, edges = np.eye(3), np.eye(3)
        centres[:2, 2], edges[:2, 2] = -0.5, 0.5
        cv2.warpPerspective(
            pixels,
            centres @ matrix @ edges,
            (size, size),
            dst=self.image,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        if len(corners):
            self.corners = np.concatenate([self.corners, scene_map.corners(corners)])
            self.is_box = np.concatenate([self.is_box, is_box])
        return visible_fraction(outline, size) * quad_area(outline) / size**2

    def _erase_covered(self, outline: Floats) -> None:
        """Erase plates that a photo with this outline covers in part, and forget the covered."""
        kept = np.ones(len(self.corners), np.bool_)
        for index, quad in enumerate(self.corners):
            if _common_area(quad, outline) > _MAX_COVERED * quad_area(quad):
                kept[index] = False
                colour = self.image[tuple(_inside(quad.mean(axis=0), len(self.image)))]
                points = quad.round().astype(np.int32)
                cv2.fillConvexPoly(self.image, points, tuple(int(level) for level in colour))
        self.corners, self.is_box = self.corners[kept], self.is_box[kept]


def _reduce(pixels: Pixels, matrix: Floats) -> tuple[Pixels, Floats]:
    """Shrink a photo that the map shrinks to less than half, so that no pixel is skipped."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if scale >= 0.5:
        return pixels, matrix
    height, width = pixels.shape[:2]
    small = (max(1, round(2 * scale * width)), max(1, round(2 * scale * height)))
    reduced = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    return reduced, matrix @ np.diag([width / small[0], height / small[1], 1])


def _inside(point: Floats, size: int) -> npt.NDArray[np.intp]:
    return point[::-1].astype(np.intp).clip(0, size - 1)
