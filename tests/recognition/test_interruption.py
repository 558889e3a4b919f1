"""Training that the user interrupts, on tiny plates: 96 in 6 steps per epoch."""

import signal

import numpy as np
import pytest

from sklearn_lpr.recognition._ctc_training import ExactMatch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# With these parameters, the first epochs do not depend on max_iter.
STEADY = {"learning_rate": "constant", "warmup": 0.0, "alignment_warmup": 0.0}


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture(autouse=True)
def _handled_interrupts():
    """Let Python handle Ctrl-C, also if the tests run in the background of a shell."""
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
    [
        {},
        pytest.param({"ema_decay": 0.9}, marks=pytest.mark.slow),
        {"early_stopping": True, "validation_fraction": 0.3},
    ],
    ids=["last", "averaged", "best"],
)
def test_the_last_complete_epoch_is_kept(tiny_lprnet, plates, steps, params):
    from sklearn_lpr.networks import borrow_network

    brief = tiny_lprnet(max_iter=2, **STEADY, **params).fit(*plates)
    n_steps = steps.n // 2
    steps.events = {steps.n + 2 * n_steps + 2: press_ctrl_c}
    recognizer = tiny_lprnet(max_iter=9, **STEADY, **params)
    with pytest.warns(UserWarning, match=r"^Training interrupted by user\.$"):
        assert recognizer.fit(*plates) is recognizer
    assert_same_weights(recognizer, brief)
    assert recognizer.n_iter_ == 2
    assert recognizer.loss_curve_ == brief.loss_curve_
    assert recognizer.validation_scores_ == brief.validation_scores_
    assert recognizer.best_validation_score_ == brief.best_validation_score_
    # A network that was interrupted in a step is never reused.
    with borrow_network(recognizer.architecture_) as network:
        assert network is not steps.network
    assert (recognizer.predict(plates[0]) == brief.predict(plates[0])).all()


@pytest.mark.slow
def test_an_interrupt_in_the_first_epoch_changes_nothing(tiny_lprnet, plates, steps):
    recognizer = tiny_lprnet(max_iter=1, warm_start=True).fit(*plates)
    fitted = dict(vars(recognizer))
    steps.events = {steps.n + 2: press_ctrl_c}
    with pytest.raises(KeyboardInterrupt):
        recognizer.fit(*plates)
    assert vars(recognizer) == fitted


@pytest.mark.slow
def test_interrupted_training_is_not_cached(tiny_lprnet, plates, steps, tmp_path):
    recognizer = tiny_lprnet(max_iter=3, memory=tmp_path)
    steps.events = {7: press_ctrl_c}
    with pytest.warns(UserWarning, match="interrupted"):
        recognizer.fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (1, 7)
    recognizer.fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (3, 7 + 18)
    recognizer.fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (3, 7 + 18)


def test_an_interrupt_after_the_last_epoch_loses_nothing(tiny_lprnet, plates, steps, monkeypatch):
    def interrupted(*args):
        press_ctrl_c()

    monkeypatch.setattr(ExactMatch, "__call__", interrupted)
    with pytest.warns(UserWarning, match="interrupted"):
        recognizer = tiny_lprnet(max_iter=2).fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (2, 12)
