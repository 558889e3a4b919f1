"""Check batches of samples in every accepted form."""

import os
import reprlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, SupportsIndex, overload

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._arrays import to_array
from ._errors import naming_sample
from ._plate_image import PlateImage, explain_invalid_source
from ._reading import ImageReadError

__all__ = [
    "CheckedSamples",
    "batch_items",
    "check_array_batch",
    "check_images",
    "check_sample",
    "object_array",
    "read_samples",
]

_EMPTY = "X is empty: found 0 sample(s) while a minimum of 1 is required."
_FORMS = (
    "a 4-D uint8 array (n_samples, height, width, 1 or 3), or a list, array or Series of uint8 "
    "images, PlateImage objects, paths, contents of image files or Pillow images"
)


class CheckedSamples(list[PlateImage]):
    """Samples that `check_images` has checked and accepts without a second check."""

    @overload
    def __getitem__(self, key: SupportsIndex) -> PlateImage: ...
    @overload
    def __getitem__(self, key: slice) -> "CheckedSamples": ...
    def __getitem__(self, key: SupportsIndex | slice) -> "PlateImage | CheckedSamples":
        """Return a sample, or a part of the samples, which needs no check either."""
        if isinstance(key, slice):
            return CheckedSamples(super().__getitem__(key))
        return super().__getitem__(key)


def check_images(X: Any) -> list[PlateImage]:
    """Check a batch and return its samples without reading any file.

    Parameters
    ----------
    X : array-like of samples
        A uint8 array of shape (n_samples, height, width, 1 or 3), or a list, object array or
        pandas Series whose items are uint8 arrays of shape (height, width[, 1 or 3]),
        `PlateImage` objects, paths, contents of image files (bytes), Pillow images, or dicts of
        Hugging Face's `datasets` with the keys "bytes" and "path". The kinds of items may be
        mixed. A data frame with a single column is also accepted.

    Returns
    -------
    list of PlateImage
        The samples in order. They share memory with X.

    Raises
    ------
    SampleError
        If a sample is not an image, its dtype, size or number of channels is invalid, or it is
        a path to a missing file. The message names the sample's index.
    ValueError
        If X is empty or an array of an unsupported shape or dtype.
    TypeError
        If the type of X is not supported.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import check_images
    >>> check_images([np.zeros((24, 94), np.uint8)])
    [PlateImage(<array of shape (24, 94)>, corners=None)]
    >>> check_images(np.zeros((2, 24, 94, 3)))
    Traceback (most recent call last):
        ...
    ValueError: X: the dtype is float64; images are uint8 with values from 0 to 255. ...
    """
    if isinstance(X, CheckedSamples) and X:
        return X
    items = batch_items(X)
    if isinstance(items, np.ndarray) and items.ndim == 4:
        return [PlateImage(pixels) for pixels in items]
    samples = []
    for index, item in enumerate(items):
        with naming_sample(index):
            samples.append(check_sample(item))
    return samples


def batch_items(X: Any) -> Sequence[Any] | npt.NDArray[Any]:
    """Return the items of a batch in an accepted form, without checking those of a list.

    Raises
    ------
    ValueError
        If X is empty or an array of an unsupported shape or dtype.
    TypeError
        If the type of X is not supported.
    """
    if hasattr(X, "toarray"):
        raise TypeError(f"X is a sparse {type(X).__name__}; pass {_FORMS}.")
    if isinstance(X, (str, os.PathLike)) and os.path.isdir(X):
        raise TypeError(
            f"X is a folder, {str(X)!r}; load it with load_plates or another loader "
            "of sklearn_lpr.datasets, or pass a list of paths."
        )
    if isinstance(X, (str, bytes, os.PathLike, PlateImage, Image.Image)):
        raise TypeError(f"X is one sample, {reprlib.repr(X)}; pass a list of samples: [sample].")
    if hasattr(X, "to_numpy"):
        one_column = hasattr(X, "columns") and len(X.columns) == 1
        X = to_array(X)
        X = X[:, 0] if one_column and X.dtype.kind in "OUT" else X
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OUT":
        check_array_batch(X)
        return X
    if isinstance(X, np.ndarray) and X.ndim != 1:
        raise ValueError(f"X has shape {X.shape} and dtype {X.dtype}; pass {_FORMS}.")
    elif not isinstance(X, (np.ndarray, Sequence)):
        raise TypeError(f"X is a {type(X).__name__}; pass {_FORMS}.")
    if len(X) == 0:
        raise ValueError(_EMPTY)
    return X


