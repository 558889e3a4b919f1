"""Find errors in scenes that impair the training or evaluation of a detector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from sklearn.utils import check_consistent_length

from .._sklearn_compat import Interval, validate_params
from ..images import SampleError, check_corners, check_images
from ..images._batch import batch_items
from ..images._quads import enclosing_boxes, iou
from ._issue_report import IssueReport, name_source
from ._scene_bunch import MIN_THICKNESS
from ._validate_images import check_first_corner, digest, open_sample

__all__ = ["SceneReport", "validate_scenes"]

_KINDS = ("unreadable", "blank", "corners", "duplicate_photo", "duplicate_plate", "tiny_plate")
# The smallest intersection over union of the boxes around two annotations of one plate. Boxes of
# different plates hardly overlap.
_SAME_PLATE = 0.6


# There is no generated __eq__, because it cannot compare data frames.
@dataclass(frozen=True, eq=False, repr=False)
class SceneReport(IssueReport):
    """The issues found by `validate_scenes`; ``print`` it for a summary.

    Parameters
    ----------
    issues : DataFrame
        One row for each issue, sorted by sample: ``sample`` (the index of the photo), ``plate``
        (the index of the plate in the photo, or -1 if the issue concerns the photo), ``kind``,
        ``source`` (the file of the photo, or "" for an array) and ``detail``.
    n_samples : int
        The number of photos.
    n_plates : int
        The number of plates.
    n_without_plates : int
        The number of photos without a plate.
    """

    _kinds: ClassVar[tuple[str, ...]] = _KINDS

    n_samples: int
    n_plates: int
    n_without_plates: int

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_samples} photos, {self.n_plates} plates, "
            f"{len(self.issues)} issues)"
        )

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.n_samples} photo(s) with {self.n_plates} plate(s), "
                f"{self._n_affected} photo(s) with {len(self.issues)} issue(s).",
                *self._summarize_kinds(),
                f"Photos without a plate: {self.n_without_plates}.",
            ]
        )


class _Issue(NamedTuple):
    """An issue of a plate of a photo, or of the photo, whose plate is -1."""

    plate: int
    kind: str
    detail: str


@validate_params(
    {
        # X and y are checked when they are read.
        "X": "no_validation",
        "y": "no_validation",
        "min_height": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
    },
    prefer_skip_nested_validation=True,
)
def validate_scenes(
    X: Any, y: Any, *, min_height: float = 8, n_jobs: int | None = None
) -> SceneReport:
    """Find errors in photos and the corners of their plates.

    Invalid photos and corners do not raise an error, but are reported. Photos are read one at a
    time and not kept. The kinds of issues are:

    ``unreadable``
        A file that is missing, damaged or not an image, or an array that is not an image.
    ``blank``
        A photo whose pixels are all equal.
    ``corners``
        Corners that lie outside the photo, do not bound a convex quadrilateral, bound one thinner
        than 1 pixel, or do not start at the top left corner; or corners of a photo that are no
        array of shape (n_plates, 4, 2).
    ``duplicate_photo``
        A photo that equals an earlier one pixel by pixel. If the two belong to different splits,
        the score is too high.
    ``duplicate_plate``
        A plate whose box overlaps that of an earlier plate of the photo almost entirely: the plate
        was annotated twice.
    ``tiny_plate``
        A plate lower than `min_height`.

    Parameters
    ----------
    X : array-like of samples
        The photos, in any form that detectors accept.
    y : sequence of array-like of shape (n_plates, 4, 2)
        The corners of all plates in each photo, possibly none.
    min_height : float, default=8
        The height of the smallest plates, in pixels.
    n_jobs : int, default=None
        The number of threads that read photos. None means 1, -1 means all cores.

    Returns
    -------
    SceneReport
        Its ``issues`` are a DataFrame with the columns ``sample``, ``plate``, ``kind``, ``source``
        and ``detail``. ``counts`` are the numbers of issues by kind. ``print(report)`` prints a
        summary.

    Raises
    ------
    TypeError, ValueError
        If X is not a batch of images, or the lengths of X and y differ.

    See Also
    --------
    load_scenes : Load scenes from a CSV file.
    validate_plates : Find errors in images of one plate each and their texts.

    Examples
    --------
    >>> from sklearn_lpr.datasets import make_plates, validate_scenes
    >>> plates, _ = make_plates(3, random_state=0, return_X_y=True)
    >>> corners = [plate.corners for plate in plates]
    >>> y = [corners[:1], [corners[1], corners[1] + 1], []]
    >>> report = validate_scenes(plates, y)
    >>> report.issues[["sample", "plate", "kind"]]
       sample  plate             kind
    0       1      1  duplicate_plate
    >>> report.n_without_plates
    1
    """
    # Invalid samples are reported; a batch in an unknown form raises an error.
    try:
        items: Sequence[Any] | npt.NDArray[Any] = check_images(X)
    except SampleError:
        items = batch_items(X)
    if y is None:
        raise TypeError("y is None; pass the corners of the plates of each photo.")
    targets = list(y)
    check_consistent_length(items, targets)
    inspections: list[tuple[list[_Issue], bytes]] = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_inspect)(item, target, min_height)
        for item, target in zip(items, targets, strict=True)
    )
    rows = []
    first: dict[bytes, int] = {}
    for sample, (issues, photo) in enumerate(inspections):
        earlier = first.setdefault(photo, sample) if photo else sample
        if earlier < sample:
            detail = f"The same pixels as sample {earlier}."
            issues.append(_Issue(-1, "duplicate_photo", detail))
        issues.sort(key=lambda issue: (issue.plate, _KINDS.index(issue.kind)))
        source = name_source(items[sample])
        rows += [(sample, plate, kind, source, detail) for plate, kind, detail in issues]
    n_plates = [len(quads) for quads in map(_as_quads, targets) if quads is not None]
    return SceneReport(
        issues=pd.DataFrame(rows, columns=["sample", "plate", "kind", "source", "detail"]),
        n_samples=len(items),
        n_plates=sum(n_plates),
        n_without_plates=n_plates.count(0),
    )


def _inspect(item: Any, target: Any, min_height: float) -> tuple[list[_Issue], bytes]:
    """Find the issues of a photo, and the digest of its pixels, empty for an invalid photo."""
    _, pixels, problem = open_sample(item)
    issues = [] if problem is None else [_Issue(-1, *problem)]
    quads = _as_quads(target)
    if quads is None:
        detail = "The corners of the photo are no array of numbers of shape (n_plates, 4, 2)."
        issues.append(_Issue(-1, "corners", detail))
    if pixels is None:
        return issues, b""
    if quads is not None:
        issues += _inspect_plates(quads, (pixels.shape[0], pixels.shape[1]), min_height)
    return issues, digest(pixels)


def _as_quads(target: Any) -> npt.NDArray[np.float64] | None:
    """Convert the corners of a photo to an array, or return None if they have another shape."""
    try:
        quads = np.asarray(target, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if quads.size == 0:
        return np.empty((0, 4, 2))
    return quads if quads.shape[1:] == (4, 2) else None


def _inspect_plates(
    quads: npt.NDArray[np.float64], size: tuple[int, int], min_height: float
) -> Iterator[_Issue]:
    valid = []
    for plate, quad in enumerate(quads):
        try:
            check_first_corner(check_corners(quad, *size, min_thickness=MIN_THICKNESS))
        except ValueError as error:
            yield _Issue(plate, "corners", str(error))
            continue
        valid.append(plate)
        top_left, top_right, bottom_right, bottom_left = quad
        edges = np.linalg.norm([bottom_left - top_left, bottom_right - top_right], axis=1)
        if edges.mean() < min_height:
            detail = f"The plate is {edges.mean():.1f} pixels high."
            yield _Issue(plate, "tiny_plate", detail)
    boxes = enclosing_boxes(quads)
    for earlier, plate in combinations(valid, 2):
        if iou(boxes[earlier], boxes[plate]) > _SAME_PLATE:
            detail = f"The plate has almost the same box as plate {earlier}."
            yield _Issue(plate, "duplicate_plate", detail)
