"""Recognizer of segmented plates."""

import os
import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval
from ..networks import count_segments
from ._base_neural import BaseNeuralRecognizer

__all__ = ["SegmentCNN"]


class SegmentCNN(BaseNeuralRecognizer):
    """Recognize segmented plates with a convolutional network that classifies each segment.

    Each segment of a `CharacterSegmenter` is classified as a character or as no character, by its
    pixels, its position in the plate and its neighbours. Connectionist temporal classification
    (CTC) aligns segments and text in training. If their numbers match, the loss is the sum of the
    cross-entropies of the characters; surplus segments (frames, bolts, separators) are identified
    without labels. Plates with fewer segments than characters are left out of training, with a
    warning that counts them.

    Parameters
    ----------
    n_filters : int, default=16
        Number of filters of the first convolution; those of all others are multiples of it.
    position : bool, default=True
        Whether the network uses the position of a segment in the plate and its neighbours. They
        matter because the first character of a Chinese plate is a province, and a 0 among letters
        may be an O.
    dropout : float, default=0.3
        Fraction of features that are dropped in training.
    alphabet : str, default=None
        The characters that can be predicted. None takes all characters in y.
    decoder : decoder, default=None
        Decodes log-probabilities into texts in `read` and `predict`. It can be changed without a
        refit. None means `GreedyDecoder()`.
    augmentation : object, default=None
        Augments the training plates on the fly, differently in each epoch: a `PlateAugmenter`, or
        any object with a method ``prepare(images, texts)`` like that of `PlateAugmenter`, whose
        images have the shape of the plates and dtype uint8.
    batch_size : int, default=32
        Number of plates in a mini-batch.
    solver : {"adamw", "adam"}, default="adamw"
        Adam with decoupled weight decay, or with L2 regularization as in the paper.
    learning_rate : {"cosine", "constant", "step"}, default="cosine"
        Schedule of the learning rate after the warm-up: cosine decay to 0, constant, or division
        by ten after 40 % and again after 80 % of the steps.
    learning_rate_init : float, default=2e-3
        The maximum learning rate.
    warmup : float, default=0.05
        Fraction of steps over which the learning rate rises linearly.
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
    max_iter : int, default=30
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
        Whether `fit` starts from the weights of the previous fit; the alphabet and the size of
        the segments must be the same.
    initial_weights : str or path-like, default=None
        A file written by `save_weights`, from whose weights training starts. If the alphabets
        differ, the weights of their common characters are used.
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
        (height, width, channels) of the segments in `fit`.
    n_iter_ : int
        Number of epochs of the last fit.
    loss_curve_ : list of float
        The mean loss of each epoch.
    validation_scores_ : list of float or None
        The fraction of exact matches on the validation plates after each epoch; None without
        `early_stopping`.
    best_validation_score_ : float or None
        The validation score of the epoch whose weights are kept; None without `early_stopping`.

    See Also
    --------
    LPRNetCTC : Recognizes whole plates, without segmentation.

    Examples
    --------
    Classify two shapes on plates of two or three segments:

    >>> import numpy as np
    >>> from sklearn_lpr import SegmentCNN
    >>> rng = np.random.default_rng(0)
    >>> y = ["".join(rng.choice(["A", "B"], rng.integers(2, 4))) for _ in range(40)]
    >>> X = []
    >>> for text in y:
    ...     segments = rng.integers(0, 99, (len(text), 8, 8, 1), dtype=np.uint8)
    ...     for segment, character in zip(segments, text):
    ...         segment[:4 if character == "A" else 8, 2:6] = 255
    ...     X.append(segments)
    >>> recognizer = SegmentCNN(n_filters=4, max_iter=15, batch_size=8, random_state=0).fit(X, y)
    >>> recognizer.score(X, y)
    1.0
    """

    _network = "segment_cnn"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_filters": [Interval(Integral, 1, None, closed="left")],
        "position": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        **BaseNeuralRecognizer._parameter_constraints,
    }

    def __init__(
        self,
        n_filters: int = 16,
        *,
        position: bool = True,
        dropout: float = 0.3,
        alphabet: str | None = None,
        decoder: Any = None,
        augmentation: Any = None,
        batch_size: int = 32,
        solver: str = "adamw",
        learning_rate: str = "cosine",
        learning_rate_init: float = 2e-3,
        warmup: float = 0.05,
        weight_decay: float = 1e-4,
        max_gradient_norm: float = 5.0,
        gradient_noise: float = 0.0,
        ema_decay: float = 0.0,
        label_noise_fraction: float = 0.0,
        max_iter: int = 30,
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
        self.position = position
        self.dropout = dropout
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

    def _architecture(self, shape: tuple[int, ...], n_symbols: int) -> dict[str, Any]:
        n_segments, height, width, channels = shape
        return {
            "name": self._network,
            "n_segments": n_segments,
            "height": height,
            "width": width,
            "channels": channels,
            "n_symbols": n_symbols,
            "n_filters": int(self.n_filters),
            "position": bool(self.position),
            "dropout": float(self.dropout),
        }

    def _check_warm_start(self, architecture: dict[str, Any]) -> None:
        # The weights do not depend on the number of segments.
        n_segments = self.architecture_["n_segments"]
        super()._check_warm_start({**architecture, "n_segments": n_segments})

    def _find_learnable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_time_steps: int
    ) -> npt.NDArray[np.bool_]:
        count = count_segments(images)
        learnable = count >= np.char.str_len(texts)
        if not learnable.any():
            raise ValueError(
                f"All {len(images)} plates have fewer segments than characters; there is nothing "
                "to learn from. Check the output of the CharacterSegmenter before the recognizer."
            )
        few = ~learnable & (count > 0)  # blank plates have a warning already
        if few.any():
            warnings.warn(
                f"{few.sum()} of {len(images)} plates have fewer segments than "
                "characters and are left out of training.",
                UserWarning,
                stacklevel=7,
            )
        return learnable
