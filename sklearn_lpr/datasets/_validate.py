"""Look through a data set for what would spoil a training or a figure."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.utils import check_consistent_length

from .._sklearn_compat import Interval, validate_params
from .._texts import check_texts
from ..images import PlateImage, SampleError, check_images
from ..syntax import PlateSyntax
from ._validate_images import Finding, find_duplicates, look_at
from ._validate_texts import count_characters, count_lengths, find_shared_plates, find_text_problems

__all__ = ["PlateReport", "validate_plates"]

_KINDS = (
    "unreadable",
    "blank",
    "corners",
    "missing_text",
    "conflicting_texts",
    "duplicate_image",
    "near_duplicate",
    "plate_in_two_splits",
    "syntax_mismatch",
    "rare_length",
    "rare_character",
)


# No generated __eq__: data frames cannot be compared by it.
@dataclass(frozen=True, eq=False)
class PlateReport:
    """What `validate_plates` found; ``print`` it for a summary.

    Parameters
    ----------
    issues : DataFrame
        One row for each sample and kind of issue, in order of samples: ``sample`` (its index),
        ``kind``, ``source`` (its file, or "" for an array), ``text`` and ``detail``.
    characters : Series
        The number of different plates that each character occurs in, most frequent first.
    lengths : Series
        The number of different plates of each length.
    n_samples : int
    n_plates : int
        How many different texts there are.
    """

    issues: pd.DataFrame
    characters: pd.Series
    lengths: pd.Series
    n_samples: int
    n_plates: int

    @property
    def counts(self) -> pd.Series:
        """The number of issues of each kind, those never found included."""
        counts = self.issues["kind"].value_counts().reindex(_KINDS, fill_value=0)
        return counts.rename_axis("kind").rename("count")

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_samples} samples, {self.n_plates} plates, "
            f"{len(self.issues)} issues)"
        )

    def __str__(self) -> str:
        affected = self.issues["sample"].nunique()
        lines = [
            f"{self.n_samples} sample(s) of {self.n_plates} different plate(s), {affected} of them "
            f"with {len(self.issues)} issue(s)."
        ]
        for kind, count in self.counts[self.counts > 0].items():
            first = self.issues[self.issues["kind"] == kind].iloc[0]
            where = f" ({first['source']!r})" if first["source"] else ""
            lines.append(
                f"{count:7} {kind}, the first: sample {first['sample']}{where}. {first['detail']}"
            )
        lengths = ", ".join(f"{length}: {count}" for length, count in self.lengths.items())
        characters = ", ".join(
            f"{character!r}: {count}" for character, count in self.characters.items()
        )
        lines.append(f"Plates by length: {lengths or 'none'}.")
        lines.append(f"Plates by character: {characters or 'none'}.")
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the summary at an interactive prompt."""
        printer.text(str(self))


@validate_params(
    {
        # What X and y may be is checked by what reads them.
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
    """Look through plates and their texts for what would spoil a training or a figure.

    Bad data raises nothing: it is reported. Images are read one at a time and not kept, so that
    any number of files can be looked through. These kinds of issues are known:

    ``unreadable``
        A file that is missing, damaged or no image, or an array that is none.
    ``blank``
        An image whose pixels are all equal.
    ``corners``
        Corners that lie outside the image, bound no convex quadrilateral or one thinner than 2
        pixels, or start at another corner than the top left one.
    ``missing_text``
        A text that is empty, or no string: None, NaN, a number.
    ``duplicate_image``, ``near_duplicate``
        The plate (the box around its corners, or the image where they are not known or wrong) is
        equal to that of an earlier sample pixel by pixel, or nearly so: at most 15 of the 256 bits
        of a difference hash differ, as is usual after saving a JPEG anew, or between two frames of
        a vehicle that stands still. Other images of the same plate are none.
    ``conflicting_texts``
        The same as these two, but with another text: one of the two must be wrong.
    ``plate_in_two_splits``
        A text that occurs in more than one of the `splits`.
    ``syntax_mismatch``
        A text that does not match `syntax`.
    ``rare_length``, ``rare_character``
        A text whose length, or a character of which, is that of less than `min_count` different
        plates. Frames of the same plate count once.

    Parameters
    ----------
    X : array-like of samples
        In any form that recognizers take.
    y : array-like of shape (n_samples,)
        The texts.
    syntax : PlateSyntax or str, default=None
        What texts should look like, or the one pattern that they follow. None: anything.
    splits : array-like of shape (n_samples,), default=None
        The name of the split each sample belongs to, such as ``frame["split"]``; None, NaN and
        ``""`` stand for no split. None compares no splits.
    min_count : int, default=5
        What fewer different plates have is rare.
    n_jobs : int, default=None
        How many threads read images. None is 1, -1 all cores.

    Returns
    -------
    PlateReport
        Its ``issues`` are a DataFrame with the columns ``sample``, ``kind``, ``source``, ``text``
        and ``detail``; ``counts`` gives their number by kind, ``print(report)`` a summary.

    Raises
    ------
    TypeError, ValueError
        If X or y is of a form that holds no images or texts, or they differ in length.

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
    # Samples that are no images are reported, a batch that holds none is an error.
    try:
        items: Sequence[Any] = check_images(X)
    except SampleError:
        items = _items(X)
    raw = _items(y)
    # Only what is no batch of texts at all is an error here.
    of_texts = isinstance(raw, (list, tuple)) or (isinstance(raw, np.ndarray) and raw.ndim == 1)
    strings = [item if isinstance(item, str) else "" for item in raw] if of_texts else raw
    texts: list[str] = check_texts(strings, allow_empty=True).tolist()
    check_consistent_length(items, texts, splits)

    looks = Parallel(n_jobs=n_jobs, prefer="threads")(delayed(look_at)(item) for item in items)
    findings = [
        *(Finding(i, *look.problem) for i, look in enumerate(looks) if look.problem is not None),
        *find_text_problems(texts, raw, syntax, min_count),
        *find_duplicates(looks, texts),
        *(find_shared_plates(texts, _split_names(splits)) if splits is not None else ()),
    ]
    findings.sort(key=lambda finding: (finding.sample, _KINDS.index(finding.kind)))
    rows = [
        (sample, kind, _source(items[sample]), texts[sample], detail)
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


def _items(batch: Any) -> Any:
    return batch.to_numpy() if hasattr(batch, "to_numpy") else batch


def _split_names(splits: Any) -> list[Any]:
    return ["" if pd.isna(name) else name for name in _items(splits)]


def _source(item: Any) -> str:
    source = item.source if isinstance(item, PlateImage) else item
    return str(source) if isinstance(source, (str, os.PathLike)) else ""
