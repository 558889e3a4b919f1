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
