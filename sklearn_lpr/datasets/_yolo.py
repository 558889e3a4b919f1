"""Load scenes annotated in the text files of YOLO."""

import os
import re
import warnings
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import validate_params
from ..images import box_corners, read_image_size
from ..images._quads import iou
from ._fields import shorten
from ._files import check_split, image_names, read_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SPLIT
from ._scene_bunch import ScenePlate, scene_bunch, scene_row
from ._scene_fields import CLASSES, PlateParser, choose_classes, split_name, walk_folders

__all__ = ["load_yolo"]

_BOX = 4

# Numbers are those of a box and of keypoints that fill it, and not of a polygon, if the box around
# the keypoints and the box have at least this intersection over union.
_MIN_IOU = 0.5


class _Object(NamedTuple):
    """An annotated object: its location in the file, class and numbers."""

    place: str
    name: str
    numbers: list[float]


class _Photo(NamedTuple):
    """A photo, and the objects that its text file lists."""

    file: str
    split: str
    objects: list[_Object]
    has_labels: bool
    problem: Exception | None = None


@validate_params(
    {
        "path": PATH,
        "classes": [Integral, *CLASSES],
        "split": SPLIT,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_yolo(
    path: str | os.PathLike[str],
    *,
    classes: Any = None,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load scenes annotated in the text files of YOLO.

    Each photo has a text file of the same name, beside it or in a folder ``labels`` in place of
    the folder ``images``: ``images/train/1.jpg`` and ``labels/train/1.txt``, or
    ``train/images/1.jpg`` and ``train/labels/1.txt``. Each line is an object in one of three forms,
    with coordinates as fractions of the width and height of the photo::

        class x y width height
        class x1 y1 x2 y2 x3 y3 x4 y4
        class x y width height x1 y1 x2 y2 x3 y3 x4 y4

    The first is a box, given by its centre; the second the four corners, in any order. The third is
    a box with four keypoints, which are the corners; each may be followed by its visibility (0, 1
    or 2). If a keypoint is not annotated (visibility 0, or both coordinates 0 or -1), the box is
    used. Of polygons with another number of points, the box around them is used. Corners that form
    an upright rectangle count as a box. A photo whose text file is empty or missing has no plate.
    Only the headers of the photos are read, for their size.

    Parameters
    ----------
    path : str or path-like
        The folder of the data set. Photos in all folders below it are loaded.
    classes : int, str or sequence of them, default=None
        The numbers of the classes of plates. Objects of other classes are
        ignored. None takes the only class, and raises an error if there are several.
    split : str, default=None
        The split to load. The split of a photo is the first folder below `path` on its way,
        except ``images``. None loads all.
    on_error : {"raise", "warn"}, default="raise"
        What to do if an annotation is invalid or a photo cannot be read: raise an error, or leave
        the photo out with all its plates and warn with the number of omitted photos.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and texts as pandas Series with the index of the frame, and include
        data and target in the frame as the columns ``image`` and ``corners``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As returned by `load_scenes`. The format has no texts.

    Raises
    ------
    FileNotFoundError
        If `path` is missing, or a text file with objects has no photo that can be read.
    ValueError
        If an annotation is invalid, empty or outside the photo (the message names file, line and
        value), a photo cannot be read, a class or the split does not exist, or no photo with a
        text file is left.

    Warns
    -----
    UserWarning
        If photos without a text file are loaded as photos without a plate.

    See Also
    --------
    load_scenes : Load scenes from a CSV file.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_yolo
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/street.png", np.zeros((100, 200, 3), np.uint8))
    ...     _ = Path(folder, "street.txt").write_text("0 0.5 0.5 0.2 0.1")
    ...     scenes = load_yolo(folder)
    >>> scenes.target[0].tolist()
    [[[80.0, 45.0], [120.0, 45.0], [120.0, 55.0], [80.0, 55.0]]]
    """
    home = require_folder(path, "path")
    photos = list(_find_photos(home))
    check_split(
        split, {photo.split for photo in photos} - {""}, home, "name its folder", name="path"
    )
    found = {item.name for photo in photos for item in photo.objects}
    photos = [photo for photo in photos if split in (None, photo.split)]
    empty = (
        f"path={str(path)!r} contains no photo with a text file that can be loaded with "
        f"split={split!r}; pass the folder that contains 'images' and 'labels', or photos with "
        "text files beside them."
    )
    missing = [photo.file for photo in photos if not photo.has_labels]
    if len(missing) == len(photos):
        raise ValueError(empty)
    wanted = choose_classes(classes, found, f"path={str(path)!r}")

    def read(photo: _Photo) -> dict[str, Any]:
        parser = PlateParser(*read_image_size(home / photo.file))
        plates = [_read_plate(item, parser) for item in photo.objects if item.name in wanted]
        return scene_row(photo.file, plates, photo.split)

    bunch = scene_bunch(
        home,
        photos,
        read,
        descr=f"Scenes of {str(home)!r}, annotated in the text files of YOLO.\n",
        empty=empty,
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
    if missing:
        # The stack level is that of the caller of the loader, which validate_params wraps.
        warnings.warn(
            f"{len(missing)} photo(s) of {str(home)!r} have no text file and are loaded as photos "
            f"without a plate, the first: {missing[0]!r}.",
            UserWarning,
            stacklevel=3,
        )
    return bunch


def _find_photos(home: Path) -> Iterator[_Photo]:
    owners: dict[Path, str] = {}
    used: set[str] = set()
    folders = list(walk_folders(home))
    for folder in folders:
        for name in image_names(folder):
            file = (folder / name).relative_to(home).as_posix()
            split = split_name(folder, home)
            files = _label_files(folder / name)
            used.update(map(os.path.abspath, files))
            if not files:
                yield _Photo(file, split, [], has_labels=False)
                continue
            labels = files[0]
            owner = owners.setdefault(labels, file)
            if owner != file:
                problem = ValueError(
                    f"{str(labels)!r} belongs to the photos {owner!r} and {file!r}; give each "
                    "photo a name of its own, or remove one."
                )
                yield _Photo(file, split, [], has_labels=True, problem=problem)
                continue
            try:
                yield _Photo(file, split, list(_read_objects(labels)), has_labels=True)
            except ValueError as error:
                yield _Photo(file, split, [], has_labels=True, problem=error)
    yield from _without_photo(folders, home, used)


def _without_photo(folders: list[Path], home: Path, used: set[str]) -> Iterator[_Photo]:
    """Find text files with objects whose photo is missing, or of a format that cannot be read."""
    for folder in folders:
        for labels in sorted(folder.iterdir()):
            is_text = labels.suffix.lower() == ".txt" and not labels.name.startswith(".")
            if not is_text or os.path.abspath(labels) in used:
                continue
            try:
                objects = list(_read_objects(labels))
            except (OSError, ValueError):  # another file, such as a list of classes
                continue
            if objects:
                problem = FileNotFoundError(
                    f"{str(labels)!r} has no photo of the same name that can be read, beside it or "
                    "in the folder 'images'; add it as JPEG or PNG, or remove the text file."
                )
                file = labels.relative_to(home).as_posix()
                split = split_name(folder, home)
                yield _Photo(file, split, [], has_labels=True, problem=problem)


def _label_files(photo: Path) -> list[Path]:
    """Find the text files of a photo, beside it or in the folder 'labels'; the first counts."""
    folders = [photo.parent]
    parts = Path(os.path.abspath(photo.parent)).parts
    for index in reversed(range(len(parts))):
        if parts[index].lower() == "images":
            folders.append(Path(*parts[:index], "labels", *parts[index + 1 :]))
            break
    files = [folder / (photo.stem + suffix) for folder in folders for suffix in (".txt", ".TXT")]
    return [file for file in files if file.is_file()]


def _read_objects(path: Path) -> Iterator[_Object]:
    for number, line in enumerate(read_text(path, "utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{str(path)!r}, line {number}"
        name, *fields = line.split()
        try:
            # float() accepts underscores between digits, which are typing errors here.
            numbers = [float(field.replace("_", "?")) for field in fields]
        except ValueError:
            numbers = []
        is_polygon = len(numbers) >= 6 and len(numbers) % 2 == 0
        if (
            not re.fullmatch(r"\d+", name)
            or not (len(numbers) == _BOX or is_polygon)
            or not np.isfinite(numbers).all()
        ):
            raise ValueError(
                f"{place} is {shorten(line)}; it must be a class and the numbers x y width height, "
                "the points x1 y1 x2 y2 x3 y3 x4 y4, or both."
            )
        yield _Object(place, name, numbers)


def _read_plate(item: _Object, parser: PlateParser) -> ScenePlate:
    try:
        numbers = _without_keypoints(item.numbers)
    except ValueError as error:
        raise ValueError(f"{item.place}: {error}") from error
    if len(numbers) == _BOX:
        return parser.read_box(numbers, "yolo", f"{item.place}: the box")
    points = np.reshape(numbers, (-1, 2))
    if np.abs(points).max() > 2:
        raise ValueError(
            f"{item.place}: the polygon is {shorten(points.tolist())}; points must be fractions of "
            "the width and height of the photo, not pixels."
        )
    return parser.read_polygon(points * (parser.width, parser.height), f"{item.place}: the polygon")


def _without_keypoints(numbers: list[float]) -> list[float]:
    """Return the corners of a box with four keypoints, or the box if they are not annotated.

    Other numbers are returned as they are.

    Raises
    ------
    ValueError
        If there is another number of keypoints than four.
    """
    box, rest = numbers[:_BOX], numbers[_BOX:]
    if len(rest) >= 12 and len(rest) % 3 == 0 and {0, 1, 2}.issuperset(rest[2::3]):
        keypoints = np.reshape(rest, (-1, 3))
        if not keypoints[:, 2].all():
            return box
        return _four_corners(keypoints[:, :2])
    keypoints = np.reshape(rest, (-1, 2))
    annotated = keypoints[~np.isin(keypoints, (0, -1)).all(axis=1)]
    # No polygon has the same point twice.
    if len(keypoints) >= 4 and len(keypoints) - len(annotated) >= 2:
        return box
    if len(keypoints) < 4 or not _are_keypoints(box, annotated):
        return numbers
    return box if len(annotated) < len(keypoints) else _four_corners(keypoints)


def _four_corners(keypoints: npt.NDArray[np.float64]) -> list[float]:
    if len(keypoints) != 4:
        raise ValueError(
            f"an object has a box and {len(keypoints)} keypoints; four are needed, the corners of "
            "the plate."
        )
    return keypoints.ravel().tolist()


def _are_keypoints(box: list[float], points: npt.NDArray[np.float64]) -> bool:
    """Return whether numbers are those of a box with keypoints, and not points of a polygon.

    The box is then filled by the keypoints, or has a margin: its centre is among them, and its
    width and height, taken as a point, are not near them.
    """
    x, y, width, height = box
    if width <= 0 or height <= 0 or not len(points):
        return False
    low, high = points.min(axis=0), points.max(axis=0)
    whole = box_corners(x - width / 2, y - height / 2, width, height)
    if iou(box_corners(*low.tolist(), *(high - low).tolist()), whole) >= _MIN_IOU:
        return True
    holds = (low >= whole[0]).all() and (high <= whole[2]).all()
    among = (low < (x, y)).all() and ((x, y) < high).all()
    side = high - low
    near = (low - side <= (width, height)).all() and ((width, height) <= high + side).all()
    return bool(holds and among and not near)
