"""Estimate the probability that a box in a photo is a plate."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._warp import warp_quad
from ._plate_candidates import RotatedBox

__all__ = ["plate_probability"]

Pixels = npt.NDArray[np.uint8]

# The box is resampled to a patch of this height with a rim around it, in pixels.
_HEIGHT = 32
_RIM = 8
_INSIDE = (slice(_RIM, -_RIM), slice(_RIM, -_RIM))

# A logistic model. Its weights were fitted to rank the candidates of one photo (a softmax over the
# candidates, with targets that increase with the overlap with the plate); scale and bias were
# fitted so that the score of the best candidate is a probability. The data were 80 photos of
# CCPD, the same photos with plates of six other countries, and photos whose plate was painted
# over.
_BIAS = -7.848
_WEIGHTS = {
    "characters": 0.224,
    "more_characters": 0.251,
    "character_height": -3.511,
    "character_offset": -3.861,
    "character_spread": 1.475,
    "edges": 1.534,
    "edges_ratio": 0.673,
    "rim": 3.822,
    "saturation": 2.712,
    "aspect": 0.775,
    "aspect_squared": -2.280,
    "fill": 4.231,
}


def plate_probability(rgb: Pixels, box: RotatedBox) -> float:
    """Return the probability that a box of an RGB photo is a plate."""
    width = min(max(round(_HEIGHT * box.width / box.height), _HEIGHT), 200)
    margin = (_RIM / width, _RIM / _HEIGHT)
    patch = warp_quad(rgb, box.corners(), (width, _HEIGHT), margin)
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY)
    aspect = float(np.log(box.width / box.height / 3.2))
    features = {
        **_characters(np.ascontiguousarray(grey[_INSIDE])),
        **_edges(grey),
        "rim": _rim_difference(patch),
        "saturation": float(np.ptp(np.median(patch[_INSIDE].reshape(-1, 3), axis=0))) / 255,
        "aspect": aspect,
        "aspect_squared": aspect**2,
        "fill": box.fill,
    }
    score = _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())
    return float(1 / (1 + np.exp(-score)))


def _characters(grey: Pixels) -> dict[str, float]:
    """Compute features of the components in one row, dark on light or light on dark."""
    count, size, offset, spread = 0, 0.0, 1.0, 1.0
    for mode, below in ((cv2.THRESH_BINARY, -6), (cv2.THRESH_BINARY_INV, 6)):
        mask = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, mode, 25, below)
        stats = cv2.connectedComponentsWithStats(mask, connectivity=4)[2][1:]
        _, y, width, height, area = stats.astype(float).T
        centre = y + height / 2
        tall = (height > 0.35 * _HEIGHT) & (height < 0.97 * _HEIGHT)
        tall &= (width < 0.8 * height) & (width > 1.6) & (area > 0.15 * width * height)
        if not tall.any():
            continue
        typical, middle = np.median(height[tall]), np.median(centre[tall])
        row = tall & (np.abs(height - typical) < 0.2 * typical)
        row &= np.abs(centre - middle) < 0.15 * _HEIGHT
        if row.sum() > count:
            count, size = int(row.sum()), float(typical) / _HEIGHT
            offset, spread = float(abs(middle / _HEIGHT - 0.5)), float(height[row].std() / typical)
    return {
        "characters": min(count, 5),
        "more_characters": min(max(count - 5, 0), 4),
        "character_height": size,
        "character_offset": offset,
        "character_spread": spread,
    }


def _edges(grey: Pixels) -> dict[str, float]:
    """Compute the density of vertical edges, and its ratio between the inside and the rim."""
    edges = np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)) / 8
    inside = edges[_INSIDE]
    inner = float(inside.mean())
    outer = float((edges.sum() - inside.sum()) / (edges.size - inside.size))
    return {
        "edges": float(np.log1p(inner)),
        "edges_ratio": float(np.log((inner + 2) / (outer + 2))),
    }


def _rim_difference(patch: Pixels) -> float:
    """Return the difference in colour between both sides of the upper and lower edge."""
    lines = patch[:, _RIM:-_RIM].mean(axis=1)
    within = lines[[*range(_RIM, _RIM + 3), *range(-_RIM - 3, -_RIM)]].mean(axis=0)
    beyond = lines[[*range(_RIM - 5, _RIM - 2), *range(2 - _RIM, 5 - _RIM)]].mean(axis=0)
    return float(np.abs(within - beyond).mean()) / 255
