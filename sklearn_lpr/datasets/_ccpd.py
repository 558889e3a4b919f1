"""The Chinese City Parking Dataset, as downloaded."""

import os
import posixpath
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from ..images import PlateImage
from ._bunch import plate_bunch
from ._ccpd_name import CCPDAnnotation, parse_ccpd_name
from ._files import image_names, require_folder

__all__ = ["load_ccpd"]

_SPLITS = ("train", "val", "test")
_WITHOUT_PLATES = "ccpd_np"

_DESCR = """\
CCPD, the Chinese City Parking Dataset
--------------------------------------

Photos of parked cars in Chinese cities, mostly 720 x 1160 pixels with one plate each, taken by
hand at all times of day and in all weathers, most of them in Anhui (皖). The texts have seven
characters, those of the green plates of CCPD2020 eight. Boxes and corners were set by hand and
miss the plate's edge by a few pixels.

:Origin: https://github.com/detectRecog/CCPD
:Licence: MIT
:Subsets: ccpd_base, and ccpd_blur, ccpd_challenge, ccpd_db (dark or bright), ccpd_fn (far or
    near), ccpd_rotate, ccpd_tilt, ccpd_weather; ccpd_green (CCPD2020, electric cars); ccpd_np
    shows cars without a plate and is left out
:Columns of the frame: file (relative to data_home), text, subset, split, province, area (the
    share of the photo that the plate covers), horizontal_tilt and vertical_tilt (degrees),
    box_left, box_top, box_right, box_bottom (pixels), brightness and blurriness (of the plate)

.. rubric:: Citation

Xu, Z., Yang, W., Meng, A., Lu, N., Huang, H., Ying, C., Huang, L.: Towards end-to-end license
plate detection and recognition: a large dataset and baseline. ECCV 2018, pages 255-271.
"""


