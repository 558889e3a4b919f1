"""Load the OpenALPR benchmark: European, American and Brazilian plates."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._fields import parse_box, parse_plate
from ._files import choose_subsets, read_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SUBSET
from ._photos import Photo, find_pairs

__all__ = ["load_openalpr"]

_LAYOUTS = {"eu": "European", "us": "American", "br": "Brazilian"}
_FOLDER = "endtoend"

_DESCR = """\
OpenALPR end-to-end benchmark
-----------------------------

Photos of vehicles from Europe (eu, 108 photos), the United States (us, 222) and Brazil (br, 114)
with one annotated plate each: an upright box and its text. Widely used for testing; there are no
splits.

:Origin: https://github.com/openalpr/benchmarks
:Licence: AGPL-3.0 (the repository's)
:Access: free download
:Subsets: eu, us, br
:Columns of the frame: file (relative to data_home), text, subset, layout (European, American or
    Brazilian), source

.. rubric:: Citation

OpenALPR: benchmarks supporting the openalpr library. https://github.com/openalpr/benchmarks
"""


@validate_params(
    {
        "data_home": PATH,
        "subset": SUBSET,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_openalpr(
    data_home: str | os.PathLike[str],
    *,
    subset: str | Sequence[str] | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Load the OpenALPR benchmark: photos of European, American and Brazilian vehicles.

    The data set consists of the folders ``eu``, ``us`` and ``br`` with photos such as ``eu1.jpg``.
    Beside each photo lies a text file of the same name with one line: image, x, y, width, height
    and text, separated by tabs. The photos themselves are not read.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the repository, its folder ``endtoend``, or one of the subsets in it.
    subset : str or sequence of str, default=None
        The subsets to load: ``"eu"``, ``"us"`` or ``"br"``. None loads all.
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
            One `PlateImage` per photo: its path and the corners of the box of the plate (top left,
            top right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            File, text, subset, layout and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            Origin, licence and reference.

    Raises
    ------
    FileNotFoundError
        If `data_home`, a photo or an annotation is missing.
    ValueError
        If an annotation is invalid (the message names file, line, field and value), a subset does
        not exist, or no sample is left.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_openalpr
    >>> with tempfile.TemporaryDirectory() as home:
    ...     Path(home, "eu").mkdir()
    ...     Path(home, "eu", "eu1.jpg").touch()
    ...     _ = Path(home, "eu", "eu1.txt").write_text("eu1.jpg\t396\t340\t203\t46\tM5XSX\n")
    ...     openalpr = load_openalpr(home)
    >>> openalpr.target
    array(['M5XSX'], dtype='<U5')
    >>> openalpr.data[0].corners.tolist()
    [[396.0, 340.0], [599.0, 340.0], [599.0, 386.0], [396.0, 386.0]]
    """
    home = require_folder(data_home, "data_home")
    folders = _find_subsets(home)
    wanted = choose_subsets(subset, folders, home)
    photos = [
        photo
        for name, folder in folders.items()
        if name in wanted
        for photo in find_pairs(home, folder, folder, subset=name)
    ]

    def read(photo: Photo) -> dict[str, Any]:
        text, corners = _read_annotation(photo.path(home).with_suffix(".txt"))
        return {
            "file": photo.file,
            "text": text,
            "subset": photo.subset,
            "layout": _LAYOUTS[photo.subset],
            "source": "OpenALPR",
            "corners": corners,
        }

    return annotated_bunch(
        home,
        photos,
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} contains no photo with subset={subset!r}; "
            "pass the folder that contains 'eu', 'us' and 'br'."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _find_subsets(home: Path) -> dict[str, Path]:
    name = home.resolve().name
    if name in _LAYOUTS:
        return {name: home}
    root = home / _FOLDER if (home / _FOLDER).is_dir() else home
    return {name: root / name for name in _LAYOUTS if (root / name).is_dir()}


def _read_annotation(path: Path) -> tuple[str, npt.NDArray[np.float64]]:
    """Read text and corners."""
    lines = read_text(path, "utf-8-sig").splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if len(numbered) != 1:
        raise ValueError(
            f"{str(path)!r}: there are {len(numbered)} annotations in lines "
            f"{[number for number, _ in numbered]}; one is expected."
        )
    ((number, line),) = numbered
    where = f"{str(path)!r}, line {number}"
    fields = line.strip().split("\t")
    if len(fields) != 6:
        raise ValueError(
            f"{where}: the annotation is {line!r}; it must be image, x, y, width, height and text, "
            "separated by tabs."
        )
    # The suffixes may differ, because some images have been renamed.
    if Path(fields[0]).stem != path.stem:
        raise ValueError(
            f"{where}: the field 'image' is {fields[0]!r}, but the file is named {path.name!r}."
        )
    corners = parse_box(" ".join(fields[1:5]), f"{where}: the field 'box'")
    return parse_plate(fields[5], f"{where}: the field 'text'"), corners
