"""One prediction per vehicle from several of its frames."""

from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length

from .._arrays import to_array
from .._groups import as_groups, encode_groups
from .._sklearn_compat import Interval, StrOptions, validate_params
from ..decoding import PlateReading
from ..decoding._reading import check_prediction
from ..images import naming_sample, object_array
from ..recognition import read_plates
from ._fusion import VOTINGS, fuse_predictions

__all__ = ["read_tracks"]

# What trackers, and tables that are loaded as text, contain for a detection without a track.
_NO_TRACK = (-1, "-1", "-1.0", "")


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
    """Predict one text per vehicle from all frames of its track.

    Frames differ in sharpness, light and angle, so that their errors differ too. All frames of a
    track have equal weight. A frame with the predicted text ``""`` has no vote.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator that `read_plates` accepts.
    X : array-like of samples
        The frames of all tracks, in any order; see `sklearn_lpr.images.check_images`.
    track_ids : array-like of shape (n_samples,)
        The track of each frame: numbers, strings or other hashable values. Trackers often mark
        frames without a track by -1, and tables by an empty cell; leave these out.
    voting : {"confidence", "majority", "mean", "position"}, default="position"
        The rule that selects the text of a track, as in `VotingRecognizer`. The predictions for
        poor frames often differ from each other, so that no whole text has a majority, while the
        single characters have one.
    batch_size : int, default=None
        The number of frames per chunk, as in `read_plates`.

    Returns
    -------
    tracks : ndarray of shape (n_tracks,)
        The distinct `track_ids`, in the order of their first appearance. The dtype is object if
        their types differ.
    predictions : list of PlateReading
        One prediction per track. A track with one vote has the prediction of that frame; a track
        without votes has the text ``""`` with confidence 0. Confidences and candidates are
        computed as in `VotingRecognizer`: they are means over the frames that have a vote.

    Raises
    ------
    ValueError
        If a parameter is invalid, a track id is missing, -1 or empty, or the number of track ids is
        not the number of samples. It is raised before prediction. After it, if a predicted
        confidence is not between 0 and 1.
    TypeError
        If `estimator` does not end in a recognizer.

    See Also
    --------
    VotingRecognizer : Fuse the predictions of several recognizers.

    Notes
    -----
    The frames of a video are not independent: an error in one frame often occurs in others too.
    The fused confidence is a mean, so that it does not grow with the number of frames.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_lpr.base import RecognizerMixin
    >>> from sklearn_lpr.decoding import PlateReading
    >>> from sklearn_lpr.ensemble import read_tracks
    >>> class FixedRecognizer(RecognizerMixin, BaseEstimator):
    ...     "Predicts the texts that a poor recognizer might predict for these frames."
    ...     def read(self, X):
    ...         texts = ["AB128", "XY9", "A8123", "BB123"]
    ...         return [PlateReading(texts[frame[0, 0]], 0.6) for frame in X]
    >>> frames = [np.full((24, 94), index, np.uint8) for index in range(4)]
    >>> tracks, predictions = read_tracks(FixedRecognizer(), frames, ["car", "van", "car", "car"])
    >>> tracks.tolist(), [prediction.text for prediction in predictions]
    (['car', 'van'], ['AB123', 'XY9'])
    """
    tracks, n_tracks = encode_groups(track_ids, name="track_ids")
    _check_tracked(track_ids)
    check_consistent_length(X, tracks)
    frames: list[list[PlateReading]] = [[] for _ in range(n_tracks)]
    for index, prediction in enumerate(read_plates(estimator, X, batch_size)):
        with naming_sample(index):
            check_prediction(prediction)
        frames[tracks[index]].append(prediction)
    fused = [fuse_predictions(each, [1.0] * len(each), voting) for each in frames]
    _, first = np.unique(tracks, return_index=True)
    return _take(track_ids, first), fused


def _check_tracked(track_ids: Any) -> None:
    """Raise a ValueError if a track id is a mark of frames without a track, such as -1."""
    for index, track in enumerate(as_groups(track_ids)):
        if track in _NO_TRACK:
            raise ValueError(
                f"track_ids[{index}] is {track!r}, the mark of a frame without a track; leave such "
                "frames out, or give each of them a unique id."
            )


def _take(track_ids: Any, indices: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """Return the ids at some indices as an array, without converting any of them."""
    track_ids = to_array(track_ids)
    if isinstance(track_ids, np.ndarray):
        return track_ids[indices]
    taken = [track_ids[index] for index in indices]
    kinds = {type(track) for track in taken}
    is_plain = len(kinds) == 1 and tuple not in kinds
    return np.asarray(taken) if is_plain else object_array(taken)
