"""Display of photos with detected plates."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._detection._base import plate_corners
from ..images import PlateImage, check_images, naming_sample
from ..metrics._detection import check_detections, match_detections
from ..recognition._unwrap import chain_steps
from ._matplotlib import RIGHT, WRONG, import_pyplot
from ._plate_grid import plate_axes, show_image
from ._validation import check_params

__all__ = ["DetectionDisplay"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Detections = tuple[Floats, Floats]

_WIDTH = 4.4  # inches

# Above this fraction of the photo's height there is no room for a score.
_UPPER_EDGE = 0.1


class _Style(NamedTuple):
    """How an outline is drawn, and its label in the legend."""

    label: str
    color: str
    line: Literal["solid", "dashed", "dotted"]
    width: float = 1.6
    halo: bool = True


# The fourth colour of the Okabe–Ito palette that is used here; see `_matplotlib`.
_PURPLE = "#CC79A7"

_DETECTION = _Style("detection", RIGHT, "solid")
_TRUE_POSITIVE = _Style("true positive", RIGHT, "solid")
_FALSE_POSITIVE = _Style("false positive", WRONG, "dashed")
_MISSED = _Style("missed plate", _PURPLE, "dotted", 2.2)
_ANNOTATION = _Style("annotation of a detected plate", "black", "solid", 0.7, False)


class DetectionDisplay:
    """Display of photos with detected and annotated plates.

    Create a display with `from_estimator` or `from_predictions`. A solid blue outline is a true
    positive, a dashed vermilion outline a false positive, and a dotted purple outline a missed
    plate. A thin black outline inside a blue one is the annotation of that plate, so that the
    error of the corners is visible. The number at each detection is its score. Where the plates
    are not known, all detections are drawn in blue. A new figure has a legend; given axes have
    none.

    Parameters
    ----------
    images : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The photos.
    y_pred : sequence of tuple (corners, scores)
        The detections in each photo: corners of shape (n_detections, 4, 2), in pixels of the
        photo, and scores of shape (n_detections,).
    y_true : sequence of ndarray of shape (n_plates, 4, 2), default=None
        The corners of the plates in each photo. None if they are not known.
    iou_threshold : float, default=0.5
        The minimum intersection over union of a true positive with its plate; see
        `sklearn_lpr.metrics.detection_scores`.

    Attributes
    ----------
    ax_ : ndarray of shape (n_photos,), dtype object
        The axes of each photo.
    figure_ : matplotlib Figure

    See Also
    --------
    sklearn_lpr.metrics.detection_scores : Count true positives, false positives and missed plates.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.inspection import DetectionDisplay
    >>> photo = np.full((120, 200, 3), 90, np.uint8)
    >>> plates = np.stack([box_corners(20, 30, 60, 15), box_corners(120, 80, 60, 15)])
    >>> found = plates[:1] + 1, np.array([0.9])
    >>> display = DetectionDisplay.from_predictions([photo], [plates], [found])
    >>> display.ax_[0].get_title()
    '1 of 2 plates detected'
    """

    def __init__(
        self,
        images: Sequence[Pixels],
        y_pred: Sequence[Detections],
        *,
        y_true: Sequence[Floats] | None = None,
        iou_threshold: float = 0.5,
    ) -> None:
        self.images = images
        self.y_pred = y_pred
        self.y_true = y_true
        self.iou_threshold = iou_threshold

    @check_params
    def plot(self, *, ax: Any = None, n_columns: int = 2) -> Self:
        """Draw the photos and the outlines of the plates.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            At least one per photo; axes left over are switched off. None creates a figure.
        n_columns : int, default=2
            The maximum number of photos per row of a new figure.

        Returns
        -------
        self : DetectionDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there are fewer axes than photos.
        """
        self.figure_, self.ax_ = plate_axes(
            self.images,
            ax,
            n_columns=n_columns,
            width=_WIDTH,
            n_lines=1,
            n_footer_lines=1.5,
            caller=f"{type(self).__name__}.plot",
            unit="photos",
        )
        for index, axes in enumerate(self.ax_):
            image, (corners, scores) = self.images[index], self.y_pred[index]
            show_image(axes, image)
            if self.y_true is None:
                for quad, score in zip(corners, scores, strict=True):
                    _draw_detection(axes, quad, score, _DETECTION)
                title = _count(len(corners), "detection")
            else:
                title = self._plot_errors(axes, self.y_true[index], corners, scores)
            axes.set_title(title, size=8)
            # Plates may extend beyond the photo; the axes show the photo only.
            axes.set(xlim=(-0.5, image.shape[1] - 0.5), ylim=(image.shape[0] - 0.5, -0.5))
        if ax is None:
            self._add_legend()
        return self

    def _plot_errors(self, ax: Any, truth: Floats, corners: Floats, scores: Floats) -> str:
        """Draw true positives, false positives and missed plates, and return their numbers."""
        matches = match_detections(truth, corners, scores, self.iou_threshold)
        for plate, quad in enumerate(truth):
            _draw_outline(ax, quad, _ANNOTATION if plate in matches else _MISSED)
        for quad, score, plate in zip(corners, scores, matches, strict=True):
            _draw_detection(ax, quad, score, _FALSE_POSITIVE if plate < 0 else _TRUE_POSITIVE)
        n_found = int((matches >= 0).sum())
        title = f"{n_found} of {_count(len(truth), 'plate')} detected" if len(truth) else "no plate"
        n_false = len(matches) - n_found
        return f"{title}, {_count(n_false, 'false positive')}" if n_false else title

    def _add_legend(self) -> None:
        from matplotlib.lines import Line2D

        styles = [_TRUE_POSITIVE, _FALSE_POSITIVE, _MISSED, _ANNOTATION]
        if self.y_true is None:
            styles = [_DETECTION]
        handles = [
            Line2D(
                [],
                [],
                color=style.color,
                linestyle=style.line,
                linewidth=style.width,
                label=style.label,
            )
            for style in styles
        ]
        n_grid_columns = self.ax_[0].get_subplotspec().get_gridspec().ncols
        self.figure_.legend(
            handles=handles,
            loc="outside lower center",
            ncols=min(len(handles), 2 * n_grid_columns),
            title="numbers: score of the detection",
            title_fontsize=8,
            fontsize=8,
            frameon=False,
        )

    @classmethod
    @check_params
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        order: str = "given",
        iou_threshold: float = 0.5,
        n_photos: int = 6,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Detect the plates in photos and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted detector with a method ``detect_all``, or a search or `FrozenEstimator`
            around one.
        X : array-like of samples
            Photos.
        y : sequence of n_photos array-like of shape (n_plates, 4, 2), default=None
            The corners of the plates in each photo, possibly none. None takes the corners of the
            samples. If no sample has corners, the plates are not known.
        order : {"given", "least_confident", "wrong"}, default="given"
            The photos to draw: the first ones; those whose best detection has the lowest score,
            photos without detections first; or those with false positives or missed plates, most
            errors first.
        iou_threshold : float, default=0.5
            The minimum intersection over union of a true positive with its plate.
        n_photos : int, default=6
            The maximum number of photos to draw.
        n_columns : int, default=2
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        DetectionDisplay

        Raises
        ------
        TypeError
            If `estimator` has no method ``detect_all``.
        ValueError
            If X or y is invalid, or if ``order="wrong"`` and the plates are not known.
        """
        # Before the expensive detection.
        import_pyplot(f"{cls.__name__}.from_estimator")
        _, detector = chain_steps(estimator)[-1]
        if not hasattr(detector, "detect_all"):
            raise TypeError(
                f"{detector!r} has no method detect_all; pass a detector with one, such as "
                "PlateDetector."
            )
        samples = check_images(X)
        truth = _known_plates(samples, y)
        _check_order(order, truth)
        if truth is not None:
            truth = plate_corners(samples, truth)
        if order == "given":
            samples = samples[:n_photos]
            truth = None if truth is None else truth[:n_photos]
        return cls.from_predictions(
            samples,
            truth,
            detector.detect_all(samples),
            order=order,
            iou_threshold=iou_threshold,
            n_photos=n_photos,
            n_columns=n_columns,
            ax=ax,
        )

    @classmethod
    @check_params
    def from_predictions(
        cls,
        X: Any,
        y_true: Any,
        y_pred: Any,
        *,
        order: str = "given",
        iou_threshold: float = 0.5,
        n_photos: int = 6,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Draw photos with given detections.

        Parameters
        ----------
        X : array-like of samples
            Photos.
        y_true : sequence of n_photos array-like of shape (n_plates, 4, 2), or None
            The corners of the plates in each photo, possibly none. None takes the corners of the
            samples. If no sample has corners, the plates are not known.
        y_pred : sequence of n_photos tuple (corners, scores)
            What ``detect_all`` returns: corners of shape (n_detections, 4, 2) and scores of shape
            (n_detections,).
        order : {"given", "least_confident", "wrong"}, default="given"
            See `from_estimator`.
        iou_threshold : float, default=0.5
            The minimum intersection over union of a true positive with its plate.
        n_photos : int, default=6
            The maximum number of photos to draw.
        n_columns : int, default=2
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        DetectionDisplay

        Raises
        ------
        ValueError
            If X, plates or detections are invalid or differ in length, or if ``order="wrong"``
            and the plates are not known.
        """
        samples = check_images(X)
        truth = _known_plates(samples, y_true)
        _check_order(order, truth)
        check_consistent_length(samples, y_pred)
        plates, detections = check_detections(
            [np.empty((0, 4, 2))] * len(samples) if truth is None else truth, y_pred
        )
        shown = _select(order, plates, detections, iou_threshold)[:n_photos]
        images = []
        for index in shown:
            with naming_sample(index):
                images.append(samples[index].pixels())
        return cls(
            images,
            [detections[index] for index in shown],
            y_true=None if truth is None else [plates[index] for index in shown],
            iou_threshold=iou_threshold,
        ).plot(ax=ax, n_columns=n_columns)


def _known_plates(samples: list[PlateImage], y: Any) -> Any:
    """Return y, or the corners of the samples, or None if no sample has corners."""
    if y is None and any(sample.corners is not None for sample in samples):
        return plate_corners(samples, None)
    return y


def _check_order(order: str, truth: Any) -> None:
    if order == "wrong" and truth is None:
        raise ValueError("order='wrong' needs the corners of the plates; pass them as well.")


def _select(
    order: str, plates: list[Floats], detections: list[Detections], iou_threshold: float
) -> list[int]:
    """Return the indices of the photos to draw, in order."""
    if order == "least_confident":
        best = [scores.max(initial=-np.inf) for _, scores in detections]
        return np.argsort(best, kind="stable").tolist()
    if order == "wrong":
        errors = np.array(
            [
                _count_errors(truth, *detected, iou_threshold)
                for truth, detected in zip(plates, detections, strict=True)
            ]
        )
        if not errors.any():
            raise ValueError(
                f"order='wrong' has no photos to show: the detections in all {len(plates)} are "
                "right."
            )
        return [index for index in np.argsort(-errors, kind="stable").tolist() if errors[index]]
    return list(range(len(plates)))


def _count_errors(truth: Floats, corners: Floats, scores: Floats, iou_threshold: float) -> int:
    """Return the number of false positives and missed plates in a photo."""
    n_found = int((match_detections(truth, corners, scores, iou_threshold) >= 0).sum())
    return len(corners) + len(truth) - 2 * n_found


def _draw_detection(ax: Any, quad: Floats, score: float, style: _Style) -> None:
    """Draw the outline of a detection, and its score above it, or below it at the upper edge."""
    _draw_outline(ax, quad, style)
    (left, top), bottom = quad.min(axis=0) - 0.5, quad[:, 1].max() - 0.5
    n_rows = abs(np.subtract(*ax.get_ylim()))
    above = top > _UPPER_EDGE * n_rows
    ax.annotate(
        f"{score:.2f}",
        (left, top if above else bottom),
        xytext=(0, 3 if above else -3),
        textcoords="offset points",
        va="baseline" if above else "top",
        size=7,
        color=style.color,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )


def _draw_outline(ax: Any, quad: Floats, style: _Style) -> None:
    from matplotlib.patches import Polygon
    from matplotlib.patheffects import Normal, Stroke

    # Corners count from the edges of pixels; the centres of pixels have integer coordinates.
    outline = Polygon(quad - 0.5, closed=True, fill=False, label=style.label)
    outline.set(edgecolor=style.color, linestyle=style.line, linewidth=style.width)
    if style.halo:
        # A solid white halo keeps every line style visible on any photo.
        solid = {"dash_offset": 0, "dash_list": None}
        halo = Stroke(linewidth=style.width + 1.4, foreground="white", dashes=solid)
        outline.set_path_effects([halo, Normal()])
    else:
        outline.set_zorder(outline.get_zorder() + 1)  # above the outlines with a halo
    ax.add_patch(outline)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
