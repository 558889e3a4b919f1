"""Which characters are mistaken for which."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._character_alignment import align_characters

__all__ = ["character_pairs", "count_errors"]


def character_pairs(
    true: Sequence[str], read: Sequence[str], plate: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Align readings with their true texts, one row for each pair of characters.

    Parameters
    ----------
    true, read : sequence of str
    plate : ndarray of shape (n_samples,)
        Which plate each sample shows, as a number.

    Returns
    -------
    DataFrame
        ``true`` and ``read`` ("" where there is none), ``position`` in the true text, from 1 on
        (that of the next character where a character is not there), and ``plate``.
    """
    rows = []
    for text, reading, number in zip(true, read, plate, strict=True):
        position = 1
        for pair in align_characters(text, reading):
            rows.append((*pair, position, number))
            position += pair[0] != ""
    return pd.DataFrame(rows, columns=["true", "read", "position", "plate"])


def count_errors(pairs: pd.DataFrame) -> pd.DataFrame:
    """Count each kind of error, the most frequent first.

    Parameters
    ----------
    pairs : DataFrame
        As given by `character_pairs`.

    Returns
    -------
    DataFrame
        ``true`` and ``read`` ("" for a character that was not read or is not there), their
        ``count``, the ``share`` of all occurrences of the true character (of the read one where
        there is no true one), and ``n_plates``, the number of different plates.
    """
    wrong = pairs[pairs["true"] != pairs["read"]].groupby(["true", "read"])["plate"]
    counts = wrong.agg(count="size", n_plates="nunique").reset_index()
    occurrences = [
        (pairs["true"] == true).sum() if true else (pairs["read"] == read).sum()
        for true, read in zip(counts["true"], counts["read"], strict=True)
    ]
    counts.insert(3, "share", counts["count"] / np.array(occurrences, dtype=float))
    return counts.sort_values(["count", "true", "read"], ascending=[False, True, True]).reset_index(
        drop=True
    )
