"""Display of the risk–coverage curve."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..metrics import area_under_risk_coverage, risk_coverage_curve
from ..recognition import read_plates
from ..recognition._unwrap import unwrap
from ._matplotlib import import_pyplot, percent_axes
from ._predictions import require_confidence
from ._validation import check_params

__all__ = ["RiskCoverageDisplay"]

Floats = npt.NDArray[np.float64]

_RANDOM, _IDEAL = "random confidence", "ideal confidence"


class RiskCoverageDisplay:
    """Risk–coverage curve: fraction of wrong predictions over fraction of accepted predictions.

    Create a display with `from_estimator` or `from_predictions`. Two more lines show the limits:
    a random confidence, whose risk is the same at every coverage, and an ideal confidence, which
    accepts all right predictions before the first wrong one.

    Parameters
    ----------
    coverage, accuracy : ndarray of shape (n_thresholds,)
        As returned by `risk_coverage_curve`.
    area : float, default=None
        The area under the risk–coverage curve (AURC), shown in the legend.
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
    >>> from sklearn_lpr.inspection import RiskCoverageDisplay
    >>> predictions = [PlateReading("AB12", 0.9), PlateReading("CD3", 0.2), PlateReading("E5", 0.5)]
    >>> display = RiskCoverageDisplay.from_predictions(["AB12", "CD34", "E5"], predictions)
    >>> display.line_.get_label()
    'AURC = 0.111'
    """

    def __init__(
        self,
        coverage: Floats,
        accuracy: Floats,
        *,
        area: float | None = None,
        name: str | None = None,
    ) -> None:
        self.coverage = coverage
        self.accuracy = accuracy
        self.area = area
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
        self : RiskCoverageDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = import_pyplot(f"{type(self).__name__}.plot")
        if ax is None:
            _, ax = plt.subplots(figsize=(6, 4), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        area = None if self.area is None else f"AURC = {self.area:.3f}"
        label = ", ".join(part for part in (name or self.name, area) if part) or None
        # The risk at a threshold holds for all coverages down to that of the previous one.
        (self.line_,) = ax.plot(
            np.insert(self.coverage, 0, 0),
            1 - np.insert(self.accuracy, 0, self.accuracy[0]),
            **{"label": label, "drawstyle": "steps-pre", "linewidth": 2, **kwargs},
        )
        self._plot_limits(ax, self.line_.get_color())
        ax.set(
            xlabel="coverage (accepted predictions)",
            ylabel="risk (wrong among accepted)",
            xlim=(0, 1),
        )
        # Fit the limits to all curves, not only to the first one.
        ax.set_ylim(auto=True)
        ax.autoscale_view(scalex=False)
        ax.set_ylim(bottom=0)
        percent_axes(ax)
        ax.grid(alpha=0.3)
        ax.legend(loc="best")
        return self

    def _plot_limits(self, ax: Any, color: str) -> None:
        accuracy = self.accuracy[-1]
        coverage = np.linspace(max(accuracy, 1e-3), 1, 100)
        ideal = 1 - accuracy / coverage
        # Each limit has one entry in the legend, for any number of curves.
        labels = ax.get_legend_handles_labels()[1]
        for xs, ys, style, label in (
            ([0, 1], [1 - accuracy] * 2, ":", _RANDOM),
            ([0, *coverage], [0, *ideal], "--", _IDEAL),
        ):
            ax.plot(
                xs, ys, style, color=color, linewidth=1, label=None if label in labels else label
            )

    @classmethod
    @check_params
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
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
        RiskCoverageDisplay

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
        RiskCoverageDisplay

        Raises
        ------
        TypeError
            If `y_pred` holds no `PlateReading` objects.
        ValueError
            As for `risk_coverage_curve`, and if all true and predicted texts are ``""``.
        """
        texts, confidence = require_confidence(y_pred)
        arguments = (y_true, texts, confidence)
        coverage, accuracy, _ = risk_coverage_curve(*arguments, sample_weight=sample_weight)
        if not coverage.size:
            raise ValueError(
                'y_true and y_pred are "" for every plate: there is no confidence to draw; pass at '
                "least one plate with a true or predicted text."
            )
        area = area_under_risk_coverage(*arguments, sample_weight=sample_weight)
        return cls(coverage, accuracy, area=area, name=name).plot(ax=ax, **kwargs)
