"""Training that is interrupted and resumes, on tiny plates: 96 in 6 steps per epoch."""

import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sklearn_lpr import SegmentCNN
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.decoding import BeamSearchDecoder
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.training import _checkpoint
from sklearn_lpr.training._checkpoint import Checkpoint
from sklearn_lpr.training._early_stopping import EarlyStopping
from sklearn_lpr.training._moving_average import MovingAverage

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# Everything that has a state, or is random.
ALL = {
    "spatial_transformer": True,
    "augmentation": PlateAugmenter(max_shift=0.1),
    "dropout": 0.3,
    "gradient_noise": 0.1,
    "label_noise_fraction": 0.2,
    "ema_decay": 0.9,
    "early_stopping": True,
    "validation_fraction": 0.3,
}

# Runs a stored fit and kills its process after a number of steps, like a power cut.
KILLED_FIT = """
import os, sys
import joblib
from sklearn_lpr.networks import Network
from sklearn_lpr.training import _checkpoint

file, steps = sys.argv[1], iter(range(int(sys.argv[2])))
train_step = Network.train_step

def killed(*args, **kwargs):
    if next(steps, None) is None:
        os._exit(9)
    return train_step(*args, **kwargs)

Network.train_step = killed
_checkpoint._SECONDS_BETWEEN = 0.0
recognizer, X, y = joblib.load(file)
recognizer.fit(X, y)
"""


class PowerCutError(Exception):
    """Interrupts training."""


def break_off():
    raise PowerCutError


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture(scope="module")
def whole(tiny_lprnet, plates):
    """Return a recognizer whose training was not interrupted."""
    return tiny_lprnet(max_iter=4).fit(*plates)


@pytest.fixture(scope="module")
def left_behind(tiny_lprnet, plates, tmp_path_factory):
    """Return the checkpoint of the same training, interrupted in its third epoch."""
    from sklearn_lpr.networks import Network

    folder, train_step, steps = tmp_path_factory.mktemp("broken"), Network.train_step, count()

    def breaking(*args, **kwargs):
        return break_off() if next(steps) == 14 else train_step(*args, **kwargs)

    recognizer = tiny_lprnet(max_iter=4, checkpoint_dir=folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "train_step", breaking)
        patch.setattr(_checkpoint, "_SECONDS_BETWEEN", 0.0)
        with pytest.raises(PowerCutError):
            recognizer.fit(*plates)
    (file,) = folder.iterdir()
    return file


@pytest.fixture
def broken(tiny_lprnet, left_behind, steps, write_always, tmp_path):
    """Return a function that builds recognizers which find a checkpoint, and the checkpoint."""

    def make(**params):
        return tiny_lprnet(**{"max_iter": 4, "checkpoint_dir": tmp_path, **params})

    return make, Path(shutil.copy(left_behind, tmp_path))


