"""A network that finds bright plates exactly."""

import numpy as np
import pytest
from bright_photos import find_bright, output_of

from sklearn_lpr._detection._heat_map import build_target


@pytest.fixture
def perfect_forward():
    """Return a forward pass that finds bright rectangles, and the shapes of its images."""
    shapes = []

    def forward(image):
        assert image.dtype == np.uint8
        assert image.flags.c_contiguous
        shapes.append(image.shape)
        size = max(image.shape[:2])
        boxes = find_bright(image)
        none = np.empty((0, 4, 2))
        target = build_target(-(-size // 32) * 32, boxes, np.zeros(len(boxes), bool), none)
        rows, columns = (side // 8 for side in image.shape[:2])
        return output_of(target)[:rows, :columns].astype(np.float32)

    forward.shapes = shapes
    return forward
