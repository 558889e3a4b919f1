"""Run the small convolutional network that finds characters, in NumPy.

It processes one crop at a time, where the overhead of a deep learning framework would exceed the
arithmetic. Segmentation therefore needs no such framework.
"""

from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

__all__ = ["INPUT_SHAPE", "load_weights", "normalize", "run_network"]

Floats = npt.NDArray[np.float32]
Weights = tuple[tuple[Floats, Floats], ...]

# Height and width of the network's input, in pixels.
INPUT_SHAPE = (40, 144)

# Written by tools/train_segmentation.py.
WEIGHTS = resources.files(__package__) / "_character_network.npz"

# One layer per line: the vertical and horizontal stride, the padding above and below, and the
# horizontal dilation. The first three layers halve the height, and the first also the width; the
# kernel of the fifth covers the whole height; the layers after it are residual and run along the
# row.
_LAYERS = (
    ((2, 2), (0, 1), 1),
    ((2, 1), (0, 1), 1),
    ((2, 1), (0, 1), 1),
    ((1, 1), (0, 0), 1),
    ((1, 1), (0, 0), 1),
    ((1, 1), (0, 0), 2),
    ((1, 1), (0, 0), 4),
    ((1, 1), (0, 0), 1),
)
_FIRST_RESIDUAL = 4

# The maximum number of multiplications in one product for which OpenBLAS uses one thread.
_LARGEST_PRODUCT = 2**18


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the kernel, (height, width, channels in, channels out), and bias of each layer."""
    with WEIGHTS.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return tuple(
            (
                arrays[f"kernel_{index}"].astype(np.float32),
                arrays[f"bias_{index}"].astype(np.float32),
            )
            for index in range(len(_LAYERS))
        )


def normalize(view: Floats) -> Floats:
    """Standardize the brightness and contrast of a view of shape INPUT_SHAPE."""
    return ((view - view.mean()) / (view.std() + 4)).clip(-3, 3)


def run_network(view: Floats, weights: Weights) -> Floats:
    """Compute the network's output for a grey view.

    Parameters
    ----------
    view : ndarray of shape INPUT_SHAPE, dtype float32
        The result of `normalize`.
    weights : tuple
        The result of `load_weights`.

    Returns
    -------
    ndarray of shape (n_positions, n_outputs), dtype float32
        One position along the view for every two pixels of its width.
    """
    hidden = view[:, :, np.newaxis]
    for index, layer in enumerate(_LAYERS[:-1]):
        kernel, bias = weights[index]
        result = np.maximum(_convolve(hidden, kernel, *layer) + bias, 0)
        hidden = hidden + result if index >= _FIRST_RESIDUAL else result
    kernel, bias = weights[-1]
    return (_convolve(hidden, kernel, *_LAYERS[-1]) + bias)[0]


def _convolve(
    image: Floats,
    kernel: Floats,
    step: tuple[int, int],
    above_below: tuple[int, int],
    dilation: int,
) -> Floats:
    height, width = kernel.shape[:2]
    reach = dilation * (width - 1)
    # Pad as Keras does for "same": if the number is odd, the smaller part is before.
    beside = reach - step[1] + 1
    above, before = above_below[0], beside // 2
    padded = np.zeros(
        (image.shape[0] + sum(above_below), image.shape[1] + beside, image.shape[2]), image.dtype
    )
    padded[above : above + image.shape[0], before : before + image.shape[1]] = image
    rows = (padded.shape[0] - height) // step[0] + 1
    columns = (padded.shape[1] - reach - 1) // step[1] + 1
    # One matrix product over all positions of the kernel.
    windows = np.concatenate(
        [
            padded[i : i + rows * step[0] : step[0], j : j + columns * step[1] : step[1]]
            for i in range(height)
            for j in range(0, reach + 1, dilation)
        ],
        axis=2,
    )
    matrix = kernel.reshape(-1, kernel.shape[-1])
    return _multiply(windows.reshape(rows * columns, -1), matrix).reshape(rows, columns, -1)


def _multiply(rows: Floats, matrix: Floats) -> Floats:
    """Multiply in parts that are small enough for BLAS to use one thread.

    Several threads would be slower, and the last bits of the product would depend on their number.
    """
    n_rows = max(1, _LARGEST_PRODUCT // matrix.size)
    return np.concatenate(
        [rows[start : start + n_rows] @ matrix for start in range(0, len(rows), n_rows)]
    )
