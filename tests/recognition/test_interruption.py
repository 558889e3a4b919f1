"""Trainings that the user interrupts, on tiny plates: 96 in 6 steps an iteration."""

import signal

import numpy as np
import pytest

from sklearn_lpr.recognition._ctc_training import ExactMatch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# With these a training's first iterations do not depend on how many there will be.
STEADY = {"learning_rate": "constant", "warmup": 0.0, "alignment_warmup": 0.0}


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture(autouse=True)
def _heard_interrupts():
    """Let Python hear of Ctrl-C, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def assert_same_weights(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(value, other.weights_[name], err_msg=name)


@pytest.mark.parametrize(
    "params",
    [{}, {"ema_decay": 0.9}, {"early_stopping": True, "validation_fraction": 0.3}],
    ids=["last", "averaged", "best"],
)
def test_what_the_last_whole_iteration_gave_is_kept(tiny_lprnet, plates, steps, params):
    from sklearn_lpr.networks import borrow_network

    brief = tiny_lprnet(max_iter=2, **STEADY, **params).fit(*plates)
    n_steps = steps.n // 2
    steps.events = {steps.n + 2 * n_steps + 2: press_ctrl_c}
    reader = tiny_lprnet(max_iter=9, **STEADY, **params)
    with pytest.warns(UserWarning, match=r"^Training interrupted by user\.$"):
        assert reader.fit(*plates) is reader
    assert_same_weights(reader, brief)
    assert reader.n_iter_ == 2
    assert reader.loss_curve_ == brief.loss_curve_
    assert reader.validation_scores_ == brief.validation_scores_
    assert reader.best_validation_score_ == brief.best_validation_score_
    # Nobody gets the network that was interrupted in a step.
    with borrow_network(reader.architecture_) as network:
        assert network is not steps.network
    assert (reader.predict(plates[0]) == brief.predict(plates[0])).all()


def test_before_the_first_iteration_ends_there_is_nothing_to_keep(tiny_lprnet, plates, steps):
    reader = tiny_lprnet(max_iter=1, warm_start=True).fit(*plates)
    fitted = dict(vars(reader))
    steps.events = {steps.n + 2: press_ctrl_c}
    with pytest.raises(KeyboardInterrupt):
        reader.fit(*plates)
    assert vars(reader) == fitted


def test_an_interrupted_training_is_not_cached(tiny_lprnet, plates, steps, tmp_path):
    reader = tiny_lprnet(max_iter=3, memory=tmp_path)
    steps.events = {7: press_ctrl_c}
    with pytest.warns(UserWarning, match="interrupted"):
        reader.fit(*plates)
    assert (reader.n_iter_, steps.n) == (1, 7)
    reader.fit(*plates)
    assert (reader.n_iter_, steps.n) == (3, 7 + 18)
    reader.fit(*plates)
    assert (reader.n_iter_, steps.n) == (3, 7 + 18)


def test_an_interrupt_after_the_last_iteration_loses_nothing(
    tiny_lprnet, plates, steps, monkeypatch
):
    def interrupted(*args):
        press_ctrl_c()

    monkeypatch.setattr(ExactMatch, "__call__", interrupted)
    with pytest.warns(UserWarning, match="interrupted"):
        reader = tiny_lprnet(max_iter=2).fit(*plates)
    assert (reader.n_iter_, steps.n) == (2, 12)
