"""Build the Bunch that each loader of scenes returns."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Bunch

from ..images import PlateImage, object_array
from ..images._quads import are_boxes
from ._bunch import read_items

__all__ = ["MIN_THICKNESS", "ScenePlate", "corners_kind", "scene_bunch", "scene_row"]

# In pixels. Detectors learn from plates that are too small to be recognized; plates thinner than
# this have corners that are fractions of the image size.
MIN_THICKNESS = 1


class ScenePlate(NamedTuple):
    """A plate of a scene: its corners, its text ("" if unknown), and the kind of its corners."""

    corners: npt.NDArray[np.float64]
    text: str = ""
    kind: str = "box"


class _Item(Protocol):
    @property
    def problem(self) -> Exception | None: ...


_ItemT = TypeVar("_ItemT", bound=_Item)


def corners_kind(corners: npt.NDArray[np.float64]) -> str:
    """Return "box" for the corners of an upright rectangle, and "corners" for all others."""
    return "box" if are_boxes(corners[np.newaxis])[0] else "corners"


def scene_row(
    file: str, plates: Sequence[ScenePlate], split: str | None = None, **values: Any
) -> dict[str, Any]:
    """Build the row of a photo and its plates for `scene_bunch`.

    Parameters
    ----------
    file : str
        The path of the photo, relative to the folder of the data set.
    plates : sequence of ScenePlate
    split : str, default=None
        The split of the photo. None if the data set has no splits.
    **values : object
        Further columns.

    Returns
    -------
    dict
    """
    return {
        "file": file,
        **({} if split is None else {"split": split}),
        **values,
        "n_plates": len(plates),
        "kinds": [plate.kind for plate in plates],
        "texts": [plate.text for plate in plates],
        "corners": np.array([plate.corners for plate in plates], np.float64).reshape(-1, 4, 2),
    }


def scene_bunch(
    home: Path,
    items: Iterable[_ItemT],
    read: Callable[[_ItemT], dict[str, Any]],
    *,
    descr: str,
    empty: str,
    on_error: str,
    return_X_y: bool,
    as_frame: bool,
) -> Any:
    """Read the annotations of photos, and build the return value of a loader of scenes.

    Parameters
    ----------
    home : Path
        The folder that the paths of the photos are relative to.
    items : iterable
        The photos to read. The ``problem`` of a photo, if any, is the error found so far.
    read : callable
        Returns the row of a photo, which `scene_row` builds.
    descr : str
        The description of the data set.
    empty : str
        The message of the error that is raised if no photo is left.
    on_error : {"raise", "warn"}
        Whether to raise the error of a photo, or to leave the photo out and warn with the number
        of omitted photos.
    return_X_y : bool
        Return ``(data, target)`` only.
    as_frame : bool
        Return data, target and texts as pandas Series, and include data and target in the frame.

    Returns
    -------
    Bunch, or tuple of data and target
    """
    rows = read_items(home, items, read, empty=empty, on_error=on_error)
    # The photos are read lazily.
    data: Any = object_array([PlateImage(os.path.join(home, row["file"])) for row in rows])
    target: Any = object_array([row.pop("corners") for row in rows])
    texts: Any = object_array([row["texts"] for row in rows])
    frame = pd.DataFrame(rows)
    if not any(text for plates in texts for text in plates):
        texts = None
        frame = frame.drop(columns="texts")
    if as_frame:
        data = pd.Series(data, index=frame.index, name="image")
        target = pd.Series(target, index=frame.index, name="corners")
        texts = None if texts is None else frame["texts"]
        frame = pd.concat([data, frame, target], axis=1)
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, texts=texts, frame=frame, DESCR=descr)
