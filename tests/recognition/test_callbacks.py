"""Callbacks of scikit-learn, on tiny plates: 96 in 6 steps per epoch."""

import importlib.util
import sys

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr import _sklearn_compat
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
from sklearn_lpr.training._callbacks import EpochTasks

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture(scope="module")
def callback():
    """Return the module of scikit-learn."""
    return pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9")


class Recorder:
    """Record the calls, and stop after `stop_after` epochs."""

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.calls = []
        self.recognizers = []
        self.arguments = []

    def setup(self, estimator, context):
        self.calls.append("setup")

    def teardown(self, estimator, context):
        self.calls.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.calls.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(self, estimator, context, *, X, y, metadata, fitted_estimator):
        self.calls.append(f"end {context.task_name} {context.task_id}")
        fitted_estimator.predict(X)  # must not change training
        self.recognizers.append(fitted_estimator)
        self.arguments.append((X, y, metadata))
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after


class Everywhere(Recorder):
    """Record the classes of all steps."""

    max_propagation_depth = None

    def __init__(self):
        super().__init__()
        self.names = set()

    def on_fit_task_end(self, estimator, context):
        self.names.add(type(estimator).__name__)


def assert_same_weights(one, other):
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(value, other.weights_[name], err_msg=name)


@pytest.mark.slow
def test_each_epoch_is_a_task(callback, tiny_lprnet, plates):
    recorder = Recorder()
    recognizer = tiny_lprnet(max_iter=2).set_callbacks(recorder).fit(*plates)
    assert recorder.calls == [
        *["setup", "begin fit 0", "begin epoch 0", "end epoch 0"],
        *["begin epoch 1", "end epoch 1", "end fit 0", "teardown"],
    ]
    assert_same_weights(recognizer, tiny_lprnet(max_iter=2).fit(*plates))
    for X, y, metadata in recorder.arguments:
        assert X is plates[0]
        assert y is plates[1]
        assert metadata == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [{}, {"ema_decay": 0.9}, {"early_stopping": True, "validation_fraction": 0.3}],
    ids=["last", "averaged", "best"],
)
def test_recognizers_equal_those_of_shorter_fits(callback, tiny_lprnet, plates, params):
    recorder = Recorder()
    steady = {"learning_rate": "constant", "warmup": 0.0, "alignment_warmup": 0.0, **params}
    weights = np.linspace(0.5, 1.5, 96)
    recognizer = tiny_lprnet(max_iter=3, **steady).set_callbacks(recorder)
    recognizer.fit(*plates, sample_weight=weights)
    assert recorder.arguments[0][2]["sample_weight"] is weights
    brief = tiny_lprnet(max_iter=2, **steady).fit(*plates, sample_weight=weights)
    _, second, third, last = recorder.recognizers
    assert_same_weights(second, brief)
    assert (second.n_iter_, second.loss_curve_) == (2, brief.loss_curve_)
    assert second.validation_scores_ == brief.validation_scores_
    assert (second.predict(plates[0]) == brief.predict(plates[0])).all()
    assert_same_weights(third, recognizer)
    assert_same_weights(last, recognizer)


def test_a_callback_stops_training(callback, tiny_lprnet, plates, steps, write_always, tmp_path):
    recognizer = tiny_lprnet(memory=tmp_path / "memory", checkpoint_dir=tmp_path / "checkpoints")
    recognizer.set_callbacks(Recorder(stop_after=2)).fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (2, 12)
    assert not any((tmp_path / "checkpoints").iterdir())
    # The result is not cached for fits without that callback.
    recognizer.set_params(max_iter=3)
    recognizer.fit(*plates)
    recognizer.set_callbacks().fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (3, 24 + 18)


def test_callbacks_are_no_part_of_the_key_of_memory(callback, tiny_lprnet, plates, steps, tmp_path):
    first = tiny_lprnet(max_iter=2, memory=tmp_path).fit(*plates)
    recorder = Recorder()
    recognizer = tiny_lprnet(max_iter=2, memory=tmp_path).set_callbacks(recorder).fit(*plates)
    assert steps.n == 12
    assert recorder.calls == ["setup", "begin fit 0", "end fit 0", "teardown"]
    assert_same_weights(recorder.recognizers[0], first)
    assert_same_weights(recognizer, first)


