"""Properties of the splits for any plates and groups."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit

seeds = st.integers(0, 2**32 - 1)
# Samples as (plate, group); few of each, so that many samples are connected.
samples = st.lists(st.tuples(st.sampled_from("ABCDEFG"), st.integers(0, 7)), max_size=24)


def connected(y, groups):
    """Return the first sample that each sample is connected with, by repeated merging."""
    first = list(range(len(y)))
    for _ in y:
        for i in range(len(y)):
            for j in range(i):
                if y[i] == y[j] or (groups is not None and groups[i] == groups[j]):
                    first[i] = first[j] = min(first[i], first[j])
    return first


@st.composite
def batches(draw):
    """Draw texts, groups or None, and connected samples; at least two are not connected."""
    chosen = [("X", 8), ("Y", 9), *draw(samples)]
    y = [plate for plate, _ in chosen]
    groups = draw(st.sampled_from([None, [group for _, group in chosen]]))
    return y, groups, connected(y, groups)


def split(splitter, y, groups):
    splits = list(splitter.split(np.zeros((len(y), 1)), y, groups))
    again = list(splitter.split(np.zeros((len(y), 1)), y, groups))
    for ours, theirs in zip(splits, again, strict=True):
        np.testing.assert_array_equal(np.concatenate(ours), np.concatenate(theirs))
    return splits


def assert_separate(train, test, component):
    assert len(train) > 0
    assert len(test) > 0
    assert not {component[index] for index in train} & {component[index] for index in test}


@given(batches(), st.data())
def test_folds_partition_the_samples_but_no_plate_or_group(batch, data):
    y, groups, component = batch
    n_splits = data.draw(st.integers(2, len(set(component))))
    seed = data.draw(st.none() | seeds)
    splitter = PlateKFold(n_splits, shuffle=seed is not None, random_state=seed)
    splits = split(splitter, y, groups)
    assert len(splits) == n_splits
    for train, test in splits:
        assert_separate(train, test, component)
        assert sorted([*train, *test]) == list(range(len(y)))
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(y)))


@given(batches(), seeds, st.data())
def test_random_splits_have_the_given_sizes(batch, seed, data):
    y, groups, component = batch
    n_distinct = len(set(component))
    n_test = data.draw(st.integers(1, n_distinct - 1))
    n_train = data.draw(st.integers(1, n_distinct - n_test))
    splitter = PlateShuffleSplit(3, test_size=n_test, train_size=n_train, random_state=seed)
    splits = split(splitter, y, groups)
    assert len(splits) == 3
    for train, test in splits:
        assert_separate(train, test, component)
        assert len({component[index] for index in test}) == n_test
        assert len({component[index] for index in train}) == n_train
