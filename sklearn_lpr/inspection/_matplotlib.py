"""Matplotlib, imported when something is drawn, and the colours that all displays share."""

from typing import Any

__all__ = ["MUTED", "RIGHT", "WRONG", "import_pyplot", "percent_axes"]

# Blue and vermilion of Okabe and Ito's palette are told apart with every kind of colour vision.
RIGHT = "#0072B2"
WRONG = "#D55E00"
MUTED = "0.45"


def import_pyplot(caller: str) -> Any:
    """Give ``matplotlib.pyplot``, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(f"{caller} needs matplotlib: pip install 'sklearn-lpr[plot]'") from error
    return plt


def percent_axes(ax: Any) -> None:
    """Label both axes, from 0 to 1, in percent."""
    from matplotlib.ticker import PercentFormatter

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1))
