"""Pictures of plates side by side."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval
from ..images import PlateImage, SampleError
from ..preprocessing import PlateCropper
from ._matplotlib import import_pyplot

__all__ = ["COUNTS", "crop_plates", "plate_axes", "show_picture"]

Pixels = npt.NDArray[np.uint8]

# What is shown around a plate whose corners are known, as a fraction of its size.
_MARGIN = 0.1
# Inches.
_LINE = 0.22

# What the displays of plates ask of their parameters.
COUNTS = {name: [Interval(Integral, 1, None, closed="left")] for name in ("n_plates", "n_columns")}


def crop_plates(samples: Sequence[PlateImage], shown: Sequence[int]) -> list[Pixels]:
    """Cut some samples out along their corners; those without corners are shown as a whole."""
    cropper = PlateCropper(margin=_MARGIN, missing="whole")
    try:
        return list(cropper.transform([samples[index] for index in shown]))
    except SampleError as error:
        raise SampleError(int(shown[error.index]), error.reason) from error


def plate_axes(
    pictures: Sequence[Pixels],
    ax: Any,
    *,
    n_columns: int,
    width: float,
    n_lines: float,
    caller: str,
) -> tuple[Any, npt.NDArray[np.object_]]:
    """Give a figure and axes for each picture, with room for lines of text above it.

    Parameters
    ----------
    pictures : sequence of ndarray
    ax : axes, array of axes, or None
        Where to draw; None makes a figure of a fitting size.
    n_columns : int
        At most so many pictures beside each other in a new figure.
    width : float
        Of a picture in a new figure, in inches; a single one is half as wide again.
    n_lines : float
        Lines of text above each picture.
    caller : str
        What a message calls the display.

    Returns
    -------
    figure : Figure
    axes : ndarray of shape (n_pictures,), dtype object

    Raises
    ------
    ValueError
        If there are more pictures than axes.
    """
    plt = import_pyplot(caller)
    n_pictures = len(pictures)
    if ax is not None:
        axes = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
        if len(axes) < n_pictures:
            raise ValueError(
                f"ax holds {len(axes)} axes for {n_pictures} plates; pass one for each, or None."
            )
        figure = axes[0].figure
    else:
        columns = min(n_pictures, n_columns)
        width *= 1.5 if n_pictures == 1 else 1
        slopes = [np.clip(picture.shape[0] / picture.shape[1], 0.2, 0.7) for picture in pictures]
        heights = [
            width * max(slopes[start : start + columns]) + n_lines * _LINE
            for start in range(0, n_pictures, columns)
        ]
        figure, grid = plt.subplots(
            len(heights),
            columns,
            figsize=(columns * width, sum(heights)),
            height_ratios=heights,
            layout="constrained",
        )
        figure.get_layout_engine().set(h_pad=0.06, w_pad=0.06)
        axes = np.atleast_1d(np.asarray(grid, dtype=object)).ravel()
    for spare in axes[n_pictures:]:
        spare.set_axis_off()
    return figure, axes[:n_pictures]


def show_picture(ax: Any, picture: Pixels, **kwargs: Any) -> None:
    """Show a grey or RGB picture without ticks."""
    picture = picture[:, :, 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255, **kwargs)
    # What a cell has to spare is above, where texts are.
    ax.set(xticks=[], yticks=[], anchor="S")
