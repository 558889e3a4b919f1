"""Reliability diagram."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..metrics import plate_calibration_curve
from ..recognition import read_plates
from ..recognition._unwrap import unwrap
from ._matplotlib import MUTED, import_pyplot, percent_axes
from ._predictions import require_confidence
from ._validation import check_params

__all__ = ["ReliabilityDisplay"]

Floats = npt.NDArray[np.float64]

_PERFECT = "perfectly calibrated"


class ReliabilityDisplay:
    """Reliability diagram: plate accuracy over mean confidence, in bins of equal mass.

    Create a display with `from_estimator` or `from_predictions`. Points below the diagonal mean
    that the recognizer is overconfident, points above it that it is underconfident. Each point
    represents the same number of plates, unless many confidences are equal. The legend shows the
    expected calibration error (ECE).

    Parameters
    ----------
    accuracy, mean_confidence, fraction : ndarray of shape (n_bins,)
        As returned by `plate_calibration_curve`.
    name : str, default=None
        The name of the curve in the legend.

    Attributes
    ----------
    line_ : matplotlib Line2D
        The curve.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.inspection import ReliabilityDisplay
    >>> predictions = [PlateReading("AB12", 0.9), PlateReading("CD3", 0.2), PlateReading("E5", 0.5)]
    >>> display = ReliabilityDisplay.from_predictions(["AB12", "CD34", "E5"], predictions, n_bins=3)
    >>> display.line_.get_label()
    'ECE = 0.267'
    """

    def __init__(
        self,
        accuracy: Floats,
        mean_confidence: Floats,
        fraction: Floats,
        *,
        name: str | None = None,
    ) -> None:
        self.accuracy = accuracy
        self.mean_confidence = mean_confidence
        self.fraction = fraction
        self.name = name

    @check_params
    def plot(self, *, ax: Any = None, name: str | None = None, **kwargs: Any) -> Self:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; several curves can share axes. None creates a figure.
        name : str, default=None
            The name of the curve in the legend; None uses the name of the display.
        **kwargs : dict
            Keyword arguments of ``ax.plot``.

        Returns
        -------
        self : ReliabilityDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = import_pyplot(f"{type(self).__name__}.plot")
        if ax is None:
            _, ax = plt.subplots(figsize=(5, 5), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        if _PERFECT not in ax.get_legend_handles_labels()[1]:
            ax.plot([0, 1], [0, 1], ":", color=MUTED, linewidth=1.5, label=_PERFECT)
        # Undefined without a text, as in `plate_calibration_error`.
        gap = self.fraction @ np.abs(self.accuracy - self.mean_confidence)
        error = gap if len(self.fraction) else np.nan
        label = ", ".join(part for part in (name or self.name, f"ECE = {error:.3f}") if part)
        (self.line_,) = ax.plot(
            self.mean_confidence,
            self.accuracy,
            **{"label": label, "marker": "o", "linewidth": 1.5, **kwargs},
        )
        # The distance of each point from the diagonal.
        ax.vlines(
            self.mean_confidence,
            self.mean_confidence,
            self.accuracy,
            colors=self.line_.get_color(),
            alpha=0.35,
            linewidth=4,
        )
        ax.set(
            xlabel="mean confidence",
            ylabel="plate accuracy",
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
            aspect="equal",
        )
        percent_axes(ax)
        ax.grid(alpha=0.3)
        ax.legend(loc="best")
        return self

    @classmethod
    @check_params
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        n_bins: int = 15,
        sample_weight: npt.ArrayLike | None = None,
        name: str | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Predict the texts of plates and draw the curve.

        Parameters
        ----------
        estimator : estimator
            A fitted recognizer, or a Pipeline, search or `FrozenEstimator` around one; see
            `read_plates`.
        X : array-like of samples
        y : array-like of str of shape (n_samples,)
            The true texts.
        n_bins : int, default=15
            The number of bins.
        sample_weight : array-like of shape (n_samples,), default=None
            The weight of each plate.
        name : str, default=None
            The name of the curve in the legend; None uses the class of the recognizer.
        ax : matplotlib Axes, default=None
            The axes to draw in. None creates a figure.
        **kwargs : dict
            Keyword arguments of ``ax.plot``.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        TypeError
            If `estimator` does not end in a recognizer.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")  # before the expensive prediction
        recognizer = unwrap(estimator).recognizer
        return cls.from_predictions(
            y,
            read_plates(estimator, X),
            n_bins=n_bins,
            sample_weight=sample_weight,
            name=name or type(recognizer).__name__,
            ax=ax,
            **kwargs,
        )

    @classmethod
    @check_params
    def from_predictions(
        cls,
        y_true: Any,
        y_pred: Any,
        *,
        n_bins: int = 15,
        sample_weight: npt.ArrayLike | None = None,
        name: str | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the curve of predictions.

        Parameters
        ----------
        y_true : array-like of str of shape (n_samples,)
            The true texts.
        y_pred : list of PlateReading
            As returned by `read_plates`.
        n_bins : int, default=15
            The number of bins.
        sample_weight : array-like of shape (n_samples,), default=None
            The weight of each plate.
        name : str, default=None
            The name of the curve in the legend.
        ax : matplotlib Axes, default=None
            The axes to draw in. None creates a figure.
        **kwargs : dict
            Keyword arguments of ``ax.plot``.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        TypeError
            If `y_pred` holds no `PlateReading` objects.
        ValueError
            As for `plate_calibration_curve`.
        """
        texts, confidence = require_confidence(y_pred)
        curve = plate_calibration_curve(
            y_true, texts, confidence, n_bins=n_bins, sample_weight=sample_weight
        )
        return cls(*curve, name=name).plot(ax=ax, **kwargs)
