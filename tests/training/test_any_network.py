"""The training loop with another network than a recognizer's, on 48 images in 6 steps an epoch."""

import numpy as np
import pytest
from toy import BrightnessNetwork, BrightnessRegressor, Flipped, NegativeError

from sklearn_lpr.networks import _registry
from sklearn_lpr.training import (
    LearningRate,
    Ramp,
    TrainingPlan,
    TrainingSet,
    _checkpoint,
    fit_network,
)

# Everything that has a state, or is random.
ALL = {"gradient_noise": 0.01, "ema_decay": 0.8, "early_stopping": True}


class PowerCutError(Exception):
    """Interrupts training."""


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setitem(_registry._networks, "brightness", BrightnessNetwork())


@pytest.fixture
def steps(monkeypatch):
    """Count the training steps; raise an error after the step `stop_after`."""
    from types import SimpleNamespace

    from sklearn_lpr.networks import Network

    seen = SimpleNamespace(n=0, stop_after=None)
    train_step = Network.train_step

    def counted(*args, **kwargs):
        seen.n += 1
        if seen.n == seen.stop_after:
            raise PowerCutError
        return train_step(*args, **kwargs)

    monkeypatch.setattr(Network, "train_step", counted)
    return seen


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 200, (48, 1, 2, 1, 1))
    noise = rng.integers(0, 56, (48, 8, 2, 4, 1))
    return (levels + noise).astype(np.uint8).reshape(48, 8, 8, 1)


def assert_same(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(value, other.weights_[name], err_msg=name)
    assert one.loss_curve_ == other.loss_curve_
    assert one.validation_scores_ == other.validation_scores_
    assert one.best_validation_score_ == other.best_validation_score_


def test_the_network_learns(images):
    regressor = BrightnessRegressor(dropout=0.0, max_iter=60).fit(images)
    halves = np.stack(np.split(images / 255, 2, axis=2), 1).mean(axis=(2, 3, 4))
    assert np.abs(regressor.predict(images) - halves).mean() < 0.05
    assert regressor.loss_curve_[-1] < regressor.loss_curve_[0] / 4


def test_fits_repeat_exactly(images):
    first, second = (BrightnessRegressor().fit(images) for _ in range(2))
    assert_same(first, second)
    other = BrightnessRegressor(random_state=1).fit(images)
    assert other.loss_curve_ != first.loss_curve_


def test_the_error_handling_of_numpy_is_restored(images, monkeypatch):
    """Threads change it by chance with NumPy 1, if they seed generators at the same time."""
    from sklearn_lpr.networks import Network

    train_step = Network.train_step

    def change_and_train(*args, **kwargs):
        np.seterr(divide="ignore")
        return train_step(*args, **kwargs)

    monkeypatch.setattr(Network, "train_step", change_and_train)
    with np.errstate(divide="print"):
        BrightnessRegressor(max_iter=1).fit(images)
        assert np.geterr()["divide"] == "print"


def test_the_function_trains_without_an_estimator(images):
    architecture = {"name": "brightness", "height": 8, "width": 8, "channels": 1, "dropout": 0.2}
    regressor = BrightnessRegressor().fit(images)
    from sklearn_lpr.networks import borrow_network

    with borrow_network(architecture) as network:
        first_weights = network.initial_weights(np.random.default_rng(0))
    weight = np.ones(48, np.float32)
    result = fit_network(
        architecture,
        first_weights,
        TrainingSet(Flipped(images), weight, batch_size=8, shuffle=True, seed=0),
        validation=None,
        probe=NegativeError(images),
        plan=TrainingPlan(
            max_iter=4,
            learning_rate=LearningRate(0.02, "cosine", 0.1),
            ema_decay=0.0,
            optimizer={
                "solver": "adamw",
                "weight_decay": 1e-4,
                "max_gradient_norm": 5.0,
                "gradient_noise": 0.0,
            },
            seed=0,
            schedules={"whole_weight": Ramp(0.0, 0.5, 0.0, 1.0)},
        ),
        version="",
    )
    assert result.loss_curve == regressor.loss_curve_
    for name, value in result.weights.items():
        np.testing.assert_array_equal(value, regressor.weights_[name], err_msg=name)
    assert result.probe_score < 0


@pytest.mark.slow
@pytest.mark.parametrize("params", [{}, ALL], ids=["plain", "all"])
def test_training_resumes_to_the_bit(images, steps, tmp_path, monkeypatch, params):
    monkeypatch.setattr(_checkpoint, "_SECONDS_BETWEEN", 0.0)
    whole = BrightnessRegressor(**params).fit(images)
    per_epoch = steps.n // 4
    regressor = BrightnessRegressor(checkpoint_dir=tmp_path, **params)
    steps.n, steps.stop_after = 0, 2 * per_epoch + 2
    with pytest.raises(PowerCutError):
        regressor.fit(images)
    steps.n, steps.stop_after = 0, None
    assert_same(regressor.fit(images), whole)
    assert steps.n == 2 * per_epoch
    assert not any(tmp_path.iterdir())


def test_early_stopping_keeps_the_best_epoch(images):
    stopped = BrightnessRegressor(
        early_stopping=True, max_iter=40, n_iter_no_change=2, learning_rate="constant", dropout=0.5
    ).fit(images)
    assert stopped.n_iter_ < 40
    assert stopped.best_validation_score_ == max(stopped.validation_scores_)
    halves = np.stack(np.split(images[:12] / 255, 2, axis=2), 1).mean(axis=(2, 3, 4))
    error = np.abs(stopped.predict(images[:12]) - halves).mean()
    assert -error == pytest.approx(stopped.best_validation_score_, rel=1e-6)


def test_the_moving_average_replaces_the_weights(images):
    plain, averaged = (BrightnessRegressor(ema_decay=decay).fit(images) for decay in (0.0, 0.8))
    assert averaged.loss_curve_ == plain.loss_curve_
    assert (averaged.weights_["first/kernel"] != plain.weights_["first/kernel"]).any()


def test_memory_trains_once(images, steps, tmp_path):
    first, second = (BrightnessRegressor(memory=str(tmp_path)).fit(images) for _ in range(2))
    assert steps.n == 24
    assert_same(first, second)


def test_warm_start_continues(images):
    regressor = BrightnessRegressor(warm_start=True).fit(images)
    loss = regressor.loss_curve_[0]
    assert regressor.fit(images).loss_curve_[0] < loss
    with pytest.raises(ValueError, match="warm_start=True continues with the network"):
        regressor.set_params(dropout=0.1).fit(images)


def test_callbacks_are_notified_of_each_epoch(images):
    pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9")

    class Stopper:
        def __init__(self):
            self.scores = []

        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context, *, X, fitted_estimator):
            if context.task_name == "epoch":
                self.scores.append(fitted_estimator.predict(X).shape)
                return context.task_id == 1
            return False

    stopper = Stopper()
    regressor = BrightnessRegressor().set_callbacks(stopper).fit(images)
    assert regressor.n_iter_ == 2
    assert stopper.scores == [(48, 2)] * 2


def test_verbose_prints_each_epoch(images, capsys):
    BrightnessRegressor(verbose=True, max_iter=2).fit(images)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Epoch 1, loss = ")
    assert second.startswith("Epoch 2, loss = ")


def test_a_diverging_loss_is_an_error(images):
    with pytest.raises(ValueError, match=r"The loss became .* lower learning_rate_init=1e"):
        BrightnessRegressor(learning_rate_init=1e30, max_gradient_norm=1e30).fit(images)
