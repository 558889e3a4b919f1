"""Load scenes, photos with any number of plates, from a CSV file with one row per plate."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .._sklearn_compat import validate_params
from ._corner_columns import find_corner_columns, read_corners
from ._csv_file import CsvRow, read_csv
from ._files import require_folder
from ._labels_csv import ALIASES, check_file, choose_split, read_text_cell
from ._parameters import IMAGE_FOLDER, LOADER_OPTIONS, PATH, SPLIT
from ._scene_bunch import MIN_THICKNESS, ScenePlate, corners_kind, scene_bunch, scene_row

__all__ = ["load_scenes"]

_CLASS = "class"
_LABELS = "labels.csv"
_KINDS = ("corners", "box")


class _Photo(NamedTuple):
    """The rows of a photo."""

    rows: list[CsvRow]

    @property
    def values(self) -> dict[str, str]:
        return self.rows[0].values

    @property
    def problem(self) -> Exception | None:
        return next((row.problem for row in self.rows if row.problem is not None), None)


@validate_params(
    {
        "path": PATH,
        "image_folder": IMAGE_FOLDER,
        "split": SPLIT,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_scenes(
    path: str | os.PathLike[str],
    *,
    image_folder: str | os.PathLike[str] | None = None,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load scenes, photos with any number of plates, from a CSV file.

    The file, ``labels.csv``, has one row per plate and is encoded in UTF-8::

        file,corners,kind
        street.jpg,"[[10, 20], [104, 22], [104, 46], [10, 44]]",corners
        street.jpg,"[[300, 40], [340, 40], [340, 52], [300, 52]]",box
        garden.jpg,,

    The columns are

    - ``file``: the path of the photo, relative to the folder of the CSV file or to `image_folder`;
    - ``corners``: the corners of the plate in pixels, as JSON, in the order top left, top right,
      bottom right, bottom left. Instead of it, the other groups of columns that `load_plates`
      accepts can be used. A photo without a plate has one row where these columns are empty;
    - ``kind``, optional: ``corners`` for the four corners of the plate, or ``box`` for an upright
      box around it;
    - ``text``, optional: the text of the plate, empty if it is unknown;
    - ``split``, optional: the split of the photo.

    All rows are plates: a column ``class`` with several values is an error. Further columns are
    ignored. The photos themselves are not read; `validate_scenes` checks
    whether the corners lie inside them.

    Parameters
    ----------
    path : str or path-like
        The folder that contains ``labels.csv``, or the CSV file.
    image_folder : str or path-like, default=None
        The folder that the paths in the CSV file are relative to, and must not lead out of. None
        means the folder of the CSV file.
    split : str, default=None
        The split to load: the photos with this value in the column ``split``. None loads all.
    on_error : {"raise", "warn"}, default="raise"
        What to do if a row is invalid or a photo is missing: raise an error, or leave the photo
        out with all its plates and warn with the number of omitted photos.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and texts as pandas Series with the index of the frame, and include
        data and target in the frame as the columns ``image`` and ``corners``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        Dictionary-like object with the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` without corners per photo: its path. Photos have the order of their
            first rows.
        target : ndarray of shape (n_samples,), dtype object
            One array of shape (n_plates, 4, 2) and dtype float64 per photo: the corners of its
            plates (top left, top right, bottom right, bottom left) in the order of the rows.
        texts : ndarray of shape (n_samples,), dtype object, or None
            One list of str per photo: the texts of its plates, "" if unknown. None if no text is
            known.
        frame : DataFrame
            One row per photo: ``file``, ``split`` if there is such a column, ``n_plates``,
            ``kinds`` ("corners" or "box" for each plate) and, if any is known, ``texts``.
        DESCR : str
            The path of the labels.

    Raises
    ------
    FileNotFoundError
        If `path`, its ``labels.csv``, `image_folder` or a photo is missing.
    ValueError
        If the CSV file lacks a column or has an invalid row (the message names file, line and
        column), if a column ``class`` has several values, if a path leads out of the folder, if the
        rows of a photo contradict each other, if the split does not exist, or if no photo is left.

    See Also
    --------
    load_plates : Load images of one plate each, with their texts.
    load_yolo, load_voc, load_coco : Load scenes annotated in other formats.
    validate_scenes : Find errors in scenes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_scenes
    >>> labels = '''file,corners,kind
    ... street.jpg,"[[10, 20], [104, 22], [104, 46], [10, 44]]",corners
    ... street.jpg,"[[300, 40], [340, 40], [340, 52], [300, 52]]",box
    ... garden.jpg,,
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "street.jpg").touch()
    ...     Path(folder, "garden.jpg").touch()
    ...     _ = Path(folder, "labels.csv").write_text(labels)
    ...     scenes = load_scenes(folder)
    >>> [corners.shape for corners in scenes.target]
    [(2, 4, 2), (0, 4, 2)]
    >>> scenes.frame["kinds"].tolist()
    [['corners', 'box'], []]
    """
    path = Path(path).expanduser()
    labels = path if path.is_file() else require_folder(path, "path") / _LABELS
    if not labels.is_file():
        raise FileNotFoundError(
            f"path={str(path)!r} contains no {_LABELS!r}; pass the folder that contains it, or "
            "the path of the CSV file."
        )
    folder = labels.parent if image_folder is None else require_folder(image_folder, "image_folder")
    photos = choose_split(_group_rows(read_csv(labels, ("file",), aliases=ALIASES)), labels, split)
    return scene_bunch(
        folder,
        photos,
        _photo_parser(photos, labels, folder),
        descr=f"Scenes of {str(folder)!r}, annotated in {str(labels)!r}.\n",
        empty=f"{str(labels)!r} lists no photo that can be loaded below its header.",
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _group_rows(rows: Iterable[CsvRow]) -> list[_Photo]:
    """Group the rows by photo, in the order of the first row of each photo."""
    groups: defaultdict[str, list[CsvRow]] = defaultdict(list)
    for row in rows:
        # An invalid row may lack the file.
        groups[os.path.normpath(row.values.get("file") or row.place)].append(row)
    return [_Photo(group) for group in groups.values()]


def _photo_parser(
    photos: list[_Photo], labels: Path, folder: Path
) -> Callable[[_Photo], dict[str, Any]]:
    """Build a function that reads the rows of a photo."""
    header = next((photo.values for photo in photos if photo.problem is None), {"corners": ""})
    classes = sorted({row.values.get(_CLASS, "") for photo in photos for row in photo.rows} - {""})
    if len(classes) > 1:
        raise ValueError(
            f"{str(labels)!r}: the column {_CLASS!r} has several values, {classes}; keep the rows "
            "of plates only, or remove the column if all rows are plates."
        )
    columns = find_corner_columns(header, f"{str(labels)!r}, line 1")
    if columns is None:
        raise ValueError(
            f"{str(labels)!r}, line 1: the header is {list(header)} and contains no corners; it "
            "must have 'corners', or other columns that load_plates accepts."
        )

    def read(photo: _Photo) -> dict[str, Any]:
        check_file(photo.rows[0], folder)
        plates = [plate for row in photo.rows if (plate := _read_plate(row, *columns)) is not None]
        for row in photo.rows[1:]:
            if len(plates) < len(photo.rows):
                raise ValueError(
                    f"{row.place}: {row.values['file']!r} occurs a second time, and one of its "
                    "rows has no corners; a photo without a plate has one row, and all rows of "
                    "other photos have corners."
                )
            if row.values.get("split") != photo.values.get("split"):
                raise ValueError(
                    f"{row.place}: the column 'split' is {row.values['split']!r}, but "
                    f"{photo.values['split']!r} in another row of {row.values['file']!r}."
                )
        return scene_row(photo.values["file"], plates, photo.values.get("split"))

    return read


def _read_plate(row: CsvRow, columns: tuple[str, ...], form: str) -> ScenePlate | None:
    """Read the plate of a row, or return None if the row has no corners."""
    corners = read_corners(row.values, columns, form, row.place, min_thickness=MIN_THICKNESS)
    kind, text = row.values.get("kind", ""), ""
    if "text" in row.values:
        text = read_text_cell(row)
    if corners is None:
        if kind or text:
            raise ValueError(
                f"{row.place}: the row has the kind {kind!r} and the text {text!r}, but no "
                "corners; leave all three empty for a photo without a plate."
            )
        return None
    if kind and kind not in _KINDS:
        raise ValueError(
            f"{row.place}: the column 'kind' is {kind!r}; it must be one of {list(_KINDS)}."
        )
    if kind == "box" and corners_kind(corners) != "box":
        raise ValueError(
            f"{row.place}: the column 'kind' is 'box', but {corners.tolist()} is not an upright "
            "box; write 'corners', or the corners of the box."
        )
    return ScenePlate(corners, text, kind or corners_kind(corners))
