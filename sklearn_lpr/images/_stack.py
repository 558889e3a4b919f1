"""Stack images of one size into one array."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ._batch import check_array_batch, check_images, read_samples
from ._errors import SampleError

__all__ = ["find_blank", "stack_images"]


def stack_images(X: Any) -> npt.NDArray[np.uint8]:
    """Check a batch whose images all have one size and return it as one array.

    Parameters
    ----------
    X : array-like of samples
        See `check_images`.

    Returns
    -------
    ndarray of shape (n_samples, height, width, 1 or 3), dtype uint8
        X itself, without a copy, if X is such an array.

    Raises
    ------
    ValueError
        If X is not a batch of images, or two images differ in size or number of channels.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import stack_images
    >>> stack_images([np.zeros((24, 94), np.uint8)] * 2).shape
    (2, 24, 94, 1)
    """
    if isinstance(X, np.ndarray) and X.dtype == np.uint8:
        check_array_batch(X)
        return X
    images = [
        pixels[:, :, np.newaxis] if pixels.ndim == 2 else pixels
        for pixels in read_samples(check_images(X))
    ]
    for index, pixels in enumerate(images):
        if pixels.shape != images[0].shape:
            raise SampleError(
                index,
                f"the shape is {pixels.shape}, but the first image has shape {images[0].shape}; "
                "all images must have one size: put a PlateNormalizer before this step.",
            )
    return np.stack(images)


def find_blank(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return a mask of the images whose pixels are all equal; `is_blank` checks one image.

    Parameters
    ----------
    images : ndarray of shape (..., height, width, channels), dtype uint8
        Any number of images.

    Returns
    -------
    ndarray of shape (...), dtype bool
        True for a blank image.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import find_blank
    >>> images = np.zeros((2, 8, 8, 1), np.uint8)
    >>> images[1, 3, 3] = 255
    >>> find_blank(images).tolist()
    [True, False]
    """
    return (images == images[..., :1, :1, :]).all(axis=(-3, -2, -1))
