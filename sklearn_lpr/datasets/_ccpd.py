"""Load the Chinese City Parking Dataset (CCPD)."""

import itertools
import os
import posixpath
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._ccpd_name import parse_ccpd_name
from ._files import check_split, choose_subsets, image_names, read_text, require_folder
from ._parameters import LOADER_OPTIONS, PATH, SUBSET, split_options
from ._photos import Photo, assign_splits, select_photos

__all__ = ["load_ccpd"]

_SPLITS = ("train", "val", "test")
_WITHOUT_PLATES = "ccpd_np"

_DESCR = """\
CCPD, the Chinese City Parking Dataset
--------------------------------------

Photos of parked cars in Chinese cities, mostly of 720 x 1160 pixels with one plate each, taken by
hand at all times of day and in all weather conditions, most of them in Anhui (皖). The texts have
seven characters, those of the green plates of CCPD2020 eight. Boxes and corners were annotated
manually and deviate from the edges of the plates by a few pixels.

:Origin: https://github.com/detectRecog/CCPD
:Licence: MIT
:Access: free download; the repository links to it
:Subsets: ccpd_base, and ccpd_blur, ccpd_challenge, ccpd_db (dark or bright), ccpd_fn (far or
    near), ccpd_rotate, ccpd_tilt, ccpd_weather; ccpd_green (CCPD2020, electric cars); ccpd_np
    shows cars without a plate and is not loaded
:Splits: train, val and test, as listed in the folder splits; CCPD2020 has folders of these names
:Columns of the frame: file (relative to data_home), text, subset, split, layout (Chinese),
    province, area (the fraction of the photo that the plate covers), horizontal_tilt and
    vertical_tilt (degrees), box_left, box_top, box_right, box_bottom (pixels), brightness and
    blurriness (of the plate), source

.. rubric:: Citation

Xu, Z., Yang, W., Meng, A., Lu, N., Huang, H., Ying, C., Huang, L.: Towards end-to-end license
plate detection and recognition: a large dataset and baseline. ECCV 2018, pages 255-271.
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

    All annotations are parsed from the file names; the photos themselves are not read. Photos are
    found in `data_home` itself, in its folders ``ccpd_*`` (also within ``CCPD2019`` and
    ``CCPD2020``), and in the folders ``train``, ``val`` and ``test`` of each of these.

    Parameters
    ----------
    data_home : str or path-like
        The folder of the unpacked download, one of its subsets, or any folder of photos named
        as in CCPD.
    split : {"train", "val", "test"}, default=None
        The split to load: the photos listed in the file of the split, such as
        ``splits/train.txt``, and those in folders of that name (CCPD2020). None loads all.
    subset : str or sequence of str, default=None
        The subsets to load, for example ``"ccpd_tilt"`` or, for short, ``"tilt"``. None loads all
        except ``ccpd_np``, which shows cars without a plate.
    on_error : {"raise", "warn"}, default="raise"
        What to do if a file name is invalid or a file of a split is missing: raise an error, or
        leave the sample out and warn with the number of omitted samples.
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
            The texts.
        frame : DataFrame
            File, text, subset, split, layout, province, box, tilt, brightness and so on, as in
            DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            Origin, licence and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home` or a file listed for the split is missing.
    ValueError
        If a file name is invalid (the message names file, field and value), a subset or the split
        does not exist, or no sample is left.

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
    photos = assign_splits(home, _find_photos(home), _read_splits(home), split)
    available = {photo.split for photo in photos} - {""}
    check_split(split, available, home, "unpack the folder 'splits' beside 'ccpd_base'")
    present = {photo.subset for photo in photos}
    wanted = choose_subsets(subset, present, home, prefix="ccpd_")
    photos = select_photos(photos, wanted, split)
    with_plate = [photo for photo in photos if photo.subset != _WITHOUT_PLATES]
    if len(with_plate) < len(photos):
        warnings.warn(
            f"{len(photos) - len(with_plate)} photo(s) of {_WITHOUT_PLATES} are left out: they "
            "show cars without a plate.",
            UserWarning,
            stacklevel=3,  # the caller of the loader, which validate_params wraps
        )

    def read(photo: Photo) -> dict[str, Any]:
        annotation = parse_ccpd_name(photo.file)._asdict()
        return {
            "file": photo.file,
            "text": annotation.pop("text"),
            "subset": photo.subset,
            "split": photo.split,
            "layout": "Chinese",
            **annotation,
            "source": "CCPD",
        }

    return annotated_bunch(
        home,
        with_plate,
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} contains no photo of a plate with split={split!r} and "
            f"subset={subset!r}; pass the folder that contains folders such as 'ccpd_base', or "
            "photos named as in CCPD."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _find_photos(home: Path) -> Iterator[Photo]:
    """Find all photos below data_home, in a reproducible order."""
    for folder in [home, *_subset_folders(home)]:
        subset = folder.resolve().name
        for split in ("", *_SPLITS):
            if (folder / split).is_dir():
                where = (folder / split).relative_to(home).as_posix()
                for name in image_names(folder / split):
                    yield Photo(posixpath.normpath(f"{where}/{name}"), subset, split)


def _subset_folders(home: Path) -> list[Path]:
    return [folder for root in _roots(home) for folder in sorted(root.glob("ccpd_*/"))]


def _roots(home: Path) -> list[Path]:
    """Return the folders that may contain subsets: data_home, CCPD2019 and CCPD2020."""
    return [home, *sorted(home.glob("CCPD20*/"))]


def _read_splits(home: Path) -> Iterator[tuple[str, str, str]]:
    """Read place, file and split of each line of the lists of splits."""
    for root in _roots(home):
        where = root.relative_to(home).as_posix()
        for folder, split in itertools.product(("splits", "split"), _SPLITS):
            path = root / folder / f"{split}.txt"
            if not path.is_file():
                continue
            for number, line in enumerate(read_text(path, "utf-8-sig").splitlines(), start=1):
                if line.strip():
                    file = posixpath.normpath(posixpath.join(where, line.strip()))
                    yield f"{str(path)!r}, line {number},", file, split
