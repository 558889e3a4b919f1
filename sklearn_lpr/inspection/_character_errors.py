"""Count character errors along the alignment of true and predicted texts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._character_alignment import align_characters

__all__ = ["character_pairs", "count_errors"]


def character_pairs(
    true: Sequence[str], predicted: Sequence[str], plate: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Align predicted with true texts, one row per pair of characters.

    Parameters
    ----------
    true, predicted : sequence of str
    plate : ndarray of shape (n_samples,)
        The plate of each sample, as a number.

    Returns
    -------
    DataFrame
        ``true`` and ``predicted`` ("" for a missing one), ``position`` in the true text, counted
        from 1 (for an inserted character, that of the next true one), and ``plate``.
    """
    rows = []
    for text, prediction, number in zip(true, predicted, plate, strict=True):
        position = 1
        for pair in align_characters(text, prediction):
            rows.append((*pair, position, number))
            position += pair[0] != ""
    return pd.DataFrame(rows, columns=["true", "predicted", "position", "plate"])


def count_errors(pairs: pd.DataFrame) -> pd.DataFrame:
    """Count each kind of error, most frequent first.

    Parameters
    ----------
    pairs : DataFrame
        As returned by `character_pairs`.

    Returns
    -------
    DataFrame
        ``true`` and ``predicted`` ("" for a deletion or an insertion), their ``count``, the
        ``fraction`` of all occurrences of the true character (of the predicted one for an
        insertion), and ``n_plates``, the number of distinct plates.
    """
    wrong = pairs[pairs["true"] != pairs["predicted"]].groupby(["true", "predicted"])["plate"]
    counts = wrong.agg(count="size", n_plates="nunique").reset_index()
    occurrences = [
        (pairs["true"] == true).sum() if true else (pairs["predicted"] == predicted).sum()
        for true, predicted in zip(counts["true"], counts["predicted"], strict=True)
    ]
    counts.insert(3, "fraction", counts["count"] / np.array(occurrences, dtype=float))
    return counts.sort_values(
        ["count", "true", "predicted"], ascending=[False, True, True]
    ).reset_index(drop=True)
