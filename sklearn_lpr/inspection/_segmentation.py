"""Where a segmenter finds the characters of plates."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._sklearn_compat import safe_indexing, validate_params
from ..images import check_images, read_samples
from ..preprocessing import Segmentation
from ..recognition._unwrap import chain_steps
from ._characters import place_box, text_box
from ._matplotlib import MUTED, WRONG, import_pyplot
from ._plate_grid import COUNTS, plate_axes, show_picture

__all__ = ["SegmentationDisplay"]

Pixels = npt.NDArray[np.uint8]


class SegmentationDisplay:
    """The boxes of `CharacterSegmenter.segment` on plates.

    Make one with `from_estimator` or `from_predictions`. Above each box is the probability that
    it bounds a character, in percent.

    Parameters
    ----------
    pictures : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The crops that were segmented.
    segmentations : sequence of Segmentation
        One each.

    Attributes
    ----------
    ax_ : ndarray of shape (n_plates,), dtype object
        The axes of each plate.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.inspection import SegmentationDisplay
    >>> from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper
    >>> X, y = make_plates(2, random_state=0, return_X_y=True)
    >>> chain = make_pipeline(PlateCropper(margin=0.1), CharacterSegmenter())
    >>> display = SegmentationDisplay.from_estimator(chain, X)
    >>> [len(segmentation.boxes) for segmentation in display.segmentations]
    [7, 7]
    """

    def __init__(self, pictures: Sequence[Pixels], segmentations: Sequence[Segmentation]) -> None:
        self.pictures = pictures
        self.segmentations = segmentations

    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def plot(self, *, ax: Any = None, n_columns: int = 5) -> Self:
        """Draw the plates and boxes.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            One for each plate at least; what is left over is switched off. None makes a figure.
        n_columns : int, default=5
            At most so many plates are beside each other in a new figure.

        Returns
        -------
        self : SegmentationDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there are fewer axes than plates.
        """
        self.figure_, self.ax_ = plate_axes(
            self.pictures,
            ax,
            n_columns=n_columns,
            width=2.3,
            n_lines=1,
            caller=f"{type(self).__name__}.plot",
        )
        for axes, picture, found in zip(self.ax_, self.pictures, self.segmentations, strict=True):
            show_picture(axes, picture)
            _draw_boxes(axes, found)
            # Boxes may reach beyond the crop, but the picture is what is looked at.
            axes.set(xlim=(-0.5, picture.shape[1] - 0.5), ylim=(picture.shape[0] - 0.5, -0.5))
        return self

    @classmethod
    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        n_plates: int = 20,
        n_columns: int = 5,
        ax: Any = None,
    ) -> Self:
        """Segment plates and draw the boxes.

        Parameters
        ----------
        estimator : estimator
            A `CharacterSegmenter`, or a Pipeline, search or `FrozenEstimator` with one in it,
            with or without a recognizer behind; what comes before is done first.
        X : array-like of samples
        n_plates : int, default=20
            At most so many are drawn, the first ones.
        n_columns : int, default=5
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        SegmentationDisplay

        Raises
        ------
        TypeError
            If no step of `estimator` has a method ``segment``.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        steps = [step for _, step in chain_steps(estimator)]
        able = [index for index, step in enumerate(steps) if hasattr(step, "segment")]
        if not able:
            raise TypeError(
                f"{estimator!r} segments no plates; pass a CharacterSegmenter, or a Pipeline, "
                "search or FrozenEstimator with one in it."
            )
        crops = safe_indexing(X, slice(n_plates))
        for transformer in steps[: able[0]]:
            crops = transformer.transform(crops)
        segmentations = steps[able[0]].segment(crops)
        return cls.from_predictions(crops, segmentations, n_columns=n_columns, ax=ax)

    @classmethod
    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def from_predictions(
        cls,
        X: Any,
        segmentations: Sequence[Segmentation],
        *,
        n_columns: int = 5,
        ax: Any = None,
    ) -> Self:
        """Draw boxes that were found.

        Parameters
        ----------
        X : array-like of samples
            The crops that were segmented.
        segmentations : sequence of Segmentation
            As given by `CharacterSegmenter.segment`.
        n_columns : int, default=5
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        SegmentationDisplay

        Raises
        ------
        ValueError
            If X is unusable, or the lengths differ.
        """
        samples = check_images(X)
        check_consistent_length(samples, segmentations)
        pictures = list(read_samples(samples))
        return cls(pictures, segmentations).plot(ax=ax, n_columns=n_columns)


def _draw_boxes(ax: Any, found: Segmentation) -> None:
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    # White around, so that boxes are seen on any plate.
    halo = [withStroke(linewidth=3, foreground="white")]
    for (left, top, width, height), score in zip(found.boxes, found.scores, strict=True):
        # Whole pixels are drawn around their centres.
        box = Rectangle((left - 0.5, top - 0.5), width, height, fill=False)
        box.set(edgecolor=WRONG, linewidth=1.5, path_effects=halo)
        ax.add_patch(box)
        place_box(
            ax,
            text_box(f"{100 * score:.0f}", 7, MUTED),
            (left - 0.5 + width / 2, 1),
            xycoords=("data", "axes fraction"),
            offset=(0, 2),
            alignment=(0.5, 0),
        )
    if not len(found.boxes):
        place_box(
            ax,
            text_box("nothing found", 9, MUTED),
            (0.5, 1),
            xycoords="axes fraction",
            offset=(0, 2),
            alignment=(0.5, 0),
        )
