"""Fixtures that observe and disturb training."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest


@pytest.fixture
def steps(monkeypatch):
    """Count the training steps, and call a function after some of them."""
    from sklearn_lpr.networks import Network

    seen = SimpleNamespace(n=0, network=None, events={})
    train_step = Network.train_step

    def observed(network: Network, *args: object, **kwargs: object) -> float:
        loss = train_step(network, *args, **kwargs)
        seen.n += 1
        seen.network = network
        event: Callable[[], None] = seen.events.get(seen.n, lambda: None)
        event()
        return loss

    monkeypatch.setattr(Network, "train_step", observed)
    return seen


@pytest.fixture
def write_always(monkeypatch):
    """Write a checkpoint after each epoch, however short."""
    from sklearn_lpr.training import _checkpoint

    monkeypatch.setattr(_checkpoint, "_SECONDS_BETWEEN", 0.0)