def test_tasks_of_a_resumed_run_have_its_numbers(
    callback, tiny_lprnet, plates, steps, write_always, tmp_path
):
    def break_off():
        raise RuntimeError("power cut")

    steps.events = {14: break_off}
    recorder = Recorder()
    recognizer = tiny_lprnet(max_iter=3, checkpoint_dir=tmp_path).set_callbacks(recorder)
    with pytest.raises(RuntimeError, match="power cut"):
        recognizer.fit(*plates)
    assert recorder.calls[-2:] == ["begin epoch 2", "teardown"]
    recorder.calls.clear()
    recognizer.fit(*plates)
    assert recorder.calls[2:4] == ["begin epoch 2", "end epoch 2"]


def test_a_callback_may_interrupt(callback, tiny_lprnet, plates, steps):
    class Impatient(Recorder):
        def on_fit_task_end(self, estimator, context):
            if context.task_name == "epoch":
                raise KeyboardInterrupt

    with pytest.warns(UserWarning, match=r"^Training interrupted by user\.$"):
        recognizer = tiny_lprnet().set_callbacks(Impatient()).fit(*plates)
    assert (recognizer.n_iter_, steps.n) == (1, 6)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_scores_are_monitored_in_a_search(callback, tiny_lprnet, plates, n_jobs):
    monitor = callback.ScoringMonitor(scoring="accuracy")
    recognizer = tiny_lprnet(max_iter=2).set_callbacks(monitor)
    search = GridSearchCV(
        make_pipeline(
            PlateCropper(missing="whole"), PlateNormalizer(height=8, width=32), recognizer
        ),
        {"lprnetctc__learning_rate_init": [0.01, 0.02]},
        cv=PlateKFold(2),
        n_jobs=n_jobs,
        error_score="raise",
    ).fit(*plates)
    data = monitor.get_logs().data
    assert len(data) == (2 * 2 + 1) * (2 + 1)  # fits times their epochs and the fit as a whole
    epochs = [row["task_id"] for row in data if row["task_name"] == "epoch"]
    assert sorted(epochs) == [0] * 5 + [1] * 5
    (refit,) = [row for row in data if row["task_id_path"] == (0, 1, 2)]
    assert refit["accuracy"] == search.best_estimator_.score(*plates)


def test_all_steps_of_a_pipeline_take_callbacks(callback, tiny_lprnet, plates):
    everywhere = Everywhere()
    pipeline = make_pipeline(
        PlateCropper(missing="whole"), PlateNormalizer(height=8, width=32), tiny_lprnet(max_iter=1)
    )
    pipeline.set_callbacks(everywhere).fit(*plates)  # would warn of a step that does not
    assert everywhere.names == {"Pipeline", "PlateCropper", "PlateNormalizer", "LPRNetCTC"}
    assert "begin epoch 0" in everywhere.calls


def test_progress_is_shown(callback, tiny_lprnet, plates, capsys):
    pytest.importorskip("rich")
    tiny_lprnet(max_iter=2).set_callbacks(callback.ProgressBar()).fit(*plates)
    assert "LPRNetCTC - fit" in capsys.readouterr().out


def test_older_versions_of_scikit_learn_have_no_callbacks(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.callback", None)  # importing it is an ImportError
    spec = importlib.util.spec_from_file_location("older", _sklearn_compat.__file__)
    older = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(older)
    estimator = older.CallbackSupportMixin()
    assert not hasattr(estimator, "set_callbacks")
    context = estimator._init_callback_context(max_subtasks=2)
    context.call_on_fit_task_begin(estimator=estimator, X=None)
    tasks = EpochTasks(context, estimator, dict, X=None, y=None, metadata={})
    tasks.begin(1)
    assert tasks.end(None) is False
