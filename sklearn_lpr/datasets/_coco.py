"""Load scenes annotated in a JSON file of COCO."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .._sklearn_compat import validate_params
from ..images import read_image_size
from ._fields import shorten
from ._files import check_inside, read_text, require_folder
from ._json_array import is_number
from ._labels_csv import FOLDER_REMEDY
from ._parameters import IMAGE_FOLDER, LOADER_OPTIONS, PATH
from ._scene_bunch import ScenePlate, scene_bunch, scene_row
from ._scene_fields import CLASSES, PlateParser, choose_classes, find_text, is_quadrilateral

__all__ = ["load_coco"]

_LISTS = ("images", "annotations", "categories")


class _Photo(NamedTuple):
    """An entry of ``images``, and the annotations of the photo."""

    place: str
    values: dict[str, Any]
    annotations: list[dict[str, Any]]
    problem: Exception | None = None


@validate_params(
    {
        "path": PATH,
        "image_folder": IMAGE_FOLDER,
        "classes": CLASSES,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_coco(
    path: str | os.PathLike[str],
    *,
    image_folder: str | os.PathLike[str] | None = None,
    classes: Any = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load scenes annotated in a JSON file of COCO.

    The file contains the lists ``images``, ``annotations`` and ``categories``. If the
    ``segmentation`` of an annotation is one polygon of four points, these are the corners of the
    plate, in any order. Otherwise its ``bbox`` is used (x, y, width, height), which the attribute
    ``rotation`` turns clockwise, in degrees. Polygons and boxes are in pixels. The text of a plate
    is read from a field of the annotation or of its ``attributes``, such as ``text``, ``plate`` or
    ``plate_number``. A photo without annotations has no plate. Only the headers of the photos are
    read, for their size.

    Parameters
    ----------
    path : str or path-like
        The JSON file.
    image_folder : str or path-like, default=None
        The folder that the names of the photos are relative to. None takes, for each photo, the
        first of these that contains it: the folder of the JSON file, ``images`` in it, the folder
        above, and ``images`` in that. Names must not lead out of the folder, or of the folder
        above the JSON file.
    classes : str or sequence of str, default=None
        The names of the categories of plates. Objects of other categories are ignored. None takes
        the only category that occurs, and raises an error if there are several.
    on_error : {"raise", "warn"}, default="raise"
        What to do if an annotation is invalid or a photo is missing or cannot be read: raise an
        error, or leave the photo out with all its plates and warn with the number of omitted
        photos.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and texts as pandas Series with the index of the frame, and include
        data and target in the frame as the columns ``image`` and ``corners``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As returned by `load_scenes`. Photos have the order of ``images``.

    Raises
    ------
    FileNotFoundError
        If `path` or a photo is missing.
    ValueError
        If the file is not a JSON file of COCO, if a box or polygon is invalid, empty or outside the
        photo (the message names file, annotation, field and value), if an annotation marks a crowd,
        if the name of a photo leads out of the folder, if the size in the file is not that of the
        photo, if a class does not exist, or if no photo is left.

    See Also
    --------
    load_scenes : Load scenes from a CSV file.

    Examples
    --------
    >>> import json, tempfile, cv2, numpy as np
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_coco
    >>> coco = {
    ...     "images": [{"id": 1, "file_name": "street.png"}],
    ...     "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "bbox": [80, 45, 40, 10]}],
    ...     "categories": [{"id": 0, "name": "plate"}],
    ... }
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/street.png", np.zeros((100, 200, 3), np.uint8))
    ...     _ = Path(folder, "coco.json").write_text(json.dumps(coco))
    ...     scenes = load_coco(Path(folder, "coco.json"))
    >>> scenes.target[0].tolist()
    [[[80.0, 45.0], [120.0, 45.0], [120.0, 55.0], [80.0, 55.0]]]
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"path={str(path)!r} is not a file; pass the JSON file.")
    home = path.parent if image_folder is None else require_folder(image_folder, "image_folder")
    folders, root = [home], home
    if image_folder is None:
        folders += [home / "images", home / "..", home / ".." / "images"]
        root = home / ".."
    coco = _read_json(path)
    names = {entry.get("id"): str(entry.get("name")) for entry in coco["categories"]}
    photos = list(_group_annotations(coco, path))
    used = {entry.get("category_id") for entry in coco["annotations"]}
    available = {
        name for identity, name in names.items() if classes is not None or identity in used
    }
    wanted = choose_classes(classes, available, repr(str(path)))

    def read(photo: _Photo) -> dict[str, Any]:
        file = _find_photo(photo, folders, root)
        parser = PlateParser(*read_image_size(file))
        height: Any = photo.values.get("height")
        width: Any = photo.values.get("width")
        if is_number(height) and is_number(width):
            parser.check_stated_size(height, width, f"{photo.place}: the size")
        plates = []
        for entry in photo.annotations:
            place = f"{str(path)!r}, annotation {entry.get('id')!r}"
            category = entry.get("category_id")
            if category not in names:
                raise ValueError(
                    f"{place}: the field 'category_id' is {category!r}, which is not in "
                    "'categories'."
                )
            if names[category] in wanted:
                plates.append(_read_plate(entry, parser, place))
        return scene_row(Path(os.path.relpath(file, home)).as_posix(), plates)

    return scene_bunch(
        home,
        photos,
        read,
        descr=f"Scenes of {str(home)!r}, annotated in {str(path)!r}.\n",
        empty=f"{str(path)!r} lists no photo that can be loaded.",
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _read_json(path: Path) -> dict[str, list[dict[str, Any]]]:
    text = read_text(path, "utf-8-sig")
    try:
        coco = json.loads(text)
    except (ValueError, RecursionError) as error:  # RecursionError: too many nested brackets
        raise ValueError(f"{str(path)!r} is not a JSON file: {error}.") from error
    for name in _LISTS:
        entries = coco.get(name) if isinstance(coco, dict) else None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ValueError(
                f"{str(path)!r}: the field {name!r} is {shorten(entries)}; a file of COCO has the "
                f"lists of objects {list(_LISTS)}."
            )
    for name in _LISTS:
        for number, entry in enumerate(coco[name]):
            for key in ("id", "image_id", "category_id"):
                if isinstance(entry.get(key), (dict, list)):
                    raise ValueError(
                        f"{str(path)!r}: the field {key!r} of entry {number} of {name!r} is "
                        f"{shorten(entry[key])}; it must be a number."
                    )
    return coco


def _group_annotations(coco: dict[str, list[dict[str, Any]]], path: Path) -> Iterator[_Photo]:
    """List the photos with their annotations, then the annotations without a photo."""
    groups: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for entry in coco["annotations"]:
        groups[entry.get("image_id")].append(entry)
    numbers = Counter(entry.get("id") for entry in coco["images"])
    files = Counter(str(entry.get("file_name")) for entry in coco["images"])
    for entry in coco["images"]:
        identity, file = entry.get("id"), entry.get("file_name")
        place = f"{str(path)!r}, image {identity!r}"
        problem = None
        # It is unknown which of the annotations belong to which entry.
        if numbers[identity] > 1:
            problem = ValueError(f"{place}: {numbers[identity]} images have this id.")
        elif file and files[str(file)] > 1:
            problem = ValueError(
                f"{place}: {files[str(file)]} images have the 'file_name' {file!r}."
            )
        yield _Photo(place, entry, groups[identity], problem)
    for identity in groups.keys() - numbers.keys():
        place = f"{str(path)!r}, annotation {groups[identity][0].get('id')!r}"
        problem = ValueError(f"{place}: there is no image with the 'image_id' {identity!r}.")
        yield _Photo(place, {}, [], problem)


def _find_photo(photo: _Photo, folders: list[Path], root: Path) -> Path:
    """Find the file of a photo in one of the folders; it must not lead out of `root`."""
    name = photo.values.get("file_name")
    if not isinstance(name, str) or not name:
        raise ValueError(f"{photo.place}: the field 'file_name' is {name!r}.")
    place = f"{photo.place}: the field 'file_name'"
    # Programs on Windows write backslashes.
    for spelling in dict.fromkeys((name, name.replace("\\", "/"))):
        for folder in folders:
            if os.path.isfile(folder / spelling):
                check_inside(os.path.abspath(folder / spelling), root, place, FOLDER_REMEDY)
                return folder / spelling
    raise FileNotFoundError(
        f"{place} is {name!r}, and there is no such file in {[str(folder) for folder in folders]}; "
        "pass the folder of the photos as image_folder."
    )


def _read_plate(entry: dict[str, Any], parser: PlateParser, place: str) -> ScenePlate:
    if entry.get("iscrowd"):
        raise ValueError(f"{place}: it marks a crowd; annotate each plate.")
    attributes: Any = entry.get("attributes")
    if not isinstance(attributes, dict):
        attributes = {}
    text = find_text({**entry, **attributes}, place)
    polygons = entry.get("segmentation")
    if isinstance(polygons, list) and len(polygons) == 1 and _are_numbers(polygons[0], (8, 10)):
        points = [polygons[0][index : index + 2] for index in range(0, len(polygons[0]), 2)]
        if is_quadrilateral(points):
            return parser.read_polygon(points, f"{place}: the field 'segmentation'", text)
    box: Any = entry.get("bbox")
    where = f"{place}: the field 'bbox'"
    if not _are_numbers(box, (4,)):
        raise ValueError(f"{where} is {shorten(box)}; it must be [x, y, width, height].")
    rotation: Any = attributes.get("rotation", 0)
    if not is_number(rotation):
        raise ValueError(
            f"{place}: the attribute 'rotation' is {shorten(rotation)}; it must be in degrees."
        )
    return parser.read_box([float(number) for number in box], "xywh", where, text, float(rotation))


def _are_numbers(values: Any, lengths: tuple[int, ...]) -> bool:
    return isinstance(values, list) and len(values) in lengths and all(map(is_number, values))