def assert_same(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(value, other.weights_[name], err_msg=name)
    assert one.loss_curve_ == other.loss_curve_
    assert one.validation_scores_ == other.validation_scores_
    assert one.best_validation_score_ == other.best_validation_score_
    assert one.n_iter_ == other.n_iter_


@pytest.mark.parametrize(
    "params", [{}, pytest.param(ALL, marks=pytest.mark.slow)], ids=["plain", "all"]
)
def test_interrupted_training_resumes_to_the_bit(
    tiny_lprnet, plates, steps, write_always, tmp_path, params
):
    whole = tiny_lprnet(max_iter=4, **params).fit(*plates)
    per_epoch = steps.n // 4
    recognizer = tiny_lprnet(max_iter=4, checkpoint_dir=tmp_path, **params)
    steps.n, steps.events = 0, {2 * per_epoch + 2: break_off}
    with pytest.raises(PowerCutError):
        recognizer.fit(*plates)
    (file,) = tmp_path.iterdir()
    with np.load(file) as archive:
        assert archive["losses"].tolist() == whole.loss_curve_[:2]
    steps.n = 0
    assert_same(recognizer.fit(*plates), whole)
    assert steps.n == 2 * per_epoch
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_a_killed_process_is_continued_by_another(tiny_lprnet, plates, tmp_path):
    recognizer = tiny_lprnet(max_iter=4, checkpoint_dir=tmp_path / "checkpoints", **ALL)
    joblib.dump((recognizer, *plates), tmp_path / "fit.joblib")
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED_FIT, tmp_path / "fit.joblib", "13"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == 9, killed.stderr
    (file,) = (tmp_path / "checkpoints").iterdir()
    recognizer.fit(*plates)
    assert not file.exists()
    assert_same(recognizer, tiny_lprnet(max_iter=4, **ALL).fit(*plates))


@pytest.mark.slow
def test_training_on_segments_resumes(steps, write_always, tmp_path):
    rng = np.random.default_rng(0)
    X = list(rng.integers(0, 256, (24, 2, 8, 8, 1), dtype=np.uint8))
    y = ["".join(rng.choice(["A", "B"], 2)) for _ in X]
    whole, recognizer = (
        SegmentCNN(n_filters=4, max_iter=3, batch_size=8, random_state=0, checkpoint_dir=folder)
        for folder in (None, tmp_path)
    )
    whole.fit(X, y)
    steps.events = {steps.n + 7: break_off}
    with pytest.raises(PowerCutError):
        recognizer.fit(X, y)
    n_steps = steps.n
    assert_same(recognizer.fit(X, y), whole)
    assert steps.n == n_steps + 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [{"verbose": True}, {"decoder": BeamSearchDecoder()}, {"memory": True}],
    ids=["verbose", "decoder", "memory"],
)
def test_parameters_that_do_not_change_weights_may_differ(
    broken, plates, steps, tmp_path, capsys, params
):
    make, file = broken
    if "memory" in params:
        params = {"memory": tmp_path / "memory"}
    recognizer = make(**params).fit(*plates)
    assert (steps.n, recognizer.n_iter_) == (12, 4)
    assert not file.exists()
    said = capsys.readouterr().out
    assert said.startswith(f"Resuming after epoch 2, from '{file}'\nEpoch 3") or not said
    assert bool(said) == bool(params.get("verbose"))


@pytest.mark.parametrize(
    "params",
    [{"tol": 0.1}, {"random_state": 1}, {"max_iter": 3}, {"augmentation": PlateAugmenter()}, {}],
    ids=lambda params: next(iter(params), "data"),
)
def test_other_training_starts_from_the_beginning(broken, plates, steps, params):
    make, file = broken
    left = file.read_bytes()
    X, y = plates
    if not params:
        X = X.copy()
        X[0, 0, 0] ^= 1
    recognizer = make(**params).fit(X, y)
    assert steps.n == 6 * recognizer.n_iter_ == 6 * recognizer.max_iter
    assert file.read_bytes() == left


def test_another_backend_starts_from_the_beginning(broken, plates, steps, monkeypatch):
    make, file = broken
    left = file.read_bytes()
    monkeypatch.setattr("sklearn_lpr.networks.describe_backend", lambda: "another, Keras 3.0.0")
    make().fit(*plates)
    assert steps.n == 24
    assert file.read_bytes() == left


def test_a_damaged_file_is_replaced(broken, plates, steps, whole):
    make, file = broken
    file.write_bytes(file.read_bytes()[:9999])
    with pytest.warns(UserWarning, match=rf"{file.name}' is damaged.*starts from the beginning"):
        recognizer = make().fit(*plates)
    assert steps.n == 24
    assert_same(recognizer, whole)
    assert not file.exists()


def change(file, change_arrays):
    """Change the arrays of a checkpoint, whose key stays right."""
    with np.load(file) as archive:
        arrays = dict(archive)
    change_arrays(arrays)
    np.savez(file, **arrays)


def spoil(name, value):
    return lambda arrays: arrays.update({name: np.array(value)})


def cut(name):
    return lambda arrays: arrays.update({name: arrays[name][..., :1]})


