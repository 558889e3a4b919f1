"""The benchmark of OpenALPR: European, American and Brazilian plates."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._sklearn_compat import StrOptions, validate_params
from ._bunch import annotated_bunch
from ._fields import parse_box, parse_plate
from ._files import choose_subsets, read_text, require_folder
from ._photos import Photo, find_pairs

__all__ = ["load_openalpr"]

_LAYOUTS = {"eu": "European", "us": "American", "br": "Brazilian"}
_FOLDER = "endtoend"

_DESCR = """\
OpenALPR's benchmark, end to end
--------------------------------

Photos of vehicles from Europe (eu, 108 photos), the United States (us, 222) and Brazil (br, 114)
with one annotated plate each, an upright box and its text. Widely used for testing; there are no
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
        "data_home": [str, os.PathLike],
        "subset": [str, "array-like", None],
        "on_error": [StrOptions({"raise", "warn"})],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
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
    r"""Load OpenALPR's benchmark, photos of European, American and Brazilian vehicles.

    Expected are the folders ``eu``, ``us`` and ``br`` with ``eu1.jpg`` and so on, each with a text
    file of the same name beside it that holds one line: image, x, y, width, height and text,
    separated by tabs. No photo is read.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the repository, its folder ``endtoend``, or one of the subsets in it.
    subset : str or sequence of str, default=None
        Load these subsets only: ``"eu"``, ``"us"`` or ``"br"``. None loads all.
    on_error : {"raise", "warn"}, default="raise"
        What to do where an annotation is broken or a file is missing: raise an error, or leave
        it out and warn with a count.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index, and the data as
        the frame's column ``image`` too.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        With the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` per photo: its path and the corners of the plate's box (top left, top
            right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            File, text, subset, layout and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts.
        DESCR : str
            Origin, licence and where it is described.

    Raises
    ------
    FileNotFoundError
        If `data_home` is missing, or a photo or its annotation.
    ValueError
        If an annotation cannot be understood (naming file, line, field and value), there is no
        such subset, or nothing is left to load.

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
            f"data_home={str(home)!r} holds no photo with subset={subset!r}; pass the folder that "
            "holds 'eu', 'us' and 'br'."
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
    """Give text and corners."""
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
    # The endings may differ: some images have been renamed.
    if Path(fields[0]).stem != path.stem:
        raise ValueError(
            f"{where}: the field 'image' is {fields[0]!r}, but the file is named {path.name!r}."
        )
    corners = parse_box(" ".join(fields[1:5]), f"{where}: the field 'box'")
    return parse_plate(fields[5], f"{where}: the field 'text'"), corners
