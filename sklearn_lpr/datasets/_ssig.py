"""Load SSIG-SegPlate: Brazilian cars filmed on a campus, with a box for each character."""

import os
from typing import Any

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._fields import Fields
from ._files import require_folder
from ._parameters import LOADER_OPTIONS, PATH, split_options
from ._photos import Photo
from ._tracks import SPLITS, find_track_photos

__all__ = ["load_ssig"]

_DESCR = """\
SSIG-SegPlate
-------------

2,000 frames of 1920 x 1080 pixels of 101 vehicles, filmed by a static camera on the campus of the
Federal University of Minas Gerais, Brazil. All texts follow the older Brazilian layout (ABC1234),
and each of their 14,000 characters has a bounding box. Also known as the Sense License Plate
Character Segmentation Database.

:Origin: http://smartsenselab.dcc.ufmg.br/en/dataset/sense-segplate/
:Licence: stated on request; assume academic research only, no redistribution
:Access: on request, from the laboratory
:Splits: training (800 frames), validation (400) and testing (800), by vehicle
:Columns of the frame: file (relative to data_home), text, split, track (split and folder: the
    frames of one vehicle), layout (Brazilian), char_boxes (of each character of the text: x, y,
    width and height in pixels of the frame; None where they are not annotated), source

.. rubric:: Citation

Gonçalves, G. R., da Silva, S. P. G., Menotti, D., Schwartz, W. R.: Benchmark for license plate
character segmentation. Journal of Electronic Imaging 25(5), 2016, 053034.
https://doi.org/10.1117/1.JEI.25.5.053034
"""


@validate_params(
    {
        "data_home": PATH,
        "split": split_options(SPLITS),
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_ssig(
    data_home: str | os.PathLike[str],
    *,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load SSIG-SegPlate, Brazilian cars with a box for each character.

    The data set consists of frames such as ``training/Track01/Track1[01].png``, each with a text
    file of the same name beside it::

        plate: ABC-1234
        position_plate: 1390 782 145 49
        char1: 1397 799 16 24

    The boxes are x, y, width and height. If there is no field ``plate``, the text is taken from
    the first field that is not a box. The frames themselves are not read.

    Parameters
    ----------
    data_home : str or path-like
        The folder that contains ``training``, ``validation`` and ``testing``.
    split : {"training", "validation", "testing"}, default=None
        The split to load. None loads all.
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
            One `PlateImage` per frame: its path and the corners of the box of the plate (top left,
            top right, bottom right, bottom left).
        target : ndarray of shape (n_samples,), dtype str
            The texts, without dashes.
        frame : DataFrame
            File, text, split, track, layout, char_boxes and source, as in DESCR.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting. Frames of the same track or with the same text have the
            same group, which is named by one of its texts.
        DESCR : str
            Origin, licence, how to request the data, and citation.

    Raises
    ------
    FileNotFoundError
        If `data_home`, a frame or an annotation is missing.
    ValueError
        If an annotation is invalid (the message names file, line, field and value), the split
        does not exist, or no sample is left.

    References
    ----------
    .. [1] Gonçalves, G. R., et al.: Benchmark for license plate character segmentation. Journal of
       Electronic Imaging 25(5), 2016.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_ssig
    >>> annotation = '''plate: ABC-1234
    ... position_plate: 1390 782 145 49
    ... char1: 1397 799 16 24
    ... '''
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "testing", "Track01")
    ...     folder.mkdir(parents=True)
    ...     (folder / "Track1[01].png").touch()
    ...     _ = (folder / "Track1[01].txt").write_text(annotation)
    ...     ssig = load_ssig(home)
    >>> ssig.target
    array(['ABC1234'], dtype='<U7')
    >>> ssig.frame["char_boxes"][0].tolist()
    [[1397.0, 799.0, 16.0, 24.0]]
    """
    home = require_folder(data_home, "data_home")

    def read(photo: Photo) -> dict[str, Any]:
        fields = Fields(photo.path(home).with_suffix(".txt"))
        return {
            "file": photo.file,
            "text": fields.plate(_text_key(fields)),
            "split": photo.split,
            "track": photo.track,
            "layout": "Brazilian",
            "char_boxes": fields.char_boxes(),
            "source": "SSIG-SegPlate",
            "corners": fields.box("position_plate"),
        }

    return annotated_bunch(
        home,
        find_track_photos(home, split),
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} contains no frame with split={split!r}; pass the folder that "
            "contains 'training/Track01'."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _text_key(fields: Fields) -> str:
    others = [key for key in fields if not key.startswith(("position", "char"))]
    return "plate" if "plate" in others or not others else others[0]
