import numpy as np
from scipy.stats import kstest

from sklearn_lpr.datasets.synthetic._sampling import choose, cumulate, draw_normal


def test_choices_follow_their_weights():
    rng = np.random.default_rng(0)
    drawn = [choose(cumulate([3, 0, 1]), rng) for _ in range(2000)]
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 2000, [0.75, 0, 0.25], atol=0.03)


def test_noise_is_normal_up_to_its_quantization():
    noise = draw_normal((60, 80), np.random.default_rng(0))
    assert noise.shape == (60, 80)
    assert noise.dtype == np.float32
    assert abs(noise.std() - 1) < 0.05
    # The quantization is smaller than the sampling error of 4800 exact deviates.
    assert kstest(noise.ravel(), "norm").pvalue > 0.01
