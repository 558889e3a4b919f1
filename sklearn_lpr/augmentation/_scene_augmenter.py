"""Crops of photos for training a plate detector, augmented on the fly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._compat import cv2
from .._estimator import PlateEstimator
from .._sklearn_compat import Interval
from ..images import PlateImage, check_images
from ..images._channels import to_rgb
from ..images._quads import are_boxes, check_plates
from ._degradation import ImageDegradation
from ._plate_augmenter import PlateAugmenter
from ._scene_geometry import Canvas, SceneMap, visible_fraction

__all__ = ["SceneAugmenter", "SceneCrop"]

Floats = npt.NDArray[np.float64]

# Fractions of the bounds by which a photo with plates annotated by boxes is turned and slanted: the
# box around a turned box is larger than the box around the turned plate.
_BOX_FACTOR = 0.3

# A plate of which less than this is visible is neither a positive nor a negative example; nor is
# one narrower than this fraction of the narrowest to find.
_MIN_VISIBLE = 0.75
_MIN_WIDTH = 0.8

# Plates are no wider than this fraction of the crop.
_MAX_WIDTH = 0.9

# The least homogeneous coordinate of a photo's corners: at 0 they would be on the horizon.
_MIN_DEPTH = 0.1

# No photo is enlarged further: what is not in it cannot be learned.
_MAX_ENLARGEMENT = 2.5


@dataclass(frozen=True)
class SceneCrop:
    """A crop of a photo, or of several, with its plates.

    Parameters
    ----------
    image : ndarray of shape (size, size, 3), dtype uint8
        RGB.
    corners : ndarray of shape (n_plates, 4, 2), dtype float64
        Top left, top right, bottom right and bottom left corner of each plate to find, as (x, y)
        in pixels.
    is_box : ndarray of shape (n_plates,), dtype bool
        Whether only the upright box around the corners is known.
    ignored : ndarray of shape (n_ignored, 4, 2), dtype float64
        Corners of plates that are cut off or too small: neither positive nor negative examples.
    """

    image: npt.NDArray[np.uint8]
    corners: Floats
    is_box: npt.NDArray[np.bool_]
    ignored: Floats


Draw = Callable[[int, np.random.Generator], SceneCrop]


class SceneAugmenter(PlateEstimator):
    """Draw crops of photos with plates of all sizes, and move the plates' corners along.

    Pass it as `augmentation` to a `PlateDetector`. Each crop brings one plate of a photo to a
    width drawn from `width_range`, anywhere in the crop. Where the photo does not cover the crop,
    a photo without a plate shows, or further photos (a mosaic), so that images cut around a
    plate can be used as well. Bounds of 0 (1 for `min_resolution`, 100 for `min_jpeg_quality`)
    switch their distortion off.

    Parameters
    ----------
    size : int, default=384
        Height and width of the crops, in pixels; a multiple of 32.
    width_range : (float, float), default=(10.0, 330.0)
        Least and greatest width of a plate in a crop, in pixels. Widths are drawn uniformly on a
        logarithmic scale.
    max_rotation : float, default=12.0
        In degrees, to either side. For photos with a plate annotated by an upright box, three
        tenths of it, as of `max_shear`.
    max_shear : float, default=0.12
        Slant of the plate, as the horizontal shift of its top by its height.
    max_stretch : float, default=0.25
        Change of the ratio of width to height, as a fraction.
    max_perspective : float, default=0.25
        Change of scale over the crop, as a fraction; not for plates annotated by a box.
    flip_p : float, default=0.3
        Probability that a photo is mirrored.
    background_p : float, default=0.12
        Probability that a crop shows a photo without a plate alone, if there are any.
    mosaic_p : float, default=0.7
        Probability that another photo is added where half of the crop or more is uncovered. It is
        drawn again after each, up to `max_mosaic` photos.
    max_mosaic : int, default=5
        The greatest number of photos in one crop.
    grey_p : float, default=0.3
        Probability that a crop is grey.
    max_blur : float, default=1.5
        Standard deviation of a lens out of focus, in pixels.
    max_motion_blur : float, default=6.0
        Length of the motion, in pixels, in any direction.
    min_resolution : float, default=0.5
        How far the crop is shrunk before it is enlarged again.
    min_jpeg_quality : int, default=25
        From 1 to 100.
    max_brightness : float, default=0.5
        Change of the light, as a fraction, and of its slope over the crop.
    max_contrast : float, default=0.4
        Change of the distance from the mean, as a fraction.
    max_color_cast : float, default=0.15
        Change of each channel's light, as a fraction.
    max_shadow : float, default=0.6
        Fraction of light that a straight shadow takes.
    max_noise : float, default=14.0
        Standard deviation of the noise, in grey levels.
    p : float, default=0.2
        Probability of each of: blur, motion blur, low resolution, JPEG, shadow, noise.

    See Also
    --------
    PlateAugmenter : The same for crops of plates.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.augmentation import SceneAugmenter
    >>> from sklearn_lpr.datasets import make_plates
    >>> X, _ = make_plates(3, random_state=0, return_X_y=True)
    >>> draw = SceneAugmenter(size=128).prepare(X, [sample.corners[np.newaxis] for sample in X])
    >>> crop = draw(0, np.random.default_rng(0))
    >>> crop.image.shape, crop.corners.shape[1:]
    ((128, 128, 3), (4, 2))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "size": [Interval(Integral, 64, None, closed="left")],
        "width_range": [tuple, list],
        "max_rotation": [Interval(Real, 0, 45, closed="both")],
        "max_shear": [Interval(Real, 0, 1, closed="both")],
        "max_stretch": [Interval(Real, 0, 1, closed="left")],
        "max_perspective": [Interval(Real, 0, 1, closed="left")],
        "flip_p": [Interval(Real, 0, 1, closed="both")],
        "background_p": [Interval(Real, 0, 1, closed="both")],
        "mosaic_p": [Interval(Real, 0, 1, closed="both")],
        "max_mosaic": [Interval(Integral, 1, None, closed="left")],
        "grey_p": [Interval(Real, 0, 1, closed="both")],
        **{
            name: PlateAugmenter._parameter_constraints[name]
            for name in (
                *("max_blur", "max_motion_blur", "min_resolution", "min_jpeg_quality"),
                *("max_brightness", "max_contrast", "max_color_cast", "max_shadow", "max_noise"),
                "p",
            )
        },
    }

    def __init__(
        self,
        size: int = 384,
        *,
        width_range: tuple[float, float] = (10.0, 330.0),
        max_rotation: float = 12.0,
        max_shear: float = 0.12,
        max_stretch: float = 0.25,
        max_perspective: float = 0.25,
        flip_p: float = 0.3,
        background_p: float = 0.12,
        mosaic_p: float = 0.7,
        max_mosaic: int = 5,
        grey_p: float = 0.3,
        max_blur: float = 1.5,
        max_motion_blur: float = 6.0,
        min_resolution: float = 0.5,
        min_jpeg_quality: int = 25,
        max_brightness: float = 0.5,
        max_contrast: float = 0.4,
        max_color_cast: float = 0.15,
        max_shadow: float = 0.6,
        max_noise: float = 14.0,
        p: float = 0.2,
    ) -> None:
        self.size = size
        self.width_range = width_range
        self.max_rotation = max_rotation
        self.max_shear = max_shear
        self.max_stretch = max_stretch
        self.max_perspective = max_perspective
        self.flip_p = flip_p
        self.background_p = background_p
        self.mosaic_p = mosaic_p
        self.max_mosaic = max_mosaic
        self.grey_p = grey_p
        self.max_blur = max_blur
        self.max_motion_blur = max_motion_blur
        self.min_resolution = min_resolution
        self.min_jpeg_quality = min_jpeg_quality
        self.max_brightness = max_brightness
        self.max_contrast = max_contrast
        self.max_color_cast = max_color_cast
        self.max_shadow = max_shadow
        self.max_noise = max_noise
        self.p = p

    def prepare(self, photos: Any, corners: Sequence[npt.ArrayLike]) -> Draw:
        """Return a function that draws a training crop.

        Parameters
        ----------
        photos : array-like of n_photos samples
            As for `sklearn_lpr.images.check_images`; their own corners are not used. Files are read
            at each draw.
        corners : sequence of n_photos array-like of shape (n_plates, 4, 2)
            The corners of all plates of each photo, possibly none. Corners that form an upright
            rectangle count as a box.

        Returns
        -------
        callable
            From a photo's index and a `numpy.random.Generator` to a `SceneCrop`. It may be called
            from several threads. It raises a ValueError if the plate that it draws lies outside its
            photo.

        Raises
        ------
        ValueError
            If a parameter, a photo or corners are invalid, or the numbers of photos and corners
            differ.
        """
        self._validate_params()
        check_consistent_length(photos, corners)
        plates = [check_plates(quads, f"corners[{index}]") for index, quads in enumerate(corners)]
        return _Drawer(self, check_images(photos), plates)

    def _validate_params(self) -> None:
        super()._validate_params()
        if self.size % 32:
            raise ValueError(f"size={self.size!r} must be a multiple of 32.")
        low_high = self.width_range
        is_pair = len(low_high) == 2 and all(isinstance(width, Real) for width in low_high)
        if not is_pair or not 0 < low_high[0] < low_high[1]:
            raise ValueError(
                f"width_range={low_high!r} must be a pair (least, greatest) of increasing, "
                "positive numbers."
            )
        if low_high[0] > _MAX_WIDTH * self.size:
            raise ValueError(
                f"width_range={low_high!r} must start below {_MAX_WIDTH * self.size:g}: plates "
                f"fill at most nine tenths of crops of size={self.size!r}."
            )


