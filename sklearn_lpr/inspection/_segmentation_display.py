"""Display of segmented characters."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._sklearn_compat import safe_indexing
from ..images import check_images, read_samples
from ..preprocessing import Segmentation
from ..recognition._unwrap import chain_steps
from ._character_boxes import place_box, text_box
from ._matplotlib import MUTED, WRONG, import_pyplot
from ._plate_grid import plate_axes, show_image
from ._validation import check_params

__all__ = ["SegmentationDisplay"]

Pixels = npt.NDArray[np.uint8]


class SegmentationDisplay:
    """Display of the character boxes of a `CharacterSegmenter` on plates.

    Create a display with `from_estimator` or `from_predictions`. Above each box is the
    probability, in percent, that it bounds a character, as the caption of a new figure states.

    Parameters
    ----------
    images : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The segmented crops.
    segmentations : sequence of Segmentation
        The segmentation of each crop.

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
    >>> segmenter = make_pipeline(PlateCropper(margin=0.1), CharacterSegmenter())
    >>> display = SegmentationDisplay.from_estimator(segmenter, X)
    >>> [len(segmentation.boxes) for segmentation in display.segmentations]
    [7, 7]
    """

    def __init__(self, images: Sequence[Pixels], segmentations: Sequence[Segmentation]) -> None:
        self.images = images
        self.segmentations = segmentations

    @check_params
    def plot(self, *, ax: Any = None, n_columns: int = 5) -> Self:
        """Draw the plates and boxes.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            At least one per plate; axes left over are switched off. None creates a figure.
        n_columns : int, default=5
            The maximum number of plates per row of a new figure.

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
            self.images,
            ax,
            n_columns=n_columns,
            width=2.3,
            n_lines=1,
            n_footer_lines=1,
            caller=f"{type(self).__name__}.plot",
        )
        for axes, image, segmentation in zip(
            self.ax_, self.images, self.segmentations, strict=True
        ):
            show_image(axes, image)
            _draw_boxes(axes, segmentation)
            # Boxes may extend beyond the crop; the axes show the crop only.
            axes.set(xlim=(-0.5, image.shape[1] - 0.5), ylim=(image.shape[0] - 0.5, -0.5))
        if ax is None:
            self.figure_.supxlabel("numbers: probability of a character in %", size=8, color=MUTED)
        return self

    @classmethod
    @check_params
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
            A `CharacterSegmenter`, or a Pipeline, search or `FrozenEstimator` that contains one,
            with or without a recognizer. Steps before the segmenter are applied first.
        X : array-like of samples
        n_plates : int, default=20
            The maximum number of plates to draw; the first ones are drawn.
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
        segmenters = [index for index, step in enumerate(steps) if hasattr(step, "segment")]
        if not segmenters:
            raise TypeError(
                f"{estimator!r} has no method segment; pass a CharacterSegmenter, or a Pipeline, "
                "search or FrozenEstimator that contains one."
            )
        crops = safe_indexing(X, slice(n_plates))
        for transformer in steps[: segmenters[0]]:
            crops = transformer.transform(crops)
        segmentations = steps[segmenters[0]].segment(crops)
        return cls.from_predictions(crops, segmentations, n_columns=n_columns, ax=ax)

    @classmethod
    @check_params
    def from_predictions(
        cls,
        X: Any,
        segmentations: Sequence[Segmentation],
        *,
        n_columns: int = 5,
        ax: Any = None,
    ) -> Self:
        """Draw given boxes.

        Parameters
        ----------
        X : array-like of samples
            The segmented crops.
        segmentations : sequence of Segmentation
            As returned by `CharacterSegmenter.segment`.
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
            If X is invalid or the lengths differ.
        """
        samples = check_images(X)
        check_consistent_length(samples, segmentations)
        images = list(read_samples(samples))
        return cls(images, segmentations).plot(ax=ax, n_columns=n_columns)


def _draw_boxes(ax: Any, segmentation: Segmentation) -> None:
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    # A white halo keeps the boxes visible on any plate.
    halo = [withStroke(linewidth=3, foreground="white")]
    for (left, top, width, height), score in zip(
        segmentation.boxes, segmentation.scores, strict=True
    ):
        # The centres of pixels have integer coordinates.
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
    if not len(segmentation.boxes):
        place_box(
            ax,
            text_box("no characters", 9, MUTED),
            (0.5, 1),
            xycoords="axes fraction",
            offset=(0, 2),
            alignment=(0.5, 0),
        )
