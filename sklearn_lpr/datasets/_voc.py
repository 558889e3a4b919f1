"""Load scenes annotated in the XML files of Pascal VOC."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from .._sklearn_compat import validate_params
from ..images import read_image_size
from ..images._corners import CORNER_COLUMNS
from ._fields import parse_numbers
from ._files import check_split, decode_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SPLIT
from ._scene_bunch import ScenePlate, scene_bunch, scene_row
from ._scene_fields import (
    CLASSES,
    PhotoFinder,
    PlateParser,
    choose_classes,
    find_text,
    is_quadrilateral,
    split_name,
    walk_folders,
)

__all__ = ["load_voc"]

_BOX = ("xmin", "ymin", "xmax", "ymax")
_DECLARED_ENCODING = re.compile(
    rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']"""
)


class _Annotation(NamedTuple):
    """An XML file: its path, split and content, or the error of reading it."""

    path: Path
    split: str
    root: ElementTree.Element
    problem: Exception | None = None

    def objects(self) -> list[tuple[str, ElementTree.Element]]:
        """Return the class and the element of each object."""
        found = self.root.findall("object")
        return [((item.findtext("name") or "").strip(), item) for item in found]


@validate_params(
    {
        "path": PATH,
        "classes": CLASSES,
        "split": SPLIT,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_voc(
    path: str | os.PathLike[str],
    *,
    classes: Any = None,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load scenes annotated in the XML files of Pascal VOC.

    There is one XML file per photo. The photo has the same name, or the name in the element
    ``filename``. It lies beside the XML file, or in a folder such as ``JPEGImages`` or ``images``
    in place of the folder ``Annotations``. Each ``object`` has a ``bndbox`` in pixels, which an
    attribute ``rotation`` turns clockwise, in degrees, or a ``polygon`` with the elements ``x1``,
    ``y1`` to ``x4``, ``y4``, the four corners in any order. If a polygon has more points, the
    ``bndbox`` is used. The text of a plate is read from an element or attribute such as ``text``,
    ``plate`` or ``plate_number``. An XML file without objects describes a photo without a plate;
    photos without an XML file are not loaded. Only the headers of the photos are read, for their
    size. Files that are not valid UTF-8 are read in the encoding that they declare, or in GB18030.

    Parameters
    ----------
    path : str or path-like
        The folder of the data set. XML files in all folders below it are loaded.
    classes : str or sequence of str, default=None
        The names of the objects that are plates. Other objects are ignored. None takes the only
        name, and raises an error if there are several.
    split : str, default=None
        The split to load. The split of a photo is the first folder below `path` on the way to its
        XML file, except ``Annotations``. None loads all.
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
        As returned by `load_scenes`.

    Raises
    ------
    FileNotFoundError
        If `path` or a photo is missing.
    ValueError
        If an XML file is invalid or declares a document type or entities, if a box is invalid,
        empty or outside the photo (the message names file, object, field and value), if the size
        in the XML file is not that of the photo, if a class or the split does not exist, or if no
        photo is left.

    See Also
    --------
    load_scenes : Load scenes from a CSV file.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_voc
    >>> annotation = '''<annotation><object><name>plate</name><text>AB123</text><bndbox>
    ... <xmin>80</xmin><ymin>45</ymin><xmax>120</xmax><ymax>55</ymax>
    ... </bndbox></object></annotation>'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cv2.imwrite(f"{folder}/street.png", np.zeros((100, 200, 3), np.uint8))
    ...     _ = Path(folder, "street.xml").write_text(annotation)
    ...     scenes = load_voc(folder)
    >>> scenes.target[0].tolist(), scenes.texts[0]
    ([[[80.0, 45.0], [120.0, 45.0], [120.0, 55.0], [80.0, 55.0]]], ['AB123'])
    """
    home = require_folder(path, "path")
    annotations = list(_find_annotations(home))
    check_split(
        split, {item.split for item in annotations} - {""}, home, "name its folder", name="path"
    )
    found = {name for item in annotations for name, _ in item.objects()}
    annotations = [item for item in annotations if split in (None, item.split)]
    wanted = choose_classes(classes, found, f"path={str(path)!r}")
    finder = PhotoFinder()
    owners: dict[Path, Path] = {}

    def read(annotation: _Annotation) -> dict[str, Any]:
        photo = finder.find(annotation.path, annotation.root.findtext("filename") or "")
        owner = owners.setdefault(photo, annotation.path)
        if owner != annotation.path:
            raise ValueError(
                f"{str(annotation.path)!r} belongs to the photo {str(photo)!r}, which "
                f"{str(owner)!r} already describes."
            )
        parser = PlateParser(*read_image_size(photo))
        _check_size(annotation, parser)
        plates = [
            _read_plate(item, parser, f"{str(annotation.path)!r}, object {number}")
            for number, (name, item) in enumerate(annotation.objects(), start=1)
            if name in wanted
        ]
        file = Path(os.path.relpath(photo, home)).as_posix()
        return scene_row(file, plates, annotation.split)

    return scene_bunch(
        home,
        annotations,
        read,
        descr=f"Scenes of {str(home)!r}, annotated in the XML files of Pascal VOC.\n",
        empty=(
            f"path={str(path)!r} contains no XML file that can be loaded with split={split!r}; "
            "pass the folder that contains 'Annotations' and 'JPEGImages', or photos with XML "
            "files beside them."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _find_annotations(home: Path) -> Iterator[_Annotation]:
    for folder in walk_folders(home):
        for path in sorted(folder.glob("[!.]*.[xX][mM][lL]")):
            split = split_name(folder, home)
            try:
                yield _Annotation(path, split, _parse_xml(path))
            except ValueError as error:
                yield _Annotation(path, split, ElementTree.Element("annotation"), error)


def _parse_xml(path: Path) -> ElementTree.Element:
    # Names of Chinese data sets are often encoded in GBK, which is hardly ever valid UTF-8, in
    # files that declare UTF-8 or nothing. GB18030 is last, because it decodes most texts of other
    # encodings, too, to wrong characters.
    content = path.read_bytes()
    declaration = _DECLARED_ENCODING.match(content)
    declared = [declaration[1].decode("ascii")] if declaration else []
    text = decode_text(content, path, "utf-8-sig", *declared, "gb18030")
    # Entities could expand to any size.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError(f"{str(path)!r} declares a document type or entities; remove them.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"{str(path)!r} is not an XML file: {error}.") from error
    if root.tag != "annotation":
        raise ValueError(
            f"{str(path)!r} has the root element {root.tag!r}; that of Pascal VOC is 'annotation'."
        )
    return root


def _check_size(annotation: _Annotation, parser: PlateParser) -> None:
    """Check the size of the photo in the XML file, if there is one."""
    width, height = (annotation.root.findtext(f"size/{name}") or "" for name in ("width", "height"))
    if width.strip() and height.strip():
        where = f"{str(annotation.path)!r}: the field 'size'"
        stated_width, stated_height = parse_numbers(f"{width} {height}", where, "width height")
        parser.check_stated_size(stated_height, stated_width, where)


def _read_plate(item: ElementTree.Element, parser: PlateParser, place: str) -> ScenePlate:
    fields = dict(_fields(item))
    text = find_text(fields, place)
    polygon = item.find("polygon")
    if polygon is not None and all(polygon.find(name) is not None for name in CORNER_COLUMNS):
        where = f"{place}: the field 'polygon'"
        points = _parse_points(polygon, where)
        if is_quadrilateral(points):
            return parser.read_polygon(points, where, text)
    box = item.find("bndbox")
    where = f"{place}: the field 'bndbox'"
    if box is None:
        raise ValueError(f"{where} is missing.")
    numbers, rotation = _parse_children(box, _BOX, where), fields.get("rotation", "").strip()
    degrees = parse_numbers(rotation or "0", f"{place}: the field 'rotation'", "degrees")[0]
    return parser.read_box(numbers, "xyxy", where, text, degrees)


def _parse_points(polygon: ElementTree.Element, where: str) -> list[list[float]]:
    """Parse all points of a polygon: x1, y1, x2, y2 and so on."""
    points: list[list[float]] = []
    while all(polygon.find(f"{axis}{len(points) + 1}") is not None for axis in "xy"):
        names = (f"x{len(points) + 1}", f"y{len(points) + 1}")
        points.append(_parse_children(polygon, names, where))
    return points


def _parse_children(
    element: ElementTree.Element, names: tuple[str, ...], where: str
) -> list[float]:
    values = [(element.findtext(name) or "").strip() for name in names]
    return [
        parse_numbers(value, f"{where}, {name!r}", "pixels")[0]
        for name, value in zip(names, values, strict=True)
    ]


def _fields(item: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """List the fields of an object: its elements, and the attributes that tools write."""
    for child in item:
        yield child.tag, child.text or ""
    for attribute in item.iter("attribute"):
        name = attribute.get("name") or attribute.findtext("name") or ""
        yield name, attribute.findtext("value") or attribute.text or ""
