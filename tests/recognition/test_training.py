"""The learning rate and the stop rule by hand."""

import numpy as np
import pytest

from sklearn_lpr.recognition._progress import StopRule
from sklearn_lpr.recognition._training import LearningRate


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


@pytest.mark.parametrize(
    ("epochs", "n_run", "best"),
    [
        # (exact, mean log-probability) by epoch: the plateau's likelihood rises, then texts come.
        ([(0, -9), (0, -8), (0, -7), (0.5, -3), (0.4, -2), (0.5, -3), (0.1, 0)], 6, 3),
        # Equal in both: no better, so the patience of two runs out.
        ([(0.5, -1), (0.5, -1), (0.5, -1), (0.9, 0)], 3, 0),
        # As many plates with more certainty is better.
        ([(0.5, -1), (0.4, 0), (0.5, -0.5), (0.4, 0), (0.4, 0)], 5, 2),
    ],
)
def test_stop_rule_keeps_the_best_epoch(epochs, n_run, best):
    scores = iter(epochs)
    rule = StopRule(lambda: next(scores), tol=1e-4, n_iter_no_change=2)
    stopped = None
    for epoch in range(len(epochs)):
        rule.update({"epoch": epoch})
        if rule.satisfied:
            stopped = epoch + 1
            break
    assert stopped == n_run
    assert rule.best_weights == {"epoch": best}
    assert rule.best_score == epochs[best][0]
    assert rule.scores == [exact for exact, _ in epochs[:n_run]]
