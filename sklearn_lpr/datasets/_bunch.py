"""Build the Bunch that each loader returns, and handle invalid annotations."""

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

__all__ = ["annotated_bunch", "plate_bunch", "read_items"]


class _Item(Protocol):
    @property
    def problem(self) -> Exception | None: ...


_ItemT = TypeVar("_ItemT", bound=_Item)


def plate_bunch(
    images: Sequence[PlateImage],
    frame: pd.DataFrame,
    descr: str,
    *,
    links: Any = None,
    return_X_y: bool,
    as_frame: bool = False,
) -> Any:
    """Build the return value of a loader from images and their annotations.

    Parameters
    ----------
    images : sequence of PlateImage
    frame : DataFrame
        One row per image. The column ``text`` contains the texts. The optional column ``track``
        contains the name of the track, "" for none.
    descr : str
        The description of the data set.
    links : array-like of shape (n_samples,), default=None
        One entry per image. Images with equal entries belong to one group, as images with the same
        text do. None means the column ``track``.
    return_X_y : bool
        Return ``(data, target)`` only.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series, and include the data in the frame.

    Returns
    -------
    Bunch, or tuple of data and target

    Raises
    ------
    ValueError
        If `as_frame` is True and the frame already has a column ``image``.
    """
    data: Any = object_array(images)
    texts = np.asarray(frame["text"].tolist(), dtype=str)
    target: Any = texts
    if links is None and "track" in frame:
        # An image without a track forms a track alone, identified by its number.
        links = [track or number for number, track in enumerate(frame["track"])]
    groups: Any = texts.copy() if links is None else _name_groups(texts, links)
    if as_frame:
        if "image" in frame:
            raise ValueError(
                "as_frame=True puts the images into a column 'image', which already exists; "
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
    """Read annotations, and build the return value of a loader.

    Parameters
    ----------
    home : Path
        The folder that the paths of the images are relative to.
    items : iterable
        The items to read. The ``problem`` of an item, if any, is the error found so far.
    read : callable
        Returns the row of the frame of an item: ``file`` (relative to `home`), ``text``,
        ``corners`` if they are known, and further columns.
    descr : str
        The description of the data set.
    empty : str
        The message of the error that is raised if no sample is left.
    on_error : {"raise", "warn"}
        Whether to raise the error of an item, or to leave the item out and warn with the number
        of omitted items.
    return_X_y, as_frame : bool
        See `plate_bunch`.

    Returns
    -------
    Bunch, or tuple of data and target
    """
    rows = read_items(home, items, read, empty=empty, on_error=on_error)
    # The images are read lazily.
    images = [PlateImage(os.path.join(home, row["file"]), row.pop("corners", None)) for row in rows]
    return plate_bunch(images, pd.DataFrame(rows), descr, return_X_y=return_X_y, as_frame=as_frame)


def read_items(
    home: Path,
    items: Iterable[_ItemT],
    read: Callable[[_ItemT], dict[str, Any]],
    *,
    empty: str,
    on_error: str,
) -> list[dict[str, Any]]:
    """Read items, and raise or count their errors.

    The function that calls it must be called by a loader: the stack level of the warning is that
    of the caller of the loader.

    Parameters
    ----------
    home, items, read, empty, on_error
        See `annotated_bunch`.

    Returns
    -------
    list of dict
        The rows of the items that can be read.
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
            f"{len(problems)} annotation(s) of {str(home)!r} cannot be loaded and are left out; "
            f"the first error: {problems[0]}",
            UserWarning,
            stacklevel=5,  # the caller of the loader, which validate_params wraps
        )
    if not rows:
        raise ValueError(empty)
    return rows


def _name_groups(texts: npt.NDArray[np.str_], links: Any) -> npt.NDArray[np.str_]:
    """Name the group of each image by a text that occurs in no other group."""
    number = plate_groups(texts, texts, links)
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    return texts[first][group]
