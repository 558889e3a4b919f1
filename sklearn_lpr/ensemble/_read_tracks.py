"""One reading of each vehicle from several of its frames."""

from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length

from .._groups import encode_groups
from .._sklearn_compat import Interval, StrOptions, validate_params
from ..decoding import PlateReading
from ..images import object_array
from ..recognition import read_plates
from ._fusion import VOTINGS, fuse_readings

__all__ = ["read_tracks"]


@validate_params(
    {
        "voting": [StrOptions(set(VOTINGS))],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def read_tracks(
    estimator: BaseEstimator,
    X: Any,
    track_ids: Any,
    *,
    voting: str = "position",
    batch_size: int | None = None,
) -> tuple[npt.NDArray[Any], list[PlateReading]]:
    """Read each vehicle once, from all the frames in which it was seen.

    Frames differ in sharpness, light and angle, so that their errors differ as well. All frames
    of a track weigh alike; one in which nothing is read does not vote.

    Parameters
    ----------
    estimator : estimator
        Anything fitted that `read_plates` takes.
    X : array-like of samples
        The frames of all tracks, in any order; see `sklearn_lpr.images.check_images`.
    track_ids : array-like of shape (n_samples,)
        Which vehicle each frame shows: numbers, strings or anything else that can be hashed.
    voting : {"confidence", "majority", "position"}, default="position"
        How the readings of a track become one, as by `VotingRecognizer`. Frames of one camera are
        seldom read alike where all are poor, so that whole readings find no majority; single
        characters do.
    batch_size : int, default=None
        Samples a chunk, as for `read_plates`.

    Returns
    -------
    tracks : ndarray of shape (n_tracks,)
        The different `track_ids`, in the order in which they first appear. Of dtype object where
        these are of several types.
    readings : list of PlateReading
        One a track. Where only one of its frames is read it is that frame's reading, and ``""``
        with confidence 0 where none is. Its confidence and its candidates are those of
        `VotingRecognizer`: means over the frames that are read.

    Raises
    ------
    ValueError
        Before anything is read, if a parameter is invalid, a track id is missing, or there is not
        one for each sample.
    TypeError
        If `estimator` does not end in a recognizer.

    See Also
    --------
    VotingRecognizer : Fuse the readings of several recognizers.

    Notes
    -----
    Frames of one video are not independent: what one misreads others do too, and the mean of
    their confidences does not grow with their number. A fused confidence therefore is no more
    than that of a single good frame.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.ensemble import read_tracks
    >>> class Reader(RecognizerMixin, BaseEstimator):
    ...     "Reads the three frames of the example as a poor recognizer would."
    ...     def read(self, X):
    ...         texts = ["AB128", "XY9", "A8123", "BB123"]
    ...         return [PlateReading(texts[frame[0, 0]], 0.6) for frame in X]
    >>> frames = [np.full((24, 94), index, np.uint8) for index in range(4)]
    >>> tracks, readings = read_tracks(Reader(), frames, ["car", "van", "car", "car"])
    >>> tracks.tolist(), [reading.text for reading in readings]
    (['car', 'van'], ['AB123', 'XY9'])
    """
    number, n_tracks = encode_groups(track_ids, name="track_ids")
    check_consistent_length(X, number)
    frames: list[list[PlateReading]] = [[] for _ in range(n_tracks)]
    for track, reading in zip(number, read_plates(estimator, X, batch_size), strict=True):
        frames[track].append(reading)
    readings = [fuse_readings(each, [1.0] * len(each), voting) for each in frames]
    _, first = np.unique(number, return_index=True)
    return _values(track_ids, first), readings


def _values(track_ids: Any, indices: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """Give some of the ids as an array that changes none of them."""
    if hasattr(track_ids, "to_numpy"):
        track_ids = track_ids.to_numpy()
    if isinstance(track_ids, np.ndarray):
        return track_ids[indices]
    chosen = [track_ids[index] for index in indices]
    same = len({type(each) for each in chosen}) == 1
    return np.asarray(chosen) if same else object_array(chosen)
