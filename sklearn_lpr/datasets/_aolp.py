"""Load AOLP: Taiwanese cars at a gate, on the road and from a patrol car."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import validate_params
from ..images import box_corners
from ._bunch import annotated_bunch
from ._fields import parse_numbers, parse_plate, require_quad
from ._files import choose_subsets, read_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SUBSET
from ._photos import Photo, find_pairs

__all__ = ["load_aolp"]

_SUBSETS = ("AC", "LE", "RP")
_IMAGES, _BOXES, _TEXTS = "Image", "groundtruth_localization", "groundtruth_recognition"
_DESCR = """\
AOLP, the Application-Oriented License Plate database
-----------------------------------------------------

2,049 photos of Taiwanese cars for three applications: access control (AC, 681 photos: cars that
stop at a gate), law enforcement (LE, 757: photographed from the roadside) and road patrol (RP, 611:
photographed from another vehicle, from any direction).
There are no splits. A common protocol is to test on one subset and train on the other two.

:Origin: https://github.com/AvLab-CV/AOLP
:Licence: research only, no redistribution
:Access: on request: the authors send the password of the archives to university addresses. The
    corners of the plates come from https://github.com/TJ-CVRSG/tiny_alpr (folder aolp_annotations)
:Subsets: AC, LE, RP
:Columns of the frame: file (relative to data_home), text, subset, layout (Taiwanese), source

.. rubric:: Citation

Hsu, G.-S., Chen, J.-C., Chung, Y.-Z.: Application-oriented license plate recognition. IEEE
Transactions on Vehicular Technology 62(2), 2013, pages 552-561.
"""


@validate_params(
    {
        "data_home": PATH,
        "subset": SUBSET,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_aolp(
    data_home: str | os.PathLike[str],
    *,
    subset: str | Sequence[str] | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load AOLP, Taiwanese cars at a gate, on the road and from a patrol car.

    The data set consists of the folders ``Subset_AC``, ``Subset_LE`` and ``Subset_RP``, which may
    lie within another folder of the same name, as in the archives. Each contains photos such as
    ``Image/1.jpg``, ``groundtruth_localization/1.txt`` with two opposite corners of the bounding
    box of the plate as four numbers (x, y, x, y), and ``groundtruth_recognition/1.txt`` with the
    text. If there is a folder ``Subset_AC_Keypoints`` beside ``Subset_AC``, its files replace
    both: ``1.txt`` contains the text, the box and the four corners, clockwise from bottom right::

        DF7686 170 194 243 213 248 213 166 212 165 181 250 181

    The photos themselves are not read.

    Parameters
    ----------
    data_home : str or path-like
        The folder that contains the subsets.
    subset : str or sequence of str, default=None
        The subsets to load: ``"AC"``, ``"LE"`` or ``"RP"``. None loads all.
    on_error : {"raise", "warn"}, default="raise"
        What to do if an annotation is invalid or a file is missing: raise an error, or leave the
        sample out and warn with the number of omitted samples.
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
            One `PlateImage` per photo: its path and the four corners of the plate (top left, top
            right, bottom right, bottom left), which are those of the bounding box where there
            are no key points.
        target : ndarray of shape (n_samples,), dtype str
            The texts, without dashes.
        frame : DataFrame
            File, text, subset, layout and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            Origin, licence, how to request the data, and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home`, a photo or an annotation is missing.
    ValueError
        If an annotation is invalid (the message names file, line, field and value), a subset does
        not exist, or no sample is left.

    References
    ----------
    .. [1] Hsu, G.-S., Chen, J.-C., Chung, Y.-Z.: Application-oriented license plate recognition.
       IEEE Transactions on Vehicular Technology 62(2), 2013, pages 552-561.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_aolp
    >>> contents = {
    ...     "Image/1.jpg": "",
    ...     "groundtruth_localization/1.txt": "170 213 243 194",
    ...     "groundtruth_recognition/1.txt": "DF-7686",
    ... }
    >>> with tempfile.TemporaryDirectory() as home:
    ...     for name, content in contents.items():
    ...         path = Path(home, "Subset_AC", name)
    ...         path.parent.mkdir(parents=True, exist_ok=True)
    ...         _ = path.write_text(content)
    ...     aolp = load_aolp(home, subset="AC")
    >>> aolp.target
    array(['DF7686'], dtype='<U6')
    >>> aolp.data[0].corners.tolist()
    [[170.0, 194.0], [243.0, 194.0], [243.0, 213.0], [170.0, 213.0]]
    """
    home = require_folder(data_home, "data_home")
    folders = {name: _find_subset(home, name) for name in _SUBSETS}
    present = [name for name, folder in folders.items() if folder.is_dir()]
    wanted = choose_subsets(subset, present, home)
    photos = [
        photo
        for name in present
        if name in wanted
        for photo in find_pairs(
            home, folders[name] / _IMAGES, _annotations(home, folders[name], name), subset=name
        )
    ]

    def read(photo: Photo) -> dict[str, Any]:
        path = photo.path(home)
        folder = path.parents[1]
        annotations = _annotations(home, folder, photo.subset)
        file = annotations / f"{path.stem}.txt"
        if annotations.name == _BOXES:
            text = _read_text(folder / _TEXTS / file.name)
            corners = _read_box(file)
        else:
            text, corners = _read_keypoints(file)
        return {
            "file": photo.file,
            "text": text,
            "subset": photo.subset,
            "layout": "Taiwanese",
            "source": "AOLP",
            "corners": corners,
        }

    return annotated_bunch(
        home,
        photos,
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} contains no photo with subset={subset!r}; "
            "pass the folder that contains folders such as 'Subset_AC'."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _find_subset(home: Path, name: str) -> Path:
    """Return the folder of a subset: the innermost of nested folders of the same name."""
    folder = home / f"Subset_{name}"
    while (folder / folder.name).is_dir():
        folder /= folder.name
    return folder


def _annotations(home: Path, folder: Path, name: str) -> Path:
    keypoints = home / f"Subset_{name}_Keypoints"
    return keypoints if keypoints.is_dir() else folder / _BOXES


def _read_text(path: Path) -> str:
    # There is one character per line; parse_plate removes the line breaks.
    return parse_plate(_read(path), f"{str(path)!r}, from line 1: the text")


def _read_box(path: Path) -> npt.NDArray[np.float64]:
    content, where = _read(path), f"{str(path)!r}, from line 1: the box"
    x1, y1, x2, y2 = parse_numbers(content, where, "x1 y1 x2 y2")
    # Some files list the bottom before the top.
    corners = box_corners(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
    return require_quad(corners, content, where)


def _read_keypoints(path: Path) -> tuple[str, npt.NDArray[np.float64]]:
    where = f"{str(path)!r}, line 1: the field"
    text, _, numbers = _read(path).strip().partition(" ")
    form = "left top right bottom x1 y1 x2 y2 x3 y3 x4 y4"
    points = parse_numbers(numbers, f"{where} 'corners'", form)
    bottom_right, bottom_left, top_left, top_right = np.reshape(points[4:], (4, 2))
    corners = np.array([top_left, top_right, bottom_right, bottom_left])
    return parse_plate(text, f"{where} 'text'"), require_quad(
        corners, numbers, f"{where} 'corners'"
    )


def _read(path: Path) -> str:
    return read_text(path, "utf-8-sig", "latin-1")
