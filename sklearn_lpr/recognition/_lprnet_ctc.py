"""LPRNet as an estimator."""

import os
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, Options
from ..networks import WholePlates
from ._alphabet import check_capacity
from ._base_neural import BaseNeuralRecognizer

__all__ = ["LPRNetCTC"]


class LPRNetCTC(BaseNeuralRecognizer):
    """Read plates with LPRNet, a convolutional network trained by CTC.

    No segmentation, no recurrence: the network [1]_ turns an image into columns of character
    probabilities, and connectionist temporal classification [2]_ aligns them with the text. It
    adapts to the size of the images that reach it and to the alphabet of the texts.

    Parameters
    ----------
    n_filters : int, default=64
        Filters of the first convolution; all others scale with it. Time and memory grow with
        its square.
    time_stride : {1, 2, 4}, default=2
        Pixels of the image's width a column of the network's output. The paper has 1; more
        cost less time.
    global_context : bool, default=True
        Whether the features of every stage, normalised within the sample, join the last
        layer's input (the paper's global context).
    spatial_transformer : bool, default=False
        Whether to put the paper's spatial transformer before the network: it learns to make plates
        upright by an affine map, from the identity on. It opens during the training, between
        20 % and 40 % of the steps. Short trainings it harms (``benchmarks/results/ablation.md``).
    dropout : float, default=0.1
        Share of features that are dropped in training; 0.5 in the paper, which takes many more
        iterations.
    alphabet : str, default=None
        The characters that can be read; None learns them from y.
    decoder : decoder, default=None
        Turns columns into texts at `read` and `predict`; changing it needs no refit. None
        means `GreedyDecoder()`.
    augmentation : object, default=None
        Draws every training plate anew in each iteration: a `PlateAugmenter`, or anything else
        with a method ``prepare(images, texts)`` like its own.
    batch_size : int, default=16
        Plates a training step.
    solver : {"adamw", "adam"}, default="adamw"
        Adam with weight decay apart from the gradient, or as part of it (L2, as in the paper).
    learning_rate : {"cosine", "constant", "step"}, default="cosine"
        After the warm-up, decay to 0 over the iterations, stay, or drop to a tenth after 40 % and
        again after 80 % of the steps.
    learning_rate_init : float, default=5e-3
        The highest learning rate.
    warmup : float, default=0.05
        The share of steps over which the learning rate rises.
    alignment_warmup : float, default=0.2
        The share of steps over which the loss goes over from the cross-entropy of evenly
        spaced characters to CTC. CTC alone (0) spends hundreds of steps on finding out where
        the characters are.
    weight_decay : float, default=1e-4
        Weight decay of all kernels.
    max_gradient_norm : float, default=5.0
        Gradients are scaled down to this norm.
    gradient_noise : float, default=0.0
        Standard deviation of noise that is added to each gradient.
    ema_decay : float, default=0.0
        Decay, by step, of a moving average of the weights that takes their place, such as 0.99;
        0 keeps the last ones.
    label_noise_fraction : float, default=0.0
        The share of wrong texts to expect among the training plates: so many of each batch, those
        of the highest losses, are not learnt from once the others are known.
    max_iter : int, default=60
        Passes over the training plates.
    shuffle : bool, default=True
        Whether each pass has a new order.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, order, dropout and validation plates. With an int, fits
        repeat exactly on one machine with one number of threads. None draws fresh entropy.
    tol : float, default=1e-4
        Rise of the validation plates' mean log-probability that counts as better.
    verbose : bool, default=False
        Whether to print each iteration's loss.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the fit before; the alphabet and the images'
        size must be the same.
    initial_weights : str or path-like, default=None
        A file written by `save_weights` to start from. Where the alphabets differ, the
        characters they share are taken over.
    early_stopping : bool, default=False
        Whether to hold out training plates, stop when they are no longer read better, and keep
        the best iteration's weights.
    validation_fraction : float, default=0.1
        Share of the training plates held out, with `early_stopping`; no plate is on both sides.
    n_iter_no_change : int, default=10
        Iterations without improvement before `early_stopping` stops.
    memory : str or object with the joblib.Memory interface, default=None
        Where trained weights are kept: a fit that differs from an earlier one in its decoder
        alone trains nothing, so that a search over decoders trains once a fold. A `Pipeline`'s own
        `memory` leaves out its last step. Has no effect where `random_state` is None. A training
        that the user or a callback ended early is not kept.
    checkpoint_dir : str or path-like, default=None
        A folder in which a training is kept while it runs, after an iteration and at most every
        ten seconds. Where a training of the same data, parameters and `random_state`, which must
        be set, was broken off, `fit` goes on with the next iteration, and gives the weights that
        it would have given without the break. The file goes when its training ends; others may
        share the folder.

    Attributes
    ----------
    alphabet_ : str
        The characters that can be read.
    weights_ : dict of ndarray
        The trained weights by name.
    architecture_ : dict
        The network's name and sizes, from which it is rebuilt.
    image_shape_ : tuple of int
        (height, width, channels) of the images in `fit`.
    n_iter_ : int
        Iterations of the last fit.
    loss_curve_ : list of float
        The mean loss of each iteration.
    validation_scores_ : list of float or None
        The share of held-out plates read exactly after each iteration, with `early_stopping`.
    best_validation_score_ : float or None
        The score of the iteration that was kept, with `early_stopping`.

    References
    ----------
    .. [1] S. Zherzdev and A. Gruzdev, "LPRNet: License Plate Recognition via Deep Neural
       Networks", 2018, arXiv:1806.10447.
    .. [2] A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist Temporal
       Classification", ICML 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr import LPRNetCTC
    >>> rng = np.random.default_rng(0)
    >>> X = rng.integers(0, 99, (40, 8, 32, 1), dtype=np.uint8)
    >>> X[:20, :, 12:20] = 255
    >>> X[20:, 2:6] = 255
    >>> y = ["I"] * 20 + ["-"] * 20
    >>> reader = LPRNetCTC(
    ...     n_filters=8, learning_rate_init=0.01, batch_size=8, max_iter=20, random_state=0
    ... )
    >>> reader.fit(X, y).predict(X[[0, -1]]).tolist()
    ['I', '-']
    """

    _form = WholePlates()

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_filters": [Interval(Integral, 2, None, closed="left")],
        "time_stride": [Options(Integral, {1, 2, 4})],
        "global_context": ["boolean"],
        "spatial_transformer": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "alignment_warmup": [Interval(Real, 0, 1, closed="both")],
        **BaseNeuralRecognizer._parameter_constraints,
    }

    _renamed_parameters: ClassVar[dict[str, str]] = {
        "column_stride": "time_stride",
        "context": "global_context",
        "even_start": "alignment_warmup",
        **BaseNeuralRecognizer._renamed_parameters,
    }

    def __init__(
        self,
        n_filters: int = 64,
        *,
        time_stride: int = 2,
        global_context: bool = True,
        spatial_transformer: bool = False,
        dropout: float = 0.1,
        alphabet: str | None = None,
        decoder: Any = None,
        augmentation: Any = None,
        batch_size: int = 16,
        solver: str = "adamw",
        learning_rate: str = "cosine",
        learning_rate_init: float = 5e-3,
        warmup: float = 0.05,
        alignment_warmup: float = 0.2,
        weight_decay: float = 1e-4,
        max_gradient_norm: float = 5.0,
        gradient_noise: float = 0.0,
        ema_decay: float = 0.0,
        label_noise_fraction: float = 0.0,
        max_iter: int = 60,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        initial_weights: str | os.PathLike[str] | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        memory: Any = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        self.n_filters = n_filters
        self.time_stride = time_stride
        self.global_context = global_context
        self.spatial_transformer = spatial_transformer
        self.dropout = dropout
        self.alignment_warmup = alignment_warmup
        super().__init__(
            alphabet=alphabet,
            decoder=decoder,
            augmentation=augmentation,
            batch_size=batch_size,
            solver=solver,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            warmup=warmup,
            weight_decay=weight_decay,
            max_gradient_norm=max_gradient_norm,
            gradient_noise=gradient_noise,
            ema_decay=ema_decay,
            label_noise_fraction=label_noise_fraction,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            initial_weights=initial_weights,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            memory=memory,
            checkpoint_dir=checkpoint_dir,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "alignment" in state:  # of version 0.1: None or "stn"
            state["spatial_transformer"] = state.pop("alignment") == "stn"
        super().__setstate__(state)

    def _architecture(self, shape: tuple[int, ...], n_symbols: int) -> dict[str, Any]:
        height, width, channels = shape
        return {
            "name": "lprnet",
            "height": height,
            "width": width,
            "channels": channels,
            "n_symbols": n_symbols,
            "n_filters": int(self.n_filters),
            "time_stride": int(self.time_stride),
            "global_context": bool(self.global_context),
            "spatial_transformer": bool(self.spatial_transformer),
            "dropout": float(self.dropout),
        }

    def _find_learnable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_time_steps: int
    ) -> npt.NDArray[np.bool_]:
        check_capacity(
            texts,
            n_time_steps,
            remedy="give the network wider images (PlateNormalizer's width) or lower "
            f"time_stride={self.time_stride!r}",
        )
        return np.ones(len(images), dtype=bool)
