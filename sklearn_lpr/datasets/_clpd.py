"""Load CLPD: plates of all provinces of mainland China."""

import os
from typing import Any

import numpy as np

from .._sklearn_compat import validate_params
from ..images._corners import CORNER_COLUMNS
from ._bunch import annotated_bunch
from ._csv_file import CsvRow, read_csv
from ._fields import parse_numbers, parse_plate, require_quad, sort_corners
from ._files import check_inside, require_folder
from ._parameters import LOADER_OPTIONS, PATH

__all__ = ["load_clpd"]

_LIST = "CLPD.csv"

_DESCR = """\
CLPD, the China License Plate Dataset
-------------------------------------

1,200 photos from the web, mobile phones and dashboard cameras, with plates of all 31 provinces of
mainland China on cars, trucks and police cars. The texts have seven characters, those of electric
cars eight, and those of partly hidden plates fewer. The data set is intended for testing and has
no splits.

:Origin: https://github.com/wangpengnorman/CLPD_dataset
:Licence: none stated
:Access: the repository links to the download
:Columns of the frame: file (relative to data_home), text, layout (Chinese), source

.. rubric:: Citation

Zhang, L., Wang, P., Li, H., Li, Z., Shen, C., Zhang, Y.: A robust attentional framework for
license plate recognition in the wild. IEEE Transactions on Intelligent Transportation Systems
22(11), 2021, pages 6967-6976.
"""


@validate_params(
    {
        "data_home": PATH,
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_clpd(
    data_home: str | os.PathLike[str],
    *,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load CLPD, photos of plates from all provinces of mainland China.

    The annotations are read from ``CLPD.csv``, encoded in GBK as downloaded, or converted to
    UTF-8. Its header is ``path,x1,y1,x2,y2,x3,y3,x4,y4,label``; paths such as
    ``CLPD_1200/1.jpg`` are relative to its folder. The photos themselves are not read.

    Parameters
    ----------
    data_home : str or path-like
        The folder that contains ``CLPD.csv`` and ``CLPD_1200``.
    on_error : {"raise", "warn"}, default="raise"
        What to do if an annotation is invalid or a photo is missing: raise an error, or leave the
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
            right, bottom right, bottom left). The order of the corners varies in the file, so
            that they are sorted. Plates rotated by more than 45 degrees start at a wrong corner.
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            File, text, layout and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            Origin, licence and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home`, ``CLPD.csv`` or a photo is missing.
    ValueError
        If a row is invalid (the message names file, line, column and value), or no sample is
        left.

    References
    ----------
    .. [1] Zhang, L., et al.: A robust attentional framework for license plate recognition in the
       wild. IEEE Transactions on Intelligent Transportation Systems 22(11), 2021.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_clpd
    >>> lines = '''path,x1,y1,x2,y2,x3,y3,x4,y4,label
    ... CLPD_1200/1.jpg,10,20,104,22,104,46,10,44,皖A12345
    ... '''
    >>> with tempfile.TemporaryDirectory() as home:
    ...     Path(home, "CLPD_1200").mkdir()
    ...     Path(home, "CLPD_1200", "1.jpg").touch()
    ...     _ = Path(home, "CLPD.csv").write_text(lines, encoding="gbk")
    ...     clpd = load_clpd(home)
    >>> clpd.target
    array(['皖A12345'], dtype='<U7')
    """
    home = require_folder(data_home, "data_home")
    path = home / _LIST
    if not path.is_file():
        raise FileNotFoundError(
            f"data_home={str(home)!r} contains no {_LIST!r}; pass the folder that contains it "
            "and 'CLPD_1200'."
        )

    def read(row: CsvRow) -> dict[str, Any]:
        values = row.values
        file = values["path"].strip()
        place = f"{row.place}: the column 'path'"
        check_inside(file, home, place, "correct it")
        if not os.path.isfile(home / file):
            raise FileNotFoundError(
                f"{place} is {file!r}, and there is no such file in {str(home)!r}."
            )
        numbers = [
            parse_numbers(values[name], f"{row.place}: the column {name!r}", "pixels")
            for name in CORNER_COLUMNS
        ]
        points = np.reshape(numbers, (4, 2))
        where = f"{row.place}: the plate of columns 'x1' to 'y4'"
        return {
            "file": file,
            "text": parse_plate(values["label"], f"{row.place}: the column 'label'"),
            "layout": "Chinese",
            "source": "CLPD",
            "corners": require_quad(sort_corners(points), points.tolist(), where),
        }

    return annotated_bunch(
        home,
        # Text in GBK is hardly ever valid UTF-8. GB 18030 is a superset of GBK.
        read_csv(path, ("path", *CORNER_COLUMNS, "label"), encodings=("utf-8-sig", "gb18030")),
        read,
        descr=_DESCR,
        empty=f"{str(path)!r} lists no plate that can be loaded below its header.",
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
