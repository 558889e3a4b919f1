"""The draws that made plates are made of."""

import numpy as np
from scipy.stats import kstest

from sklearn_lpr.datasets._chances import choose, cumulate, draw_normal


def test_what_is_drawn_follows_the_shares():
    rng = np.random.default_rng(0)
    drawn = [choose(cumulate([3, 0, 1]), rng) for _ in range(2000)]
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 2000, [0.75, 0, 0.25], atol=0.03)


def test_grain_is_normal_but_for_its_steps():
    grain = draw_normal((60, 80), np.random.default_rng(0))
    assert grain.shape == (60, 80)
    assert grain.dtype == np.float32
    assert abs(grain.std() - 1) < 0.05
    # Steps of 1/256 are within what 4800 exact deviates would differ by.
    assert kstest(grain.ravel(), "norm").pvalue > 0.01
