"""Check what augmentation objects of users return."""

from typing import Any

import numpy as np

__all__ = ["check_augmented"]


def check_augmented(parameter: str, value: object, image: Any, shape: tuple[int, ...]) -> None:
    """Check an image that the object of a parameter returned.

    Parameters
    ----------
    parameter : str
        The name of the parameter.
    value : object
        Its value.
    image : object
        The image.
    shape : tuple of int
        The shape that it must have.

    Raises
    ------
    ValueError
        If the image is not an array of dtype uint8 and of this shape. Floats from 0 to 1 would
        become black images, without an error.
    """
    if isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.shape == shape:
        return
    found = f"of type {type(image).__name__}"
    if isinstance(image, np.ndarray):
        found = f"an array of shape {image.shape} and dtype {image.dtype}"
    raise ValueError(
        f"{parameter}={value!r} returned an image that is {found}; it must be an array of shape "
        f"{shape} and dtype uint8, with values from 0 to 255."
    )
