"""Display of plates with their predictions."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._character_alignment import align_characters
from .._sklearn_compat import safe_indexing
from .._texts import check_texts
from ..images import check_images
from ..recognition import read_plates
from ._character_boxes import Character, character_box, place_box, text_box
from ._matplotlib import MUTED, WRONG, import_pyplot
from ._plate_grid import crop_plates, plate_axes, show_image
from ._predictions import split_predictions
from ._validation import check_params

__all__ = ["PlateReadingsDisplay"]

Pixels = npt.NDArray[np.uint8]

_FONT_SIZE = 13
# Shown for a character that the other text lacks.
_GAP = "·"


class PlateReadingsDisplay:
    """Display of plates with their predictions, in which wrong characters are marked.

    Create a display with `from_estimator` or `from_predictions`. Above each plate are the
    predicted text and its confidence. Below a wrong prediction is the true text, aligned
    character by character. Differences are vermilion, and bold in the prediction. A dot stands
    for a character that the other text does not have.

    Parameters
    ----------
    images : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The plates.
    y_pred : sequence of str
        The predicted texts.
    y_true : sequence of str, default=None
        The true texts. None if they are not known; no errors are marked then.
    confidence : array-like of shape (n_plates,), default=None
        The confidences of the predictions; None shows no confidences.

    Attributes
    ----------
    ax_ : ndarray of shape (n_plates,), dtype object
        The axes of each plate.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.inspection import PlateReadingsDisplay
    >>> X, y = make_plates(2, random_state=0, return_X_y=True)
    >>> y_pred = [PlateReading(y[0], 0.97), PlateReading(y[1][:-1], 0.41)]
    >>> display = PlateReadingsDisplay.from_predictions(X, y, y_pred)
    >>> display.ax_.shape
    (2,)
    """

    def __init__(
        self,
        images: Sequence[Pixels],
        y_pred: Sequence[str],
        *,
        y_true: Sequence[str] | None = None,
        confidence: Sequence[float] | None = None,
    ) -> None:
        self.images = images
        self.y_pred = y_pred
        self.y_true = y_true
        self.confidence = confidence

    @check_params
    def plot(self, *, ax: Any = None, n_columns: int = 5) -> Self:
        """Draw the plates.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            At least one per plate; axes left over are switched off. None creates a figure.
        n_columns : int, default=5
            The maximum number of plates per row of a new figure.

        Returns
        -------
        self : PlateReadingsDisplay

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
            n_lines=1.5 if self.y_true is None else 2.5,
            caller=f"{type(self).__name__}.plot",
        )
        for index, axes in enumerate(self.ax_):
            show_image(axes, self.images[index])
            predicted = self.y_pred[index]
            wrong = self.y_true is not None and self.y_true[index] != predicted
            for spine in axes.spines.values():
                spine.set(color=WRONG if wrong else "0.7", linewidth=2 if wrong else 0.8)
            label = _label(
                predicted,
                self.y_true[index] if self.y_true is not None else predicted,
                None if self.confidence is None else self.confidence[index],
            )
            place_box(
                axes, label, (0.5, 1), xycoords="axes fraction", offset=(0, 4), alignment=(0.5, 0)
            )
        return self

    @classmethod
    @check_params
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        order: str = "given",
        n_plates: int = 20,
        n_columns: int = 5,
        ax: Any = None,
    ) -> Self:
        """Predict the texts of plates and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer, or a Pipeline, search or `FrozenEstimator` around one; see
            `read_plates`.
        X : array-like of samples
        y : array-like of str of shape (n_samples,), default=None
            The true texts, if known.
        order : {"given", "least_confident", "wrong"}, default="given"
            The plates to draw: the first ones, those with the least confident predictions, or
            those with wrong predictions, most confident first.
        n_plates : int, default=20
            The maximum number of plates to draw.
        n_columns : int, default=5
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        PlateReadingsDisplay

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        ValueError
            If X or y is invalid, or if ``order="wrong"`` and `y` is None.
        """
        # Before the expensive prediction.
        import_pyplot(f"{cls.__name__}.from_estimator")
        _check_order(order, y)
        if y is not None:
            check_consistent_length(X, check_texts(y, allow_empty=True))
        if order == "given":
            X = safe_indexing(X, slice(n_plates))
            y = None if y is None else safe_indexing(y, slice(n_plates))
        return cls.from_predictions(
            X,
            y,
            read_plates(estimator, X),
            order=order,
            n_plates=n_plates,
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
        n_plates: int = 20,
        n_columns: int = 5,
        ax: Any = None,
    ) -> Self:
        """Draw plates with given predictions.

        Parameters
        ----------
        X : array-like of samples
            Samples with corners are cropped along them, with a margin.
        y_true : array-like of str of shape (n_samples,), or None
            The true texts, if known.
        y_pred : array-like of str or of PlateReading of shape (n_samples,)
            The predictions. Plain texts have no confidence to show.
        order : {"given", "least_confident", "wrong"}, default="given"
            See `from_estimator`.
        n_plates : int, default=20
            The maximum number of plates to draw.
        n_columns : int, default=5
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        PlateReadingsDisplay

        Raises
        ------
        ValueError
            If X, texts or predictions are invalid or differ in length, or if `order` needs
            confidences or true texts that are not given.
        """
        _check_order(order, y_true)
        samples = check_images(X)
        texts, confidence = split_predictions(y_pred)
        predicted: list[str] = check_texts(texts, name="y_pred", allow_empty=True).tolist()
        true: list[str] | None = None
        if y_true is not None:
            true = check_texts(y_true, name="y_true", allow_empty=True).tolist()
        check_consistent_length(samples, predicted, true)
        shown = _select(order, predicted, true, confidence)[:n_plates].tolist()
        return cls(
            crop_plates(samples, shown),
            [predicted[index] for index in shown],
            y_true=None if true is None else [true[index] for index in shown],
            confidence=None if confidence is None else confidence[shown],
        ).plot(ax=ax, n_columns=n_columns)


