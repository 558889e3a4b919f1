"""The table of plates that `read_photos` returns and the command line writes."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..images import object_array
from ..images._corners import CORNER_COLUMNS
from ._photo_processor import TableRow

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flat_corners", "plate_table", "quads_of"]

_DTYPES: dict[str, Any] = {
    "file": object,
    "text": object,
    "confidence": float,
    **dict.fromkeys(CORNER_COLUMNS, float),
    "detection_score": float,
    "rows": "int64",
    "error": object,
}


def plate_table(rows: Sequence[TableRow], start: int = 0) -> "pd.DataFrame":
    """Return the table of some plates, with the columns that `read_photos` describes.

    Parameters
    ----------
    rows : sequence of TableRow
    start : int, default=0
        The first number of the index.

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    columns = {
        name: object_array([getattr(row, name) for row in rows])
        for name in _DTYPES
        if name not in CORNER_COLUMNS
    }
    corners = np.reshape([flat_corners(row) for row in rows], (-1, len(CORNER_COLUMNS)))
    columns |= dict(zip(CORNER_COLUMNS, corners.T, strict=True))
    index = pd.RangeIndex(start, start + len(rows))
    return pd.DataFrame(columns, index=index, columns=list(_DTYPES), dtype=object).astype(_DTYPES)


def flat_corners(row: TableRow) -> list[float]:
    """Return the values of the columns ``x1`` to ``y4``: NaN where the corners are not known."""
    return [math.nan] * len(CORNER_COLUMNS) if row.corners is None else row.corners.ravel().tolist()


def quads_of(table: "pd.DataFrame") -> npt.NDArray[np.float64]:
    """Return the corners in the columns ``x1`` to ``y4``.

    Returns
    -------
    ndarray of shape (n_rows, 4, 2), dtype float64
    """
    return table[list(CORNER_COLUMNS)].to_numpy(np.float64).reshape(-1, 4, 2)
