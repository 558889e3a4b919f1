"""Log-probabilities that no decoder accepts."""

import numpy as np
import pytest
from brute_force import random_log_proba

from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder


@pytest.mark.parametrize("decoder", [GreedyDecoder(), BeamSearchDecoder()], ids=repr)
def test_log_proba_is_checked(decoder):
    log_proba = random_log_proba(3, 6, 4, seed=2)
    for alphabet in ("AB", "ABCD"):
        expected = rf"shape \(3, 6, 4\); pass .* {1 + len(alphabet)}\) for alphabet='{alphabet}'"
        with pytest.raises(ValueError, match=expected):
            decoder.decode(log_proba, alphabet)
    with pytest.raises(ValueError, match=r"shape \(6, 4\); pass"):
        decoder.decode(log_proba[0], "AB1")
    log_proba[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match=r"log_proba\[1\] has NaN"):
        decoder.decode(log_proba, "AB1")


@pytest.mark.parametrize("decoder", [GreedyDecoder(), BeamSearchDecoder()], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("step", "total"),
    [
        (np.log([0.4, 0.4, 0.4, 0.4]), "1.6"),
        ([-np.inf, -np.inf, 0.02, -np.inf], "1.02"),
        ([-9.0, 2.0, -np.inf, 0.0], "8.39"),  # logits
        ([0.2, 0.5, 0.1, 0.2], "5.2"),  # probabilities
        ([-9.0, 1e4, 0.0, 0.0], "inf"),
    ],
)
def test_probabilities_above_1_in_total_are_an_error(decoder, dtype, step, total):
    log_proba = random_log_proba(3, 6, 4, seed=2).astype(dtype)
    log_proba[1, 5] = step
    with pytest.raises(ValueError, match=rf"log_proba\[1\] has probabilities that sum to {total} "):
        decoder.decode(log_proba, "AB1")


@pytest.mark.parametrize("decoder", [GreedyDecoder(), BeamSearchDecoder()], ids=repr)
def test_rounding_errors_of_the_total_are_accepted(decoder):
    log_proba = random_log_proba(3, 6, 4, seed=2)
    for prediction in decoder.decode((log_proba + 1e-3).astype(np.float16), "AB1"):
        assert all(0 < probability <= 1 for _, probability in prediction.candidates)
