"""Import Matplotlib on demand; colours and axes shared by the displays."""

from typing import Any

__all__ = ["MUTED", "RIGHT", "WRONG", "import_pyplot", "percent_axes"]

# Blue and vermilion of the Okabe–Ito palette, which colour-blind people can distinguish.
RIGHT = "#0072B2"
WRONG = "#D55E00"
MUTED = "0.45"


def import_pyplot(caller: str) -> Any:
    """Import ``matplotlib.pyplot``; raise an ImportError that names the extra to install."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(f"{caller} needs matplotlib: pip install 'sklearn-lpr[plot]'") from error
    return plt


def percent_axes(ax: Any) -> None:
    """Format the ticks of both axes, which run from 0 to 1, as percentages."""
    from matplotlib.ticker import PercentFormatter

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1))
