"""Load UFPR-ALPR: Brazilian vehicles filmed from a moving car."""

import os
from typing import Any

from .._sklearn_compat import validate_params
from ._bunch import annotated_bunch
from ._fields import Fields
from ._files import require_folder
from ._parameters import LOADER_OPTIONS, PATH, split_options
from ._photos import Photo
from ._tracks import SPLITS, find_track_photos

__all__ = ["load_ufpr_alpr"]

_DESCR = """\
UFPR-ALPR
---------

4,500 frames of 1920 x 1080 pixels, 30 of each of 150 vehicles, filmed from a moving car with three
cameras in Brazil: 120 cars with grey or red plates in one row and 30 motorcycles with plates in
two. All texts follow the older Brazilian layout (ABC1234).

:Origin: https://github.com/raysonlaroca/ufpr-alpr-dataset
:Licence: academic research only, no commercial use, no redistribution
:Access: on request: an e-mail from a university address with the wording given in the licence
    agreement of the repository
:Splits: training (1,800 frames), validation (900) and testing (1,800), by vehicle
:Columns of the frame: file (relative to data_home), text, split, track (split and folder: the
    frames of one vehicle), layout (Brazilian), vehicle_type (car or motorcycle), camera, make,
    model and year (of the vehicle), char_boxes (of each character of the text: x, y, width and
    height in pixels of the frame; None where they are not annotated), source

.. rubric:: Citation

Laroca, R., Severo, E., Zanlorensi, L. A., Oliveira, L. S., Gonçalves, G. R., Schwartz, W. R.,
Menotti, D.: A robust real-time automatic license plate recognition based on the YOLO detector.
International Joint Conference on Neural Networks (IJCNN) 2018, pages 1-10.
https://doi.org/10.1109/IJCNN.2018.8489629
"""


@validate_params(
    {
        "data_home": PATH,
        "split": split_options(SPLITS),
    }
    | LOADER_OPTIONS,
    prefer_skip_nested_validation=True,
)
def load_ufpr_alpr(
    data_home: str | os.PathLike[str],
    *,
    split: str | None = None,
    on_error: str = "raise",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load UFPR-ALPR, Brazilian vehicles filmed from a moving car.

    The data set consists of frames such as ``training/track0001/track0001[01].png``, each with a
    text file of the same name beside it::

        camera: GoPro Hero4 Silver
        position_vehicle: 804 367 279 244
            type: car
            make: GM Chevrolet
            model: Classic
            year: 2009
        plate: ABC-1234
        corners: 909,483 986,484 987,507 909,507
            char 1: 912 491 9 15

    Older releases have ``position_plate: 909 483 78 24`` (x, y, width, height) instead of
    ``corners``. The frames themselves are not read.

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
            One `PlateImage` per frame: its path and the four corners of the plate (top left, top
            right, bottom right, bottom left), which are those of a box in older releases.
        target : ndarray of shape (n_samples,), dtype str
            The texts, without dashes.
        frame : DataFrame
            File, text, split, track, layout, vehicle_type, camera and so on, as in DESCR.
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
    .. [1] Laroca, R., et al.: A robust real-time automatic license plate recognition based on the
       YOLO detector. IJCNN 2018, pages 1-10.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_ufpr_alpr
    >>> annotation = '''camera: GoPro Hero4 Silver
    ... plate: ABC-1234
    ... position_plate: 909 483 78 24
    ... '''
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "training", "track0001")
    ...     folder.mkdir(parents=True)
    ...     (folder / "track0001[01].png").touch()
    ...     _ = (folder / "track0001[01].txt").write_text(annotation)
    ...     ufpr = load_ufpr_alpr(home, split="training")
    >>> ufpr.target
    array(['ABC1234'], dtype='<U7')
    >>> ufpr.frame["track"].tolist()
    ['training/track0001']
    """
    home = require_folder(data_home, "data_home")

    def read(photo: Photo) -> dict[str, Any]:
        fields = Fields(photo.path(home).with_suffix(".txt"))
        return {
            "file": photo.file,
            "text": fields.plate("plate"),
            "split": photo.split,
            "track": photo.track,
            "layout": "Brazilian",
            "vehicle_type": fields.get("type"),
            "camera": fields.get("camera"),
            "make": fields.get("make"),
            "model": fields.get("model"),
            "year": fields.get("year"),
            "char_boxes": fields.char_boxes(),
            "source": "UFPR-ALPR",
            "corners": (
                fields.corners("corners") if "corners" in fields else fields.box("position_plate")
            ),
        }

    return annotated_bunch(
        home,
        find_track_photos(home, split),
        read,
        descr=_DESCR,
        empty=(
            f"data_home={str(home)!r} contains no frame with split={split!r}; pass the folder that "
            "contains 'training/track0001'."
        ),
        on_error=on_error,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
