"""Load plates from a folder of named files, or from a CSV file of labels."""

import os
import warnings
from pathlib import Path
from typing import Any

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._csv_file import CsvRow
from ._files import image_names, list_skipped, require_folder
from ._labels_csv import csv_names, find_labels, read_labels, row_reader
from ._named_files import check_counters, name_row
from ._parameters import IMAGE_FOLDER, LOADER_OPTIONS, PATH, SPLIT

__all__ = ["load_plates"]

_LABELS = "labels.csv"


@validate_params(
    {
        "path": PATH,
        "image_folder": IMAGE_FOLDER,
        "split": SPLIT,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_plates(
    path: str | os.PathLike[str],
    *,
    image_folder: str | os.PathLike[str] | None = None,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load your own plates from a folder of images or a CSV file.

    The images themselves are not read. Three forms are supported:

    - a folder of images that are named by their texts, up to the first ``-`` or ``_``:
      ``ABC1234.jpg``, ``ABC1234_2.png``. Markers of copies, such as ``(1)`` and ``copy``, are
      ignored. Names of cameras and programs (``IMG_0001.jpg``, ``plate_AB123.jpg``), names
      that count the images (``0001.jpg``, ``0002.jpg``, ``0003.jpg``) and ambiguous names
      (``AB-123.jpg``) raise an error;
    - a folder with ``labels.csv``: UTF-8, separated by commas, with the columns ``file`` and
      ``text``, and any further columns;
    - a CSV file with the columns of ``labels.csv``, or with those of fast-plate-ocr:
      ``image_path``, ``plate_text`` and, optionally, ``plate_region``.

    Paths in a CSV file are relative to its folder, or to `image_folder`. Paths that lead out of
    that folder are invalid, because a table from others could name any file. White space and
    invisible characters around a value are removed. Otherwise texts are kept unchanged ("NA",
    "007").

    The corners of the plates are read from the first complete one of these groups of columns:
    ``corners`` (JSON: ``[[x, y], [x, y], [x, y], [x, y]]``); ``x1``, ``y1`` to ``x4``, ``y4``;
    the boxes ``x1``, ``y1``, ``x2``, ``y2``, ``xmin``, ``ymin``, ``xmax``, ``ymax``, ``x_min``,
    ``y_min``, ``x_max``, ``y_max``, ``left``, ``top``, ``right``, ``bottom``, and ``xtl``, ``ytl``,
    ``xbr``, ``ybr``; the boxes ``x``, ``y``, ``w``, ``h``, and ``x``, ``y`` or ``left``, ``top``
    with ``width``, ``height``. All are in pixels, and corners start at the top left one and run
    clockwise. A row whose columns are all empty has no corners. Incomplete columns of a box, and
    columns of another form, such as ``bbox`` or ``x_center``, raise an error.

    Parameters
    ----------
    path : str or path-like
        The folder or CSV file.
    image_folder : str or path-like, default=None
        The folder that the paths in the CSV file are relative to, and must not lead out of. None
        means the folder of the CSV file.
    split : str, default=None
        The split to load: the rows with this value in the column ``split``. None loads all rows.
    on_error : {"raise", "warn"}, default="raise"
        What to do if a row or file name is invalid or an image is missing: raise an error, or
        leave the sample out and warn with the number of omitted samples.
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
            One `PlateImage` per row: its path, and the four corners of the plate (top left, top
            right, bottom right, bottom left) if they are known.
        target : ndarray of shape (n_samples,), dtype str
            The texts, normalized to Unicode NFC.
        frame : DataFrame
            The columns ``file`` and ``text``, and all other columns of the CSV file as text,
            except ``corners``. The column ``char_boxes`` (JSON: one list of numbers per
            character) contains an array or, where it is empty, None.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. If there is a column ``track``, images of the
            same track (if not empty) or with the same text have the same group, which is named
            by one of its texts.
        DESCR : str
            The path of the plates and of their labels.

    Raises
    ------
    FileNotFoundError
        If `path`, `image_folder` or an image listed in a CSV file is missing.
    ValueError
        If the folder contains neither images nor ``labels.csv``, if it contains a CSV file of
        labels under another name, if a file name contains no text or an ambiguous one, if the file
        names count the images, if a CSV file lacks a column or has an invalid row (the message
        names file, line and column), if a path leads out of the folder, or if no sample is left.

    Warns
    -----
    UserWarning
        If the folder contains images or tables in formats that cannot be read, or sub-folders with
        images, which are not loaded.

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
    folder = labels.parent if image_folder is None else require_folder(image_folder, "image_folder")
    skipped: list[str] = []
    if labels.is_file():
        rows, where = read_labels(labels, split), repr(str(labels))
    elif image_folder is not None:
        raise ValueError(
            f"image_folder={str(image_folder)!r}, but {str(path)!r} has no {_LABELS!r} with paths; "
            "pass image_folder=None."
        )
    else:
        rows, where = _read_names(path, split), "the file names"
        skipped = list_skipped(path)
    bunch = annotated_bunch(
        folder,
        rows,
        row_reader(rows, labels, folder),
        descr=f"Plates of {str(path)!r}, annotated in {where}.\n",
        empty=f"path={str(path)!r} contains no plate that can be loaded, according to {where}.",
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
    if skipped:
        # The stack level is that of the caller of the loader, which validate_params wraps.
        warnings.warn(
            f"{len(skipped)} file(s) or folder(s) in {str(path)!r} are not loaded, because their "
            "format cannot be read or because sub-folders are not searched, the first: "
            f"{skipped[0]!r}.",
            UserWarning,
            stacklevel=3,
        )
    return bunch


def _read_names(folder: Path, split: str | None) -> list[CsvRow]:
    if split is not None:
        raise ValueError(
            f"split={split!r}, but {str(folder)!r} has no {_LABELS!r} with the splits of the "
            "images; pass split=None."
        )
    names = image_names(folder)
    others = csv_names(folder)
    if not names:
        skipped = list_skipped(folder)
        raise ValueError(
            f"path={str(folder)!r} contains no images and no {_LABELS!r}; pass a folder of images "
            f"named by their texts, or a CSV file{f', such as one of {others}' if others else ''}."
            f"{f' It contains {skipped[0]!r}, which cannot be loaded.' if skipped else ''}"
        )
    listed = find_labels(folder) if others else []
    if listed:
        raise ValueError(
            f"path={str(folder)!r} contains images and labels in {listed}; pass the path of the "
            f"CSV file, or rename it to {_LABELS!r}."
        )
    check_counters(folder, names, _LABELS)
    return [name_row(folder, name, _LABELS) for name in names]
