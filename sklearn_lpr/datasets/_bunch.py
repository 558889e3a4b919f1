"""What every loader returns, and how broken annotations are dealt with."""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Bunch

from .._groups import plate_groups
from ..images import PlateImage, object_array

__all__ = ["annotated_bunch", "plate_bunch"]


class _Item(Protocol):
    @property
    def problem(self) -> Exception | None: ...


_ItemT = TypeVar("_ItemT", bound=_Item)


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
        One row per image; its column ``text`` holds the plates' texts, and its column ``track``,
        where there is one, the sequence that the image is of ("" for none).
    descr : str
        The data set's description.
    return_X_y : bool
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether data, target and groups are pandas Series, and the data a column of the frame.

    Returns
    -------
    Bunch, or tuple of data and target

    Raises
    ------
    ValueError
        If `as_frame` is True and the frame has a column ``image`` already.
    """
    data: Any = object_array(images)
    texts = np.asarray(frame["text"].tolist(), dtype=str)
    target: Any = texts
    groups: Any = _keep_together(frame, texts)
    if as_frame:
        if "image" in frame:
            raise ValueError(
                "as_frame=True puts the images into a column 'image', which is there already; "
                "rename it, or pass as_frame=False."
            )
        data = pd.Series(data, index=frame.index, name="image")
        target = frame["text"]
        groups = pd.Series(groups.tolist(), index=frame.index, name="group")
        frame = pd.concat([data, frame], axis=1)
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, frame=frame, groups=groups, DESCR=descr)


def annotated_bunch(
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
    """Read annotations and put them into the form that a loader returns.

    Parameters
    ----------
    home : Path
        The folder that the images' paths start from.
    items : iterable
        What is to be read; an item may know of a ``problem`` already.
    read : callable
        Gives an item's row of the frame: ``file`` (below `home`), ``text``, ``corners`` where
        they are known, and anything else.
    descr : str
        The data set's description.
    empty : str
        What to say where nothing is left.
    on_error : {"raise", "warn"}
        Whether to raise what is wrong with an item, or to leave it out and warn with a count.
    return_X_y, as_frame : bool
        See `plate_bunch`.

    Returns
    -------
    Bunch, or tuple of data and target
    """
    rows: list[dict[str, Any]] = []
    problems: list[Exception] = []
    for item in items:
        try:
            if item.problem is not None:
                raise item.problem
            rows.append(read(item))
        except (OSError, ValueError) as error:
            if on_error == "raise":
                error.add_note("Pass on_error='warn' to leave out what cannot be loaded.")
                raise
            problems.append(error)
    if problems:
        warnings.warn(
            f"{len(problems)} annotation(s) of {str(home)!r} cannot be loaded and are left out, "
            f"the first: {problems[0]}",
            UserWarning,
            stacklevel=4,  # the caller of the loader, past the checking of its parameters
        )
    if not rows:
        raise ValueError(empty)
    # Read lazily: the paths alone take no time.
    images = [PlateImage(os.path.join(home, row["file"]), row.pop("corners", None)) for row in rows]
    return plate_bunch(images, pd.DataFrame(rows), descr, return_X_y=return_X_y, as_frame=as_frame)


def _keep_together(frame: pd.DataFrame, texts: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Name each image's group: by a text that occurs in it and in no other."""
    if "track" not in frame:
        return texts.copy()
    # An image of no track has one of its own: its number, which is no text.
    tracks = [track or number for number, track in enumerate(frame["track"])]
    number = plate_groups(frame, texts, tracks)
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    return texts[first][group]
