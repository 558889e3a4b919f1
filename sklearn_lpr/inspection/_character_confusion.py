"""Which characters are read for which."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._sklearn_compat import Interval, validate_params
from .._texts import check_texts
from ..metrics import plate_accuracy_score
from ..recognition import read_plates
from ._characters import Character, character_box, place_box, text_box
from ._confusions import character_pairs, count_errors
from ._matplotlib import MUTED, import_pyplot
from ._readings import split_readings

__all__ = ["CharacterConfusionDisplay"]

_FONT_SIZE = 12
_CONSTRAINTS = {"n_characters": [Interval(Integral, 1, None, closed="left")]}


class CharacterConfusionDisplay:
    """How often each character is read for each other one.

    Make one with `from_estimator` or `from_predictions`. A row is a true character, a column what
    was read for it, along the alignment of `evaluate_plates`. The last column counts characters
    that were not read, the last row those that are not there. Right characters are not counted:
    they would outshine all else.

    Parameters
    ----------
    counts : ndarray of shape (n_characters + 1, n_characters + 1), dtype int
        By true character and character read; the last row and column stand for none.
    characters : sequence of str
        Those of the rows and columns but the last.
    n_errors : int, default=None
        The number of all errors, of which `counts` may show a part; None takes their sum.

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

    def plot(self, *, ax: Any = None, cmap: Any = "Blues") -> Self:
        """Draw the matrix.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a figure of a fitting size.
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
        # Single errors are no alarm.
        highest = max(4, int(self.counts.max()))
        self.im_ = ax.imshow(
            np.ma.masked_array(self.counts, diagonal), cmap=cmap, vmin=0, vmax=highest
        )
        ax.set_facecolor("0.9")
        for row, column in np.argwhere((self.counts > 0) & ~diagonal):
            count = int(self.counts[row, column])
            color = "white" if count > highest / 2 else "black"
            ax.text(column, row, str(count), ha="center", va="center", color=color, size=9)
        # Boxes in place of tick labels, whose font may lack the characters.
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
        ax.set_xlabel("read", labelpad=22)
        ax.set_ylabel("true", labelpad=32)
        shown = int(self.counts[~diagonal].sum())
        n_errors = shown if self.n_errors is None else self.n_errors
        noun = "wrong character" if n_errors == 1 else "wrong characters"
        share = f"{n_errors}" if shown == n_errors else f"{shown} of {n_errors}"
        ax.set_title(f"{share} {noun}", size=11)
        return self

    def _name(self, index: int) -> Any:
        if index == len(self.characters):
            return text_box("none", 9, MUTED)
        return character_box(Character(self.characters[index]), _FONT_SIZE)

    @classmethod
    @validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, n_characters: int = 15, ax: Any = None
    ) -> Self:
        """Read plates and draw the matrix.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer, or a Pipeline, search or `FrozenEstimator` around one; see
            `read_plates`.
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The true texts.
        n_characters : int, default=15
            At most so many characters are shown: those of the most frequent errors.
        ax : matplotlib Axes, default=None
            None makes a figure of a fitting size.

        Returns
        -------
        CharacterConfusionDisplay

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")  # before the expensive reading
        readings = read_plates(estimator, X)
        return cls.from_predictions(y, readings, n_characters=n_characters, ax=ax)

    @classmethod
    @validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
    def from_predictions(
        cls, y_true: Any, y_pred: Any, *, n_characters: int = 15, ax: Any = None
    ) -> Self:
        """Draw the matrix of readings.

        Parameters
        ----------
        y_true : array-like of str of shape (n_samples,)
            The true texts.
        y_pred : array-like of str or of PlateReading of shape (n_samples,)
            The readings.
        n_characters : int, default=15
            At most so many characters are shown: those of the most frequent errors.
        ax : matplotlib Axes, default=None
            None makes a figure of a fitting size.

        Returns
        -------
        CharacterConfusionDisplay

        Raises
        ------
        ValueError
            As by `plate_accuracy_score`.
        """
        texts, _ = split_readings(y_pred)
        plate_accuracy_score(y_true, texts)  # refuses what is no pair of texts
        true, read = (check_texts(each, allow_empty=True).tolist() for each in (y_true, texts))
        errors = count_errors(character_pairs(true, read, np.arange(len(true))))
        characters = _most_confused(errors, n_characters)
        place = {character: index for index, character in enumerate([*characters, ""])}
        counts = np.zeros((len(place), len(place)), dtype=np.intp)
        for right, wrong, count in zip(
            errors["true"], errors["read"], errors["count"], strict=True
        ):
            if right in place and wrong in place:
                counts[place[right], place[wrong]] = count
        return cls(counts, characters, n_errors=int(errors["count"].sum())).plot(ax=ax)


def _most_confused(errors: pd.DataFrame, n_characters: int) -> list[str]:
    """Give the characters of the most frequent errors, in their own order."""
    chosen: set[str] = set()
    for true, read in zip(errors["true"], errors["read"], strict=True):
        more = chosen | {true, read} - {""}
        if len(more) <= n_characters:
            chosen = more
    return sorted(chosen)
