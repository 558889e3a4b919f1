"""Select the row of characters among overlapping candidates."""

import numpy as np
import numpy.typing as npt

__all__ = ["choose_row"]

Floats = npt.NDArray[np.float64]

# The fraction of the narrower of two neighbours that the other one may cover.
_OVERLAP = 0.3
# The penalty for neighbours that differ: per factor e between their heights, and per height that
# one is above the other.
_UNLIKENESS = 1.5


def choose_row(
    boxes: Floats, gain: Floats, low: int = 0, high: int | None = None
) -> npt.NDArray[np.intp]:
    """Return the candidates that make the best row of characters.

    Dynamic programming over the candidates from left to right: the best row of k characters that
    ends with a candidate extends the best row of k - 1 characters that ends far enough to its
    left. The score of a row is the sum of the gains of its characters minus a penalty for
    neighbours that differ in height or vertical position.

    Parameters
    ----------
    boxes : ndarray of shape (n_candidates, 4)
        Left, top, right and bottom.
    gain : ndarray of shape (n_candidates,)
        The gain of each candidate: the logarithm of the odds that it is a character.
    low, high : int, int or None
        The minimum and maximum number of characters. With `high` None the number is not limited.
        With `low` 0 only candidates of positive gain are considered. Fewer than `low` are
        returned only if not that many fit beside each other.

    Returns
    -------
    ndarray of int
        The indices of the selected candidates, from left to right.
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
    """Return the penalty, at most 0, if candidate i (rows) directly precedes j (columns)."""
    left, top, right, bottom = boxes.T
    width, height, middle = right - left, bottom - top, (top + bottom) / 2
    room = _OVERLAP * np.minimum(width[:, np.newaxis], width)
    before = np.triu(right[:, np.newaxis] - left <= room, k=1)
    unlike = np.abs(np.log(height[:, np.newaxis] / height))
    unlike += np.abs(middle[:, np.newaxis] - middle) / np.maximum(height[:, np.newaxis], height)
    return np.where(before, -_UNLIKENESS * unlike, -np.inf)
