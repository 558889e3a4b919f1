"""Download data sets on first use."""

import os
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

from .._sklearn_compat import Interval, validate_params
from ._fetch_archive import RemoteArchive, fetch_archive
from ._openalpr import load_openalpr
from ._parameters import OUTPUT_OPTIONS, PATH, SUBSET
from ._plates import load_plates

__all__ = ["fetch_lprnet_test", "fetch_openalpr_benchmark"]

# Each archive is that of one commit, so that its contents never change.
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
LPRNet_Pytorch test set
-----------------------

1000 crops of 94 x 24 pixels from photos of CCPD, most of them from Anhui (皖), with which the
weights of LPRNet_Pytorch are tested. The texts have seven characters; no plate occurs twice.

:Origin: https://github.com/sirius-ai/LPRNet_Pytorch (data/test), from
    https://github.com/detectRecog/CCPD
:Licence: Apache-2.0; CCPD: MIT
:Columns of the frame: file, text

.. rubric:: Citation

Xu, Z., Yang, W., Meng, A., Lu, N., Huang, H., Ying, C., Huang, L.: Towards end-to-end license
plate detection and recognition: a large dataset and baseline. ECCV 2018, pages 255-271.
"""

_FETCH_PARAMETERS: dict[str, list[Any]] = {
    "data_home": [*PATH, None],
    "download_if_missing": ["boolean"],
    "n_retries": [Interval(Integral, 0, None, closed="left")],
    "progress_bar": ["boolean"],
    **OUTPUT_OPTIONS,
}


@validate_params(_FETCH_PARAMETERS | {"subset": SUBSET}, prefer_skip_nested_validation=True)
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

    The data set has 108 photos of European and 222 photos of US vehicles, each with the box and
    the text of one plate. The archive of the whole repository is downloaded (about 220 MB). The
    photos and annotations that are kept take about 40 MB.

    The Brazilian photos are not included, because the checksums of their files are not known. To
    use them, unpack the archive yourself and call `load_openalpr`.

    Parameters
    ----------
    subset : {"eu", "us"} or sequence of these, default=None
        The subset to load. None loads both.
    data_home : str or path-like, default=None
        The folder in which downloads are kept. None means the folder given by the environment
        variable ``SCIKIT_LEARN_DATA``, or ``~/scikit_learn_data``.
    download_if_missing : bool, default=True
        If False, raise an OSError instead of downloading missing files.
    n_retries : int, default=3
        The number of retries after a failed download, with delays of 1, 2, 3, ... seconds.
    progress_bar : bool, default=False
        Show the progress of the download. Requires tqdm.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As returned by `load_openalpr`.

    Raises
    ------
    OSError
        If files are missing and cannot be downloaded, or if they do not match the registry. The
        message names the file or address, and explains how to download the archive manually.
    ImportError
        If `progress_bar` is True and tqdm is not installed.
    ValueError
        If a subset does not exist.

    Notes
    -----
    The archive is that of one commit. Before any file is stored, all files are checked against
    the CRC-32 in the archive and against a registry of names and SHA-256 checksums. The registry
    has the checksums of all 330 annotations and of 236 photos, and only the names of the other 94
    photos. Each call compares the stored files with the registry.

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
    """Load the LPRNet_Pytorch test set of 1000 Chinese plates, downloading it on first use.

    The data set consists of crops of 94 x 24 pixels from CCPD. The archive of the whole
    repository is downloaded. The crops that are kept take about 3 MB.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder in which downloads are kept. None means the folder given by the environment
        variable ``SCIKIT_LEARN_DATA``, or ``~/scikit_learn_data``.
    download_if_missing : bool, default=True
        If False, raise an OSError instead of downloading missing files.
    n_retries : int, default=3
        The number of retries after a failed download, with delays of 1, 2, 3, ... seconds.
    progress_bar : bool, default=False
        Show the progress of the download. Requires tqdm.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        As returned by `load_plates`: data (the paths, without corners), target, frame (file,
        text), groups and DESCR.

    Raises
    ------
    OSError
        If files are missing and cannot be downloaded, or if they do not match the registry. The
        message names the file or address, and explains how to download the archive manually.
    ImportError
        If `progress_bar` is True and tqdm is not installed.

    Notes
    -----
    The archive is that of one commit. Before any file is stored, all files are checked against
    the CRC-32 in the archive and against a registry of SHA-256 checksums. Each call compares the
    stored files with the registry.

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
