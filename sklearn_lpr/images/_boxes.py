"""Convert bounding boxes in common annotation formats to corners."""

from numbers import Integral

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, StrOptions, validate_params
from ._corners import box_corners

__all__ = ["corners_from_box"]


@validate_params(
    {
        "box": ["array-like"],
        "format": [StrOptions({"xywh", "xyxy", "yolo"})],
        "height": [Interval(Integral, 1, None, closed="left"), None],
        "width": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def corners_from_box(
    box: npt.ArrayLike,
    *,
    format: str = "xywh",
    height: int | None = None,
    width: int | None = None,
) -> npt.NDArray[np.float64]:
    """Convert a bounding box in a common annotation format to corners.

    Parameters
    ----------
    box : array-like of shape (4,)
        The bounding box.
    format : {"xywh", "xyxy", "yolo"}, default="xywh"
        The meaning of the four numbers:

        - ``"xywh"``: the upper left corner, width and height in pixels, as in COCO;
        - ``"xyxy"``: the upper left and the lower right corner in pixels, as in Pascal VOC;
        - ``"yolo"``: the centre, width and height as fractions of the width and height of the
          image.
    height, width : int, default=None
        The size of the image in pixels. Required for ``"yolo"``. If given, the box must not lie
        entirely outside the image.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64
        Top left, top right, bottom right, bottom left, each as (x, y) in pixels.

    Raises
    ------
    ValueError
        If the box does not consist of four finite numbers, is empty or reversed, lies outside the
        image, or if fractions are not between 0 and 1 or are given without the size of the image.

    See Also
    --------
    box_corners : The corners of a box in the format ``"xywh"``, without checks.
    check_corners : Check corners against the size of an image.

    Examples
    --------
    >>> from sklearn_lpr.images import corners_from_box
    >>> corners_from_box([10, 20, 94, 24]).tolist()
    [[10.0, 20.0], [104.0, 20.0], [104.0, 44.0], [10.0, 44.0]]
    >>> corners_from_box([10, 20, 104, 44], format="xyxy").tolist()
    [[10.0, 20.0], [104.0, 20.0], [104.0, 44.0], [10.0, 44.0]]
    >>> corners_from_box([0.5, 0.5, 0.25, 0.5], format="yolo", height=60, width=80).tolist()
    [[30.0, 15.0], [50.0, 15.0], [50.0, 45.0], [30.0, 45.0]]
    """
    try:
        numbers = np.asarray(box, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"box must be four numbers, got {box!r}.") from error
    if numbers.shape != (4,) or not np.isfinite(numbers).all():
        raise ValueError(f"box must be four finite numbers, got {box!r}.")
    if format == "yolo":
        if height is None or width is None:
            raise ValueError("format='yolo' needs height and width, the size of the image.")
        if (numbers < 0).any() or (numbers > 1).any():
            raise ValueError(
                f"box={box!r} must be fractions between 0 and 1 in the format 'yolo'; for pixels, "
                "pass format='xywh' or format='xyxy'."
            )
        numbers = numbers * (width, height, width, height)
        numbers[:2] -= numbers[2:] / 2
    elif format == "xyxy":
        numbers = np.concatenate([numbers[:2], numbers[2:] - numbers[:2]])
    x, y, box_width, box_height = numbers.tolist()
    if not (box_width > 0 and box_height > 0):
        raise ValueError(
            f"box={box!r} in the format {format!r} has width {box_width:g} and height "
            f"{box_height:g}; both must be positive."
        )
    outside = (width is not None and (x >= width or x + box_width <= 0)) or (
        height is not None and (y >= height or y + box_height <= 0)
    )
    if outside:
        raise ValueError(f"box={box!r} lies outside the image of {width} x {height} pixels.")
    return box_corners(x, y, box_width, box_height)
