"""Place corners in photos whose texts are known."""

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from sklearn.utils import check_consistent_length

from .._sklearn_compat import HasMethods, Interval, validate_params
from .._texts import check_texts
from ..images import check_images
from ..images._corners import CORNER_COLUMNS
from ._load_recognizer import load_recognizer
from ._photo_processor import PhotoProcessor, TableRow
from ._plate_table import flat_corners

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["place_corners"]


@validate_params(
    {
        "detector": [HasMethods("detect_all"), HasMethods("detect"), None],
        "max_error": [Interval(Real, 0, None, closed="left")],
        "min_score": [Real],
        "n_jobs": [Integral, None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=False,
)
def place_corners(
    X: Any,
    y: Any,
    recognizer: Any = None,
    *,
    detector: Any = None,
    max_error: float = 0.3,
    min_score: float = 0.5,
    n_jobs: int | None = None,
    batch_size: int = 32,
    verbose: int = 0,
) -> "pd.DataFrame":
    """Place the corners of plates in photos whose texts are known, and mark doubtful ones.

    All plates of each photo are detected and read. The corners are those of the plate whose
    prediction is closest to the text; of several such plates, those of the best detection.

    Parameters
    ----------
    X : array-like of samples
        One photo per plate, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.
        A sample with corners keeps them, so that corrected ones can be checked again.
    y : array-like of str of shape (n_samples,)
        The texts.
    recognizer : estimator, default=None
        As for `read_photos`. None means ``load_recognizer()``.
    detector : object, default=None
        As for `read_photos`. None means the detector of the `PlateCropper`.
    max_error : float, default=0.3
        The largest number of wrong characters of a prediction, as a fraction of the characters of
        the text, with which the plate counts as that of the text.
    min_score : float, default=0.5
        The least detection score of a plate whose prediction is not exactly the text.
    n_jobs : int, default=None
        The number of threads that decode and search photos; the result does not depend on it.
        None means 1 unless in a `joblib.parallel_config` context, -1 means all processors.
    batch_size : int, default=32
        The number of photos whose plates are read together.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        One row per sample, in their order. The columns are

        text : str
            The text in `y`.
        prediction : str
            The predicted text of the plate; ``""`` if none is found.
        confidence : float
            The recognizer's probability that the prediction is right.
        error_rate : float
            The edit distance between prediction and text, divided by the length of the text.
        x1, y1, x2, y2, x3, y3, x4, y4 : float
            The corners of the plate: top left, top right, bottom right and bottom left, in pixels
            of the upright photo. NaN where no plate is found, and for a tight crop.
        detection_score : float
            The score of the detector; NaN if there is none.
        n_plates : int
            The number of plates detected in the photo.
        doubt : str
            Why the corners should be checked, else ``""``: "no plate" where there are no corners,
            "other text" where `error_rate` is above `max_error`, and, if the prediction is not
            exactly the text, "several plates" where more than one is detected, and "low score"
            where `detection_score` is below `min_score`.

    Raises
    ------
    SampleError
        If a photo cannot be read. The message names its index and its file.
    ValueError
        If a parameter, X or y is invalid, X and y differ in length, or `recognizer` has no
        `PlateCropper`.
    TypeError
        If `recognizer` does not end in a recognizer.
    sklearn.exceptions.NotFittedError
        If `recognizer` is not fitted.

    See Also
    --------
    sklearn_lpr.read_photos : All plates in photos whose texts are not known.
    sklearn_lpr.datasets.load_plates : Loads photos with their texts, and corners if there are any.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_lpr.applications import place_corners
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.preprocessing import PlateCropper
    >>> class TwoPlates:
    ...     "Finds a plate at the left and one at the right of each photo."
    ...     def detect_all(self, X):
    ...         quads = np.stack([box_corners(10, 20, 80, 20), box_corners(120, 20, 80, 20)])
    ...         return [(quads, np.array([0.9, 0.8])) for photo in X]
    >>> class Brightness(RecognizerMixin, BaseEstimator):
    ...     "Predicts the brightness of a plate instead of its text."
    ...     def read(self, X):
    ...         return [PlateReading(f"{crop.mean():.0f}", 0.5) for crop in X]
    ...     def __sklearn_is_fitted__(self):
    ...         return True
    >>> photo = np.zeros((60, 210, 3), np.uint8)
    >>> photo[:, 105:] = 200
    >>> pipeline = make_pipeline(PlateCropper(), Brightness())
    >>> placed = place_corners([photo, photo], ["200", "777"], pipeline, detector=TwoPlates())
    >>> placed[["text", "prediction", "error_rate", "detection_score", "n_plates", "doubt"]]
      text prediction  error_rate  detection_score  n_plates       doubt
    0  200        200         0.0              0.8         2
    1  777          0         1.0              0.9         2  other text
    >>> placed[["x1", "y1", "x3", "y3"]]
          x1    y1     x3    y3
    0  120.0  20.0  200.0  40.0
    1   10.0  20.0   90.0  40.0
    """
    import pandas as pd

    samples, texts = check_images(X), check_texts(y)
    check_consistent_length(samples, texts)
    if recognizer is None:
        recognizer = load_recognizer()
    processor = PhotoProcessor(recognizer, detector, record=False, n_jobs=n_jobs)
    plates: list[list[TableRow]] = [[] for _ in samples]
    for rows in processor.stream(enumerate(samples), len(samples), batch_size, verbose):
        for row in rows:
            plates[row.index].append(row)
    records = []
    for text, found in zip(texts.tolist(), plates, strict=True):
        # Of equally close plates this is the first, which has the best score.
        distances = [Levenshtein.distance(text, row.text) for row in found]
        best = found[int(np.argmin(distances))]
        records.append(
            {
                "text": text,
                "prediction": best.text,
                "confidence": best.confidence,
                "error_rate": min(distances) / len(text),
                **dict(zip(CORNER_COLUMNS, flat_corners(best), strict=True)),
                "detection_score": best.detection_score,
                "n_plates": sum(row.corners is not None for row in found),
            }
        )
    table = pd.DataFrame(records)
    table["doubt"] = np.select(
        [
            table.x1.isna(),
            table.error_rate > max_error,
            (table.prediction != table.text) & (table.n_plates > 1),
            (table.prediction != table.text) & (table.detection_score < min_score),
        ],
        ["no plate", "other text", "several plates", "low score"],
        "",
    )
    return table
