"""What every loader returns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from ..images import PlateImage, object_array

__all__ = ["plate_bunch"]


def plate_bunch(
    images: Sequence[PlateImage],
    frame: pd.DataFrame,
    descr: str,
    *,
    return_X_y: bool,
    as_frame: bool = False,
) -> Any:
    """Put plates and what is known of them into the form that a loader returns.

    Parameters
    ----------
    images : sequence of PlateImage
    frame : DataFrame
        One row per image; its column ``text`` holds the plates' texts.
    descr : str
        The data set's description.
    return_X_y : bool
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether data, target and groups are pandas Series.

    Returns
    -------
    Bunch, or tuple of data and target
    """
    data: Any = object_array(images)
    target: Any = np.asarray(frame["text"].tolist(), dtype=str)
    if as_frame:
        data = pd.Series(data, index=frame.index, name="image")
        target = frame["text"]
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, frame=frame, groups=target.copy(), DESCR=descr)
