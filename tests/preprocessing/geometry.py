"""Images whose colours encode coordinates, and perspective maps."""

import numpy as np


def coordinates(height=180, width=200):
    """Return an image whose red is the column and whose green is the row of each pixel."""
    y, x = np.mgrid[:height, :width]
    return np.dstack([x, y, np.full_like(x, 77)]).astype(np.uint8)


def homography(source, target):
    """Solve the eight equations of a perspective map."""
    rows, values = [], []
    for (u, v), (x, y) in zip(source, target, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    return np.append(np.linalg.solve(rows, values), 1).reshape(3, 3)
