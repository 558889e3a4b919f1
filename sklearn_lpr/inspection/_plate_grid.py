"""Lay out images of plates in a grid of axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..images import PlateImage, SampleError
from ..preprocessing import PlateCropper
from ._matplotlib import import_pyplot

__all__ = ["crop_plates", "plate_axes", "show_image"]

Pixels = npt.NDArray[np.uint8]

# The margin around a plate with known corners, as a fraction of its size.
_MARGIN = 0.1
# The height of a line of text in inches.
_LINE = 0.22


def crop_plates(samples: Sequence[PlateImage], shown: Sequence[int]) -> list[Pixels]:
    """Crop some samples along their corners; samples without corners are kept as they are."""
    cropper = PlateCropper(margin=_MARGIN, missing="whole")
    try:
        return list(cropper.transform([samples[index] for index in shown]))
    except SampleError as error:
        raise SampleError(int(shown[error.index]), error.reason) from error


def plate_axes(
    images: Sequence[Pixels],
    ax: Any,
    *,
    n_columns: int,
    width: float,
    n_lines: float,
    n_footer_lines: float = 0,
    caller: str,
    unit: str = "plates",
) -> tuple[Any, npt.NDArray[np.object_]]:
    """Return a figure and axes for each image, with room for lines of text above it.

    Parameters
    ----------
    images : sequence of ndarray
    ax : axes, array of axes, or None
        The axes to draw in; None creates a figure of a suitable size.
    n_columns : int
        The maximum number of images per row of a new figure.
    width : float
        The width of an image in a new figure, in inches; 1.5 times this for a single image.
    n_lines : float
        The number of lines of text above each image.
    n_footer_lines : float, default=0
        The number of lines of text at the bottom of a new figure.
    caller : str
        The name of the display in messages.
    unit : str, default="plates"
        What the images show, in messages.

    Returns
    -------
    figure : Figure
    axes : ndarray of shape (n_plates,), dtype object

    Raises
    ------
    ValueError
        If there are fewer axes than images.
    """
    plt = import_pyplot(caller)
    n_plates = len(images)
    if ax is not None:
        axes = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
        if len(axes) < n_plates:
            raise ValueError(
                f"ax holds {len(axes)} axes for {n_plates} {unit}; pass one for each, or None."
            )
        figure = axes[0].figure
    else:
        columns = min(n_plates, n_columns)
        width *= 1.5 if n_plates == 1 else 1
        ratios = [np.clip(image.shape[0] / image.shape[1], 0.2, 0.7) for image in images]
        heights = [
            width * max(ratios[start : start + columns]) + n_lines * _LINE
            for start in range(0, n_plates, columns)
        ]
        figure, grid = plt.subplots(
            len(heights),
            columns,
            figsize=(columns * width, sum(heights) + n_footer_lines * _LINE),
            height_ratios=heights,
            layout="constrained",
        )
        figure.get_layout_engine().set(h_pad=0.06, w_pad=0.06)
        axes = np.atleast_1d(np.asarray(grid, dtype=object)).ravel()
    for spare in axes[n_plates:]:
        spare.set_axis_off()
    return figure, axes[:n_plates]


def show_image(ax: Any, image: Pixels, **kwargs: Any) -> None:
    """Show a grey or RGB image without ticks."""
    image = image[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else image
    ax.imshow(image, cmap="gray", vmin=0, vmax=255, **kwargs)
    # Spare height of a cell goes to the top, where the texts are.
    ax.set(xticks=[], yticks=[], anchor="S")
