"""Find errors in a data set that impair training or evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from sklearn.utils import check_consistent_length

from .._arrays import to_array
from .._sklearn_compat import Interval, validate_params
from .._texts import check_texts
from ..images import SampleError, check_images
from ..images._batch import batch_items
from ..syntax import PlateSyntax
from ._issue_report import IssueReport, name_source
from ._spellings import find_spellings
from ._validate_images import Finding, find_duplicates, inspect_image
from ._validate_texts import count_characters, count_lengths, find_shared_plates, find_text_problems

__all__ = ["PlateReport", "validate_plates"]

_KINDS = (
    "unreadable",
    "blank",
    "corners",
    "missing_text",
    "invalid_text",
    "conflicting_texts",
    "duplicate_image",
    "near_duplicate",
    "plate_in_two_splits",
    "several_spellings",
    "syntax_mismatch",
    "rare_length",
    "rare_character",
)


# There is no generated __eq__, because it cannot compare data frames.
@dataclass(frozen=True, eq=False, repr=False)
class PlateReport(IssueReport):
    """The issues found by `validate_plates`; ``print`` it for a summary.

    Parameters
    ----------
    issues : DataFrame
        One row for each sample and kind of issue, sorted by sample: ``sample`` (its index),
        ``kind``, ``source`` (its file, or "" for an array), ``text`` and ``detail``.
    characters : Series
        The number of different plates that each character occurs in, most frequent first.
    lengths : Series
        The number of different plates of each length.
    n_samples : int
        The number of samples.
    n_plates : int
        The number of different texts.
    """

    _kinds: ClassVar[tuple[str, ...]] = _KINDS

    characters: pd.Series
    lengths: pd.Series
    n_samples: int
    n_plates: int

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_samples} samples, {self.n_plates} plates, "
            f"{len(self.issues)} issues)"
        )

    def __str__(self) -> str:
        lengths = ", ".join(f"{length}: {count}" for length, count in self.lengths.items())
        characters = ", ".join(
            f"{character!r}: {count}" for character, count in self.characters.items()
        )
        return "\n".join(
            [
                f"{self.n_samples} sample(s) of {self.n_plates} different plate(s), "
                f"{self._n_affected} of them with {len(self.issues)} issue(s).",
                *self._summarize_kinds(),
                f"Plates by length: {lengths or 'none'}.",
                f"Plates by character: {characters or 'none'}.",
            ]
        )


@validate_params(
    {
        # X and y are checked when they are read.
        "X": "no_validation",
        "y": "no_validation",
        "syntax": [PlateSyntax, str, None],
        "splits": ["array-like", None],
        "min_count": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    },
    prefer_skip_nested_validation=True,
)
def validate_plates(
    X: Any,
    y: Any,
    *,
    syntax: PlateSyntax | str | None = None,
    splits: Any = None,
    min_count: int = 5,
    n_jobs: int | None = None,
) -> PlateReport:
    """Find errors in images and texts that impair training or evaluation.

    Invalid samples do not raise an error, but are reported. Images are read one at a time and not
    kept, so that any number of files can be validated. The kinds of issues are:

    ``unreadable``
        A file that is missing, damaged or not an image, or an array that is not an image.
    ``blank``
        An image whose pixels are all equal.
    ``corners``
        Corners that lie outside the image, do not bound a convex quadrilateral, bound one thinner
        than 2 pixels, or do not start at the top left corner.
    ``missing_text``
        A text that is empty or not a string, such as None, NaN or a number.
    ``invalid_text``
        A text with a character that cannot be printed, such as a line break or a no-break space.
    ``duplicate_image``, ``near_duplicate``
        The plate (the box around its corners, or the whole image where corners are missing or
        invalid) equals that of an earlier sample pixel by pixel, or almost: at most 15 of the 256
        bits of a difference hash differ, as is typical after saving a JPEG file again, or between
        two frames of a stationary vehicle. Different photos of a plate are not duplicates.
    ``conflicting_texts``
        As these two, but the texts differ, so that one of them must be wrong.
    ``plate_in_two_splits``
        A plate that occurs in more than one of the `splits`, also in different spellings.
    ``several_spellings``
        A text that differs from a more frequent one only in case, separators, digits of another
        script, or letters of another script that look alike, such as Cyrillic ones.
    ``syntax_mismatch``
        A text that does not match `syntax`.
    ``rare_length``, ``rare_character``
        A text with a length or a character that occurs in fewer than `min_count` different
        plates. Several images of a plate count once.

    Parameters
    ----------
    X : array-like of samples
        The images, in any form that recognizers accept.
    y : array-like of shape (n_samples,)
        The texts.
    syntax : PlateSyntax or str, default=None
        The format of the texts, or a single pattern. None means that texts are not checked.
    splits : array-like of shape (n_samples,), default=None
        The name of the split of each sample, such as ``frame["split"]``. None, NaN and ``""``
        stand for no split. If `splits` is None, splits are not compared.
    min_count : int, default=5
        Lengths and characters of fewer different plates are rare.
    n_jobs : int, default=None
        The number of threads that read images. None means 1, -1 means all cores.

    Returns
    -------
    PlateReport
        Its ``issues`` are a DataFrame with the columns ``sample``, ``kind``, ``source``, ``text``
        and ``detail``. ``counts`` are the numbers of issues by kind. ``print(report)`` prints a
        summary.

    Raises
    ------
    TypeError, ValueError
        If X is not a batch of images, y is not a batch of texts, or their lengths differ.

    Examples
    --------
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.datasets import validate_plates
    >>> from sklearn_lpr.syntax import PlateSyntax
    >>> X, y = make_plates(8, syntaxes=["@@##"], random_state=0, return_X_y=True)
    >>> X[5], y[5] = X[2], "A123"
    >>> report = validate_plates(X, y, syntax=PlateSyntax("@@##"), min_count=1)
    >>> report.issues[["sample", "kind", "text"]]
       sample               kind  text
    0       5  conflicting_texts  A123
    1       5    syntax_mismatch  A123
    >>> report.issues["detail"][1]
    "'A123' matches no pattern of the syntax."
    """
    if isinstance(syntax, str):
        syntax = PlateSyntax(syntax)
    # Invalid samples are reported; a batch in an unknown form raises an error.
    try:
        items: Sequence[Any] | npt.NDArray[Any] = check_images(X)
    except SampleError:
        items = batch_items(X)
    raw = to_array(y)
    # Invalid texts are reported; anything but a batch of texts raises an error.
    of_texts = isinstance(raw, (list, tuple)) or (isinstance(raw, np.ndarray) and raw.ndim == 1)
    strings = [item if _is_valid(item) else "" for item in raw] if of_texts else raw
    texts: list[str] = check_texts(strings, allow_empty=True).tolist()
    check_consistent_length(items, texts, splits)

    inspections = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(inspect_image)(item) for item in items
    )
    findings = [
        *(
            Finding(i, *inspection.problem)
            for i, inspection in enumerate(inspections)
            if inspection.problem is not None
        ),
        *find_text_problems(texts, raw, syntax, min_count),
        *find_duplicates(inspections, texts),
        *find_spellings(texts),
        *(find_shared_plates(texts, _split_names(splits)) if splits is not None else ()),
    ]
    findings.sort(key=lambda finding: (finding.sample, _KINDS.index(finding.kind)))
    rows = [
        (sample, kind, name_source(items[sample]), texts[sample], detail)
        for sample, kind, detail in findings
    ]
    plates = set(texts) - {""}
    return PlateReport(
        issues=pd.DataFrame(rows, columns=["sample", "kind", "source", "text", "detail"]),
        characters=pd.Series(dict(count_characters(plates).most_common()), dtype=int),
        lengths=pd.Series(count_lengths(plates), dtype=int).sort_index(),
        n_samples=len(items),
        n_plates=len(plates),
    )


def _is_valid(item: Any) -> bool:
    return isinstance(item, str) and item.isprintable()


def _split_names(splits: Any) -> list[Any]:
    return ["" if pd.isna(name) else name for name in to_array(splits)]
