"""Photos with bright plates, and the output of a network that finds them exactly."""

import cv2
import numpy as np

from sklearn_lpr._detection._heat_map import OFFSET_UNIT, cell_centres
from sklearn_lpr.images import box_corners


def output_of(heat_map):
    """Return the output of a network that predicts a target perfectly."""
    heat = heat_map[..., 0].clip(1e-6, 1 - 1e-6)
    centres = cell_centres(*heat.shape)[:, :, np.newaxis]
    offsets = (heat_map[..., 4:].reshape(*heat.shape, 4, 2) - centres) / OFFSET_UNIT
    logit = np.log(heat / (1 - heat))
    return np.concatenate([logit[..., np.newaxis], offsets.reshape(*heat.shape, 8)], axis=-1)


def find_bright(image, least_width=4):
    """Return the boxes around the bright regions of an image."""
    bright = (image.min(axis=2) > 150).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
    boxes = [box_corners(*stat[:4]) for stat in stats[1:] if stat[2] >= least_width]
    return np.array(boxes, float).reshape(-1, 4, 2)


def photo_with(*boxes, height=240, width=320):
    """Return a dark photo with bright boxes (x, y, width, height)."""
    photo = np.full((height, width, 3), 40, np.uint8)
    for x, y, wide, high in boxes:
        photo[y : y + high, x : x + wide] = 230
    return photo