def read_samples(samples: Iterable[PlateImage]) -> Iterator[npt.NDArray[np.uint8]]:
    """Read samples one after the other.

    Parameters
    ----------
    samples : iterable of PlateImage
        The result of `check_images`.

    Yields
    ------
    ndarray of shape (height, width) or (height, width, channels), dtype uint8
        The pixels of each sample.

    Raises
    ------
    SampleError
        If a sample cannot be read. The message names its index.
    """
    for index, sample in enumerate(samples):
        with naming_sample(index):
            pixels = sample.pixels()
        yield pixels


def object_array(items: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Return a one-dimensional object array of the items.

    ``np.array(items, dtype=object)`` splits items of equal shape into their elements; this
    function never does.

    Parameters
    ----------
    items : sequence
        Objects of any type and shape.

    Returns
    -------
    ndarray of shape (len(items),), dtype object
    """
    array = np.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        array[index] = item
    return array


def check_array_batch(X: npt.NDArray[Any]) -> None:
    """Check that an array is a batch of images: 4-D, uint8, 1 or 3 channels, not empty.

    Raises
    ------
    ValueError
        If it is not.
    """
    if X.ndim != 4:
        raise ValueError(f"X has shape {X.shape}; pass {_FORMS}.")
    try:
        _check_pixels(X, image_shape=X.shape[1:])
    except ValueError as error:
        raise ValueError(f"X: {error}") from None
    if len(X) == 0:
        raise ValueError(_EMPTY)


def source_of(sample: Any) -> Any:
    """Return the content or the path in a dictionary of Hugging Face; other items unchanged."""
    if isinstance(sample, dict) and sample.keys() == {"bytes", "path"}:
        return sample["path"] if sample["bytes"] is None else sample["bytes"]
    return sample


def check_sample(sample: Any) -> PlateImage:
    """Check one item of a batch and return it as a sample, without reading its file.

    Raises
    ------
    ValueError
        If it is not a valid sample; the message has no index.
    """
    sample = source_of(sample)
    if not isinstance(sample, PlateImage):
        reason = explain_invalid_source(sample)
        if reason is not None:
            raise ValueError(reason)
        sample = PlateImage(sample)
    if isinstance(sample.source, np.ndarray):
        pixels = sample.source
        if pixels.ndim not in (2, 3):
            raise ValueError(
                f"the shape is {pixels.shape}; an image has (height, width) or (height, width, 1 "
                "or 3)."
            )
        _check_pixels(pixels, image_shape=pixels.shape)
    elif isinstance(sample.source, Image.Image) and 0 in sample.source.size:
        raise ValueError(f"the size is {sample.source.size}; the image has no pixels.")
    elif isinstance(sample.source, (str, os.PathLike)) and not os.path.isfile(sample.source):
        name = repr(str(sample.source))
        raise ImageReadError(
            f"{name} is a folder; pass the paths of the files in it."
            if os.path.isdir(sample.source)
            else f"{name} is not a regular file."
            if os.path.exists(sample.source)
            else f"there is no file {name}."
        )
    return sample


def _check_pixels(pixels: npt.NDArray[Any], image_shape: tuple[int, ...]) -> None:
    if pixels.dtype != np.uint8:
        raise ValueError(
            f"the dtype is {pixels.dtype}; images are uint8 with values from 0 to 255. Values "
            "from 0 to 1 are converted by (255 * image).astype(np.uint8)."
        )
    if 0 in image_shape:
        raise ValueError(f"the shape is {pixels.shape}; the image has no pixels.")
    if image_shape[2:] not in ((), (1,), (3,)):
        raise ValueError(
            f"there are {image_shape[2]} channels (shape {pixels.shape}); images are grey (1) or "
            "RGB (3), with the channels last."
        )
