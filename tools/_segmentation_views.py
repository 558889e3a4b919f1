"""Views of plates as inputs of the network, and their targets."""

import cv2
import numpy as np
from _segmentation_plates import Floats, Pixels, Plate

from sklearn_lpr.preprocessing import _character_network
from sklearn_lpr.preprocessing._text_row import TextRow
from sklearn_lpr.preprocessing._view import View

__all__ = [
    "DISTANCE_UNIT",
    "HEIGHT",
    "N_POSITIONS",
    "WIDTH",
    "boxes_in_view",
    "distort",
    "draw_view",
    "make_target",
]

HEIGHT, WIDTH = _character_network.INPUT_SHAPE
N_POSITIONS = WIDTH // 2
DISTANCE_UNIT = 16


def draw_view(plate: Plate, rng: np.random.Generator) -> View:
    """Draw a view as the segmenter uses it: the whole crop, or the row of characters in it."""
    height, width = plate.pixels.shape
    row = TextRow.fit(plate.boxes)
    if rng.random() < 0.45:
        smallest = -0.5 if rng.random() < 0.3 else -0.2
        grow = np.exp(-rng.uniform(smallest, 0.18, 2))
        view = View(0, 0, width, height, rng.normal(0, 0.04))
    else:
        boxes = plate.boxes
        if len(boxes) > 3 and rng.random() < 0.15:  # a character is missed
            boxes = boxes[1:] if rng.random() < 0.5 else boxes[:-1]
        view = TextRow.fit(boxes).view()
        view = view._replace(slope=view.slope + rng.normal(0, 0.02))
        grow = np.exp(rng.normal(0, 0.1, 2))
    size = np.array([view.width, view.height]) * grow
    centre = np.array([view.left + view.width / 2, view.top + view.height / 2])
    centre += rng.normal(0, 0.035, 2) * size
    # All characters stay within the view.
    text = np.array([[row.left, row.top], [row.right, row.bottom]])
    size = np.maximum(size, 1.03 * (text[1] - text[0]))
    centre = np.clip(centre, text[1] - size / 2, text[0] + size / 2)
    return View(*(centre - size / 2), *size, view.slope)


def boxes_in_view(boxes: Floats, view: View) -> Floats:
    """Return boxes as fractions of a view."""
    middle = boxes[:, [0, 2]].mean(axis=1) - view.left - view.width / 2
    level = boxes - np.column_stack([0 * middle, view.slope * middle] * 2)
    return (level - [view.left, view.top] * 2) / ([view.width, view.height] * 2)


def distort(pixels: Pixels, rng: np.random.Generator) -> Floats:
    """Vary brightness, sharpness and polarity, and normalize the image for the network."""
    image = pixels.astype(np.float32)
    if rng.random() < 0.3:
        image = 255 - image
    if rng.random() < 0.25:  # uneven illumination
        across, along = np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT)[:, np.newaxis]
        image = image * rng.uniform(0.5, 1) + rng.normal(0, 40) * across
        image = image + rng.normal(0, 30) * along
    if rng.random() < 0.2:  # the edge of a shadow
        image[:, rng.integers(WIDTH) :] *= rng.uniform(0.4, 1)
    if rng.random() < 0.3:
        across, along = rng.uniform(0.4, [1.6, 1.1])
        image = cv2.GaussianBlur(image, (0, 0), across, sigmaY=along)
    if rng.random() < 0.2:  # low resolution
        scale = rng.uniform(0.35, 0.7)
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, (WIDTH, HEIGHT))
    if rng.random() < 0.3:
        image = 255 * np.clip(image / 255, 0, 1) ** np.exp(rng.normal(0, 0.35))
    image = image + rng.normal(0, rng.uniform(0, 9), image.shape)
    if rng.random() < 0.3:  # over- or underexposed
        mean = image.mean()
        image = ((image - mean) * rng.uniform(0.8, 2) + mean + rng.normal(0, 30)).clip(0, 255)
    return _character_network.normalize(image.astype(np.float32))


def make_target(boxes: Floats) -> Floats:
    """Return the target of each position along a view.

    These are whether a character's centre is there, the weight in the loss, and the distances to
    the left and the right edge, and the upper and the lower edge.
    """
    target = np.zeros((N_POSITIONS, 6), np.float32)
    target[:, 1] = 1
    target[:, 2:] = (0.5, 0.5, 0, 1)  # any valid box, where there is no character
    x = (np.arange(N_POSITIONS) + 0.5) / N_POSITIONS
    nearest = np.full(N_POSITIONS, np.inf)
    step = 1 / N_POSITIONS
    for left, top, right, bottom in boxes:
        distance = np.abs(x - (left + right) / 2)
        nearby = distance <= max(1.5 * step, 0.3 * (right - left))
        target[nearby & (target[:, 0] == 0), 1] = 0
        inside = distance <= max(0.75 * step, 0.15 * (right - left))
        inside &= distance < nearest
        nearest[inside] = distance[inside]
        target[inside, :2] = 1
        target[inside, 2] = (x[inside] - left) * WIDTH / DISTANCE_UNIT
        target[inside, 3] = (right - x[inside]) * WIDTH / DISTANCE_UNIT
        target[inside, 4:] = (top, bottom)
    return target