class _Drawer:
    """Draw crops of the photos that an augmenter was prepared with."""

    def __init__(
        self, bounds: SceneAugmenter, photos: Sequence[PlateImage], corners: list[Floats]
    ) -> None:
        self._bounds = bounds
        self._photos = photos
        self._corners = corners
        self._is_box = [are_boxes(quads) for quads in corners]
        self._backgrounds = [index for index, quads in enumerate(corners) if len(quads) == 0]
        self._degradation = ImageDegradation.of(bounds)

    def __call__(self, index: int, rng: np.random.Generator) -> SceneCrop:
        bounds = self._bounds
        canvas = Canvas(np.full((bounds.size, bounds.size, 3), rng.integers(256), np.uint8))
        if self._backgrounds:
            self._lay_background(canvas, rng)
        if not self._backgrounds or rng.random() >= bounds.background_p:
            covered = self._lay(canvas, index, rng)
            for _ in range(bounds.max_mosaic - 1):
                if covered > 0.5 or rng.random() >= bounds.mosaic_p:
                    break
                covered += self._lay(canvas, int(rng.integers(len(self._photos))), rng)
        grey = rng.random() < bounds.grey_p
        image = self._degradation.draw(canvas.image, rng)
        if grey:  # last, because the light has a colour cast
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        return self._crop(image, canvas)

    def _crop(self, image: npt.NDArray[np.uint8], canvas: Canvas) -> SceneCrop:
        size = self._bounds.size
        visible = np.array([visible_fraction(quad, size) for quad in canvas.corners])
        width = np.linalg.norm(canvas.corners[:, 1] - canvas.corners[:, 0], axis=-1)
        clear = (visible >= _MIN_VISIBLE) & (width >= _MIN_WIDTH * self._bounds.width_range[0])
        ignored = ~clear & (visible > 0)
        return SceneCrop(
            image, canvas.corners[clear], canvas.is_box[clear], canvas.corners[ignored]
        )

    def _lay_background(self, canvas: Canvas, rng: np.random.Generator) -> None:
        """Fill the canvas with a part of a photo without a plate."""
        pixels = to_rgb(self._photos[int(rng.choice(self._backgrounds))].pixels())
        sides = np.array(pixels.shape[1::-1])
        scale = self._bounds.size / sides.min() * rng.uniform(1, 2)
        beyond = scale * sides - self._bounds.size
        scene_map = SceneMap.around((0, 0), -rng.random(2) * beyond, scale * np.eye(2), (0, 0))
        canvas.lay(pixels, np.empty((0, 4, 2)), np.empty(0, np.bool_), scene_map)

    def _lay(self, canvas: Canvas, index: int, rng: np.random.Generator) -> float:
        """Lay a photo so that one of its plates has a drawn width and place."""
        bounds, quads = self._bounds, self._corners[index]
        pixels = to_rgb(self._photos[index].pixels())
        low, high = np.log(bounds.width_range)
        wanted = float(np.exp(rng.uniform(low, min(high, np.log(_MAX_WIDTH * bounds.size)))))
        if len(quads):
            quad = quads[rng.integers(len(quads))]
            width = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
            scale = min(wanted / max(float(width), 1.0), _MAX_ENLARGEMENT)
            centre = quad.mean(axis=0)
            if (quad.max(axis=0) <= 0).any() or (quad.min(axis=0) >= pixels.shape[1::-1]).any():
                raise ValueError(
                    f"The plate with the corners {quad.tolist()!r} lies outside its photo of "
                    f"{pixels.shape[1]} x {pixels.shape[0]} pixels (width x height), source "
                    f"{self._photos[index].source!r}; pass corners in pixels of the photo."
                )
            reach = min(0.45 * wanted, 0.45 * bounds.size)
        else:
            scale = bounds.size / max(pixels.shape[:2]) * np.exp(rng.uniform(-0.9, 0.5))
            centre, reach = np.array(pixels.shape[1::-1]) / 2, 0.0
        target = rng.uniform(reach, bounds.size - reach, 2)
        factor = _BOX_FACTOR if self._is_box[index].any() else 1.0
        linear = self._linear(scale, factor, rng)
        tilt = rng.uniform(-1, 1, 2) * bounds.max_perspective / bounds.size
        if factor != 1:
            tilt = np.zeros(2)
        scene_map = SceneMap.around(
            centre, target, linear, _without_horizon(tilt, linear, centre, pixels.shape)
        )
        return canvas.lay(pixels, quads, self._is_box[index], scene_map)

    def _linear(self, scale: float, factor: float, rng: np.random.Generator) -> Floats:
        """Draw the linear part of a map: mirrored, stretched, slanted and turned."""
        bounds = self._bounds
        angle = factor * np.deg2rad(bounds.max_rotation) * rng.uniform(-1, 1)
        slant = factor * bounds.max_shear * rng.uniform(-1, 1)
        stretch = np.sqrt(1 + bounds.max_stretch * rng.uniform(-1, 1))
        side = -1 if rng.random() < bounds.flip_p else 1
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return (
            turn
            @ np.array([[1, slant], [0, 1]])
            @ np.diag([side * scale * stretch, scale / stretch])
        )


def _without_horizon(
    tilt: Floats, linear: Floats, centre: Floats, shape: tuple[int, ...]
) -> Floats:
    """Reduce a perspective so that all corners of the photo stay before the horizon."""
    height, width = shape[:2]
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    least = float(((outline - centre) @ (tilt @ linear)).min())
    return tilt * min(1.0, (1 - _MIN_DEPTH) / -least) if least < 0 else tilt
