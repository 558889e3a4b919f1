"""RodoSol-ALPR: cars and motorcycles at Brazilian pay tolls."""

import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .._sklearn_compat import StrOptions, validate_params
from ._bunch import annotated_bunch
from ._fields import Fields
from ._files import check_split, choose_subsets, read_text, require_folder
from ._photos import Photo, assign_splits, find_pairs, select_photos

__all__ = ["load_rodosol"]

_SUBSETS = ("cars-br", "cars-me", "motorcycles-br", "motorcycles-me")
_SPLITS = ("training", "validation", "testing")
_LIST = "split.txt"
_VEHICLES = {"car": "car", "motorcycle": "motorcycle"}
# Releases differ in the name of the newer layout.
_LAYOUTS = {"brazilian": "Brazilian", "mercosur": "Mercosur", "mercosul": "Mercosur"}

_DESCR = """\
RodoSol-ALPR
------------

20,000 photos of 1280 x 720 pixels, taken by static cameras at the pay tolls of the Rodovia do Sol
in Espírito Santo, Brazil, by day and by night. Half of them show cars (and anything else on four
wheels or more), half motorcycles, whose plates have two rows of three and four characters; half of
each carry the Brazilian layout (ABC1234), half that of Mercosur (ABC1D23).

:Origin: https://github.com/raysonlaroca/rodosol-alpr-dataset
:Licence: academic research only, no commercial use, no redistribution
:Access: on request: the licence agreement of the repository, signed, is sent to the first author
    from an address of a university
:Subsets: cars-br, cars-me, motorcycles-br, motorcycles-me
:Splits: training (8,000 photos), validation (4,000) and testing (8,000), drawn at random and not
    by plate
:Columns of the frame: file (relative to data_home), text, subset, split, layout (Brazilian or
    Mercosur), vehicle_type (car or motorcycle), source

.. rubric:: Citation

Laroca, R., Cardoso, E. V., Lucio, D. R., Estevam, V., Menotti, D.: On the cross-dataset
generalization in license plate recognition. VISAPP 2022, pages 166-178.
https://doi.org/10.5220/0010846800003124
"""


@validate_params(
    {
        "data_home": [str, os.PathLike],
        "split": [StrOptions(set(_SPLITS)), None],
        "subset": [str, "array-like", None],
        "on_error": [StrOptions({"raise", "warn"})],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_rodosol(
    data_home: str | os.PathLike[str],
    *,
    split: str | None = None,
    subset: str | Sequence[str] | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load RodoSol-ALPR, photos of cars and motorcycles at Brazilian pay tolls.

    Expected are ``images/cars-br/img_000001.jpg`` and so on, each with a text file of the same
    name beside it::

        type: car
        plate: ODE2510
        layout: Brazilian
        corners: 558,438 687,439 687,482 558,481

    and ``split.txt`` with lines such as ``./images/cars-br/img_000001.jpg;training``. No photo is
    read.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the unpacked download, which holds ``images`` and ``split.txt``.
    split : {"training", "validation", "testing"}, default=None
        Load the photos of this split only. None loads all.
    subset : str or sequence of str, default=None
        Load these subsets only: ``"cars-br"``, ``"cars-me"``, ``"motorcycles-br"`` or
        ``"motorcycles-me"``. None loads all.
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
            One `PlateImage` per photo: its path and the plate's four corners (top left, top
            right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts, without dash.
        frame : DataFrame
            File, text, subset, split, layout, vehicle_type and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts.
        DESCR : str
            Origin, licence, how to ask for the data, citation.

    Raises
    ------
    FileNotFoundError
        If `data_home` is missing, or a photo, its annotation or a file that `split` lists.
    ValueError
        If an annotation cannot be understood (naming file, line, field and value), there is no
        such subset or split, or nothing is left to load.

    References
    ----------
    .. [1] Laroca, R., et al.: On the cross-dataset generalization in license plate recognition.
       VISAPP 2022, pages 166-178.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_rodosol
    >>> annotation = '''type: car
    ... plate: ODE2510
    ... layout: Brazilian
    ... corners: 558,438 687,439 687,482 558,481
    ... '''
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "images", "cars-br")
    ...     folder.mkdir(parents=True)
    ...     (folder / "img_000001.jpg").touch()
    ...     _ = (folder / "img_000001.txt").write_text(annotation)
    ...     rodosol = load_rodosol(home)
    >>> rodosol.target
    array(['ODE2510'], dtype='<U7')
    >>> rodosol.data[0].corners.tolist()
    [[558.0, 438.0], [687.0, 439.0], [687.0, 482.0], [558.0, 481.0]]
    """
    home = require_folder(data_home, "data_home")
    folders = {name: home / "images" / name for name in _SUBSETS}
    folders = {name: folder for name, folder in folders.items() if folder.is_dir()}
    photos = [
        photo
        for name, folder in folders.items()
        for photo in find_pairs(home, folder, folder, subset=name)
    ]
    photos = assign_splits(home, photos, _read_splits(home / _LIST), split)
    wanted = choose_subsets(subset, folders, home)
    available = {photo.split for photo in photos} - {""}
    check_split(split, available, home, f"put {_LIST!r} beside 'images'")

    def read(photo: Photo) -> dict[str, Any]:
        fields = Fields(photo.path(home).with_suffix(".txt"))
        return {
            "file": photo.file,
            "text": fields.plate("plate"),
            "subset": photo.subset,
            "split": photo.split,
            "layout": fields.choice("layout", _LAYOUTS),
            "vehicle_type": fields.choice("type", _VEHICLES),
            "source": "RodoSol-ALPR",
            "corners": fields.corners("corners"),
        }

    return annotated_bunch(
        home,
        select_photos(photos, wanted, split),
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} holds no photo with split={split!r} and subset={subset!r}; "
            "pass the folder that holds 'images/cars-br' and so on."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _read_splits(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give place, file and split of each line of the list."""
    if not path.is_file():
        return
    for number, line in enumerate(read_text(path, "utf-8-sig").splitlines(), start=1):
        place = f"{str(path)!r}, line {number},"
        file, _, split = line.strip().partition(";")
        if split in _SPLITS:
            yield place, posixpath.normpath(file), split
        elif line.strip():
            raise ValueError(
                f"{place} is {line!r}; it must be a file and its split, one of {_SPLITS}, joined "
                "by ';'."
            )
