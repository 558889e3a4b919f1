"""Lattices that no decoder can read."""

import numpy as np
import pytest
from lattices import random_lattices

from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder


@pytest.mark.parametrize("decoder", [GreedyDecoder(), BeamSearchDecoder()], ids=repr)
def test_lattices_are_checked(decoder):
    lattices = random_lattices(3, 6, 4, seed=2)
    for alphabet in ("AB", "ABCD"):
        expected = rf"shape \(3, 6, 4\); pass .* {1 + len(alphabet)}\) for alphabet='{alphabet}'"
        with pytest.raises(ValueError, match=expected):
            decoder.decode(lattices, alphabet)
    with pytest.raises(ValueError, match=r"shape \(6, 4\); pass"):
        decoder.decode(lattices[0], "AB1")
    lattices[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match=r"log_proba\[1\] has NaN"):
        decoder.decode(lattices, "AB1")