UNUSABLE = {
    "no losses": lambda arrays: arrays.pop("losses"),
    "no epoch": spoil("losses", []),
    "losses are text": spoil("losses", ["0.5", "0.25"]),
    "losses are one number": spoil("losses", 0.5),
    "NaN in losses": spoil("losses", [0.5, float("nan")]),
    "no weights": lambda arrays: arrays.pop("network:0"),
    "more weights": spoil("network:999", 0),
    "another shape": cut("network:0"),
    "another dtype": lambda arrays: arrays.update({"network:0": arrays["network:0"].astype(int)}),
    "NaN in weights": lambda arrays: arrays["network:0"].fill(np.nan),
    "no average": lambda arrays: arrays.pop("average:n_updates"),
    "many averages": spoil("average:n_updates", [1, 2]),
    "NaN in average": lambda arrays: arrays["average:weights:head/bias"].fill(np.nan),
    "more scores": spoil("early_stopping:scores", [0.5, 0.5]),
    "one best score": spoil("early_stopping:best", [0.5]),
    "no best weights": lambda arrays: arrays.pop("early_stopping:weights:head/bias"),
    "fractions of epochs": spoil("early_stopping:n_worse", 0.5),
}


@pytest.fixture(scope="module")
def everything(tiny_lprnet, plates, tmp_path_factory):
    """Return a recognizer with all kinds of state, and its checkpoint after one epoch."""
    from sklearn_lpr.networks import Network

    folder, train_step, steps = tmp_path_factory.mktemp("broken"), Network.train_step, count()
    params = {"max_iter": 2, "ema_decay": 0.9, "early_stopping": True, "validation_fraction": 0.3}

    def breaking(*args, **kwargs):
        return break_off() if next(steps) == 7 else train_step(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "train_step", breaking)
        patch.setattr(_checkpoint, "_SECONDS_BETWEEN", 0.0)
        with pytest.raises(PowerCutError):
            tiny_lprnet(checkpoint_dir=folder, **params).fit(*plates)
    (file,) = folder.iterdir()
    return tiny_lprnet(**params).fit(*plates), file


@pytest.mark.parametrize("fault", UNUSABLE)
def test_a_checkpoint_that_does_not_fit_is_replaced(everything, plates, tmp_path, fault):
    whole, left_behind = everything
    file = Path(shutil.copy(left_behind, tmp_path))
    change(file, UNUSABLE[fault])
    recognizer = clone(whole).set_params(checkpoint_dir=tmp_path)
    with pytest.warns(
        UserWarning, match="is damaged or not a checkpoint.*starts from the beginning"
    ):
        recognizer.fit(*plates)
    assert_same(recognizer, whole)
    assert not file.exists()


def test_an_unchanged_checkpoint_fits(everything, plates, tmp_path, capsys):
    whole, left_behind = everything
    change(Path(shutil.copy(left_behind, tmp_path)), lambda arrays: None)
    recognizer = clone(whole).set_params(checkpoint_dir=tmp_path, verbose=True).fit(*plates)
    assert_same(recognizer, whole)
    assert capsys.readouterr().out.startswith("Resuming after epoch 1")


@pytest.mark.slow
def test_training_resumes_after_interrupts(broken, plates, steps, whole):
    def press_ctrl_c():
        raise KeyboardInterrupt

    make, _ = broken
    recognizer = make()
    # The first interrupt comes before the third epoch has ended, the second one after it.
    for n_steps, n_iter in ((1, 2), (8, 3)):
        steps.n, steps.events = 0, {n_steps: press_ctrl_c}
        with pytest.warns(UserWarning, match="interrupted"):
            recognizer.fit(*plates)
        assert recognizer.n_iter_ == n_iter == len(recognizer.loss_curve_)
    steps.n = 0
    assert_same(recognizer.fit(*plates), whole)
    assert steps.n == 6