class _Photo(NamedTuple):
    """A photo: its path below data_home and where it belongs."""

    file: str
    subset: str
    split: str


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
def load_ccpd(
    data_home: str | os.PathLike[str],
    *,
    split: str | None = None,
    subset: str | Sequence[str] | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the Chinese City Parking Dataset (CCPD).

    All annotations come from the file names; no photo is read. Photos are found in `data_home`
    itself, in the folders ``ccpd_*`` below it (or below a ``CCPD2019`` or ``CCPD2020`` in it) and
    in their folders ``train``, ``val`` and ``test``.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the unpacked download, one of its subsets, or any folder of photos named
        as in CCPD.
    split : {"train", "val", "test"}, default=None
        Load this part only: the photos listed in ``splits/train.txt`` and so on, and those in
        folders of that name (CCPD2020). None loads all.
    subset : str or sequence of str, default=None
        Load these subsets only, for example ``"ccpd_tilt"`` or, shorter, ``"tilt"``. None loads
        all but ``ccpd_np``, which shows cars without a plate.
    on_error : {"raise", "warn"}, default="raise"
        What to do where a file name cannot be understood or a file of a split is missing:
        raise an error, or leave it out and warn with a count.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        With the attributes

        data : ndarray of shape (n_samples,), dtype object
            One `PlateImage` per photo: its path and the plate's four corners (top left, top
            right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            File, text, subset, split, province, box, tilt, brightness and so on, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            What must stay together when splitting: the texts.
        DESCR : str
            Origin, licence and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home` is missing, or a file that a split lists.
    ValueError
        If a file name cannot be understood (naming file, field and value), there is no such
        subset or split, or nothing is left to load.

    References
    ----------
    .. [1] Xu, Z., et al.: Towards end-to-end license plate detection and recognition: a large
       dataset and baseline. ECCV 2018, pages 255-271.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_ccpd
    >>> name = ("025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-"
    ...         "0_0_22_27_27_33_16-37-15.jpg")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "ccpd_base").mkdir()
    ...     Path(folder, "ccpd_base", name).touch()
    ...     ccpd = load_ccpd(folder)
    >>> ccpd.target
    array(['皖AY339S'], dtype='<U7')
    >>> ccpd.data[0].corners.tolist()
    [[154.0, 383.0], [363.0, 402.0], [386.0, 473.0], [177.0, 454.0]]
    """
    home = require_folder(data_home, "data_home")
    photos, missing = _assign_splits(home, list(_find_photos(home)), split)
    if subset is not None:
        wanted = _check_subsets(subset, {photo.subset for photo in photos}, home)
        photos = [photo for photo in photos if photo.subset in wanted]
        missing = [
            (file, place)
            for file, place in missing
            if posixpath.dirname(file).split("/")[-1] in wanted
        ]
    if split is not None:
        photos = [photo for photo in photos if photo.split == split]

    problems: list[Exception] = [
        FileNotFoundError(f"{place} lists {file!r}, which is missing from {str(home)!r}.")
        for file, place in missing
    ]
    if problems and on_error == "raise":
        raise problems[0]
    with_plate = [photo for photo in photos if photo.subset != _WITHOUT_PLATES]
    kept: list[tuple[_Photo, CCPDAnnotation]] = []
    for photo in with_plate:
        try:
            kept.append((photo, parse_ccpd_name(photo.file)))
        except ValueError as error:
            if on_error == "raise":
                raise
            problems.append(error)

    if problems:
        _warn(f"{len(problems)} file(s) of {str(home)!r} are left out, the first: {problems[0]}")
    if len(with_plate) < len(photos):
        _warn(
            f"{len(photos) - len(with_plate)} photo(s) of {_WITHOUT_PLATES} are left out: they "
            "show cars without a plate."
        )
    if not kept:
        raise ValueError(
            f"data_home={str(home)!r} holds no photo of a plate with split={split!r} and "
            f"subset={subset!r}; pass the folder that holds 'ccpd_base' and so on, or photos "
            "named as in CCPD."
        )
    return _to_bunch(home, kept, return_X_y=return_X_y, as_frame=as_frame)


def _to_bunch(
    home: Path,
    annotated: list[tuple[_Photo, CCPDAnnotation]],
    *,
    return_X_y: bool,
    as_frame: bool,
) -> Any:
    images = [
        PlateImage(os.path.join(home, *photo.file.split("/")), annotation.corners)
        for photo, annotation in annotated
    ]
    rows = [photo._asdict() | annotation._asdict() for photo, annotation in annotated]
    columns = ["file", "text", "subset", "split", *CCPDAnnotation._fields[1:-1]]
    frame = pd.DataFrame(rows, columns=columns)
    return plate_bunch(images, frame, _DESCR, return_X_y=return_X_y, as_frame=as_frame)


def _find_photos(home: Path) -> Iterator[_Photo]:
    """Find all photos below data_home, in a stable order."""
    for folder in [home, *_subset_folders(home)]:
        subset = folder.resolve().name
        for split in ("", *_SPLITS):
            if (folder / split).is_dir():
                where = (folder / split).relative_to(home).as_posix()
                for name in image_names(folder / split):
                    yield _Photo(posixpath.normpath(f"{where}/{name}"), subset, split)


def _subset_folders(home: Path) -> list[Path]:
    return [folder for root in _roots(home) for folder in sorted(root.glob("ccpd_*/"))]


def _roots(home: Path) -> list[Path]:
    """Give the folders that may hold subsets: the archives unpack to CCPD2019 and CCPD2020."""
    return [home, *sorted(home.glob("CCPD20*/"))]


def _assign_splits(
    home: Path, photos: list[_Photo], split: str | None
) -> tuple[list[_Photo], list[tuple[str, str]]]:
    """Give each photo the split whose list names it, and what `split` lists but is not there."""
    listed: dict[str, str] = {}
    missing = []
    available = {photo.split for photo in photos} - {""}
    known = {photo.file for photo in photos}
    for path, root in _split_files(home):
        available.add(path.stem)
        where = root.relative_to(home).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            file = posixpath.normpath(posixpath.join(where, line.strip()))
            listed[file] = path.stem
            if path.stem == split and file not in known:
                missing.append((file, f"{str(path)!r}, line {number},"))
    if split is not None and split not in available:
        raise ValueError(
            f"split={split!r} is not in data_home={str(home)!r}, which has "
            f"{sorted(available) or 'no splits'}; unpack the folder 'splits' beside 'ccpd_base', "
            "or pass split=None."
        )
    return [photo._replace(split=listed.get(photo.file, photo.split)) for photo in photos], missing


def _split_files(home: Path) -> Iterator[tuple[Path, Path]]:
    """Give the lists of splits, each with the folder that its entries start from."""
    for root in _roots(home):
        for folder in ("splits", "split"):
            for name in _SPLITS:
                path = root / folder / f"{name}.txt"
                if path.is_file():
                    yield path, root


def _check_subsets(subset: str | Sequence[str], available: set[str], home: Path) -> frozenset[str]:
    wanted = set()
    for name in [subset] if isinstance(subset, str) else subset:
        matching = available & {name, f"ccpd_{name}"}
        if not matching:
            raise ValueError(
                f"subset={name!r} is not in data_home={str(home)!r}, which has {sorted(available)}."
            )
        wanted |= matching
    return frozenset(wanted)


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=4)
