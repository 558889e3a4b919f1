"""Segment, then classify: the recognizer for plates that were cut into characters."""

import os
import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import Interval
from ..networks import SegmentedPlates, count_segments
from ._base_neural import BaseNeuralRecognizer

__all__ = ["SegmentCNN"]


class SegmentCNN(BaseNeuralRecognizer):
    """Read plates that were cut into characters, with a convolutional network per character.

    Each segment that a `CharacterSegmenter` cut out is classified as a character or as none, by
    its pixels, its place in the plate and its neighbours. Training aligns segments and text by
    connectionist temporal classification: where their numbers match, that is the sum of the
    characters' cross-entropies; surplus segments (frames, bolts, separators) are found out by
    themselves. Plates with fewer segments than characters cannot be learnt from; they are left
    out of training, and counted.

    Parameters
    ----------
    n_filters : int, default=16
        Filters of the first convolution; all others scale with it.
    position : bool, default=True
        Whether the network knows where in the plate a segment stands, and what is beside it: a
        first Chinese character is a province, and a 0 among letters may be an O.
    dropout : float, default=0.3
        Share of features that are dropped in training.
    alphabet : str, default=None
        The characters that can be read; None learns them from y.
    decoder : decoder, default=None
        Turns segments into texts at `read` and `predict`; changing it needs no refit. None
        means `GreedyDecoder()`.
    augmentation : object, default=None
        Draws every training plate anew in each iteration: a `PlateAugmenter`, or anything else
        with a method ``prepare(images, texts)`` like its own.
    batch_size : int, default=32
        Plates a training step.
    solver : {"adamw", "adam"}, default="adamw"
        Adam with weight decay apart from the gradient, or as part of it (L2, as in the paper).
    learning_rate : {"cosine", "constant", "step"}, default="cosine"
        After the warm-up, decay to 0 over the iterations, stay, or drop to a tenth after 40 % and
        again after 80 % of the steps.
    learning_rate_init : float, default=2e-3
        The highest learning rate.
    warmup : float, default=0.05
        The share of steps over which the learning rate rises.
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
    max_iter : int, default=30
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
        Whether `fit` continues from the weights of the fit before; the alphabet and the size of
        the segments must be the same.
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
        (height, width, channels) of the segments in `fit`.
    n_iter_ : int
        Iterations of the last fit.
    loss_curve_ : list of float
        The mean loss of each iteration.
    validation_scores_ : list of float or None
        The share of held-out plates read exactly after each iteration, with `early_stopping`.
    best_validation_score_ : float or None
        The score of the iteration that was kept, with `early_stopping`.

    See Also
    --------
    LPRNetCTC : Reads whole plates, without segmentation.

    Examples
    --------
    Two shapes on plates of two or three segments:

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
    >>> reader = SegmentCNN(n_filters=4, max_iter=15, batch_size=8, random_state=0).fit(X, y)
    >>> reader.score(X, y)
    1.0
    """

    _form = SegmentedPlates()

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
            "name": "segment_cnn",
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
        readable = count >= np.char.str_len(texts)
        if not readable.any():
            raise ValueError(
                f"All {len(images)} plates have fewer segments than characters; there is nothing "
                "to learn from. Look at what the CharacterSegmenter before the recognizer finds."
            )
        few = ~readable & (count > 0)  # those without any are counted as blank
        if few.any():
            warnings.warn(
                f"{few.sum()} of {len(images)} plates have fewer segments than "
                "characters and are left out of training.",
                UserWarning,
                stacklevel=7,
            )
        return readable
