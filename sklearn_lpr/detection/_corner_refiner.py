"""Estimator that makes the corners of detected plates more exact."""

import os
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._detection._base import training_corners
from .._detection._refinement import CornerForward, CornerRefinement
from .._random import seed_from_random_state
from .._sklearn_compat import Interval, fit_context
from ..images import check_images, naming_sample
from ..images._channels import to_rgb
from ..images._quads import check_quads
from ..training import BaseNetworkEstimator, TrainingTask
from ._corner_examples import CornerExamples

__all__ = ["CornerRefiner"]

Floats = npt.NDArray[np.float64]


class CornerRefiner(BaseNetworkEstimator):
    """Make the corners of detected plates more exact with a small network.

    The network sees a window around one plate, which is rectified by the corners that a detector
    has found: plates of all sizes, tilts and shapes look alike there. It predicts whether there is
    a plate, and its four corners. For plates that are annotated by an upright box, the loss
    compares the box around the predicted corners with it, so that some photos with corners are
    needed.

    Pass it as `refine` to a `PlateDetector`, which trains it together with its own network.

    Parameters
    ----------
    n_filters : int, default=12
        Filters of the first convolution; all others scale with it.
    batch_size : int, default=64
        The number of windows in a mini-batch.
    solver : {"adamw", "adam"}, default="adamw"
        Adam with decoupled weight decay, or with an L2 penalty.
    learning_rate : {"cosine", "constant", "step"}, default="cosine"
        After the warm-up the learning rate decays to 0, stays, or drops to a tenth after 40 % and
        again after 80 % of the steps.
    learning_rate_init : float, default=3e-3
        The highest learning rate.
    warmup : float, default=0.03
        The fraction of steps over which the learning rate rises.
    weight_decay : float, default=1e-4
        Weight decay of all kernels.
    max_gradient_norm : float, default=5.0
        Gradients are scaled down to this norm.
    ema_decay : float, default=0.0
        Decay, by step, of the exponential moving average of the weights that replaces them, such
        as 0.999; 0 keeps the last weights.
    max_iter : int, default=30
        Number of epochs. In an epoch each plate gives one window.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, order and windows. With an int, fits are reproducible on one
        machine with one number of threads.
    verbose : bool, default=False
        Whether to print the loss of each epoch.
    initial_weights : str or path-like, default=None
        A file written by `save_weights`, from which training starts.
    memory : str or object with the joblib.Memory interface, default=None
        Where trained weights are cached; see `LPRNetCTC`.
    checkpoint_dir : str or path-like, default=None
        A folder in which training is saved while it runs, and from which it resumes; see
        `LPRNetCTC`.

    Attributes
    ----------
    weights_ : dict of ndarray
        The trained weights by name.
    architecture_ : dict
        The name and the size of the network.
    n_iter_ : int
        The number of epochs.
    loss_curve_ : list of float
        The mean loss of each epoch.

    See Also
    --------
    PlateDetector : Finds the plates.

    Examples
    --------
    Bright rectangles on a dark ground:

    >>> import numpy as np
    >>> from sklearn_lpr.detection import CornerRefiner
    >>> from sklearn_lpr.images import box_corners
    >>> photos, corners = np.full((16, 64, 96, 3), 40, np.uint8), []
    >>> for index, photo in enumerate(photos):
    ...     photo[20 + index : 32 + index, 20:60] = 220
    ...     corners.append(np.array([box_corners(20, 20 + index, 40, 12)]))
    >>> refiner = CornerRefiner(
    ...     n_filters=4, max_iter=60, batch_size=8, learning_rate_init=0.01, random_state=0
    ... )
    >>> ((found, scores),) = refiner.fit(photos, corners).refine(photos[:1], [corners[0] + 2])
    >>> found.shape, bool(scores[0] > 0.5)
    ((1, 4, 2), True)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_filters": [Interval(Integral, 2, None, closed="left")],
        "initial_weights": [str, os.PathLike, None],
        **BaseNetworkEstimator._parameter_constraints,
    }

    def __init__(
        self,
        n_filters: int = 12,
        *,
        batch_size: int = 64,
        solver: str = "adamw",
        learning_rate: str = "cosine",
        learning_rate_init: float = 3e-3,
        warmup: float = 0.03,
        weight_decay: float = 1e-4,
        max_gradient_norm: float = 5.0,
        ema_decay: float = 0.0,
        max_iter: int = 30,
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
        initial_weights: str | os.PathLike[str] | None = None,
        memory: Any = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        self.n_filters = n_filters
        self.initial_weights = initial_weights
        super().__init__(
            batch_size=batch_size,
            solver=solver,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            warmup=warmup,
            weight_decay=weight_decay,
            max_gradient_norm=max_gradient_norm,
            gradient_noise=0.0,
            ema_decay=ema_decay,
            max_iter=max_iter,
            shuffle=True,
            random_state=random_state,
            tol=0.0,
            verbose=verbose,
            warm_start=False,
            early_stopping=False,
            validation_fraction=0.1,
            n_iter_no_change=1,
            memory=memory,
            checkpoint_dir=checkpoint_dir,
        )

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, *, candidates: Any = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of samples
            Photos of any size. Files are read again for each window.
        y : sequence of array-like of shape (n_plates, 4, 2), default=None
            The corners of all plates in each photo, as for `PlateDetector.fit`. None takes the
            corners of the samples, which must be `PlateImage` objects then.
        candidates : sequence of array-like of shape (n_candidates, 4, 2), default=None
            What a detector finds in each photo. Candidates in photos without a plate are false
            positives, which the network learns to refuse; all others are ignored. None draws
            windows at random places alone.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Before training starts, if photos, corners or candidates are invalid or there is no
            plate; during training, if the loss diverges.
        """
        photos = check_images(X)
        corners = training_corners(photos, y)
        false_positives: list[Floats] = [np.empty((0, 4, 2))] * len(photos)
        if candidates is not None:
            check_consistent_length(photos, candidates)
            false_positives = [
                np.empty((0, 4, 2)) if len(corners[index]) else check_quads(quads, name)
                for index, quads in enumerate(candidates)
                for name in (f"candidates[{index}]",)
            ]
        return self._run_fit(CornerExamples(photos, corners, false_positives), None)

    def _prepare_fit(self, X: CornerExamples, y: Any, sample_weight: Any) -> TrainingTask:
        from ..networks import borrow_network

        architecture = {"name": "corner_network", "n_filters": int(self.n_filters)}
        seed = seed_from_random_state(self.random_state)
        with borrow_network(architecture) as network:
            first_weights = self._first_weights(network, seed)
        return TrainingTask(
            architecture=architecture,
            first_weights=first_weights,
            examples=X,
            sample_weight=np.ones(len(X), np.float32),
            seed=seed,
        )

    def refine(self, X: Any, corners: Any) -> list[tuple[Floats, Floats]]:
        """Find the corners of plates again.

        Parameters
        ----------
        X : array-like of samples
            Photos, as for `PlateDetector.detect_all`.
        corners : sequence of array-like of shape (n_plates, 4, 2)
            What a detector has found in each photo.

        Returns
        -------
        list of tuple (corners, scores)
            For each photo the corners, in the order of those given, of shape (n_plates, 4, 2) and
            dtype float64, and the probability of each that it is a plate, of shape (n_plates,).

        Raises
        ------
        ValueError
            If X or the corners are invalid, or a file cannot be read.
        """
        look = CornerRefinement(self._forward())
        photos = check_images(X)
        check_consistent_length(photos, corners)
        quads = [check_quads(each, f"corners[{index}]") for index, each in enumerate(corners)]
        found = []
        for index, photo in enumerate(photos):
            with naming_sample(index):
                found.append(look(to_rgb(photo.pixels()), quads[index]))
        return found

    def _forward(self) -> CornerForward:
        check_is_fitted(self)
        from ..networks import borrow_network

        def forward(windows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
            with borrow_network(self.architecture_, self.weights_) as network:
                return network.predict(windows)

        return forward
