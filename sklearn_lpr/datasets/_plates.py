"""Any folder of plates: named files, or a CSV file beside them."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .._sklearn_compat import validate_params
from .._texts import check_texts
from ._bunch import annotated_bunch
from ._csv_file import CsvRow, read_csv
from ._files import image_names, require_folder
from ._parameters import LOADER_OPTIONS

__all__ = ["load_plates"]

_LABELS = "labels.csv"
# What fast-plate-ocr calls our columns.
_ALIASES = {"image_path": "file", "plate_text": "text", "plate_region": "region"}
# Columns that hold arrays as JSON: which arrays are right, and how to say so.
_ARRAYS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("corners", lambda array: array.shape == (4, 2), "four points [x, y]"),
    ("char_boxes", lambda array: array.ndim == 2, "one list of numbers per character"),
)


@validate_params(
    {
        "path": [str, os.PathLike],
        "split": [str, None],
        **LOADER_OPTIONS,
    },
    prefer_skip_nested_validation=True,
)
def load_plates(
    path: str | os.PathLike[str],
    *,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load plates from a folder or a CSV file of your own.

    No image is read. Three forms are understood:

    - a folder whose file names are the texts, up to the first ``-`` or ``_``:
      ``ABC1234.jpg``, ``ABC1234_2.png``;
    - a folder with ``labels.csv``: UTF-8, separated by commas, with the columns ``file`` and
      ``text`` and any others;
    - a CSV file as fast-plate-ocr has it, with the columns ``image_path``, ``plate_text`` and,
      where wanted, ``plate_region``, or with those of ``labels.csv``.

    Paths in a CSV file start from its folder. Texts stay as they are written ("NA", "007").

    Parameters
    ----------
    path : str or path-like
        The folder or CSV file.
    split : str, default=None
        Load only the rows with this value in the column ``split``. None loads all.
    on_error : {"raise", "warn"}, default="raise"
        What to do where a row or file name cannot be understood or an image is missing: raise an
        error, or leave it out and warn with a count.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame, and include
        the data in the frame as the column ``image``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        Dictionary-like object with the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` per row: its path, and its corners where there is a column
            ``corners`` (as JSON: ``[[x, y], [x, y], [x, y], [x, y]]``, top left, top right,
            bottom right, bottom left, in pixels).
        target : ndarray of shape (n_samples,), dtype str
            The texts, in Unicode's form NFC.
        frame : DataFrame
            The columns ``file`` and ``text``, and all others of the CSV file as text; only
            ``char_boxes`` (JSON: one list per character) becomes an array for each row. Where
            these two columns are empty the row has None.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts. Where there is a column
            ``track``, images of one track (if not empty) or with one text have the same group,
            named by one of its texts.
        DESCR : str
            Where the plates come from.

    Raises
    ------
    FileNotFoundError
        If `path` or an image that a CSV file lists is missing.
    ValueError
        If the folder holds neither images nor ``labels.csv``, a text is empty, or a CSV file
        lacks a column or has a row that cannot be understood; the message names file, line and
        column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_plates
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "ABC1234_1.jpg").touch()
    ...     Path(folder, "NA-2.jpg").touch()
    ...     load_plates(folder).target.tolist()
    ['ABC1234', 'NA']
    """
    path = Path(path).expanduser()
    if not path.is_file():
        require_folder(path, "path")
    labels = path if path.is_file() else path / _LABELS
    if labels.is_file():
        rows, where = _read_labels(labels, split), repr(str(labels))
    else:
        rows, where = _read_names(path, split), "the file names"
    return annotated_bunch(
        labels.parent,
        rows,
        lambda row: _check_row(row, labels.parent),
        descr=f"Plates of {str(path)!r}, annotated in {where}.\n",
        empty=f"path={str(path)!r} holds no plate that can be loaded, according to {where}.",
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _read_names(folder: Path, split: str | None) -> list[CsvRow]:
    if split is not None:
        raise ValueError(
            f"split={split!r}, but {str(folder)!r} has no {_LABELS!r} that says which image is in "
            "which split; pass split=None."
        )
    names = image_names(folder)
    if not names:
        others = sorted(file.name for file in folder.glob("*.csv"))
        raise ValueError(
            f"path={str(folder)!r} holds no images and no {_LABELS!r}; pass a folder of images "
            f"named by their texts, or a CSV file{f', such as one of {others}' if others else ''}."
        )
    rows = []
    for name in names:
        text = re.split("[-_]", Path(name).stem, maxsplit=1)[0]
        problem = None
        if not text:
            problem = ValueError(
                f"{str(folder / name)!r} names no text before its first '-' or '_'; rename it, or "
                f"list the texts in {_LABELS!r}."
            )
        rows.append(CsvRow(repr(str(folder / name)), {"file": name, "text": text}, problem))
    return rows


def _read_labels(path: Path, split: str | None) -> list[CsvRow]:
    """Read the rows of a split; of a row that is too short it cannot be told."""
    rows = list(read_csv(path, ("file", "text"), aliases=_ALIASES))
    if split is None or not rows:
        return rows
    complete = [row.values for row in rows if row.problem is None]
    if complete and "split" not in complete[0]:
        raise ValueError(
            f"split={split!r}, but {str(path)!r} has no column 'split'; pass split=None."
        )
    available = {values["split"] for values in complete}
    if split not in available:
        raise ValueError(f"split={split!r} is not in {str(path)!r}, which has {sorted(available)}.")
    return [row for row in rows if row.problem or row.values["split"] == split]


def _check_row(row: CsvRow, folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = dict(row.values)
    file = values["file"]
    if not values["text"]:
        raise ValueError(
            f"{row.place}: the column 'text' of {file!r} is empty; leave out plates whose text is "
            "not known."
        )
    if not (folder / file).is_file():
        raise FileNotFoundError(
            f"{row.place}: the column 'file' is {file!r}, and there is no such file in "
            f"{str(folder)!r}."
        )
    values["text"] = str(check_texts([values["text"]], name="text")[0])
    for column, is_right, form in _ARRAYS:
        if column in values:
            place = f"{row.place}: the column {column!r}"
            values[column] = _parse_array(values[column], is_right, place, form)
    return values


def _parse_array(value: str, is_right: Callable[[Any], bool], place: str, form: str) -> Any:
    if not value:
        return None
    try:
        array = np.array(json.loads(value), dtype=np.float64)
    except (ValueError, TypeError):
        array = None
    if array is None or not is_right(array):
        raise ValueError(f"{place} is {value!r}; it must be {form}, as JSON, or empty.")
    return array
