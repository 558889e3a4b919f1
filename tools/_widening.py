"""Start a wider LPRNet for larger images from a trained one, instead of from random weights."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.ndimage import zoom

__all__ = ["widen"]

Weights = dict[str, npt.NDArray[np.float32]]

# Copies of a filter learn apart only if they differ: noise relative to the weights.
_NOISE = 0.02


def widen(weights: Mapping[str, npt.NDArray[np.float32]], n_filters: int, height: int) -> Weights:
    """Return weights with which a wider LPRNet predicts nearly the same.

    Filters are copied at random, and the weights of whatever takes a copied filter as its input are
    divided by the number of copies [1]_. The kernel that spans the whole height is stretched.

    Parameters
    ----------
    weights : dict from str to ndarray
        `weights_` of a fitted `LPRNetCTC`.
    n_filters : int
        The new number of filters.
    height : int
        The height of the new images in pixels.

    Returns
    -------
    dict from str to ndarray

    References
    ----------
    .. [1] T. Chen, I. Goodfellow and J. Shlens, "Net2Net: Accelerating Learning via Knowledge
       Transfer", ICLR 2016, section 2.3.
    """
    rng = np.random.default_rng(0)
    n_before = len(weights["stem_norm/gamma"])
    wider: Weights = {}

    def chosen(n: int) -> npt.NDArray[np.intp]:
        """Return which of `n` filters each of the new filters copies."""
        more = rng.choice(n, n * n_filters // n_before - n, replace=n_filters > 2 * n_before)
        return np.concatenate([np.arange(n), more])

    def convolution(name: str, inputs: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        kernel = weights[f"{name}/kernel"]
        outputs = chosen(kernel.shape[-1])
        copies = np.bincount(inputs)[inputs]
        kernel = kernel[:, :, inputs] / copies[:, None]
        noise = rng.normal(0, _NOISE * kernel.std(), (*kernel.shape[:-1], len(outputs)))
        wider[f"{name}/kernel"] = (kernel[..., outputs] + noise).astype(np.float32)
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            wider[f"{name}_norm/{part}"] = weights[f"{name}_norm/{part}"][outputs]
        return outputs

    stem = features = convolution("stem", np.arange(weights["stem/kernel"].shape[2]))
    stages = {"stem": stem}
    for block in ("block1", "block2", "block3"):
        for part in ("squeeze", "height", "width", "expand"):
            features = convolution(f"{block}_{part}", features)
        stages[block] = features
    features = convolution("squeeze", features)
    features = convolution("neighbours", features)
    n_rows = len(wider["squeeze/kernel"])
    new_rows = -(-height // 4)
    wider["squeeze/kernel"] = zoom(
        wider["squeeze/kernel"],
        (new_rows / n_rows, 1, 1, 1),
        order=1,
        grid_mode=True,
        mode="nearest",
    ) * np.float32(n_rows / new_rows)

    # The head takes the features and the global context of three stages.
    kernel, first, parts = weights["head/kernel"], 0, []
    for inputs in (features, stages["stem"], stages["block1"], stages["block3"]):
        n = inputs.max() + 1
        parts.append(kernel[:, :, first + inputs] / np.bincount(inputs)[inputs][:, None])
        first += n
    wider["head/kernel"] = np.concatenate(parts, axis=2)
    wider["head/bias"] = weights["head/bias"]
    return wider
