"""Convert scenes to samples for recognition."""

from typing import Any

from sklearn.utils import Bunch

from .._sklearn_compat import validate_params
from ..images import PlateImage
from ._bunch import plate_bunch
from ._parameters import OUTPUT_OPTIONS

__all__ = ["scenes_to_plates"]


@validate_params(
    {
        "scenes": [Bunch],
    }
    | OUTPUT_OPTIONS,
    prefer_skip_nested_validation=True,
)
def scenes_to_plates(scenes: Bunch, *, return_X_y: bool = False, as_frame: bool = False) -> Any:
    """Convert scenes to samples for recognition, one per plate with a known text.

    Parameters
    ----------
    scenes : Bunch
        As returned by `load_scenes`, `load_voc` or `load_coco`, with texts.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame, and include
        the data in the frame as the column ``image``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        Dictionary-like object with the attributes

        data : ndarray of shape (n_plates,), dtype object
            One `PlateImage` per plate: its photo and its corners.
        target : ndarray of shape (n_plates,), dtype str
            The texts.
        frame : DataFrame
            ``file``, the other columns of the photo, ``kind`` ("corners" or "box") and ``text``.
        groups : ndarray of shape (n_plates,), dtype str
            The groups for splitting: the texts. Samples of one group belong to one split.
        DESCR : str
            The description of the scenes.

    Raises
    ------
    ValueError
        If no text is known.

    See Also
    --------
    load_scenes : Load scenes from a CSV file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_lpr.datasets import load_scenes, scenes_to_plates
    >>> labels = '''file,corners,kind,text
    ... street.jpg,"[[10, 20], [104, 22], [104, 46], [10, 44]]",corners,AB12
    ... street.jpg,"[[300, 40], [340, 40], [340, 52], [300, 52]]",box,
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "street.jpg").touch()
    ...     _ = Path(folder, "labels.csv").write_text(labels)
    ...     plates = scenes_to_plates(load_scenes(folder))
    >>> plates.target.tolist(), plates.data[0].corners[0].tolist()
    (['AB12'], [10.0, 20.0])
    """
    if scenes.texts is None:
        raise ValueError("The scenes have no texts; load an annotation that contains them.")
    known = [
        (photo, plate)
        for photo, texts in enumerate(scenes.texts)
        for plate, text in enumerate(texts)
        if text
    ]
    sources = [sample.source for sample in scenes.data]
    corners, texts, kinds = list(scenes.target), list(scenes.texts), list(scenes.frame["kinds"])
    of_photos = scenes.frame.drop(
        columns=["n_plates", "kinds", "texts", "image", "corners"], errors="ignore"
    )
    frame = of_photos.iloc[[photo for photo, _ in known]].reset_index(drop=True)
    frame = frame.assign(
        kind=[kinds[photo][plate] for photo, plate in known],
        text=[texts[photo][plate] for photo, plate in known],
    )
    images = [PlateImage(sources[photo], corners[photo][plate]) for photo, plate in known]
    return plate_bunch(images, frame, scenes.DESCR, return_X_y=return_X_y, as_frame=as_frame)
