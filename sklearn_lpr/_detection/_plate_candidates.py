"""Propose rotated boxes that may be plates, from four classical image features.

Every feature proposes many boxes, most of them wrong; `_plate_score` estimates which are plates.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .._compat import cv2

__all__ = ["RotatedBox", "find_plate_candidates"]

Pixels = npt.NDArray[np.uint8]

_MIN_HEIGHT = 8
_MAX_CHARACTERS = 14
# Every component is compared with every other. Only textured photos have more components.
_MAX_COMPONENTS = 2000
# Blue, yellow and green backgrounds of plates. Hue is 0 to 180 in OpenCV.
_COLOURS = (
    ((95, 80, 40), (130, 255, 255)),
    ((14, 80, 60), (38, 255, 255)),
    ((40, 50, 60), (90, 255, 255)),
)


class RotatedBox(NamedTuple):
    """Rotated box: centre and size in pixels, angle in degrees, and filled fraction."""

    x: float
    y: float
    width: float
    height: float
    angle: float
    fill: float = 1.0

    def scaled(self, factor: float) -> "RotatedBox":
        """Return the box in an image that is larger by a factor."""
        x, y, width, height = (factor * length for length in self[:4])
        return RotatedBox(x, y, width, height, self.angle, self.fill)

    def corners(self) -> npt.NDArray[np.float64]:
        """Return the corners as top left, top right, bottom right, bottom left."""
        angle = np.deg2rad(self.angle)
        along = np.array([np.cos(angle), np.sin(angle)]) * self.width / 2
        down = np.array([-np.sin(angle), np.cos(angle)]) * self.height / 2
        centre = np.array([self.x, self.y])
        return np.array(
            [
                centre - along - down,
                centre + along - down,
                centre + along + down,
                centre - along + down,
            ]
        )


def find_plate_candidates(
    rgb: Pixels,
    aspect_range: tuple[float, float],
    area_range: tuple[float, float],
    max_angle: float,
) -> list[RotatedBox]:
    """Return the boxes of an RGB photo that may be plates."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    boxes = [*_dense_edges(grey), *_plate_colours(rgb), *_rows_of_characters(grey), *_areas(grey)]
    low, high = (limit * grey.size for limit in area_range)
    # Several features often propose the same box; nearly equal boxes are merged.
    kept = {
        _key(box): box
        for box in boxes
        if box.height >= _MIN_HEIGHT
        and aspect_range[0] <= box.width / box.height <= aspect_range[1]
        and low <= box.width * box.height <= high
        and abs(box.angle) <= max_angle
    }
    return list(kept.values())


def _key(box: RotatedBox) -> tuple[int, ...]:
    """Return integers that are equal if boxes differ by less than the width of a stroke."""
    place = (round(8 * length / box.height) for length in (box.x, box.y, box.width))
    return (*place, round(8 * np.log2(box.height)), round(box.angle / 3))


def _dense_edges(grey: Pixels) -> list[RotatedBox]:
    """Find regions with many vertical edges, for plates of three heights."""
    boxes = []
    for height in (12, 24, 48):
        if height > min(grey.shape):
            break
        scale = 12 / height
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        vertical = np.abs(cv2.Sobel(small, cv2.CV_32F, 1, 0))
        horizontal = np.abs(cv2.Sobel(small, cv2.CV_32F, 0, 1))
        density = cv2.boxFilter(np.maximum(vertical - horizontal / 2, 0), -1, (7, 3))
        for percentile in (94, 97.5):
            mask = (density > np.percentile(density, percentile)).astype(np.uint8)
            mask = _close_and_open(mask, (9, 3), (11, 5))
            boxes += [box.scaled(1 / scale) for box in _outlines(mask)]
    return boxes


def _plate_colours(rgb: Pixels) -> list[RotatedBox]:
    """Find regions in the background colours of plates."""
    hsv = cv2.cvtColor(cv2.GaussianBlur(rgb, (3, 3), 0), cv2.COLOR_RGB2HSV)
    masks = [cv2.inRange(hsv, low, high) for low, high in _COLOURS]
    return [
        box
        for mask in masks
        for gap in (1, 2)
        for box in _outlines(_close_and_open(mask, (7 * gap, 3 * gap), (9, 5)))
    ]