def _check_order(order: str, y_true: Any) -> None:
    if order == "wrong" and y_true is None:
        raise ValueError("order='wrong' needs the true texts; pass them as well.")


def _select(
    order: str,
    predicted: list[str],
    true: list[str] | None,
    confidence: npt.NDArray[np.float64] | None,
) -> npt.NDArray[np.intp]:
    """Return the indices of the plates to draw, in order."""
    if order == "least_confident":
        if confidence is None:
            raise ValueError(
                "order='least_confident' needs confidences; pass the output of read_plates as "
                "y_pred."
            )
        return np.argsort(confidence, kind="stable")
    if order == "wrong":
        wrong = np.array([pair[0] != pair[1] for pair in zip(true or [], predicted, strict=True)])
        if not wrong.any():
            raise ValueError(
                f"order='wrong' has no plates to show: all {len(predicted)} predictions are right."
            )
        by_confidence = np.argsort(-confidence if confidence is not None else ~wrong, kind="stable")
        return by_confidence[wrong[by_confidence]]
    return np.arange(len(predicted))


def _label(predicted: str, true: str, confidence: float | None) -> Any:
    """Build the box of a prediction with its confidence, above the true text if that differs."""
    from matplotlib.offsetbox import HPacker, VPacker

    small = 0.8 * _FONT_SIZE
    columns: list[list[Any]] = []
    for pair in align_characters(true, predicted):
        true_character, character = (each or _GAP for each in pair)
        right = true_character == character
        column = [
            character_box(Character(character, "black" if right else WRONG, not right), _FONT_SIZE)
        ]
        if predicted != true:
            column.append(
                character_box(Character(true_character, MUTED if right else WRONG), small)
            )
        columns.append(column)
    notes = [] if predicted else [" no text"]
    if confidence is not None:
        notes.append(f"  {confidence:.0%}")
    for note in notes:
        # As many lines as the text next to it: one for a right prediction, otherwise two.
        column = [text_box(note, small, MUTED)]
        if predicted != true:
            column.append(text_box("", small))
        columns.append(column)
    boxes: list[Any] = [
        VPacker(children=column, align="center", pad=0, sep=1) for column in columns
    ]
    return HPacker(children=boxes, align="top", pad=0, sep=1)
