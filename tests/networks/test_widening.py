"""The tool that widens a trained network."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sklearn_lpr.networks import Network

TOOL = Path(__file__).parents[2] / "tools" / "_widening.py"
SMALL = {
    "name": "lprnet",
    "height": 24,
    "width": 48,
    "channels": 3,
    "n_symbols": 5,
    "n_filters": 8,
    "time_stride": 2,
    "global_context": True,
    "dropout": 0.0,
}


@pytest.fixture(scope="module")
def widen():
    specification = importlib.util.spec_from_file_location("widening", TOOL)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.widen


@pytest.mark.parametrize("n_filters", [12, 16])
def test_a_wider_network_predicts_nearly_the_same(widen, n_filters):
    rng = np.random.default_rng(0)
    network = Network(SMALL)
    weights = network.initial_weights(rng)
    network.load(weights)
    images = rng.integers(0, 255, (2, 24, 48, 3), dtype=np.uint8)
    expected = network.predict(images)
    wider = Network({**SMALL, "n_filters": n_filters})
    wider.load(widen(weights, n_filters, 24))
    np.testing.assert_allclose(wider.predict(images), expected, atol=0.15 * np.ptp(expected))


def test_the_kernel_over_the_height_is_stretched(widen):
    network = Network(SMALL)
    weights = network.initial_weights(np.random.default_rng(0))
    kernel = np.zeros_like(weights["squeeze/kernel"])
    kernel[:, 0] = np.arange(6)[:, None, None]  # a row of features is weighted by its position
    taller = widen({**weights, "squeeze/kernel": kernel}, 8, 32)["squeeze/kernel"]
    assert taller.shape[0] == 8
    # The sum over the rows, which a constant feature is multiplied by, remains.
    np.testing.assert_allclose(taller.sum(axis=0).mean(), 15, rtol=0.02)
    assert (np.diff(taller.mean(axis=(1, 2, 3))) > 0).all()
