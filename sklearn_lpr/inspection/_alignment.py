"""Which column of a network's output gives which character."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._sklearn_compat import safe_indexing, validate_params
from ..decoding import BLANK
from ..images import check_images, read_samples
from ..recognition._unwrap import unwrap
from ._characters import Character, character_box, place_box
from ._matplotlib import MUTED, RIGHT, WRONG, import_pyplot
from ._plate_grid import COUNTS, plate_axes, show_picture

__all__ = ["AlignmentDisplay"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

_FONT_SIZE = 12
_WIDTH = 4.4  # inches
_BARS = 5  # lines of text that the bars are high


class AlignmentDisplay:
    """The columns of a network's output over the plate.

    Make one with `from_estimator` or `from_predictions`. Over each column stands how probable its
    most probable symbol is: grey for the blank, blue for a character, vermilion for one that is
    less probable than all else together. Columns of one character that follow each other are read
    as one; it is written above the surest of them.

    Parameters
    ----------
    pictures : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The plates as the network saw them, which its columns divide evenly.
    log_proba : sequence of ndarray of shape (n_columns, 1 + len(alphabet))
        Log-probabilities by column; symbol 0 is the blank.
    alphabet : str
        The characters of the symbols 1, 2, ….
    merge : bool, default=True
        Whether columns of one character that follow each other are read as one. Columns of
        segments are not.

    Attributes
    ----------
    ax_ : ndarray of shape (n_plates,), dtype object
        The axes of each plate.
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.inspection import AlignmentDisplay
    >>> plate = np.full((24, 94, 3), 200, np.uint8)
    >>> log_proba = np.log([[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7]])
    >>> display = AlignmentDisplay.from_predictions([plate], [log_proba], alphabet="AB")
    >>> display.texts
    ['AB']
    """

    def __init__(
        self,
        pictures: Sequence[Pixels],
        log_proba: Sequence[Floats],
        alphabet: str,
        *,
        merge: bool = True,
    ) -> None:
        self.pictures = pictures
        self.log_proba = log_proba
        self.alphabet = alphabet
        self.merge = merge

    @property
    def texts(self) -> list[str]:
        """What the most probable symbols of each plate say."""
        return [
            "".join(self.alphabet[symbol - 1] for symbol, _ in _peaks(lattice, self.merge))
            for lattice in self.log_proba
        ]

    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def plot(self, *, ax: Any = None, n_columns: int = 2) -> Self:
        """Draw the plates and their columns.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            One for each plate at least; what is left over is switched off. None makes a figure.
        n_columns : int, default=2
            At most so many plates are beside each other in a new figure.

        Returns
        -------
        self : AlignmentDisplay

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
            width=_WIDTH,
            n_lines=_BARS + 1.5,
            caller=f"{type(self).__name__}.plot",
        )
        for axes, picture, lattice in zip(self.ax_, self.pictures, self.log_proba, strict=True):
            self._plot_plate(axes, picture, lattice)
        return self

    def _plot_plate(self, ax: Any, picture: Pixels, lattice: Floats) -> None:
        from matplotlib.ticker import FixedLocator, PercentFormatter

        n_columns = len(lattice)
        best, chance = lattice.argmax(axis=1), np.exp(lattice.max(axis=1))
        colors = np.where(best == BLANK, "0.8", np.where(chance < 0.5, WRONG, RIGHT))
        place = np.arange(n_columns) + 0.5
        depth = 4 * picture.shape[0] / picture.shape[1]
        show_picture(ax, picture, extent=(0, n_columns, -depth, 0), aspect="auto")
        ax.bar(place, chance, width=0.85, color=colors)
        for symbol, column in _peaks(lattice, self.merge):
            character = Character(self.alphabet[symbol - 1], str(colors[column]), True)
            place_box(
                ax,
                character_box(character, _FONT_SIZE),
                (place[column], 1),
                xycoords="data",
                offset=(0, 3),
                alignment=(0.5, 0),
            )
            # From the character down into the picture.
            ax.vlines(place[column], -depth, 0, colors=colors[column], linewidth=1, alpha=0.7)
        ax.set(xlim=(0, n_columns), ylim=(-depth, 1))
        ax.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
        ax.yaxis.set_major_formatter(PercentFormatter(xmax=1))
        ax.tick_params(axis="y", labelsize=8, colors=MUTED)
        ax.spines[["top", "right"]].set_visible(False)

    @classmethod
    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        n_plates: int = 4,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Let a network look at plates and draw its columns.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer with a method ``log_proba``, or a Pipeline, search or
            `FrozenEstimator` around one. For one that reads segments each segment is a column.
        X : array-like of samples
        n_plates : int, default=4
            At most so many are drawn, the first ones.
        n_columns : int, default=2
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        AlignmentDisplay

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer with columns.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        chain = unwrap(estimator)
        recognizer = chain.recognizer
        if not hasattr(recognizer, "log_proba"):
            raise TypeError(
                f"{recognizer!r} has no columns to show; pass a recognizer with a method "
                "log_proba, such as LPRNetCTC."
            )
        images = chain.transform(safe_indexing(X, slice(n_plates)))
        log_proba = list(recognizer.log_proba(images))
        segmented = np.ndim(images[0]) == 4
        if segmented:  # beside each other, without the columns between them
            log_proba = [
                lattice[: max(2 * len(segments), 1) : 2]
                for lattice, segments in zip(log_proba, images, strict=True)
            ]
            images = [_join_segments(segments) for segments in images]
        return cls.from_predictions(
            images,
            log_proba,
            alphabet=recognizer.alphabet_,
            merge=not segmented,
            n_columns=n_columns,
            ax=ax,
        )

    @classmethod
    @validate_params(COUNTS, prefer_skip_nested_validation=True)
    def from_predictions(
        cls,
        X: Any,
        log_proba: Sequence[Floats] | Floats,
        *,
        alphabet: str,
        merge: bool = True,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Draw the columns that a network gave.

        Parameters
        ----------
        X : array-like of samples
            The plates as the network saw them.
        log_proba : array-like of shape (n_samples, n_columns, 1 + len(alphabet))
            As given by ``log_proba``.
        alphabet : str
            The characters of the symbols 1, 2, ….
        merge : bool, default=True
            Whether columns of one character that follow each other are read as one.
        n_columns : int, default=2
            See `plot`.
        ax : matplotlib Axes or array of them, default=None
            See `plot`.

        Returns
        -------
        AlignmentDisplay

        Raises
        ------
        ValueError
            If X is unusable, the lengths differ, or `log_proba` does not fit `alphabet`.
        """
        samples = check_images(X)
        check_consistent_length(samples, log_proba)
        lattices = [np.asarray(lattice) for lattice in log_proba]
        for index, lattice in enumerate(lattices):
            if lattice.ndim != 2 or lattice.shape[1] != 1 + len(alphabet):
                raise ValueError(
                    f"log_proba[{index}] has shape {lattice.shape}; pass (n_columns, "
                    f"{1 + len(alphabet)}) for alphabet={alphabet!r}."
                )
        display = cls(list(read_samples(samples)), lattices, alphabet, merge=merge)
        return display.plot(ax=ax, n_columns=n_columns)


def _peaks(lattice: Floats, merge: bool) -> list[tuple[int, int]]:
    """Give each character of the most probable path, as its symbol and its surest column."""
    best, chance = lattice.argmax(axis=1), lattice.max(axis=1)
    ends = np.flatnonzero(np.diff(best)) + 1 if merge else np.arange(1, len(best))
    runs = [run for run in np.split(np.arange(len(best)), ends) if len(run)]
    return [
        (int(best[run[0]]), int(run[chance[run].argmax()])) for run in runs if best[run[0]] != BLANK
    ]


def _join_segments(segments: Pixels) -> Pixels:
    """Put segments beside each other; where there are none, give a blank picture."""
    if not len(segments):
        return np.zeros((1, 1), np.uint8)
    return np.concatenate(list(segments), axis=1)
