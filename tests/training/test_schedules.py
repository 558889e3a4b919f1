"""Learning rates, ramps and early stopping on values computed by hand."""

import numpy as np
import pytest

from sklearn_lpr.training import LearningRate, Ramp
from sklearn_lpr.training._early_stopping import EarlyStopping


def test_cosine_rises_to_the_peak_and_falls_to_nothing():
    rate = LearningRate(peak=2.0, schedule="cosine", warmup=0.1)
    rates = [rate.at(step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(2 / 11)
    assert rates[10] == 2.0
    assert rates[55] == pytest.approx(1.0)
    assert 0 < rates[-1] < 0.001
    assert np.argmax(rates) == 10


def test_constant_stays():
    rate = LearningRate(peak=2.0, schedule="constant", warmup=0.0)
    assert [rate.at(step, 4) for step in range(4)] == [2.0] * 4


def test_a_ramp_changes_linearly_between_its_ends():
    ramp = Ramp(start=0.2, end=0.6, first=3.0, last=1.0)
    assert [ramp.at(step, 10) for step in (0, 2, 6, 9)] == [3.0, 3.0, 1.0, 1.0]
    assert ramp.at(4, 10) == pytest.approx(2.0)
    assert Ramp(0.0, 0.0, first=1.0, last=0.0).at(0, 10) == 0.0


def test_a_ramp_without_a_length_is_a_step():
    ramp = Ramp(0.5, 0.5, first=1.0, last=0.0)
    assert [ramp.at(step, 4) for step in range(4)] == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("epochs", "n_run", "best"),
    [
        # (score, tie-breaker) by epoch: first only the tie-breaker improves.
        ([(0, -9), (0, -8), (0, -7), (0.5, -3), (0.4, -2), (0.5, -3), (0.1, 0)], 6, 3),
        # Equal in both is no improvement.
        ([(0.5, -1), (0.5, -1), (0.5, -1), (0.9, 0)], 3, 0),
        # A rise of the tie-breaker below tol is no improvement, however often it occurs.
        ([(0.5, -1), (0.5, -0.99995), (0.5, -0.99991), (0.9, 0)], 3, 0),
        # An equal score with a higher tie-breaker is an improvement.
        ([(0.5, -1), (0.4, 0), (0.5, -0.5), (0.4, 0), (0.4, 0)], 5, 2),
    ],
)
def test_early_stopping_keeps_the_best_epoch(epochs, n_run, best):
    scores = iter(epochs)
    stopping = EarlyStopping(lambda: next(scores), tol=1e-4, n_iter_no_change=2)
    stopped = None
    for epoch in range(len(epochs)):
        stopping.update({"epoch": epoch})
        if stopping.should_stop:
            stopped = epoch + 1
            break
    assert stopped == n_run
    assert stopping.best_weights == {"epoch": best}
    assert stopping.best_score == epochs[best][0]
    assert stopping.scores == [score for score, _ in epochs[:n_run]]
