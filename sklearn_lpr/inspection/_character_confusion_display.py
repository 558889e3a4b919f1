"""Confusion matrix of characters."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._texts import check_texts
from ..metrics import plate_accuracy_score
from ..recognition import read_plates
from ._character_boxes import Character, character_box, place_box, text_box
from ._character_errors import character_pairs, count_errors
from ._matplotlib import MUTED, import_pyplot
from ._predictions import split_predictions
from ._validation import check_params

__all__ = ["CharacterConfusionDisplay"]

_FONT_SIZE = 12


class CharacterConfusionDisplay:
    """Confusion matrix of characters.

    Create a display with `from_estimator` or `from_predictions`. Rows are true characters and
    columns are predicted characters, along the alignment of `evaluate_plates`. The last column
    counts deletions (missing characters), the last row insertions (extra characters). Right
    characters are left out, because their counts would dominate the colour scale.

    Parameters
    ----------
    counts : ndarray of shape (n_characters + 1, n_characters + 1), dtype int
        The number of errors by true and predicted character. The last row and column mean that
        there is no such character.
    characters : sequence of str
        The characters of all rows and columns except the last.
    n_errors : int, default=None
        The total number of errors, if `counts` holds only some of them; None uses their sum.

    Attributes
    ----------
    im_ : matplotlib AxesImage
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_lpr.inspection import CharacterConfusionDisplay
    >>> display = CharacterConfusionDisplay.from_predictions(
    ...     ["AB80", "CD08", "EF88"], ["AB8D", "CDD8", "E88"]
    ... )
    >>> display.characters
    ['0', 'D', 'F']
    >>> display.counts.tolist()
    [[0, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    """

    def __init__(
        self,
        counts: npt.NDArray[np.intp],
        characters: Sequence[str],
        *,
        n_errors: int | None = None,
    ) -> None:
        self.counts = counts
        self.characters = characters
        self.n_errors = n_errors

    @check_params
    def plot(self, *, ax: Any = None, cmap: Any = "Blues") -> Self:
        """Draw the matrix.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; None creates a figure of a suitable size.
        cmap : str or matplotlib Colormap, default="Blues"

        Returns
        -------
        self : CharacterConfusionDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = import_pyplot(f"{type(self).__name__}.plot")
        n_rows = len(self.counts)
        if ax is None:
            side = max(3.2, 1.2 + 0.36 * n_rows)
            _, ax = plt.subplots(figsize=(side, side), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        diagonal = np.eye(n_rows, dtype=bool)
        # The scale reaches at least 4, so that single errors stay pale.
        highest = max(4, int(self.counts.max()))
        self.im_ = ax.imshow(
            np.ma.masked_array(self.counts, diagonal), cmap=cmap, vmin=0, vmax=highest
        )
        ax.set_facecolor("0.9")
        for row, column in np.argwhere((self.counts > 0) & ~diagonal):
            count = int(self.counts[row, column])
            color = "white" if count > highest / 2 else "black"
            ax.text(column, row, str(count), ha="center", va="center", color=color, size=9)
        # Boxes replace tick labels, whose font may lack the characters.
        for index in range(n_rows):
            place_box(
                ax,
                self._name(index),
                (0, index),
                xycoords=("axes fraction", "data"),
                offset=(-5, 0),
                alignment=(1, 0.5),
            )
            place_box(
                ax,
                self._name(index),
                (index, 0),
                xycoords=("data", "axes fraction"),
                offset=(0, -4),
                alignment=(0.5, 1),
            )
        ax.set(xticks=[], yticks=[])
        ax.set_xlabel("predicted character", labelpad=22)
        ax.set_ylabel("true character", labelpad=32)
        shown = int(self.counts[~diagonal].sum())
        n_errors = shown if self.n_errors is None else self.n_errors
        noun = "character error" if n_errors == 1 else "character errors"
        number = f"{n_errors}" if shown == n_errors else f"{shown} of {n_errors}"
        ax.set_title(f"{number} {noun}", size=11)
        return self

    def _name(self, index: int) -> Any:
        if index == len(self.characters):
            return text_box("none", 9, MUTED)
        return character_box(Character(self.characters[index]), _FONT_SIZE)

    @classmethod
    @check_params
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, n_characters: int = 15, ax: Any = None
    ) -> Self:
        """Predict the texts of plates and draw the matrix.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer, or a Pipeline, search or `FrozenEstimator` around one; see
            `read_plates`.
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The true texts.
        n_characters : int, default=15
            The maximum number of characters: those of the most frequent errors are shown.
        ax : matplotlib Axes, default=None
            The axes to draw in; None creates a figure of a suitable size.

        Returns
        -------
        CharacterConfusionDisplay

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")  # before the expensive prediction
        y_pred = read_plates(estimator, X)
        return cls.from_predictions(y, y_pred, n_characters=n_characters, ax=ax)

    @classmethod
    @check_params
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, n_characters: int = 15, ax: Any = None
    ) -> Self:
        """Draw the matrix of predictions.

        Parameters
        ----------
        y_true : array-like of str of shape (n_samples,)
            The true texts.
        y_pred : array-like of str or of PlateReading of shape (n_samples,)
            The predictions.
        n_characters : int, default=15
            The maximum number of characters: those of the most frequent errors are shown.
        ax : matplotlib Axes, default=None
            The axes to draw in; None creates a figure of a suitable size.

        Returns
        -------
        CharacterConfusionDisplay

        Raises
        ------
        ValueError
            As for `plate_accuracy_score`.
        """
        texts, _ = split_predictions(y_pred)
        plate_accuracy_score(y_true, texts)  # checks the texts
        true, predicted = (check_texts(each, allow_empty=True).tolist() for each in (y_true, texts))
        errors = count_errors(character_pairs(true, predicted, np.arange(len(true))))
        characters = _most_confused(errors, n_characters)
        index_of = {character: index for index, character in enumerate([*characters, ""])}
        counts = np.zeros((len(index_of), len(index_of)), dtype=np.intp)
        for right, wrong, count in zip(
            errors["true"], errors["predicted"], errors["count"], strict=True
        ):
            if right in index_of and wrong in index_of:
                counts[index_of[right], index_of[wrong]] = count
        return cls(counts, characters, n_errors=int(errors["count"].sum())).plot(ax=ax)


def _most_confused(errors: pd.DataFrame, n_characters: int) -> list[str]:
    """Return the characters of the most frequent errors, sorted."""
    selected: set[str] = set()
    for true, predicted in zip(errors["true"], errors["predicted"], strict=True):
        extended = selected | {true, predicted} - {""}
        if len(extended) <= n_characters:
            selected = extended
    return sorted(selected)
