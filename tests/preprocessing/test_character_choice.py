from itertools import combinations, pairwise

import numpy as np
import pytest

from sklearn_lpr.preprocessing._character_choice import choose_row


def in_a_row(spans):
    """Return boxes of one height beside each other."""
    return np.array([(left, 10, right, 30) for left, right in spans], float).reshape(-1, 4)


def chosen(spans, gains, low=0, high=None):
    return choose_row(in_a_row(spans), np.array(gains, float), low, high).tolist()


def worth(boxes, gain):
    """Return the score of a row, or None if neighbours overlap by more than 30 per cent."""
    total = sum(gain)
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in pairwise(boxes):
        if r1 - l2 > 0.3 * min(r1 - l1, r2 - l2):
            return -np.inf
        total -= 1.5 * abs(np.log((b1 - t1) / (b2 - t2)))
        total -= 1.5 * abs((t1 + b1) - (t2 + b2)) / 2 / max(b1 - t1, b2 - t2)
    return total


def best_by_trying_all(boxes, gain, low, high):
    useful = [index for index in range(len(boxes)) if low or gain[index] > 0]
    order = sorted(useful, key=lambda index: boxes[index][0] + boxes[index][2])
    rows = [row for count in range(low, high + 1) for row in combinations(order, count)]
    worths = [worth([boxes[i] for i in row], [gain[i] for i in row]) for row in rows]
    best = int(np.argmax(worths))
    return list(rows[best]) if worths[best] > -np.inf else None


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(("low", "high"), [(0, 7), (1, 7), (2, 3), (3, 3)])
def test_the_row_is_the_best_of_all(seed, low, high):
    rng = np.random.default_rng(seed)
    left, top = rng.uniform(0, 80, 9), rng.uniform(0, 8, 9)
    boxes = np.column_stack([left, top, left + rng.uniform(4, 15, 9), top + rng.uniform(10, 25, 9)])
    gain = rng.normal(0, 3, 9)
    expected = best_by_trying_all(boxes, gain, low, high)
    if expected is not None:
        assert choose_row(boxes, gain, low, high).tolist() == expected


def test_the_better_of_two_overlapping_candidates_is_selected():
    assert chosen([(0, 10), (2, 12), (11, 20)], [1, 2, 1]) == [1, 2]


def test_neighbours_may_overlap_slightly():
    assert chosen([(0, 10), (8, 18)], [1, 1]) == [0, 1]
    assert chosen([(0, 10), (6, 16)], [1, 1.5]) == [1]


def test_the_order_of_candidates_does_not_matter():
    assert chosen([(40, 50), (0, 10), (20, 30)], [1, 1, 1]) == [1, 2, 0]


def test_candidates_outside_the_row_are_discarded():
    row = [(0, 10, 10, 30), (20, 10, 30, 30)]
    gain = np.ones(3)
    for other, n in (((40, 10, 50, 30), 3), ((40, 35, 50, 55), 2), ((40, 18, 45, 23), 2)):
        assert len(choose_row(np.array([*row, other], float), gain)) == n


def test_negative_gains_are_selected_only_to_reach_the_minimum():
    spans, gains = [(0, 10), (20, 30), (40, 50)], [2, -1, 3]
    assert chosen(spans, gains) == [0, 2]
    assert chosen(spans, gains, 3, 3) == [0, 1, 2]
    assert chosen(spans, gains, 1, 1) == [2]
    assert chosen(spans, [-1, -2, -3]) == []
    assert chosen(spans, [-1, -2, -3], 1, 3) == [0]


def test_fewer_are_returned_if_they_do_not_fit():
    assert chosen([(0, 10), (2, 12), (3, 13)], [1, 2, 1], 3, 3) == [1]
    assert chosen([], [], 2, 2) == []
