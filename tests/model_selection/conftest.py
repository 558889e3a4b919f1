"""Images of plates that occur one to six times each, shuffled."""

import numpy as np
import pytest


@pytest.fixture
def plates():
    rng = np.random.default_rng(0)
    y = np.repeat([f"AB{i:03d}" for i in range(20)], rng.integers(1, 7, size=20))
    rng.shuffle(y)
    return np.zeros((len(y), 2, 3), np.uint8), y
