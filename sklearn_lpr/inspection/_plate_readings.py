"""Plates with what was read from them."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._character_alignment import align_characters
from .._sklearn_compat import StrOptions, safe_indexing, validate_params
from .._texts import check_texts
from ..images import check_images
from ..recognition import read_plates
from ._characters import Character, character_box, place_box, text_box
from ._matplotlib import MUTED, WRONG, import_pyplot
from ._plate_grid import COUNTS, crop_plates, plate_axes, show_picture
from ._readings import split_readings

__all__ = ["PlateReadingsDisplay"]

Pixels = npt.NDArray[np.uint8]

_FONT_SIZE = 13
# Stands where the other text has one character more.
_GAP = "·"

_CONSTRAINTS = {"order": [StrOptions({"given", "unsure", "wrong"})], **COUNTS}


class PlateReadingsDisplay:
    """Plates with their readings; wrong characters are marked.

    Make one with `from_estimator` or `from_predictions`. Above each plate is its reading and how
    confident the reader is. Where it is wrong, the true text stands below the reading, character
    under character, and what differs is bold and vermilion; a dot stands for a character that the
    other text does not have.

    Parameters
    ----------
    pictures : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The plates.
    readings : sequence of str
    y_true : sequence of str, default=None
        The true texts; None where they are not known: nothing is marked then.
    confidence : array-like of shape (n_plates,), default=None
        The readings' confidences; None shows none.

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
    >>> readings = [PlateReading(y[0], 0.97), PlateReading(y[1][:-1], 0.41)]
    >>> display = PlateReadingsDisplay.from_predictions(X, y, readings)
    >>> display.ax_.shape
    (2,)
    """

    def __init__(
        self,
        pictures: Sequence[Pixels],
        readings: Sequence[str],
        *,
        y_true: Sequence[str] | None = None,
        confidence: Sequence[float] | None = None,
    ) -> None:
        self.pictures = pictures
        self.readings = readings
        self.y_true = y_true
        self.confidence = confidence

    @validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
    def plot(self, *, ax: Any = None, n_columns: int = 5) -> Self:
        """Draw the plates.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            One for each plate at least; what is left over is switched off. None makes a figure.
        n_columns : int, default=5
            At most so many plates are beside each other in a new figure.

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
            self.pictures,
            ax,
            n_columns=n_columns,
            width=2.3,
            n_lines=1.5 if self.y_true is None else 2.5,
            caller=f"{type(self).__name__}.plot",
        )
        for index, axes in enumerate(self.ax_):
            show_picture(axes, self.pictures[index])
            reading = self.readings[index]
            wrong = self.y_true is not None and self.y_true[index] != reading
            for spine in axes.spines.values():
                spine.set(color=WRONG if wrong else "0.7", linewidth=2 if wrong else 0.8)
            label = _label(
                reading,
                self.y_true[index] if self.y_true is not None else reading,
                None if self.confidence is None else self.confidence[index],
            )
            place_box(
                axes, label, (0.5, 1), xycoords="axes fraction", offset=(0, 4), alignment=(0.5, 0)
            )
        return self

    @classmethod
    @validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
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
        """Read plates and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer, or a Pipeline, search or `FrozenEstimator` around one; see
            `read_plates`.
        X : array-like of samples
        y : array-like of str of shape (n_samples,), default=None
            The true texts, where they are known.
        order : {"given", "unsure", "wrong"}, default="given"
            Which plates come first: those given first, those read with the least confidence, or
            those read wrongly, and of these the most confident ones.
        n_plates : int, default=20
            At most so many are drawn.
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
            If X or y is unusable, or `order` asks for wrong readings and there is no y.
        """
        # Before the expensive reading.
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
    @validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
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
        """Draw plates with what was read from them.

        Parameters
        ----------
        X : array-like of samples
            Those with corners are cut out along them, with a margin.
        y_true : array-like of str of shape (n_samples,), or None
            The true texts, where they are known.
        y_pred : array-like of str or of PlateReading of shape (n_samples,)
            The readings; texts alone show no confidence.
        order : {"given", "unsure", "wrong"}, default="given"
            See `from_estimator`.
        n_plates : int, default=20
            At most so many are drawn.
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
            If X, texts or readings are unusable or differ in length, or `order` asks for what is
            not there: confidences or true texts.
        """
        _check_order(order, y_true)
        samples = check_images(X)
        texts, confidence = split_readings(y_pred)
        read: list[str] = check_texts(texts, name="y_pred", allow_empty=True).tolist()
        true: list[str] | None = None
        if y_true is not None:
            true = check_texts(y_true, name="y_true", allow_empty=True).tolist()
        check_consistent_length(samples, read, true)
        shown = _choose(order, read, true, confidence)[:n_plates].tolist()
        return cls(
            crop_plates(samples, shown),
            [read[index] for index in shown],
            y_true=None if true is None else [true[index] for index in shown],
            confidence=None if confidence is None else confidence[shown],
        ).plot(ax=ax, n_columns=n_columns)


def _check_order(order: str, y_true: Any) -> None:
    if order == "wrong" and y_true is None:
        raise ValueError("order='wrong' needs the true texts; pass them too.")


def _choose(
    order: str,
    read: list[str],
    true: list[str] | None,
    confidence: npt.NDArray[np.float64] | None,
) -> npt.NDArray[np.intp]:
    """Give the indices of the plates that may be drawn, in order."""
    if order == "unsure":
        if confidence is None:
            raise ValueError(
                "order='unsure' needs confidences; pass what read_plates gives as y_pred."
            )
        return np.argsort(confidence, kind="stable")
    if order == "wrong":
        wrong = np.array([pair[0] != pair[1] for pair in zip(true or [], read, strict=True)])
        if not wrong.any():
            raise ValueError(f"order='wrong' finds none: all {len(read)} plates are read right.")
        sure_first = np.argsort(-confidence if confidence is not None else ~wrong, kind="stable")
        return sure_first[wrong[sure_first]]
    return np.arange(len(read))


def _label(reading: str, true: str, confidence: float | None) -> Any:
    """Draw a reading and its confidence, over the true text where that is another."""
    from matplotlib.offsetbox import HPacker, VPacker

    below = 0.8 * _FONT_SIZE
    columns: list[list[Any]] = []
    for pair in align_characters(true, reading):
        there, character = (each or _GAP for each in pair)
        right = there == character
        column = [
            character_box(Character(character, "black" if right else WRONG, not right), _FONT_SIZE)
        ]
        if reading != true:
            column.append(character_box(Character(there, MUTED if right else WRONG), below))
        columns.append(column)
    notes = [] if reading else [" nothing read"]
    if confidence is not None:
        notes.append(f"  {confidence:.0%}")
    for note in notes:
        # As many lines as beside it: a right reading has one, close above its plate.
        column = [text_box(note, below, MUTED)]
        if reading != true:
            column.append(text_box("", below))
        columns.append(column)
    boxes: list[Any] = [
        VPacker(children=column, align="center", pad=0, sep=1) for column in columns
    ]
    return HPacker(children=boxes, align="top", pad=0, sep=1)
