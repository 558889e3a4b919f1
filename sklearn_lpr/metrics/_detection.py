"""Metrics of detected plates: average precision, recall and precision, corner error."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._sklearn_compat import Interval, validate_params
from ..images._quads import are_boxes, check_plates, check_quads, enclosing_boxes, iou, plate_size

__all__ = [
    "DetectionScores",
    "check_detections",
    "corner_errors",
    "detection_average_precision",
    "detection_scores",
    "match_detections",
]

Floats = npt.NDArray[np.float64]

_IOU = Interval(Real, 0, 1, closed="right")

# The intersection over union of a quadrilateral with itself is this close to 1.
_ROUNDING = 1e-9


class DetectionScores(NamedTuple):
    """Recall and precision of detected plates, with the counts behind them.

    Parameters
    ----------
    recall : float
        The fraction of the plates that are found; nan without plates.
    precision : float
        The fraction of the detections that are plates; nan without detections.
    n_true_positives, n_false_positives, n_false_negatives : int
    """

    recall: float
    precision: float
    n_true_positives: int
    n_false_positives: int
    n_false_negatives: int


@validate_params(
    {"y_true": ["array-like"], "y_pred": ["array-like"], "iou_threshold": [_IOU]},
    prefer_skip_nested_validation=True,
)
def detection_average_precision(y_true: Any, y_pred: Any, *, iou_threshold: float = 0.5) -> float:
    """Compute the average precision of detected plates.

    The area under the curve of precision over recall, where precision is the highest at any recall
    at least as high [1]_. Detections of all photos are ranked together by their scores; those of
    equal scores keep the order of the photos.

    Parameters
    ----------
    y_true : sequence of n_photos array-like of shape (n_plates, 4, 2)
        The corners of the plates of each photo. A plate whose corners form an upright rectangle is
        compared with the box around the detected corners.
    y_pred : sequence of n_photos tuple (corners, scores)
        What `PlateDetector.detect_all` returns: corners of shape (n_detections, 4, 2) and scores of
        shape (n_detections,).
    iou_threshold : float, default=0.5
        The intersection over union from which on a detection is a plate. Of several detections of
        one plate, the one with the highest score counts; the others are false positives.

    Returns
    -------
    float
        From 0 to 1; nan where there are no plates.

    Raises
    ------
    ValueError
        If the lengths differ, an entry has another form, or corners in `y_true` have another order;
        the message names the photo.

    References
    ----------
    .. [1] M. Everingham et al., "The PASCAL Visual Object Classes Challenge: A Retrospective",
       International Journal of Computer Vision 111, 2015, section 3.4.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.metrics import detection_average_precision
    >>> plates = np.stack([box_corners(0, 0, 40, 10), box_corners(60, 0, 40, 10)])
    >>> found = plates[:1], np.array([0.9])
    >>> detection_average_precision([plates], [found])
    0.5
    """
    truths, detections = check_detections(y_true, y_pred)
    n_plates = sum(map(len, truths))
    if n_plates == 0:
        return float("nan")
    matched = [
        match_detections(truth, *detected, iou_threshold)
        for truth, detected in zip(truths, detections, strict=True)
    ]
    scores = np.concatenate([scores for _, scores in detections])
    hits = np.concatenate([match >= 0 for match in matched])
    order = np.argsort(-scores, kind="stable")
    true_positives = np.cumsum(hits[order])
    precision = true_positives / np.arange(1, len(order) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    return float((highest * hits[order]).sum() / n_plates)


@validate_params(
    {"y_true": ["array-like"], "y_pred": ["array-like"], "iou_threshold": [_IOU]},
    prefer_skip_nested_validation=True,
)
def detection_scores(y_true: Any, y_pred: Any, *, iou_threshold: float = 0.5) -> DetectionScores:
    """Compute recall and precision of detected plates.

    Parameters
    ----------
    y_true, y_pred, iou_threshold
        As for `detection_average_precision`.

    Returns
    -------
    DetectionScores

    Raises
    ------
    ValueError
        If the lengths differ, an entry has another form, or corners in `y_true` have another order;
        the message names the photo.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.images import box_corners
    >>> from sklearn_lpr.metrics import detection_scores
    >>> plates = np.stack([box_corners(0, 0, 40, 10), box_corners(60, 0, 40, 10)])
    >>> found = np.stack([plates[0], plates[0] + 300]), np.array([0.9, 0.4])
    >>> detection_scores([plates], [found])[:2]
    (0.5, 0.5)
    """
    truths, detections = check_detections(y_true, y_pred)
    n_found = n_detections = 0
    for truth, (corners, scores) in zip(truths, detections, strict=True):
        n_found += int((match_detections(truth, corners, scores, iou_threshold) >= 0).sum())
        n_detections += len(corners)
    n_plates = sum(map(len, truths))
    return DetectionScores(
        recall=n_found / n_plates if n_plates else float("nan"),
        precision=n_found / n_detections if n_detections else float("nan"),
        n_true_positives=n_found,
        n_false_positives=n_detections - n_found,
        n_false_negatives=n_plates - n_found,
    )


@validate_params(
    {"y_true": ["array-like"], "y_pred": ["array-like"], "iou_threshold": [_IOU]},
    prefer_skip_nested_validation=True,
)
def corner_errors(y_true: Any, y_pred: Any, *, iou_threshold: float = 0.5) -> Floats:
    """Compute how far the corners of detected plates are from the true ones.

    Parameters
    ----------
    y_true, y_pred, iou_threshold
        As for `detection_average_precision`.

    Returns
    -------
    ndarray of shape (n_true_positives,), dtype float64
        For each detected plate the mean distance of its four corners from the true ones, as a
        fraction of the true plate's height. Plates whose true corners form an upright rectangle are
        left out, because their corners may not be known.

    Raises
    ------
    ValueError
        If the lengths differ, an entry has another form, or corners in `y_true` have another order;
        the message names the photo.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.metrics import corner_errors
    >>> plate = np.array([[[0, 0], [40, 4], [40, 14], [0, 10]]])
    >>> corner_errors([plate], [(plate + [0.6, 0.8], np.array([0.9]))])
    array([0.1])
    """
    truths, detections = check_detections(y_true, y_pred)
    errors = []
    for truth, (corners, scores) in zip(truths, detections, strict=True):
        boxes = are_boxes(truth)
        for detection, plate in enumerate(match_detections(truth, corners, scores, iou_threshold)):
            if plate >= 0 and not boxes[plate]:
                distance = np.linalg.norm(corners[detection] - truth[plate], axis=1).mean()
                errors.append(distance / plate_size(truth[plate])[1])
    return np.array(errors, np.float64)


def match_detections(
    truth: Floats, corners: Floats, scores: Floats, iou_threshold: float
) -> npt.NDArray[np.intp]:
    """Return for each detection of a photo the index of its plate, or -1 for a false positive."""
    boxes = are_boxes(truth)
    around = enclosing_boxes(corners)
    match = np.full(len(corners), -1, np.intp)
    for detection in np.argsort(-scores, kind="stable"):
        overlaps = [
            0.0
            if plate in match
            else iou(truth[plate], (around if boxes[plate] else corners)[detection])
            for plate in range(len(truth))
        ]
        if overlaps and max(overlaps) >= iou_threshold - _ROUNDING:
            match[detection] = int(np.argmax(overlaps))
    return match


def check_detections(y_true: Any, y_pred: Any) -> tuple[list[Floats], list[tuple[Floats, Floats]]]:
    """Check the plates and the detections of photos, and return them as arrays."""
    check_consistent_length(y_true, y_pred)
    truths = [check_plates(quads, f"y_true[{index}]") for index, quads in enumerate(y_true)]
    detections = []
    for index, pair in enumerate(y_pred):
        name = f"y_pred[{index}]"
        if not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"{name} must be a pair (corners, scores), got {type(pair).__name__}.")
        corners = check_quads(pair[0], f"{name}[0]")
        try:
            scores = np.asarray(pair[1], np.float64)
        except (TypeError, ValueError):
            scores = np.empty((0, 0))
        if scores.shape != (len(corners),) or not np.isfinite(scores).all():
            raise ValueError(
                f"{name}[1] must hold one finite score for each of {len(corners)} detections, "
                f"got {pair[1]!r}."
            )
        detections.append((corners, scores))
    return truths, detections
