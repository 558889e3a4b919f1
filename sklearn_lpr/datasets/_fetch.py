"""Data sets that are downloaded on first use."""

import os
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

from .._sklearn_compat import Interval, validate_params
from ._fetch_archive import RemoteArchive, fetch_archive
from ._openalpr import load_openalpr
from ._plates import load_plates

__all__ = ["fetch_lprnet_test", "fetch_openalpr_benchmark"]

# Archives of one commit each, so that what they hold never changes.
_OPENALPR = RemoteArchive(
    name="openalpr_benchmark",
    url=(
        "https://github.com/openalpr/benchmarks/archive/"
        "9790ed20d475be1e940a7e2a3f492a97c2ebed9b.zip"
    ),
    registry=Path(__file__).with_name("_fetch_openalpr.sha256"),
)
_LPRNET_TEST = RemoteArchive(
    name="lprnet_test",
    url=(
        "https://github.com/sirius-ai/LPRNet_Pytorch/archive/"
        "b67d86f40dfcb2f2c78414821ae6ea78056c0d90.zip"
    ),
    registry=Path(__file__).with_name("_fetch_lprnet_test.sha256"),
)
_SUBSETS = ("eu", "us")

_LPRNET_TEST_DESCR = """\
LPRNet_Pytorch's test set
-------------------------

1000 crops of 94 x 24 pixels from photos of CCPD, most of them of Anhui (皖), that LPRNet_Pytorch
ships to test its weights with. Texts have seven characters; no plate occurs twice.

:Origin: https://github.com/sirius-ai/LPRNet_Pytorch (data/test), from
    https://github.com/detectRecog/CCPD
:Licence: Apache-2.0; CCPD: MIT
:Columns of the frame: file, text

.. rubric:: Citation

Xu, Z., Yang, W., Meng, A., Lu, N., Huang, H., Ying, C., Huang, L.: Towards end-to-end license
plate detection and recognition: a large dataset and baseline. ECCV 2018, pages 255-271.
"""

_FETCH_PARAMETERS: dict[str, list[Any]] = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    "n_retries": [Interval(Integral, 0, None, closed="left")],
    "progress_bar": ["boolean"],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
}


@validate_params(
    {"subset": [str, "array-like", None], **_FETCH_PARAMETERS}, prefer_skip_nested_validation=True
)
def fetch_openalpr_benchmark(
    *,
    subset: str | Sequence[str] | None = None,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    n_retries: int = 3,
    progress_bar: bool = False,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the OpenALPR benchmark of whole photos, downloading it on first use.

    108 photos of European and 222 of US vehicles, each with the box and the text of one plate.
    The archive of the whole repository is downloaded (about 220 MB); the photos and annotations
    that are kept of it take about 40 MB.

    The Brazilian photos are left out, since checksums of their files are not known: unpack the
    archive yourself and call `load_openalpr`.

    Parameters
    ----------
    subset : {"eu", "us"} or sequence of these, default=None
        Load this part only. None loads both.
    data_home : str or path-like, default=None
        The folder in which downloads are kept. None: the environment variable
        ``SCIKIT_LEARN_DATA``, or ``~/scikit_learn_data``.
    download_if_missing : bool, default=True
        If False, raise an OSError where the files are not there instead of downloading them.
    n_retries : int, default=3
        How often to try again after a failed download, after waits of 1, 2, 3, ... seconds.
    progress_bar : bool, default=False
        Show how the download advances; needs tqdm.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As `load_openalpr` gives it.

    Raises
    ------
    OSError
        If the files are not there and cannot be downloaded, or are not those of the registry;
        the message names the file or address, and what to download by hand and where to put it.
    ImportError
        If `progress_bar` is True and tqdm is not installed.
    ValueError
        If there is no such subset.

    Notes
    -----
    The archive is that of one commit. Of what it holds, every file is checked by the CRC-32 in the
    archive, and against a registry of names and SHA-256 checksums before any is put in its place:
    those of all 330 annotations and of 236 photos are known; of the other 94 photos, names alone.
    Every call compares the files that are kept with the registry.

    Examples
    --------
    >>> from sklearn_lpr.datasets import fetch_openalpr_benchmark
    >>> X, y = fetch_openalpr_benchmark(subset="eu", return_X_y=True)  # doctest: +SKIP
    >>> len(X), y[0]  # doctest: +SKIP
    (108, 'M5XSX')
    """
    wanted = _SUBSETS if subset is None else (subset,) if isinstance(subset, str) else tuple(subset)
    unknown = [name for name in wanted if name not in _SUBSETS]
    if unknown or not wanted:
        raise ValueError(f"subset={subset!r} must be one or more of {list(_SUBSETS)}, or None.")
    folder = fetch_archive(
        _OPENALPR,
        data_home,
        download_if_missing=download_if_missing,
        n_retries=n_retries,
        progress_bar=progress_bar,
    )
    return load_openalpr(
        folder / "endtoend", subset=wanted, return_X_y=return_X_y, as_frame=as_frame
    )


@validate_params(_FETCH_PARAMETERS, prefer_skip_nested_validation=True)
def fetch_lprnet_test(
    *,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    n_retries: int = 3,
    progress_bar: bool = False,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the 1000 Chinese plates that LPRNet_Pytorch is tested on, downloading them on first use.

    Crops of 94 x 24 pixels from CCPD. The archive of the whole repository is downloaded; the
    crops that are kept of it take about 3 MB.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder in which downloads are kept. None: the environment variable
        ``SCIKIT_LEARN_DATA``, or ``~/scikit_learn_data``.
    download_if_missing : bool, default=True
        If False, raise an OSError where the files are not there instead of downloading them.
    n_retries : int, default=3
        How often to try again after a failed download, after waits of 1, 2, 3, ... seconds.
    progress_bar : bool, default=False
        Show how the download advances; needs tqdm.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the frame's index.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As `load_plates` gives it: data (the paths, without corners), target, frame (file, text),
        groups and DESCR.

    Raises
    ------
    OSError
        If the files are not there and cannot be downloaded, or are not those of the registry;
        the message names the file or address, and what to download by hand and where to put it.
    ImportError
        If `progress_bar` is True and tqdm is not installed.

    Notes
    -----
    The archive is that of one commit. Each file kept is checked by the CRC-32 in the archive and
    by a registry of SHA-256 checksums before any is put in its place, and again at every call.

    Examples
    --------
    >>> from sklearn_lpr.datasets import fetch_lprnet_test
    >>> X, y = fetch_lprnet_test(return_X_y=True)  # doctest: +SKIP
    >>> len(X), y[0]  # doctest: +SKIP
    (1000, '京PL3N67')
    """
    folder = fetch_archive(
        _LPRNET_TEST,
        data_home,
        download_if_missing=download_if_missing,
        n_retries=n_retries,
        progress_bar=progress_bar,
    )
    plates = load_plates(folder / "data" / "test", as_frame=as_frame)
    if return_X_y:
        return plates.data, plates.target
    plates.DESCR = _LPRNET_TEST_DESCR
    return plates