def _rows_of_characters(grey: Pixels) -> list[RotatedBox]:
    """Find rows of components that have the size of characters."""
    boxes = []
    for block in (15, 35):
        for mode, offset in ((cv2.THRESH_BINARY, -8), (cv2.THRESH_BINARY_INV, 8)):
            mask = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, mode, block, offset)
            stats = cv2.connectedComponentsWithStats(mask, connectivity=4)[2][1:].astype(float)
            _, _, width, height, area = stats.T
            fill = area / (width * height)
            slim = height > 2.5 * width
            character = (
                (height >= _MIN_HEIGHT - 1)
                & (height <= 0.2 * len(grey))
                & (height > 0.9 * width)
                & (height < 7 * width)
                & (fill > 0.18)
                & (slim | (fill < 0.95))
            )
            tallest = np.argsort(-height * character, kind="stable")[: character.sum()]
            boxes += _rows(*stats[np.sort(tallest[:_MAX_COMPONENTS]), :4].astype(np.float32).T)
    return boxes


def _rows(
    x: npt.NDArray[np.floating[Any]],
    y: npt.NDArray[np.floating[Any]],
    width: npt.NDArray[np.floating[Any]],
    height: npt.NDArray[np.floating[Any]],
) -> list[RotatedBox]:
    """Link neighbours of similar height and return boxes around the linked components."""
    x_centre, y_centre = x + width / 2, y + height / 2
    lower = np.minimum(height[:, np.newaxis], height)
    ratio = np.maximum(height[:, np.newaxis], height) / lower
    distance = np.abs(x_centre[:, np.newaxis] - x_centre) / lower
    offset = np.abs(y_centre[:, np.newaxis] - y_centre) / lower
    near = (ratio < 1.25) & (offset < 0.35) & (distance < 1.6)
    # Some plates have a wide gap or a different character between two groups.
    far = near | ((ratio < 1.15) & (offset < 0.3) & (distance < 4))
    boxes = []
    for linked in (near, far):
        row = connected_components(csr_array(linked), directed=False)[1]
        for members in np.split(np.argsort(row, kind="stable"), np.cumsum(np.bincount(row))[:-1]):
            if not 3 <= len(members) <= _MAX_CHARACTERS:
                continue
            size = float(np.median(height[members]))
            slope = _slope(x_centre[members], y_centre[members], size)
            left, right = x[members].min(), (x + width)[members].max()
            middle = (left + right) / 2
            level = float(np.mean(y_centre[members] - slope * (x_centre[members] - middle)))
            length, angle = (right - left) * np.hypot(1, slope), np.rad2deg(np.arctan(slope))
            boxes += [
                RotatedBox(middle, level, length + 0.5 * size, 1.4 * size, angle),
                RotatedBox(middle, level, length + size, 1.9 * size, angle),
                # The first character may have broken into small components.
                RotatedBox(middle - 0.4 * size, level, length + 1.2 * size, 1.4 * size, angle),
            ]
    return boxes


def _slope(
    x: npt.NDArray[np.floating[Any]], y: npt.NDArray[np.floating[Any]], size: float
) -> float:
    return float(np.polyfit(x, y, 1)[0]) if np.ptp(x) > 2 * size else 0.0


def _areas(grey: Pixels) -> list[RotatedBox]:
    """Find rectangular regions that are lighter or darker than their surroundings."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    boxes = []
    for level in (50, 80, 110, 140, 170, 200):
        for mode in (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV):
            mask = cv2.threshold(smooth, level, 1, mode)[1]
            _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
            _, _, width, height, area = stats.T
            boxlike = (height >= _MIN_HEIGHT) & (width >= height) & (area > 0.25 * width * height)
            boxlike[0] = False  # the background
            for label in np.flatnonzero(boxlike):
                x, y, w, h = (int(length) for length in stats[label, :4])
                part = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
                boxes += [
                    box._replace(x=box.x + x, y=box.y + y)
                    for box in _outlines(part)
                    if box.fill > 0.75
                ]
    return boxes


def _close_and_open(mask: Pixels, gap: tuple[int, int], smallest: tuple[int, int]) -> Pixels:
    """Close gaps, then remove regions smaller than a size (width, height)."""
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(gap[::-1], np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(smallest[::-1], np.uint8))


def _outlines(mask: Pixels) -> list[RotatedBox]:
    """Return the smallest rotated box around each region of a mask."""
    boxes = []
    for contour in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[-2]:
        hull = cv2.convexHull(contour)
        (x, y), (width, height), angle = cv2.minAreaRect(hull)
        if min(width, height) < 1:
            continue
        if height > width:
            width, height, angle = height, width, angle + 90
        # A contour runs through the centres of the outermost pixels.
        fill = cv2.contourArea(hull) / (width * height)
        angle = (angle + 90) % 180 - 90
        boxes.append(RotatedBox(x + 0.5, y + 0.5, width + 1, height + 1, angle, fill))
    return boxes
