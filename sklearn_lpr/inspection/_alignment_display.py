"""Display of the alignment of a network's time steps with characters."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._sklearn_compat import safe_indexing
from ..decoding import BLANK
from ..images import check_images, read_samples
from ..recognition._unwrap import unwrap
from ._character_boxes import Character, character_box, place_box
from ._matplotlib import MUTED, RIGHT, WRONG, import_pyplot
from ._plate_grid import plate_axes, show_image
from ._validation import check_params

__all__ = ["AlignmentDisplay"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

_FONT_SIZE = 12
_BLANK_COLOR = "0.8"
_WIDTH = 4.4  # inches
_BARS = 5  # the height of the bars in lines of text


class AlignmentDisplay:
    """Display of a network's output at each time step over the plate.

    Create a display with `from_estimator` or `from_predictions`. A bar over each time step shows
    the probability of the most probable symbol: grey for the blank, blue for a character, and
    vermilion for a character whose probability is below 0.5. Repeats of a character at
    consecutive time steps are merged. The character is written above the most probable of them. A
    new figure has a legend; given axes have none.

    Parameters
    ----------
    images : sequence of ndarray of shape (height, width[, channels]), dtype uint8
        The plates as passed to the network. Time steps divide their width evenly.
    log_proba : sequence of ndarray of shape (n_time_steps, 1 + len(alphabet))
        Log-probabilities of the symbols at each time step; symbol 0 is the blank.
    alphabet : str
        The characters of the symbols 1, 2, ….
    merge_repeats : bool, default=True
        Whether repeats of a character at consecutive time steps are merged, as in CTC decoding.
        False if each time step is a segment.

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
        images: Sequence[Pixels],
        log_proba: Sequence[Floats],
        alphabet: str,
        *,
        merge_repeats: bool = True,
    ) -> None:
        self.images = images
        self.log_proba = log_proba
        self.alphabet = alphabet
        self.merge_repeats = merge_repeats

    @property
    def texts(self) -> list[str]:
        """The text of the best path of each plate."""
        return [
            "".join(
                self.alphabet[symbol - 1] for symbol, _ in _peaks(log_proba, self.merge_repeats)
            )
            for log_proba in self.log_proba
        ]

    @check_params
    def plot(self, *, ax: Any = None, n_columns: int = 2) -> Self:
        """Draw the plates and their time steps.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            At least one per plate; axes left over are switched off. None creates a figure.
        n_columns : int, default=2
            The maximum number of plates per row of a new figure.

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
            self.images,
            ax,
            n_columns=n_columns,
            width=_WIDTH,
            n_lines=_BARS + 1.5,
            n_footer_lines=1.5,
            caller=f"{type(self).__name__}.plot",
        )
        for axes, image, log_proba in zip(self.ax_, self.images, self.log_proba, strict=True):
            self._plot_plate(axes, image, log_proba)
        if ax is None:
            self._add_legend()
        return self

    def _add_legend(self) -> None:
        from matplotlib.patches import Patch

        self.figure_.legend(
            handles=[
                Patch(color=_BLANK_COLOR, label="blank"),
                Patch(color=RIGHT, label="character"),
                Patch(color=WRONG, label="character with probability < 50%"),
            ],
            loc="outside lower center",
            ncols=3,
            fontsize=8,
            frameon=False,
        )

    def _plot_plate(self, ax: Any, image: Pixels, log_proba: Floats) -> None:
        from matplotlib.ticker import FixedLocator, PercentFormatter

        n_time_steps = len(log_proba)
        best, probability = log_proba.argmax(axis=1), np.exp(log_proba.max(axis=1))
        colors = np.where(best == BLANK, _BLANK_COLOR, np.where(probability < 0.5, WRONG, RIGHT))
        center = np.arange(n_time_steps) + 0.5
        depth = 4 * image.shape[0] / image.shape[1]
        show_image(ax, image, extent=(0, n_time_steps, -depth, 0), aspect="auto")
        ax.bar(center, probability, width=0.85, color=colors)
        for symbol, step in _peaks(log_proba, self.merge_repeats):
            character = Character(self.alphabet[symbol - 1], str(colors[step]), True)
            place_box(
                ax,
                character_box(character, _FONT_SIZE),
                (center[step], 1),
                xycoords="data",
                offset=(0, 3),
                alignment=(0.5, 0),
            )
            # A line from the character down into the image.
            ax.vlines(center[step], -depth, 0, colors=colors[step], linewidth=1, alpha=0.7)
        ax.set(xlim=(0, n_time_steps), ylim=(-depth, 1))
        ax.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
        ax.yaxis.set_major_formatter(PercentFormatter(xmax=1))
        ax.tick_params(axis="y", labelsize=8, colors=MUTED)
        ax.set_ylabel("probability", size=8, color=MUTED, y=0.75)
        ax.spines[["top", "right"]].set_visible(False)

    @classmethod
    @check_params
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        n_plates: int = 4,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Run a network on plates and draw its time steps.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer with a method ``log_proba``, or a Pipeline, search or
            `FrozenEstimator` around one. For a recognizer of segmented plates, each segment is a
            time step.
        X : array-like of samples
        n_plates : int, default=4
            The maximum number of plates to draw; the first ones are drawn.
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
            If `estimator` does not end in a recognizer with a method ``log_proba``.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        chain = unwrap(estimator)
        recognizer = chain.recognizer
        if not hasattr(recognizer, "log_proba"):
            raise TypeError(
                f"{recognizer!r} has no method log_proba; pass a recognizer with one, such as "
                "LPRNetCTC."
            )
        images = chain.transform(safe_indexing(X, slice(n_plates)))
        log_proba = list(recognizer.log_proba(images))
        segmented = np.ndim(images[0]) == 4
        if segmented:  # keep the time steps of segments, without those in between
            log_proba = [
                steps[: max(2 * len(segments), 1) : 2]
                for steps, segments in zip(log_proba, images, strict=True)
            ]
            images = [_join_segments(segments) for segments in images]
        return cls.from_predictions(
            images,
            log_proba,
            alphabet=recognizer.alphabet_,
            merge_repeats=not segmented,
            n_columns=n_columns,
            ax=ax,
        )

    @classmethod
    @check_params
    def from_predictions(
        cls,
        X: Any,
        log_proba: Sequence[Floats] | Floats,
        *,
        alphabet: str,
        merge_repeats: bool = True,
        n_columns: int = 2,
        ax: Any = None,
    ) -> Self:
        """Draw given log-probabilities.

        Parameters
        ----------
        X : array-like of samples
            The plates as passed to the network.
        log_proba : array-like of shape (n_samples, n_time_steps, 1 + len(alphabet))
            As returned by ``log_proba``; the number of time steps may differ between samples.
        alphabet : str
            The characters of the symbols 1, 2, ….
        merge_repeats : bool, default=True
            Whether repeats of a character at consecutive time steps are merged.
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
            If X is invalid, the lengths differ, or `log_proba` does not fit `alphabet`.
        """
        samples = check_images(X)
        check_consistent_length(samples, log_proba)
        arrays = [np.asarray(array) for array in log_proba]
        for index, array in enumerate(arrays):
            if array.ndim != 2 or array.shape[1] != 1 + len(alphabet):
                raise ValueError(
                    f"log_proba[{index}] has shape {array.shape}; pass (n_time_steps, "
                    f"{1 + len(alphabet)}) for alphabet={alphabet!r}."
                )
        display = cls(list(read_samples(samples)), arrays, alphabet, merge_repeats=merge_repeats)
        return display.plot(ax=ax, n_columns=n_columns)


def _peaks(log_proba: Floats, merge_repeats: bool) -> list[tuple[int, int]]:
    """Return the symbol and the most probable time step of each character of the best path."""
    best, highest = log_proba.argmax(axis=1), log_proba.max(axis=1)
    ends = np.flatnonzero(np.diff(best)) + 1 if merge_repeats else np.arange(1, len(best))
    runs = [run for run in np.split(np.arange(len(best)), ends) if len(run)]
    return [
        (int(best[run[0]]), int(run[highest[run].argmax()]))
        for run in runs
        if best[run[0]] != BLANK
    ]


def _join_segments(segments: Pixels) -> Pixels:
    """Concatenate segments horizontally; return a blank image if there are none."""
    if not len(segments):
        return np.zeros((1, 1), np.uint8)
    return np.concatenate(list(segments), axis=1)
