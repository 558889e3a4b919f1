"""Call a function for each sample of a batch, in threads."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from ._errors import naming_sample
from ._plate_image import PlateImage

__all__ = ["map_samples"]

Result = TypeVar("Result")


def map_samples(
    function: Callable[[npt.NDArray[np.uint8], npt.NDArray[np.float64] | None], Result],
    samples: Sequence[PlateImage],
    n_jobs: int | None = None,
) -> list[Result]:
    """Read samples and call a function with the pixels and the corners of each.

    Parameters
    ----------
    function : callable
        Takes pixels of shape (height, width) or (height, width, 3), which it must not write
        into, and corners or None.
    samples : sequence of PlateImage
    n_jobs : int, default=None
        The number of threads, as in joblib. OpenCV and the image decoders release Python's
        global interpreter lock, so threads run in parallel and share the images.

    Returns
    -------
    list
        One result per sample, in order.

    Raises
    ------
    SampleError
        If a sample cannot be read, or the function raises a ValueError for it.
    """

    def call(index: int, sample: PlateImage) -> Result:
        with naming_sample(index):
            pixels = np.asarray(sample.pixels())
            if pixels.ndim == 3 and pixels.shape[2] == 1:
                pixels = pixels[:, :, 0]
            return function(pixels, sample.corners)

    if effective_n_jobs(n_jobs) == 1 or len(samples) == 1:
        # joblib needs more time to call a function once than OpenCV needs to resize a plate.
        return [call(index, sample) for index, sample in enumerate(samples)]
    parallel = Parallel(n_jobs=n_jobs, require="sharedmem")
    return list(parallel(delayed(call)(index, sample) for index, sample in enumerate(samples)))