@pytest.mark.slow
def test_a_checkpoint_of_completed_training_needs_no_step(
    tiny_lprnet, plates, steps, write_always, tmp_path, monkeypatch
):
    impatient = {"early_stopping": True, "validation_fraction": 0.3, "n_iter_no_change": 1}
    impatient |= {"tol": 99.0, "max_iter": 9, "learning_rate_init": 1e-6}
    whole = tiny_lprnet(**impatient).fit(*plates)
    assert whole.n_iter_ < 9
    recognizer = tiny_lprnet(**impatient, checkpoint_dir=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "remove", lambda self: break_off())
        with pytest.raises(PowerCutError):
            recognizer.fit(*plates)
    n_steps = steps.n
    assert_same(recognizer.fit(*plates), whole)
    assert steps.n == n_steps
    assert not any(tmp_path.iterdir())


def test_a_short_training_run_writes_nothing(tiny_lprnet, plates, steps, monkeypatch, tmp_path):
    monkeypatch.setattr(_checkpoint, "_SECONDS_BETWEEN", 3600.0)  # short on any machine
    steps.events = {14: break_off}
    with pytest.raises(PowerCutError):
        tiny_lprnet(checkpoint_dir=tmp_path).fit(*plates)
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_a_full_disk_does_not_end_training(
    tiny_lprnet, plates, write_always, tmp_path, monkeypatch
):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match=r"cannot be written.*No space left.*continues without"):
        recognizer = tiny_lprnet(max_iter=2, checkpoint_dir=tmp_path).fit(*plates)
    assert recognizer.n_iter_ == 2
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_the_fits_of_a_search_share_a_folder(tiny_lprnet, plates, write_always, tmp_path):
    alone, together = (
        GridSearchCV(
            tiny_lprnet(max_iter=2, checkpoint_dir=folder),
            {"learning_rate_init": [0.01, 0.02], "decoder": [None, BeamSearchDecoder()]},
            cv=PlateKFold(2),
            n_jobs=n_jobs,
            error_score="raise",
        )
        for folder, n_jobs in ((None, None), (tmp_path / "new" / "folder", 2))
    )
    alone.fit(*plates)
    with joblib.parallel_config("threading"):
        together.fit(*plates)
    assert_same(together.best_estimator_, alone.best_estimator_)
    np.testing.assert_array_equal(
        together.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )
    assert not any((tmp_path / "new" / "folder").iterdir())


def test_fresh_entropy_cannot_resume(tiny_lprnet, tmp_path):
    recognizer = tiny_lprnet(random_state=None, checkpoint_dir=tmp_path)
    with pytest.raises(ValueError, match=r"checkpoint_dir=.*Set random_state to an int"):
        recognizer.fit(None, None)  # raised before X and y are checked


def test_a_file_as_folder_is_rejected(tiny_lprnet, tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ValueError, match=rf"checkpoint_dir='{file}' cannot be written into"):
        tiny_lprnet(checkpoint_dir=file).fit(None, None)


def test_a_restored_average_continues():
    values = [3.0, -1.0, 4.0, 1.0]
    whole, first, second = (MovingAverage(0.8) for _ in range(3))
    for value in values:
        whole.update({"a/kernel": np.float32([value])})
    for value in values[:2]:
        first.update({"a/kernel": np.float32([value])})
    second.restore(first.state)
    for value in values[2:]:
        second.update({"a/kernel": np.float32([value])})
    np.testing.assert_array_equal(second.weights["a/kernel"], whole.weights["a/kernel"])


def test_restored_early_stopping_continues():
    scores = iter([(0.0, -np.inf), (0.5, -1.25), (0.25, -1.0), (0.5, -1.25)])
    early_stoppings = [
        EarlyStopping(lambda: next(scores), tol=0.0, n_iter_no_change=2) for _ in range(2)
    ]
    for epoch in range(3):
        early_stoppings[0].update({"a:b/kernel": np.float32([epoch])})
    early_stoppings[1].restore(early_stoppings[0].state)
    assert not early_stoppings[1].should_stop
    early_stoppings[1].update({"a:b/kernel": np.float32([3])})
    assert early_stoppings[1].should_stop
    assert early_stoppings[1].scores == [0.0, 0.5, 0.25, 0.5]
    assert early_stoppings[1].best_score == 0.5
    assert {name: value.tolist() for name, value in early_stoppings[1].best_weights.items()} == {
        "a:b/kernel": [1.0]
    }
