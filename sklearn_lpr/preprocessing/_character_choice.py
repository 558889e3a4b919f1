"""Choose the row of characters among overlapping candidates."""

import numpy as np
import numpy.typing as npt

__all__ = ["choose_row"]

Floats = npt.NDArray[np.float64]

# How much of the narrower of two neighbours the other one may cover.
_OVERLAP = 0.3
# What it costs to put unlike characters beside each other, per e-fold of their heights and per
# height that one stands above the other.
_UNLIKENESS = 1.5


def choose_row(
    boxes: Floats, gain: Floats, low: int = 0, high: int | None = None
) -> npt.NDArray[np.intp]:
    """Give the candidates that make the best row of characters.

    A dynamic programme over the candidates from left to right: the best row of k characters that
    ends with a candidate extends the best row of k - 1 that ends far enough to its left. A row is
    the better the higher the gains of its characters sum up, and the less neighbours differ in
    height and place.

    Parameters
    ----------
    boxes : ndarray of shape (n_candidates, 4)
        Left, top, right and bottom.
    gain : ndarray of shape (n_candidates,)
        What choosing each adds: the logarithm of the odds that it is a character.
    low, high : int, int or None
        How many to choose; None for as many as gain something. With `low` 0 only candidates that
        gain something are considered. Fewer than `low` are given only where not that many have
        room beside each other.

    Returns
    -------
    ndarray of int
        The chosen ones from left to right.
    """
    order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    if low == 0:
        order = order[gain[order] > 0]
    if not len(order):
        return order
    gain, joint = gain[order], _joint_gain(boxes[order])
    columns = np.arange(len(gain))
    totals, previous = [gain], [np.full(len(gain), -1)]
    for _ in range(1, len(gain) if high is None else min(high, len(gain))):
        reached = totals[-1][:, np.newaxis] + joint
        best = reached.argmax(axis=0)
        total = reached[best, columns] + gain
        if np.isneginf(total).all():
            break
        totals.append(total)
        previous.append(best)

    least = min(max(low, 1), len(totals))
    count = least + int(np.argmax([total.max() for total in totals[least - 1 :]]))
    chosen = [int(totals[count - 1].argmax())]
    for step in range(count - 1, 0, -1):
        chosen.append(int(previous[step][chosen[-1]]))
    return order[chosen[::-1]]


def _joint_gain(boxes: Floats) -> Floats:
    """Say what it adds when row i stands directly before column j: at most nothing."""
    left, top, right, bottom = boxes.T
    width, height, middle = right - left, bottom - top, (top + bottom) / 2
    room = _OVERLAP * np.minimum(width[:, np.newaxis], width)
    before = np.triu(right[:, np.newaxis] - left <= room, k=1)
    unlike = np.abs(np.log(height[:, np.newaxis] / height))
    unlike += np.abs(middle[:, np.newaxis] - middle) / np.maximum(height[:, np.newaxis], height)
    return np.where(before, -_UNLIKENESS * unlike, -np.inf)
