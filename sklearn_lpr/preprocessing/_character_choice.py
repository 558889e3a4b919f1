"""Choose the row of characters among overlapping candidates."""

import numpy as np
import numpy.typing as npt

__all__ = ["choose_row"]

Floats = npt.NDArray[np.float64]

# How much of the narrower of two neighbours the other one may cover.
_OVERLAP = 0.3


def choose_row(
    left: Floats, right: Floats, gain: Floats, low: int, high: int | None
) -> npt.NDArray[np.intp]:
    """Give the candidates that do not overlap and whose gains sum up highest.

    A dynamic programme over the candidates from left to right: the best row of k characters that
    ends with a candidate extends the best row of k - 1 that ends far enough to its left.

    Parameters
    ----------
    left, right : ndarray of shape (n_candidates,)
        Where each candidate begins and ends.
    gain : ndarray of shape (n_candidates,)
        What choosing it adds, positive for one that is rather a character than none.
    low, high : int, int or None
        How many to choose; None for as many as gain something. Fewer than `low` are given only
        where not that many have room beside each other.

    Returns
    -------
    ndarray of int
        The chosen ones from left to right.
    """
    n_candidates = len(left)
    order = np.argsort(left + right, kind="stable")
    left, right, gain = left[order], right[order], gain[order]
    n_characters = n_candidates if high is None else min(high, n_candidates)
    width = right - left
    # May row i stand directly before column j?
    room = _OVERLAP * np.minimum(width[:, np.newaxis], width)
    before = np.triu(right[:, np.newaxis] - left <= room, k=1)

    sums, previous = [gain], [np.full(n_candidates, -1)]
    for _ in range(1, n_characters):
        reach = np.where(before, sums[-1][:, np.newaxis], -np.inf)
        best = reach.argmax(axis=0)
        total = reach[best, np.arange(n_candidates)] + gain
        if np.isneginf(total).all():
            break
        sums.append(total)
        previous.append(best)

    if not n_candidates or (low == 0 and gain.max() <= 0):
        return np.empty(0, np.intp)
    least = min(max(low, 1), len(sums))
    count = least + int(np.argmax([total.max() for total in sums[least - 1 :]]))
    chosen = [int(sums[count - 1].argmax())]
    for step in range(count - 1, 0, -1):
        chosen.append(int(previous[step][chosen[-1]]))
    return order[chosen[::-1]]
