"""Load RodoSol-ALPR: cars and motorcycles at Brazilian toll plazas."""

import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._fields import Fields
from ._files import check_split, choose_subsets, read_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SUBSET, split_options
from ._photos import Photo, assign_splits, find_pairs, select_photos

__all__ = ["load_rodosol"]

_SUBSETS = ("cars-br", "cars-me", "motorcycles-br", "motorcycles-me")
_SPLITS = ("training", "validation", "testing")
_LIST = "split.txt"
_VEHICLES = {"car": "car", "motorcycle": "motorcycle"}
# The name of the newer layout differs between releases.
_LAYOUTS = {"brazilian": "Brazilian", "mercosur": "Mercosur", "mercosul": "Mercosur"}

_DESCR = """\
RodoSol-ALPR
------------

20,000 photos of 1280 x 720 pixels, taken by static cameras at toll plazas of the Rodovia do Sol
in Espírito Santo, Brazil, by day and by night. Half of them show cars (and other vehicles with four
wheels or more), half motorcycles, whose plates have two rows of three and four characters. Half of
each have the Brazilian layout (ABC1234), half the Mercosur layout (ABC1D23).

:Origin: https://github.com/raysonlaroca/rodosol-alpr-dataset
:Licence: academic research only, no commercial use, no redistribution
:Access: on request: the licence agreement of the repository, signed, is sent to the first author
    from an address of a university
:Subsets: cars-br, cars-me, motorcycles-br, motorcycles-me
:Splits: training (8,000 photos), validation (4,000) and testing (8,000), drawn at random, not
    by plate number
:Columns of the frame: file (relative to data_home), text, subset, split, layout (Brazilian or
    Mercosur), vehicle_type (car or motorcycle), source

.. rubric:: Citation

Laroca, R., Cardoso, E. V., Lucio, D. R., Estevam, V., Menotti, D.: On the cross-dataset
generalization in license plate recognition. VISAPP 2022, pages 166-178.
https://doi.org/10.5220/0010846800003124
"""


@validate_params(
    {
        "data_home": PATH,
        "split": split_options(_SPLITS),
        "subset": SUBSET,
    }
    | LOADER_OPTIONS,
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
    """Load RodoSol-ALPR, photos of cars and motorcycles at Brazilian toll plazas.

    The data set consists of photos such as ``images/cars-br/img_000001.jpg``, each with a text
    file of the same name beside it::

        type: car
        plate: ODE2510
        layout: Brazilian
        corners: 558,438 687,439 687,482 558,481

    and of ``split.txt`` with lines such as ``./images/cars-br/img_000001.jpg;training``. The
    photos themselves are not read.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the unpacked download, which contains ``images`` and ``split.txt``.
    split : {"training", "validation", "testing"}, default=None
        The split to load. None loads all.
    subset : str or sequence of str, default=None
        The subsets to load: ``"cars-br"``, ``"cars-me"``, ``"motorcycles-br"`` or
        ``"motorcycles-me"``. None loads all.
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
            right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts, without dashes.
        frame : DataFrame
            File, text, subset, split, layout, vehicle_type and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            Origin, licence, how to request the data, and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home`, a photo, an annotation or a file listed in ``split.txt`` for `split` is
        missing.
    ValueError
        If an annotation is invalid (the message names file, line, field and value), a subset or
        the split does not exist, or no sample is left.

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
    # Photos listed for the split may belong to a subset whose folder is missing.
    wanted = choose_subsets(subset, {*folders, *(photo.subset for photo in photos)}, home)
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
            f"data_home={str(home)!r} contains no photo with split={split!r} and "
            f"subset={subset!r}; pass the folder that contains 'images/cars-br'."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _read_splits(path: Path) -> Iterator[tuple[str, str, str]]:
    """Read place, file and split of each line of the list of splits."""
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
