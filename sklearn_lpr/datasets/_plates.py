"""Any folder of plates: named files, or a CSV file beside them."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from .._texts import check_texts
from ..images import PlateImage
from ._bunch import plate_bunch
from ._files import image_names, require_folder

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
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_plates(
    path: str | os.PathLike[str],
    *,
    split: str | None = None,
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
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        With the attributes

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
            What must stay together when splitting: the texts.
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
    rows = list(_read_csv(labels) if labels.is_file() else _read_names(path))
    if not rows:
        raise ValueError(f"{str(labels)!r} lists no plate below its header.")
    frame = pd.DataFrame(rows)
    if split is not None:
        if "split" not in frame:
            raise ValueError(
                f"split={split!r}, but {str(labels)!r} has no column 'split'; pass split=None."
            )
        available = sorted(set(frame["split"]))
        frame = frame[frame["split"] == split].reset_index(drop=True)
        if frame.empty:
            raise ValueError(f"split={split!r} is not in {str(labels)!r}, which has {available}.")
    corners = frame.pop("corners") if "corners" in frame else [None] * len(frame)
    images = [
        PlateImage(os.path.join(labels.parent, file), quad)
        for file, quad in zip(frame["file"], corners, strict=True)
    ]
    where = repr(labels.name) if labels.is_file() else "the file names"
    descr = f"{len(images)} plate(s) of {str(path)!r}, annotated in {where}.\n"
    return plate_bunch(images, frame, descr, return_X_y=return_X_y, as_frame=as_frame)


def _read_names(folder: Path) -> Iterator[dict[str, Any]]:
    names = image_names(folder)
    if not names:
        others = sorted(file.name for file in folder.glob("*.csv"))
        raise ValueError(
            f"path={str(folder)!r} holds no images and no {_LABELS!r}; pass a folder of images "
            f"named by their texts, or a CSV file{f', such as one of {others}' if others else ''}."
        )
    for name in names:
        text = re.split("[-_]", Path(name).stem, maxsplit=1)[0]
        if not text:
            raise ValueError(
                f"{str(folder / name)!r} names no text before its first '-' or '_'; rename it, or "
                f"list the texts in {_LABELS!r}."
            )
        yield {"file": name, "text": _normalise(text)}


def _read_csv(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a CSV file; nothing in it is ever taken for a number or as missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            _check_header(path, reader)
            for row in reader:
                yield _check_row(path, reader.line_num, row)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{str(path)!r} is not encoded in UTF-8 ({error}); convert it, for example with "
            "iconv -t UTF-8."
        ) from error
    except csv.Error as error:
        raise ValueError(
            f"{str(path)!r}, line {reader.reader.line_num}: not a row of CSV: {error}."
        ) from error


def _check_header(path: Path, reader: csv.DictReader) -> None:
    names = [_ALIASES.get(name.strip(), name.strip()) for name in reader.fieldnames or ()]
    missing = [name for name in ("file", "text") if name not in names]
    if missing or len(set(names)) < len(names):
        problem = f"lacks the column(s) {missing}" if missing else "names a column twice"
        raise ValueError(
            f"{str(path)!r}, line 1: the header is {reader.fieldnames!r} and {problem}; it must "
            "have 'file' and 'text' (or 'image_path' and 'plate_text'), separated by commas."
        )
    reader.fieldnames = names


def _check_row(path: Path, line: int, row: dict[Any, Any]) -> dict[str, Any]:
    place = f"{str(path)!r}, line {line}"
    if None in row or None in row.values():
        raise ValueError(f"{place}: the row has more or fewer fields than the header.")
    if not row["text"]:
        raise ValueError(
            f"{place}: the column 'text' of {row['file']!r} is empty; leave out plates whose text "
            "is not known."
        )
    if not os.path.isfile(path.parent / row["file"]):
        raise FileNotFoundError(
            f"{place}: the column 'file' is {row['file']!r}, and there is no such file in "
            f"{str(path.parent)!r}."
        )
    row["text"] = _normalise(row["text"])
    for column, is_right, form in _ARRAYS:
        if column in row:
            row[column] = _parse_array(
                row[column], is_right, f"{place}: the column {column!r}", form
            )
    return row


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


def _normalise(text: str) -> str:
    return str(check_texts([text], name="text")[0])
