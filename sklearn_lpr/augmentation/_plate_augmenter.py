"""Data augmentation by random changes of viewpoint, light and camera."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._estimator import PlateEstimator
from .._random import seed_from_random_state
from .._sklearn_compat import HasMethods, Interval, StrOptions, validate_params
from .._texts import check_texts
from ..images import find_blank, is_blank, stack_images
from ._checks import check_augmented
from ._degradation import ImageDegradation
from ._geometry import ViewJitter

__all__ = ["Augment", "PlateAugmenter"]

Augment = Callable[[int, np.random.Generator], tuple[npt.NDArray[np.uint8], str]]


class PlateAugmenter(PlateEstimator):
    """Augment plates by random changes of the viewpoint, the crop, the light and the camera.

    Pass an instance as `augmentation` to a recognizer, which then augments each training plate
    on the fly in each epoch. Every parameter is a bound; 0 (1 for `min_resolution`, 100 for
    `min_jpeg_quality`) disables its distortion.

    Parameters
    ----------
    margin : float, default=0.0
        The `margin` of the preceding `PlateCropper`; 0 for segments. The plate's
        corners, which are moved, lie at the fraction ``margin / (1 + 2 * margin)`` of the crop.
        The margin provides real pixels around the plate; beyond the crop its edge is
        replicated.
    crop : {"corners", "box"}, default="corners"
        How the plates were cropped. "corners": rectified by their corners, so that only small
        rotations remain. "box": by the upright box around the corners (``rectify=False``), which
        always encloses the tilted plate; increase `max_rotation` to 10 degrees or more.
    corner_jitter : float, default=0.06
        Standard deviation of the shift of each corner, as a fraction of the plate's height. It
        simulates perspective and inexact corners.
    max_rotation : float, default=4.0
        Maximum rotation in degrees, in both directions.
    max_shear : float, default=0.15
        Maximum slant of the characters: the horizontal shift of the top as a fraction of the
        plate's height.
    max_shift : float, default=0.04
        Maximum shift of the crop, as a fraction of the plate's width and height.
    max_scale : float, default=0.08
        Maximum relative change of the plate's width and height: a tighter or looser crop.
    max_blur : float, default=0.8
        Maximum standard deviation of a Gaussian blur, in pixels.
    max_motion_blur : float, default=3.0
        Maximum length of a motion blur in any direction, in pixels.
    min_resolution : float, default=0.6
        Minimum factor by which the crop is reduced before it is enlarged again.
    min_jpeg_quality : int, default=40
        Minimum quality of a JPEG compression, from 1 to 100.
    max_brightness : float, default=0.35
        Maximum relative change of the brightness, and of its gradient over the plate.
    max_contrast : float, default=0.35
        Maximum relative change of the contrast.
    max_color_cast : float, default=0.12
        Maximum relative change of the brightness of each channel.
    max_shadow : float, default=0.5
        Maximum fraction of light that a shadow with a straight edge removes.
    max_noise : float, default=8.0
        Maximum standard deviation of noise, in grey levels.
    max_occlusion : float, default=0.05
        Maximum width of an occluding rectangle, as a fraction of the crop's width.
    p : float, default=0.15
        The probability of each of: blur, motion blur, low resolution, JPEG, shadow, noise and
        occlusion. The viewpoint and the light change for every plate.
    permutation : object, default=None
        A `CharacterPermuter`, or any object with a method ``prepare(images, texts)``, which
        swaps characters before the distortions.

    See Also
    --------
    CharacterPermuter : Create new texts by swapping characters between plates.

    Examples
    --------
    >>> from sklearn_lpr.augmentation import PlateAugmenter
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> X, y = make_plates(3, random_state=0, return_X_y=True)
    >>> crops = PlateNormalizer().transform(PlateCropper(margin=0.1).transform(X))
    >>> augmented, texts = PlateAugmenter(margin=0.1).augment(crops, y, random_state=0)
    >>> augmented.shape, bool((texts == y).all())
    ((3, 24, 94, 3), True)
    """

    _renamed_parameters: ClassVar[dict[str, str]] = {
        "max_colour_cast": "max_color_cast",
        "rate": "p",
    }

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "margin": [Interval(Real, 0, 2, closed="both")],
        "crop": [StrOptions({"corners", "box"})],
        "corner_jitter": [Interval(Real, 0, 0.5, closed="both")],
        "max_rotation": [Interval(Real, 0, 45, closed="both")],
        "max_shear": [Interval(Real, 0, 1, closed="both")],
        "max_shift": [Interval(Real, 0, 1, closed="both")],
        "max_scale": [Interval(Real, 0, 1, closed="left")],
        "max_blur": [Interval(Real, 0, None, closed="left")],
        "max_motion_blur": [Interval(Real, 0, None, closed="left")],
        "min_resolution": [Interval(Real, 0, 1, closed="right")],
        "min_jpeg_quality": [Interval(Integral, 1, 100, closed="both")],
        "max_brightness": [Interval(Real, 0, 1, closed="left")],
        "max_contrast": [Interval(Real, 0, 1, closed="left")],
        "max_color_cast": [Interval(Real, 0, 1, closed="left")],
        "max_shadow": [Interval(Real, 0, 1, closed="left")],
        "max_noise": [Interval(Real, 0, None, closed="left")],
        "max_occlusion": [Interval(Real, 0, 1, closed="both")],
        "p": [Interval(Real, 0, 1, closed="both")],
        "permutation": [HasMethods("prepare"), None],
    }

    def __init__(
        self,
        *,
        margin: float = 0.0,
        crop: str = "corners",
        corner_jitter: float = 0.06,
        max_rotation: float = 4.0,
        max_shear: float = 0.15,
        max_shift: float = 0.04,
        max_scale: float = 0.08,
        max_blur: float = 0.8,
        max_motion_blur: float = 3.0,
        min_resolution: float = 0.6,
        min_jpeg_quality: int = 40,
        max_brightness: float = 0.35,
        max_contrast: float = 0.35,
        max_color_cast: float = 0.12,
        max_shadow: float = 0.5,
        max_noise: float = 8.0,
        max_occlusion: float = 0.05,
        p: float = 0.15,
        permutation: Any = None,
    ) -> None:
        self.margin = margin
        self.crop = crop
        self.corner_jitter = corner_jitter
        self.max_rotation = max_rotation
        self.max_shear = max_shear
        self.max_shift = max_shift
        self.max_scale = max_scale
        self.max_blur = max_blur
        self.max_motion_blur = max_motion_blur
        self.min_resolution = min_resolution
        self.min_jpeg_quality = min_jpeg_quality
        self.max_brightness = max_brightness
        self.max_contrast = max_contrast
        self.max_color_cast = max_color_cast
        self.max_shadow = max_shadow
        self.max_noise = max_noise
        self.max_occlusion = max_occlusion
        self.p = p
        self.permutation = permutation

    @validate_params({"random_state": ["random_state"]}, prefer_skip_nested_validation=True)
    def augment(
        self,
        X: Any,
        y: Any,
        random_state: int | np.random.RandomState | None = None,
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.str_]]:
        """Augment each plate once, to inspect the result or to enlarge a data set.

        Parameters
        ----------
        X : array-like of samples
            Crops of one size.
        y : array-like of str of shape (n_samples,)
            Their texts.
        random_state : int, RandomState instance or None, default=None
            The random changes of a sample depend on `random_state` and the sample's index
            only.

        Returns
        -------
        images : ndarray of shape (n_samples, height, width, 1 or 3), dtype uint8
            The augmented plates.
        texts : ndarray of shape (n_samples,), dtype str
            Their texts; they differ from `y` with `permutation` only.

        Raises
        ------
        ValueError
            If a parameter, X or y is invalid.
        """
        images, texts = stack_images(X), check_texts(y)
        check_consistent_length(images, texts)
        augment = self.prepare(images, texts)
        seed = seed_from_random_state(random_state)
        augmented = [
            augment(index, np.random.default_rng([seed, index])) for index in range(len(images))
        ]
        return (
            np.stack([image for image, _ in augmented]),
            np.asarray([text for _, text in augmented], dtype=str),
        )

    def prepare(self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_]) -> Augment:
        """Return a function that augments a training plate.

        Parameters
        ----------
        images : ndarray of shape (n_samples[, n_segments], height, width, 1 or 3), dtype uint8
            The training plates, whole or segmented.
        texts : ndarray of shape (n_samples,), dtype str
            Their texts.

        Returns
        -------
        callable
            Takes a plate's index and a `numpy.random.Generator`, and returns a new image and its
            text. It can be called from several threads.
        """
        self._validate_params()
        permute = self.permutation and self.permutation.prepare(images, texts)

        def augment(index: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], str]:
            if permute:
                image, text = permute(index, rng)
                check_augmented("permutation", self.permutation, image, images.shape[1:])
            else:
                image, text = images[index], str(texts[index])
            if image.ndim == 3:
                return self._degrade(self._change_view(image, rng), rng), text
            return self._augment_segments(image, rng), text

        return augment

    def _augment_segments(
        self, segments: npt.NDArray[np.uint8], rng: np.random.Generator
    ) -> npt.NDArray[np.uint8]:
        """Change the view of each segment separately, and the light of all together."""
        augmented = segments.copy()
        present = np.flatnonzero(~find_blank(segments))
        if len(present) == 0:
            return augmented
        moved = [self._change_view(segments[place], rng) for place in present]
        relit = np.split(self._degrade(np.hstack(moved), rng), len(present), axis=1)
        for place, segment in zip(present, relit, strict=True):
            # A segment of equal pixels would be taken for padding.
            if not is_blank(segment):
                augmented[place] = segment
        return augmented

    def _change_view(
        self, image: npt.NDArray[np.uint8], rng: np.random.Generator
    ) -> npt.NDArray[np.uint8]:
        jitter = ViewJitter(
            self.margin,
            self.crop,
            self.corner_jitter,
            self.max_rotation,
            self.max_shear,
            self.max_shift,
            self.max_scale,
        )
        return jitter.apply(image, rng)

    def _degrade(
        self, image: npt.NDArray[np.uint8], rng: np.random.Generator
    ) -> npt.NDArray[np.uint8]:
        return ImageDegradation.of(self).draw(image, rng)
