"""Plate detector as an estimator."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit
from sklearn.utils.validation import check_is_fitted

from .._detection._base import BaseNetworkDetector, find_plates_in, plate_corners, training_corners
from .._detection._heat_map import build_target
from .._detection._photo_search import CANDIDATE, PhotoSearch
from .._detection._refinement import CornerForward, Forward
from .._random import seed_from_random_state
from .._sklearn_compat import HasMethods, Interval, check_sample_weight, fit_context
from ..augmentation import SceneAugmenter
from ..augmentation._checks import check_augmented
from ..images import PlateImage, check_images
from ..metrics import detection_average_precision
from ..training import BaseNetworkEstimator, Build, TrainingResult, TrainingTask
from ._corner_refiner import CornerRefiner

if TYPE_CHECKING:
    from ..networks import Network

__all__ = ["PlateDetector"]

Floats = npt.NDArray[np.float64]

# So many training photos are searched after training, to notice a network that finds nothing.
_N_PROBED = 32


class PlateDetector(BaseNetworkDetector, BaseNetworkEstimator):
    """Find plates in photos with a fully convolutional network, by their four corners.

    The network predicts a heat map of plates' centres [1]_ and, in each cell, the offsets of the
    four corners [2]_, so that tilted plates can be rectified. It takes photos of any size. For
    plates that are annotated by an upright box, the loss compares the box around the predicted
    corners with it.

    Parameters
    ----------
    n_filters : int, default=12
        Filters of the first convolution; all others scale with it. Time and memory grow with its
        square.
    working_size : int, default=640
        Photos are reduced so that their longer side has at most this many pixels. Plates from
        about 12 pixels to half of the photo's width are found then. A photo without a certain
        plate is searched with a border, too: larger plates are found then.
    fine_size : int or None, default=1536
        Photos are searched a second time, reduced so that their longer side has at most this many
        pixels, for plates that are small in the photo, if that is at least 1.25 times the size of
        the first search. None searches once.
    threshold : float, default=0.4
        The least score of a detection.
    refine : bool or CornerRefiner, default=True
        Whether each detection is searched again in a window in which it is 128 pixels wide, unless
        the photo would be enlarged more than twice. A detection that is not found again is dropped;
        the score is the geometric mean of both scores. With a `CornerRefiner`, `fit` trains a copy
        of it as well. It rejects most false positives before that search, which takes less time
        then, refines the corners after it, and multiplies the score by the square root of the
        probability of a plate that it predicts.
    augmentation : object, default=None
        Draws the training crops: a `SceneAugmenter`, or any object with a method
        ``prepare(photos, corners)`` like its own. None means ``SceneAugmenter()``.
    batch_size : int, default=16
        The number of crops in a mini-batch.
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
    gradient_noise : float, default=0.0
        Standard deviation of noise that is added to each gradient.
    ema_decay : float, default=0.0
        Decay, by step, of the exponential moving average of the weights that replaces them, such
        as 0.999; 0 keeps the last weights.
    max_iter : int, default=30
        Number of epochs. In an epoch each photo gives one crop.
    shuffle : bool, default=True
        Whether each epoch has a different order.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, order, crops and validation photos. With an int, fits are
        reproducible on one machine with one number of threads.
    tol : float, default=1e-4
        The least rise of the average precision at an intersection over union of 0.75 that counts
        as better where that at 0.5 is equal.
    verbose : bool, default=False
        Whether to print the loss of each epoch.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the previous fit.
    initial_weights : str or path-like, default=None
        A file written by `save_weights`, from which training starts.
    early_stopping : bool, default=False
        Whether to hold out photos, stop when the average precision on them no longer improves,
        and keep the weights of the best epoch.
    validation_fraction : float, default=0.1
        The fraction of photos that is held out with `early_stopping`.
    n_iter_no_change : int, default=10
        The number of epochs without improvement before `early_stopping` stops.
    memory : str or object with the joblib.Memory interface, default=None
        Where trained weights are cached; see `LPRNetCTC`.
    checkpoint_dir : str or path-like, default=None
        A folder in which training is saved while it runs, and from which it resumes; see
        `LPRNetCTC`.
    n_jobs : int, default=None
        The number of threads that search photos; the result does not depend on it. None means 1
        unless in a `joblib.parallel_config` context, -1 means all processors.

    Attributes
    ----------
    weights_ : dict of ndarray
        The trained weights by name. To change them, assign other arrays: after a detection,
        their elements are read-only.
    architecture_ : dict
        The name and the size of the network.
    n_iter_ : int
        The number of epochs of the last fit.
    loss_curve_ : list of float
        The mean loss of each epoch.
    validation_scores_ : list of float or None
        The average precision on held-out photos after each epoch, with `early_stopping`.
    best_validation_score_ : float or None
        The score of the epoch whose weights were kept, with `early_stopping`.
    refiner_ : CornerRefiner or None
        The trained copy of `refine`, if that is a `CornerRefiner`.

    See Also
    --------
    CornerRefiner : A second network that makes corners more exact.
    ContourPlateDetector : Needs no training and finds fewer plates.
    sklearn_lpr.preprocessing.PlateCropper : Takes a detector as its parameter `detector`.
    sklearn_lpr.preprocessing.find_plates : Make one sample of each plate in a photo.

    References
    ----------
    .. [1] X. Zhou, D. Wang and P. Krähenbühl, "Objects as Points", 2019, arXiv:1904.07850.
    .. [2] S. M. Silva and C. R. Jung, "License Plate Detection and Recognition in Unconstrained
       Scenarios", ECCV 2018.

    Examples
    --------
    Bright rectangles on a dark ground:

    >>> import numpy as np
    >>> from sklearn_lpr.augmentation import SceneAugmenter
    >>> from sklearn_lpr.detection import PlateDetector
    >>> from sklearn_lpr.images import box_corners
    >>> photos, corners = np.full((16, 64, 96, 3), 40, np.uint8), []
    >>> for index, photo in enumerate(photos):
    ...     photo[20 + index : 32 + index, 20:60] = 220
    ...     corners.append([box_corners(20, 20 + index, 40, 12)])
    >>> crops = SceneAugmenter(size=64, width_range=(20, 50), grey_p=0, p=0)
    >>> detector = PlateDetector(
    ...     n_filters=8, augmentation=crops, max_iter=60, batch_size=8, learning_rate_init=0.02,
    ...     refine=False, random_state=0,
    ... )
    >>> detector.fit(photos, corners).score(photos, corners) > 0.5
    True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_filters": [Interval(Integral, 2, None, closed="left")],
        "augmentation": [HasMethods("prepare"), None],
        "initial_weights": [str, os.PathLike, None],
        **BaseNetworkDetector._parameter_constraints,
        **BaseNetworkEstimator._parameter_constraints,
        "refine": ["boolean", CornerRefiner],
    }

    refiner_: CornerRefiner | None = None

    def __init__(
        self,
        n_filters: int = 12,
        *,
        working_size: int = 640,
        fine_size: int | None = 1536,
        threshold: float = 0.4,
        refine: bool | CornerRefiner = True,
        augmentation: Any = None,
        batch_size: int = 16,
        solver: str = "adamw",
        learning_rate: str = "cosine",
        learning_rate_init: float = 3e-3,
        warmup: float = 0.03,
        weight_decay: float = 1e-4,
        max_gradient_norm: float = 5.0,
        gradient_noise: float = 0.0,
        ema_decay: float = 0.0,
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
        n_jobs: int | None = None,
    ) -> None:
        self.n_filters = n_filters
        self.working_size = working_size
        self.fine_size = fine_size
        self.threshold = threshold
        self.refine = refine
        self.augmentation = augmentation
        self.initial_weights = initial_weights
        self.n_jobs = n_jobs
        super().__init__(
            batch_size=batch_size,
            solver=solver,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            warmup=warmup,
            weight_decay=weight_decay,
            max_gradient_norm=max_gradient_norm,
            gradient_noise=gradient_noise,
            ema_decay=ema_decay,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            memory=memory,
            checkpoint_dir=checkpoint_dir,
        )

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of samples
            Photos of any size. Files are read again for each crop.
        y : sequence of array-like of shape (n_plates, 4, 2), default=None
            The corners of all plates in each photo, possibly none: top left, top right, bottom
            right and bottom left as (x, y) in pixels. Corners that form an upright rectangle count
            as a box. None takes the corners of the samples, which must be `PlateImage` objects
            then.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the photos in the loss; None weighs all alike.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Before training starts, if photos or corners are invalid or there is no plate; during
            training, if the loss diverges or a plate lies outside its photo.

        Warns
        -----
        ConvergenceWarning
            If the network finds none of the plates in some training photos.
        """
        self._run_fit(X, y, sample_weight)
        self.refiner_ = self._fit_refiner(X, y)
        return self

    def _fit_refiner(self, X: Any, y: Any) -> CornerRefiner | None:
        """Train the second network, which learns to refuse false positives of the first."""
        if not isinstance(self.refine, CornerRefiner):
            return None
        refiner = clone(self.refine)
        if refiner.random_state is None:
            refiner.set_params(random_state=self.random_state)
        photos = check_images(X)
        corners = plate_corners(photos, y)
        search = self._search(refine=False, threshold=self.threshold * CANDIDATE)
        candidates = [
            np.empty((0, 4, 2)) if len(quads) else find_plates_in(search, photo.pixels())[0]
            for photo, quads in zip(photos, corners, strict=True)
        ]
        return refiner.fit(photos, corners, candidates=candidates)

    def _prepare_fit(self, X: Any, y: Any, sample_weight: Any) -> TrainingTask:
        from ..networks import borrow_network

        photos = check_images(X)
        corners = training_corners(photos, y)
        weights = check_sample_weight(
            sample_weight, np.zeros((len(photos), 1)), dtype=np.float32, ensure_non_negative=True
        )
        architecture = {"name": "plate_detector", "n_filters": int(self.n_filters)}
        if self._continues:
            self._check_warm_start(architecture)
        seed = seed_from_random_state(self.random_state)
        with borrow_network(architecture) as network:
            first_weights = self._first_weights(network, seed)
        training, validation = np.arange(len(photos)), np.arange(0)
        if self.early_stopping:
            splitter = ShuffleSplit(1, test_size=self.validation_fraction, random_state=seed)
            training, validation = next(splitter.split(photos))
            for name, indices in (("training", training), ("held-out", validation)):
                if not any(len(corners[index]) for index in indices):
                    raise ValueError(
                        f"early_stopping=True, but none of the {len(indices)} {name} photos has a "
                        "plate. Add photos with plates, or change validation_fraction or "
                        "random_state."
                    )

        def part(indices: npt.NDArray[np.intp]) -> "tuple[list[PlateImage], list[Floats]]":
            return [photos[index] for index in indices], [corners[index] for index in indices]

        with_plates = [index for index in training if len(corners[index])]
        augmentation = SceneAugmenter() if self.augmentation is None else self.augmentation
        return TrainingTask(
            architecture=architecture,
            first_weights=first_weights,
            examples=_SceneExamples(*part(training), augmentation),
            sample_weight=weights[training],
            seed=seed,
            validation=self._scorer(*part(validation)) if self.early_stopping else None,
            probe=self._scorer(*part(np.array(with_plates[:_N_PROBED]))),
        )

    def _scorer(self, photos: list[PlateImage], corners: list[Floats]) -> "_PrecisionScorer":
        return _PrecisionScorer(
            photos, corners, self.working_size, self.fine_size, self.threshold, bool(self.refine)
        )

    def _check_convergence(self, result: TrainingResult, task: TrainingTask) -> None:
        if result.probe_score == 0:
            warnings.warn(
                f"After {self.n_iter_} epochs the network finds no plate in {task.probe}. Raise "
                "max_iter, or add photos.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _forward(self) -> Forward:
        check_is_fitted(self)
        from ..networks import borrow_network

        def forward(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
            with borrow_network(self.architecture_, self.weights_) as network:
                return network.predict(image[np.newaxis])[0]

        return forward

    def _corner_forward(self) -> CornerForward | None:
        return None if self.refiner_ is None else self.refiner_._forward()


@dataclass(frozen=True)
class _SceneExamples:
    """Crops of photos with the heat maps that the network should predict."""

    photos: Sequence[PlateImage]
    corners: Sequence[Floats]
    augmentation: Any

    def __len__(self) -> int:
        return len(self.photos)

    def prepare(self) -> Build:
        """Return a function that draws a crop and builds its target."""
        draw = self.augmentation.prepare(self.photos, self.corners)

        def build(
            index: int, rng: np.random.Generator
        ) -> tuple[npt.NDArray[np.uint8], dict[str, npt.NDArray[np.float32]]]:
            crop = draw(index, rng)
            size = len(crop.image)
            check_augmented("augmentation", self.augmentation, crop.image, (size, size, 3))
            target = build_target(size, crop.corners, crop.is_box, crop.ignored)
            return crop.image, {"heat_map": target}

        return build


@dataclass(frozen=True)
class _PrecisionScorer:
    """The average precision of a network on photos, at 0.5 and, to break ties, at 0.75."""

    photos: list[PlateImage]
    corners: list[Floats]
    working_size: int
    fine_size: int | None
    threshold: float
    refine: bool

    def __str__(self) -> str:
        return f"the first {len(self.photos)} training photos with plates"

    def __call__(self, network: "Network") -> tuple[float, float]:
        search = PhotoSearch(
            lambda image: network.predict(image[np.newaxis])[0],
            self.working_size,
            self.fine_size,
            self.threshold,
            self.refine,
        )
        found = [find_plates_in(search, photo.pixels()) for photo in self.photos]
        first, second = (
            detection_average_precision(self.corners, found, iou_threshold=least)
            for least in (0.5, 0.75)
        )
        return first, second
