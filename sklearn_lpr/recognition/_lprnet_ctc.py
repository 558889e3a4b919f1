"""Recognizer with LPRNet."""

import os
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval, Options, StrOptions
from ._alphabet import check_capacity
from ._base_neural import BaseNeuralRecognizer

__all__ = ["LPRNetCTC"]


class LPRNetCTC(BaseNeuralRecognizer):
    """Recognize plates with LPRNet, a convolutional network trained by CTC.

    The network [1]_ needs neither segmentation nor recurrence. It predicts the log-probabilities
    of characters for each time step along the width of the image. Connectionist temporal
    classification (CTC) [2]_ aligns them with the text. The network adapts to the size of the
    images in `fit` and to the alphabet of the texts.

    Parameters
    ----------
    n_filters : int, default=64
        Number of filters of the first convolution; those of all others are multiples of it. Time
        and memory grow with its square.
    time_stride : {1, 2, 4}, default=2
        Pixels of the image's width per time step of the output. The paper uses 1; larger strides
        need less time.
    global_context : bool, default=True
        Whether the last layer also receives the features of earlier stages, normalized within the
        sample (the global context of the paper).
    spatial_transformer : bool, default=False
        Whether to put the spatial transformer (STN) of the paper before the network. It learns to
        rectify plates by an affine map, starting from the identity. It is activated gradually
        between 20 % and 40 % of the steps. It lowers the accuracy of short training runs
        (``benchmarks/results/ablation.md``).
    dropout : float, default=0.1
        Fraction of features that are dropped in training. The paper uses 0.5, which needs many
        more epochs.
    alphabet : str, default=None
        The characters that can be predicted. None takes all characters in y.
    decoder : decoder, default=None
        Decodes log-probabilities into texts in `read` and `predict`. It can be changed without a
        refit. None means `GreedyDecoder()`.
    augmentation : object, default=None
        Augments the training plates on the fly, differently in each epoch: a `PlateAugmenter`, or
        any object with a method ``prepare(images, texts)`` like that of `PlateAugmenter`, whose
        images have the shape of the plates and dtype uint8.
    batch_size : int, default=16
        Number of plates in a mini-batch.
    solver : {"adamw", "adam"}, default="adamw"
        Adam with decoupled weight decay, or with L2 regularization as in the paper.
    learning_rate : {"cosine", "constant", "step"}, default="cosine"
        Schedule of the learning rate after the warm-up: cosine decay to 0, constant, or division
        by ten after 40 % and again after 80 % of the steps.
    learning_rate_init : float, default=5e-3
        The maximum learning rate.
    warmup : float, default=0.05
        Fraction of steps over which the learning rate rises linearly.
    alignment_warmup : float or "auto", default="auto"
        Fraction of steps over which the loss changes linearly from the cross-entropy of evenly
        spaced characters to CTC. With CTC alone (0), the network needs hundreds of steps to find
        the positions of the characters. "auto" is 0.2 if training starts from random weights, and
        0 with `initial_weights` or `warm_start`, whose weights know the positions.
    weight_decay : float, default=1e-4
        Weight decay of the kernels.
    max_gradient_norm : float, default=5.0
        Gradients with a larger global norm are scaled down to this norm.
    gradient_noise : float, default=0.0
        Standard deviation of normal noise that is added to the gradients.
    ema_decay : float, default=0.0
        Decay per step of an exponential moving average (EMA) of the weights, such as 0.99. The
        average replaces the weights. 0 keeps the last weights.
    label_noise_fraction : float, default=0.0
        Expected fraction of wrong texts among the training plates. Between 20 % and 50 % of the
        steps, the loss is gradually trimmed: this fraction of each mini-batch, the plates with
        the highest losses, is left out, whatever their sample weights.
    max_iter : int, default=60
        Number of epochs.
    shuffle : bool, default=True
        Whether to shuffle the plates in each epoch.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, order, augmentation, dropout and validation plates. With an
        int, fits are reproducible to the bit on one machine with one number of threads. None
        draws fresh entropy.
    tol : float, default=1e-4
        The least rise of the mean log-probability of the validation texts that counts as an
        improvement at equal scores.
    verbose : bool, default=False
        Whether to print the loss of each epoch.
    warm_start : bool, default=False
        Whether `fit` starts from the weights of the previous fit; the alphabet and the images'
        size must be the same.
    initial_weights : str or path-like, default=None
        A file written by `save_weights`, from whose weights training starts. If the alphabets
        differ, the weights of their common characters are used. "world" means the weights that
        come with the package, of plates of many countries: ``OnnxRecognizer().architecture_`` has
        the parameters and the image size that they need. A file of this name is passed as
        ``"./world"`` or as a `pathlib.Path`.
    early_stopping : bool, default=False
        Whether to hold out training plates, stop when the score on them no longer improves, and
        keep the weights of the best epoch.
    validation_fraction : float, default=0.1
        Fraction of the training plates that `early_stopping` holds out, split by plate number.
    n_iter_no_change : int, default=10
        Number of epochs without improvement after which `early_stopping` stops.
    memory : str or object with the joblib.Memory interface, default=None
        Cache of trained weights. A fit that differs from an earlier one only in its decoder is
        loaded from the cache, so that a search over decoders trains once per fold. (The `memory`
        of a `Pipeline` does not cache its last step.) It has no effect if `random_state` is None.
        Training that the user or a callback stopped is not cached. joblib stores pickles, which
        can execute code when they are loaded: use a folder into which only people whom you trust
        can write.
    checkpoint_dir : str or path-like, default=None
        Folder for checkpoints, which are written after an epoch and at most every ten seconds. If
        training with the same data, parameters and `random_state`, which must be set, was
        interrupted, `fit` resumes after the last saved epoch and returns the weights of an
        uninterrupted run. The checkpoint is removed when training ends. Several fits may share
        the folder.

    Attributes
    ----------
    alphabet_ : str
        The characters that can be predicted.
    weights_ : dict of ndarray
        The trained weights by their names. To change them, assign other arrays: after a
        prediction, their elements are read-only.
    architecture_ : dict
        The name and parameters of the network.
    image_shape_ : tuple of int
        (height, width, channels) of the images in `fit`.
    n_iter_ : int
        Number of epochs of the last fit.
    loss_curve_ : list of float
        The mean loss of each epoch.
    validation_scores_ : list of float or None
        The fraction of exact matches on the validation plates after each epoch; None without
        `early_stopping`.
    best_validation_score_ : float or None
        The validation score of the epoch whose weights are kept; None without `early_stopping`.

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
    >>> recognizer = LPRNetCTC(
    ...     n_filters=8, learning_rate_init=0.01, batch_size=8, max_iter=20, random_state=0
    ... )
    >>> recognizer.fit(X, y).predict(X[[0, -1]]).tolist()
    ['I', '-']
    """

    _network = "lprnet"
    _bundled_weights: ClassVar[dict[str, str]] = {"world": "plate_recognizer.npz"}

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_filters": [Interval(Integral, 2, None, closed="left")],
        "time_stride": [Options(Integral, {1, 2, 4})],
        "global_context": ["boolean"],
        "spatial_transformer": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "alignment_warmup": [Interval(Real, 0, 1, closed="both"), StrOptions({"auto"})],
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
        alignment_warmup: float | str = "auto",
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
            "name": self._network,
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
            remedy="use wider images (width of PlateNormalizer) or lower "
            f"time_stride={self.time_stride!r}",
        )
        return np.ones(len(images), dtype=bool)
