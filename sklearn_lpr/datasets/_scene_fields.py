"""Read the plates of scenes from annotations in common formats of object detection."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..images import box_corners, corners_from_box
from ._fields import parse_text, require_quad, sort_corners
from ._files import image_names
from ._scene_bunch import MIN_THICKNESS, ScenePlate, corners_kind

__all__ = [
    "CLASSES",
    "PhotoFinder",
    "PlateParser",
    "choose_classes",
    "find_text",
    "is_quadrilateral",
    "split_name",
    "walk_folders",
]

# The constraint of the parameter `classes`.
CLASSES: list[Any] = [str, "array-like", None]
# The fields that contain the text of a plate, in lower case and without separators.
_TEXT_FIELDS = (
    "text",
    "platetext",
    "plate",
    "platenumber",
    "licenseplate",
    "licenceplate",
    "licenseplatenumber",
    "registration",
    "transcription",
    "ocr",
    "ocrtext",
)
# The names of folders of annotations and of images, in lower case. They are no splits.
_ANNOTATION_FOLDERS = frozenset({"annotations", "labels", "xml", "xmls"})
_IMAGE_FOLDERS = frozenset({"images", "jpegimages", "imgs", "img", "photos"})


class PlateParser(NamedTuple):
    """Convert the boxes and polygons of a photo to plates, and check them.

    Parameters
    ----------
    height, width : int
        The size of the photo, in pixels.
    """

    height: int
    width: int

    def check_stated_size(self, height: float, width: float, where: str) -> None:
        """Check that the size in the annotation, if any, is that of the photo.

        Raises
        ------
        ValueError
            If both numbers are positive and differ from the size of the photo.
        """
        if height > 0 and width > 0 and (height, width) != (self.height, self.width):
            raise ValueError(
                f"{where} is {width:g} x {height:g} pixels, but the photo has {self.width} x "
                f"{self.height} pixels (width x height, upright); its annotation belongs to "
                "another version of the photo."
            )

    def read_box(
        self, numbers: list[float], form: str, where: str, text: str = "", rotation: float = 0.0
    ) -> ScenePlate:
        """Convert a box in a format of `corners_from_box` to a plate.

        Parameters
        ----------
        numbers : list of float
        form : str
        where : str
            The location of the box for error messages.
        text : str, default=""
        rotation : float, default=0.0
            By which the plate is the box turned clockwise about its centre, in degrees.

        Raises
        ------
        ValueError
            If the box is empty, or lies outside the photo.
        """
        try:
            corners = corners_from_box(numbers, format=form, height=self.height, width=self.width)
        except ValueError as error:
            raise ValueError(f"{where} is {numbers}. {error}") from error
        if rotation % 360:
            cosine, sine = np.cos(np.deg2rad(rotation)), np.sin(np.deg2rad(rotation))
            centre = corners.mean(axis=0)
            turned = centre + (corners - centre) @ [[cosine, sine], [-sine, cosine]]
            return self.read_polygon(turned, f"{where}, turned by {rotation:g} degrees,", text)
        return ScenePlate(self._check(corners, numbers, where), text, "box")

    def read_polygon(self, points: npt.ArrayLike, where: str, text: str = "") -> ScenePlate:
        """Convert a polygon, in pixels, to a plate.

        The corners of a quadrilateral are sorted. Of other polygons the box around them is used. An
        upright rectangle is a box, since some programs write boxes as polygons.

        Raises
        ------
        ValueError
            If the polygon does not enclose a plate, or lies outside the photo.
        """
        polygon = np.asarray(points, dtype=np.float64)
        if len(polygon) > 4 and (polygon[0] == polygon[-1]).all():
            polygon = polygon[:-1]
        if len(polygon) == 4:
            corners = sort_corners(polygon)
        else:
            low, high = polygon.min(axis=0), polygon.max(axis=0)
            corners = box_corners(*low.tolist(), *(high - low).tolist())
        corners = self._check(corners, polygon.tolist(), where)
        return ScenePlate(corners, text, corners_kind(corners))

    def _check(
        self, corners: npt.NDArray[np.float64], value: object, where: str
    ) -> npt.NDArray[np.float64]:
        size = (self.height, self.width)
        return require_quad(corners, value, where, size=size, min_thickness=MIN_THICKNESS)


class PhotoFinder:
    """Find the photo that an annotation belongs to.

    Photos lie beside the annotations, or in a folder of images in place of the folder of
    annotations.
    """

    def __init__(self) -> None:
        self._stems: dict[Path, dict[str, list[str]]] = {}
        self._folders: dict[Path, list[Path]] = {}

    def find(self, annotation: Path, name: str) -> Path:
        """Find the photo with the stem of the annotation, or else the one with a name.

        If several photos have the stem, the name decides between them.

        Parameters
        ----------
        annotation : Path
            The file of the annotation.
        name : str
            The name of the photo that the annotation contains, or "".

        Returns
        -------
        Path

        Raises
        ------
        FileNotFoundError
            If there is no such photo.
        ValueError
            If there are several.
        """
        if annotation.parent not in self._folders:
            parallel = self._parallel(annotation.parent)
            self._folders[annotation.parent] = [annotation.parent, *parallel]
        folders = self._folders[annotation.parent]
        base = re.split(r"[/\\]", name)[-1]
        for folder in folders:
            files = self._list(folder).get(annotation.stem, [])
            if base in files:
                return folder / base
            if len(files) > 1:
                raise ValueError(
                    f"{str(annotation)!r} names the photo {name!r}, but may belong to any of "
                    f"{files} in {str(folder)!r}; correct the name, or remove the other photos."
                )
            if files:
                return folder / files[0]
        for folder in folders:
            if base and os.path.isfile(folder / base):
                return folder / base
        raise FileNotFoundError(
            f"{str(annotation)!r} has no photo: there is neither one of this name nor "
            f"{name!r} in {[str(folder) for folder in folders]}."
        )

    def _parallel(self, folder: Path) -> Iterator[Path]:
        """Find the folders of images in place of the last folder of annotations."""
        parts = Path(os.path.abspath(folder)).parts
        for index in reversed(range(len(parts))):
            if parts[index].lower() in _ANNOTATION_FOLDERS:
                parent = Path(*parts[:index])
                for sibling in sorted(parent.iterdir()):
                    if sibling.name.lower() in _IMAGE_FOLDERS:
                        yield sibling.joinpath(*parts[index + 1 :])
                return

    def _list(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._stems:
            stems = self._stems[folder] = {}
            for name in image_names(folder) if folder.is_dir() else []:
                stems.setdefault(Path(name).stem, []).append(name)
        return self._stems[folder]


def is_quadrilateral(points: list[list[float]]) -> bool:
    """Return whether a polygon has four points, or five of which the last one closes it."""
    return len(points) == 4 or (len(points) == 5 and points[0] == points[-1])


def walk_folders(home: Path) -> Iterator[Path]:
    """List a folder and all folders below it, sorted, without hidden ones.

    Links to folders are followed, but no folder is listed twice.

    Raises
    ------
    OSError
        If a folder cannot be listed.
    """
    listed = set()
    for folder, names, _ in os.walk(home, onerror=_raise, followlinks=True):
        place = os.path.realpath(folder)
        if place in listed:
            names.clear()
            continue
        listed.add(place)
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield Path(folder)


def _raise(error: OSError) -> None:
    raise error


def split_name(folder: Path, home: Path) -> str:
    """Name the split of a folder: the first folder below home except those of images and labels."""
    names = folder.relative_to(home).parts
    other = _ANNOTATION_FOLDERS | _IMAGE_FOLDERS
    return next((name for name in names if name.lower() not in other), "")


def choose_classes(classes: Any, available: Collection[str], where: str) -> frozenset[str]:
    """Select the classes of objects that are plates.

    Parameters
    ----------
    classes : str, int, sequence of them or None
        The value of the parameter. None selects the only class.
    available : collection of str
        The classes of the annotated objects, of all splits.
    where : str
        The location of the annotations for error messages.

    Returns
    -------
    frozenset of str

    Raises
    ------
    ValueError
        If a class does not exist, or there are several and none is chosen.
    """
    if classes is None:
        if len(available) > 1:
            raise ValueError(
                f"{where} contains objects of the classes {sorted(available)}; pass those that "
                "are plates as classes."
            )
        return frozenset(available)
    wanted = frozenset(map(str, [classes] if np.isscalar(classes) else classes))
    # If no object is annotated, no photo has a plate, and the classes are unknown.
    for name in sorted(wanted.difference(available or wanted)):
        raise ValueError(
            f"classes={name!r} is not in {where}, which has the classes {sorted(available)}."
        )
    return wanted


def find_text(values: Iterable[tuple[str, Any]] | Mapping[str, Any], where: str) -> str:
    """Find the text of a plate among the fields of its annotation.

    Parameters
    ----------
    values : mapping of str to object, or iterable of pairs
        The fields by name.
    where : str
        The location of the annotation for error messages.

    Returns
    -------
    str
        The text, "" if there is none.

    Raises
    ------
    ValueError
        If the text contains an invisible character, or is a number with a fraction.
    """
    fields = {re.sub(r"[\s_-]+", "", name).lower(): value for name, value in dict(values).items()}
    for name in _TEXT_FIELDS:
        value = fields.get(name)
        if isinstance(value, Real) and not isinstance(value, bool) and value == value:
            if not isinstance(value, Integral):
                raise ValueError(
                    f"{where}: the field {name!r} is {value!r}; write the text as a string."
                )
            value = str(value)
        if isinstance(value, str) and value.strip():
            return parse_text(value, f"{where}: the field {name!r}")
    return ""
