"""LPRNetCTC on tiny plates: accuracy, contracts and errors."""

import copy
import pickle
import random
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.decoding import EMPTY_PREDICTION, GreedyDecoder, PlateReading
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.recognition._ctc_training import ExactMatch, schedule_ctc

# Most fits here are too brief to learn anything, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture(scope="module")
def unseen(glyph_plates):
    return glyph_plates(60, random_state=1)


@pytest.fixture(scope="module")
def fitted(tiny_lprnet, plates):
    return tiny_lprnet().fit(*plates)


@pytest.fixture
def brief(tiny_lprnet):
    """Return a function that builds recognizers that train for two epochs."""
    return lambda **params: tiny_lprnet(**{"max_iter": 2, **params})


def same_weights(a, b):
    return all(np.array_equal(a.weights_[name], b.weights_[name]) for name in a.weights_)


def test_recognizes_unseen_plates(fitted, unseen):
    X, y = unseen
    assert fitted.score(X, y) > 0.85
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0] / 10
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 20
    assert fitted.alphabet_ == "ABCD"
    assert fitted.image_shape_ == (8, 32, 1)


def test_prediction_of_a_plate_does_not_depend_on_its_batch(fitted, unseen):
    X, _ = unseen
    together = fitted.predict(X)
    assert together.tolist() == [fitted.predict(X[i : i + 1])[0] for i in range(len(X))]
    order = np.random.default_rng(0).permutation(len(X))
    assert fitted.predict(X[order]).tolist() == together[order].tolist()
    np.testing.assert_allclose(fitted.score_samples(X[:7]), fitted.score_samples(X)[:7], atol=1e-4)


def test_methods_agree_with_read(fitted, unseen):
    X, y = unseen
    predictions = fitted.read(X)
    assert all(isinstance(prediction, PlateReading) for prediction in predictions)
    assert fitted.predict(X).tolist() == [prediction.text for prediction in predictions]
    assert fitted.score_samples(X).tolist() == [prediction.confidence for prediction in predictions]
    assert fitted.score(X, y) == np.mean([r.text == t for r, t in zip(predictions, y, strict=True)])


def test_confidence_is_higher_where_the_prediction_is_right(fitted, glyph_plates):
    X, y = glyph_plates(200, random_state=2)
    noisy = np.clip(X + np.random.default_rng(0).normal(0, 60, X.shape), 0, 255).astype(np.uint8)
    right = fitted.predict(noisy) == y
    confidence = fitted.score_samples(noisy)
    assert 0 < right.mean() < 1
    assert confidence[right].mean() > confidence[~right].mean() + 0.1


def test_log_proba_is_of_blank_and_alphabet(fitted, unseen):
    log_proba = fitted.log_proba(unseen[0])
    assert log_proba.shape == (60, 16, 5)
    np.testing.assert_allclose(np.exp(log_proba).sum(axis=2), 1, rtol=1e-4)
    expected = GreedyDecoder().decode(log_proba, fitted.alphabet_)
    assert [r.text for r in expected] == fitted.predict(unseen[0]).tolist()


def test_same_seed_repeats_exactly_and_another_does_not(brief, plates):
    first, again = brief().fit(*plates), brief().fit(*plates)
    assert same_weights(first, again)
    assert first.loss_curve_ == again.loss_curve_
    assert not same_weights(first, brief(random_state=1).fit(*plates))


def test_fit_twice_is_the_same_as_once(brief, plates):
    once = brief().fit(*plates)
    assert same_weights(once, brief().fit(*plates).fit(*plates))


def test_random_state_instance_is_drawn_from(brief, plates):
    state = np.random.RandomState(0)
    first, second = (brief(random_state=state).fit(*plates) for _ in range(2))
    assert not same_weights(first, second)
    assert same_weights(first, brief(random_state=np.random.RandomState(0)).fit(*plates))


def test_seed_does_not_depend_on_global_random_states(brief, plates):
    weights = []
    for seed in (0, 1):
        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        weights.append(brief().fit(*plates))
    assert same_weights(*weights)


@pytest.mark.parametrize("random_state", [0, None])
def test_global_random_states_are_left_alone(brief, plates, random_state):
    import keras

    def states():
        seeds = keras.src.backend.common.global_state.get_global_attribute("global_seed_generator")
        return (
            random.getstate(),
            np.random.get_state()[1].tolist(),  # noqa: NPY002
            None if seeds is None else np.array(seeds.state).tolist(),
            _backend_random_state(keras.config.backend()),
        )

    before = states()
    brief(random_state=random_state).fit(*plates).predict(plates[0])
    assert states() == before


def _backend_random_state(backend):
    if backend == "torch":
        import torch

        return torch.get_rng_state().tolist()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.random.get_global_generator().state.numpy().tolist()
    return None


def test_parameters_and_inputs_are_left_alone(brief, plates):
    X, y = (array.copy() for array in plates)
    recognizer = brief()
    before = recognizer.get_params()
    recognizer.fit(X, y).predict(X)
    assert recognizer.get_params() == before
    assert np.array_equal(X, plates[0])
    assert np.array_equal(y, plates[1])


def test_read_only_memory_maps_are_read(brief, plates, tmp_path):
    X, y = plates
    joblib.dump(X, tmp_path / "X.joblib")
    mapped = joblib.load(tmp_path / "X.joblib", mmap_mode="r")
    assert same_weights(brief().fit(mapped, y), brief().fit(X, y))


@pytest.mark.parametrize("container", [list, lambda X: [image[:, :, 0] for image in X]])
def test_lists_of_images_are_the_same_as_an_array(fitted, unseen, container):
    X, _ = unseen
    assert fitted.predict(container(X)).tolist() == fitted.predict(X).tolist()


# --- blank plates


def test_blank_images_read_nothing_with_confidence_zero(fitted, unseen):
    X = unseen[0][:3].copy()
    X[1] = 200
    predictions = fitted.read(X)
    assert predictions[1] == EMPTY_PREDICTION
    assert predictions[0].text == fitted.read(X[:1])[0].text != ""
    assert fitted.predict(X[1:2]).tolist() == [""]


def test_blank_images_are_left_out_of_training_and_counted(brief, plates):
    X, y = plates
    blanked = np.concatenate([X, np.full((2, *X.shape[1:]), 7, np.uint8)])
    with pytest.warns(UserWarning, match=r"^2 of 98 images are blank"):
        with_blanks = brief().fit(blanked, [*y, "AB", "CD"])
    assert same_weights(with_blanks, brief().fit(X, y))


def test_nothing_but_blank_images_is_an_error(brief):
    with pytest.raises(ValueError, match="All 3 images are blank"):
        brief().fit(np.zeros((3, 8, 32, 1), np.uint8), ["A", "B", "C"])


# --- texts and alphabets


@pytest.mark.slow
def test_given_alphabet_is_kept_with_its_order(brief, plates):
    assert brief(alphabet="DCBAZ").fit(*plates).alphabet_ == "DCBAZ"


def test_decomposed_characters_count_as_one(brief, plates):
    X, y = plates
    recognizer = brief().fit(X, np.char.replace(y, "A", "E\u0301"))
    assert recognizer.alphabet_ == "BCD\u00c9"


def test_score_accepts_characters_never_seen(fitted, unseen):
    X, y = unseen
    foreign = np.where(np.arange(len(y)) % 2, y, "ZZZ")
    assert fitted.score(X, foreign) <= 0.5
    weight = np.arange(len(y)) % 2
    expected = fitted.score(X[1::2], y[1::2])
    assert fitted.score(X, foreign, sample_weight=weight) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("params", "texts", "message"),
    [
        (
            {"alphabet": "ABC"},
            None,
            r"y\[\d+\] is '.*D.*', which has 'D' outside alphabet='ABC'",
        ),
        ({"alphabet": "ABCDA"}, None, "must hold each character once; it repeats 'A'"),
        ({"alphabet": ""}, None, "must hold each character once, and at least one"),
        ({}, {3: ""}, r"y\[3\] is an empty text"),
        ({}, {3: None}, r"y\[3\] is None of type NoneType"),
        ({}, {3: 12.0}, r"y\[3\] is 12.0 of type float"),
        ({}, {3: "A" * 9}, r"y\[3\] is 'AAAAAAAAA', which needs 17 time steps .* network has 16"),
    ],
)
def test_unusable_texts_are_rejected_before_training(brief, plates, params, texts, message):
    X, y = plates
    texts = [(texts or {}).get(index, text) for index, text in enumerate(y.tolist())]
    with pytest.raises(ValueError, match=message):
        brief(max_iter=10**6, **params).fit(X, texts)


@pytest.mark.slow
def test_texts_that_fill_the_network_are_warned_of(brief, plates):
    X, y = plates
    texts = ["ABCDABCD", *y[1:]]
    with pytest.warns(
        UserWarning, match=r"^1 of 96 texts are longer than \(16 time steps - 1\) / 2"
    ):
        brief().fit(X, texts)


# --- images


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X.astype(float), "X: the dtype is float64"),
        (lambda X: X[..., 0], r"X has shape \(96, 8, 32\)"),
        (lambda X: X[:, :, :, [0, 0]], "2 channels"),
        (lambda X: [*X[:-1], X[-1, :, :-1]], "Sample 95: the shape is .*put a PlateNormalizer"),
        (lambda X: X[:-1], "inconsistent numbers of samples"),
        (lambda X: X[:0], "X is empty"),
        (lambda X: ["nowhere.png"] * len(X), "there is no file 'nowhere.png'"),
    ],
)
def test_unusable_images_are_rejected_before_training(brief, plates, change, message):
    X, y = plates
    with pytest.raises(ValueError, match=message):
        brief(max_iter=10**6).fit(change(X), y)


def test_images_of_another_size_are_rejected_at_predict(fitted):
    with pytest.raises(ValueError, match=r"shape \(8, 40, 1\), but LPRNetCTC is expecting .*8, 32"):
        fitted.predict(np.zeros((1, 8, 40, 1), np.uint8))


@pytest.mark.parametrize("method", ["predict", "read", "score_samples", "log_proba"])
def test_unfitted_use_is_an_error(method, plates):
    with pytest.raises(NotFittedError):
        getattr(LPRNetCTC(), method)(plates[0])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_filters", 1),
        ("time_stride", 3),
        ("dropout", 1.0),
        ("learning_rate", "fast"),
        ("max_iter", 0),
        ("batch_size", 0),
        ("validation_fraction", 1.0),
        ("decoder", "greedy"),
        ("initial_weights", 3),
    ],
)
def test_unusable_parameters_are_rejected(brief, plates, parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of LPRNetCTC must be"):
        brief(**{parameter: value}).fit(*plates)


# --- training


@pytest.mark.slow
def test_network_that_learns_nothing_is_warned_of(tiny_lprnet, plates):
    stuck = tiny_lprnet(max_iter=1, learning_rate_init=1e-9)
    with pytest.warns(ConvergenceWarning, match="predicts none of 64 training plates"):
        stuck.fit(*plates)


@pytest.mark.slow
def test_diverging_loss_is_an_error(brief, plates):
    with pytest.raises(ValueError, match=r"The loss became .* lower learning_rate_init=1e"):
        brief(learning_rate_init=1e18, max_gradient_norm=1e30, max_iter=30).fit(*plates)


@pytest.mark.slow
def test_plates_of_no_weight_teach_nothing(tiny_lprnet, plates, unseen):
    X, y = plates
    wrong = np.array([text.translate(str.maketrans("ABCD", "BCDA")) for text in y])
    weight = np.r_[np.ones(len(y)), np.zeros(len(y))]
    recognizer = tiny_lprnet().fit(np.r_[X, X], np.r_[y, wrong], sample_weight=weight)
    assert recognizer.score(*unseen) > 0.8
    misled = tiny_lprnet().fit(np.r_[X, X], np.r_[y, wrong], sample_weight=1 - weight)
    assert misled.score(*unseen) < 0.1


@pytest.mark.parametrize(
    ("weight", "message"),
    [(np.ones(3), "sample_weight.shape"), (-np.ones(96), "Negative values in data")],
)
def test_unusable_weights_are_rejected(brief, plates, weight, message):
    with pytest.raises(ValueError, match=message):
        brief().fit(*plates, sample_weight=weight)


def test_all_weight_on_plates_that_are_left_out_is_rejected(brief, plates):
    X, y = plates
    X = X.copy()
    X[:2] = 0
    weight = np.r_[1, 1, np.zeros(len(y) - 2)]
    with (
        pytest.warns(UserWarning, match="2 of 96 images are blank"),
        pytest.raises(ValueError, match="sample_weight is 0 for all 94 plates that are left"),
    ):
        brief().fit(X, y, sample_weight=weight)


def test_warm_start_goes_on_from_the_weights(tiny_lprnet, plates):
    recognizer = tiny_lprnet(warm_start=True).fit(*plates)
    reached = recognizer.loss_curve_[-1]
    recognizer.set_params(max_iter=2, learning_rate_init=1e-4).fit(*plates)
    assert recognizer.n_iter_ == 2
    assert recognizer.loss_curve_[0] < 5 * reached


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, np.char.replace(y, "A", "Z")), "continues with the alphabet 'ABCD'"),
        (lambda X, y: (X[:, :, :-2], y), "continues with the network"),
    ],
)
def test_warm_start_rejects_another_network(brief, plates, change, message):
    recognizer = brief(warm_start=True).fit(*plates)
    with pytest.raises(ValueError, match=message):
        recognizer.fit(*change(*plates))


@pytest.mark.slow
def test_early_stopping_keeps_the_best_epoch(tiny_lprnet, plates):
    recognizer = tiny_lprnet(
        early_stopping=True,
        validation_fraction=0.25,
        n_iter_no_change=3,
        max_iter=100,
        learning_rate="constant",
        alignment_warmup=0.05,
    ).fit(*plates)
    assert recognizer.n_iter_ < 100
    assert len(recognizer.validation_scores_) == recognizer.n_iter_
    assert recognizer.best_validation_score_ == max(recognizer.validation_scores_) > 0.5


@pytest.mark.slow
def test_early_stopping_is_not_fooled_by_the_first_plateau(tiny_lprnet, plates):
    """No prediction is correct in the first epochs, and training continues."""
    recognizer = tiny_lprnet(early_stopping=True, n_iter_no_change=3).fit(*plates)
    assert recognizer.validation_scores_[0] == 0
    assert recognizer.best_validation_score_ > 0.5


def test_validation_needs_a_plate_of_its_own(brief, plates):
    X, _ = plates
    expected = r"cannot hold out the fraction 0\.1 \(validation_fraction\) of 1 distinct plates"
    with pytest.raises(ValueError, match=expected):
        brief(early_stopping=True).fit(X, ["AB"] * len(X))


def test_validation_needs_a_weight(brief, plates):
    X, y = plates
    split = PlateShuffleSplit(1, test_size=0.25, random_state=0)
    _, held_out = next(split.split(X, y))
    weights = np.ones(len(X))
    weights[held_out] = 0
    recognizer = brief(early_stopping=True, validation_fraction=0.25, random_state=0)
    with pytest.raises(ValueError, match=f"is 0 for all {len(held_out)} plates that early_stop"):
        recognizer.fit(X, y, sample_weight=weights)
    weights[held_out[0]] = 1  # the only plate by which epochs are compared
    scores = recognizer.fit(X, y, sample_weight=weights).validation_scores_
    assert set(scores) <= {0.0, 1.0}


def test_validation_scores_are_weighted_means():
    probabilities = np.array([[[0.2, 0.8]], [[0.6, 0.4]], [[0.2, 0.8]]])
    network = SimpleNamespace(predict=lambda images: np.log(probabilities[images[:, 0]]))
    images, symbols = np.arange(3)[:, np.newaxis], np.array([[1], [1], [1]])
    exact, log_probability = ExactMatch(images, symbols, np.array([1.0, 3.0, 0.5]))(network)
    assert exact == pytest.approx(1.5 / 4.5)
    assert log_probability == pytest.approx((1.5 * np.log(0.8) + 3 * np.log(0.4)) / 4.5)


def test_verbose_prints_each_epoch(brief, plates, capsys):
    brief(verbose=True, early_stopping=True).fit(*plates)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2, loss = ")
    assert "validation score = 0." in lines[1]


# --- initial weights


@pytest.fixture(scope="module")
def weights_file(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "letters.npz"
    fitted.save_weights(path)
    return path


def test_initial_weights_survive_clone_and_predict_at_once(brief, plates, unseen, weights_file):
    start = brief(initial_weights=weights_file, max_iter=1, learning_rate_init=1e-9)
    assert clone(start).fit(*plates).score(*unseen) > 0.85


def test_the_first_loss_with_initial_weights_is_that_of_ctc(brief, plates, weights_file):
    still = {"initial_weights": weights_file, "max_iter": 1, "learning_rate_init": 1e-9}
    losses = [
        brief(**still, **params).fit(*plates).loss_curve_[0]
        for params in ({}, {"alignment_warmup": 0}, {"alignment_warmup": 1})
    ]
    assert losses[0] == losses[1]
    assert losses[2] > 3 * losses[0]


@pytest.mark.parametrize(
    ("alignment_warmup", "trained", "fraction"),
    [("auto", False, 0.5), ("auto", True, 0), (0.2, True, 0.5), (0, False, 0)],
)
def test_alignment_warmup_after_a_tenth_of_the_steps(alignment_warmup, trained, fraction):
    ramp = schedule_ctc(alignment_warmup, 0, trained=trained)["alignment_warmup"]
    assert ramp.at(10, 100) == fraction


def test_initial_weights_take_over_the_characters_both_alphabets_share(
    brief, plates, fitted, weights_file
):
    X, y = plates
    renamed = np.char.replace(y, "A", "Z")
    start = brief(initial_weights=str(weights_file), max_iter=1, learning_rate_init=1e-9)
    start.fit(X, renamed)
    assert start.alphabet_ == "BCDZ"
    old, new = fitted.weights_["head/kernel"], start.weights_["head/kernel"]
    np.testing.assert_allclose(new[..., :4], old[..., [0, 2, 3, 4]], atol=1e-6)
    assert not np.allclose(new[..., 4], old[..., 1], atol=1e-3)


@pytest.mark.parametrize("content", [None, b"", b"no weights", b"PK\x03\x04broken"])
def test_file_without_weights_is_rejected(brief, plates, tmp_path, content):
    path = tmp_path / "weights.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"initial_weights='.*weights.npz'"):
        brief(initial_weights=path).fit(*plates)


def damage_weights(change):
    """Return a function that changes the arrays of a weights file."""

    def damage(path, target):
        with np.load(path) as archive:
            arrays = dict(archive)
        change(arrays)
        np.savez(target, **arrays)

    return damage


def set_array(name, value):
    return damage_weights(lambda arrays: arrays.update({name: np.array(value)}))


HEAD = "weights:head/bias"

DAMAGES = {
    "NaN": damage_weights(lambda arrays: arrays[HEAD].fill(np.nan)),
    "infinity": damage_weights(lambda arrays: arrays[HEAD].fill(np.inf)),
    "too large for float32": set_array(HEAD, [1e300] * 5),
    "text": set_array(HEAD, ["a"] * 5),
    "complex numbers": set_array(HEAD, [1j] * 5),
    "integers": set_array(HEAD, [1] * 5),
    "objects": set_array(HEAD, [None] * 5),
    "no alphabet": damage_weights(lambda arrays: arrays.pop("alphabet")),
    "an alphabet of numbers": set_array("alphabet", 3),
    "no architecture": damage_weights(lambda arrays: arrays.pop("architecture")),
    "an architecture that is no JSON": set_array("architecture", "{"),
    "a deep architecture": set_array("architecture", "[" * 10**5),
    "an architecture that is a list": set_array("architecture", "[]"),
    "an architecture that is null": set_array("architecture", "null"),
    "an unknown network": set_array("architecture", '{"name": "crnn"}'),
    "a network that is a list": set_array("architecture", '{"name": []}'),
    "a network without entries": set_array("architecture", '{"name": 3}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_weights_are_rejected(brief, plates, weights_file, tmp_path, damage):
    path = tmp_path / "weights.npz"
    DAMAGES[damage](weights_file, path)
    with pytest.raises(
        ValueError,
        match=r"^initial_weights='.*weights.npz' is not a weights file, or is damaged \(.*\); "
        "write one with save_weights",
    ):
        brief(initial_weights=path).fit(*plates)


@pytest.mark.parametrize("alphabet", ["", "ABCDEFGH"])
def test_weights_of_another_number_of_symbols_than_the_alphabet_are_rejected(
    brief, plates, weights_file, tmp_path, alphabet
):
    path = tmp_path / "weights.npz"
    set_array("alphabet", alphabet)(weights_file, path)
    with pytest.raises(ValueError, match=r"does not fit: 'head/kernel' has shape"):
        brief(initial_weights=path).fit(*plates)


def test_only_the_arrays_of_the_network_are_read(brief, plates, weights_file, tmp_path):
    path = tmp_path / "weights.npz"
    set_array("weights:another/kernel", [None])(weights_file, path)  # it cannot be read
    brief(initial_weights=path, max_iter=1).fit(*plates)


def test_weights_of_double_precision_are_taken(brief, plates, weights_file, tmp_path):
    path = tmp_path / "weights.npz"
    damage_weights(
        lambda arrays: arrays.update(
            {name: value.astype(float) for name, value in arrays.items() if value.dtype.kind == "f"}
        )
    )(weights_file, path)
    options = {"max_iter": 1, "alignment_warmup": 0}
    one, other = (
        brief(initial_weights=each, **options).fit(*plates) for each in (weights_file, path)
    )
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(value, other.weights_[name], strict=True)


def test_a_full_disk_leaves_the_old_weights(fitted, tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        fitted.save_weights(path)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["weights.npz"]


def test_a_folder_is_no_weights_file(brief, plates, tmp_path):
    with pytest.raises(ValueError, match=r"initial_weights='.*' cannot be read"):
        brief(initial_weights=tmp_path).fit(*plates)


def test_weights_of_another_network_are_rejected(brief, plates, weights_file):
    with pytest.raises(ValueError, match=r"does not fit: 'stem/kernel' has shape \(3, 3, 1, 6\)"):
        brief(initial_weights=weights_file, n_filters=6).fit(*plates)


# --- decoders


class BackwardDecoder(BaseEstimator):
    """Decode from right to left if `backward` is set."""

    def __init__(self, backward=True):
        self.backward = backward

    def decode(self, log_proba, alphabet):
        step = -1 if self.backward else 1
        return [
            PlateReading(prediction.text[::step], prediction.confidence)
            for prediction in GreedyDecoder().decode(log_proba, alphabet)
        ]


def test_decoder_acts_at_predict_without_another_fit(fitted, unseen):
    X, _ = unseen
    plain = fitted.predict(X)
    other = pickle.loads(pickle.dumps(fitted)).set_params(decoder=BackwardDecoder())
    assert other.predict(X).tolist() == [text[::-1] for text in plain]
    other.set_params(decoder__backward=False)
    assert other.predict(X).tolist() == plain.tolist()


# --- persistence, processes, threads


@pytest.mark.parametrize("how", ["pickle", "joblib"])
def test_fitted_recognizer_survives_the_disk(fitted, unseen, tmp_path, how):
    path = tmp_path / "recognizer"
    if how == "pickle":
        path.write_bytes(pickle.dumps(fitted))
        loaded = pickle.loads(path.read_bytes())
    else:
        joblib.dump(fitted, path)
        loaded = joblib.load(path)
    assert loaded.predict(unseen[0]).tolist() == fitted.predict(unseen[0]).tolist()
    np.testing.assert_array_equal(loaded.score_samples(unseen[0]), fitted.score_samples(unseen[0]))


def test_pickle_holds_arrays_and_no_network(fitted):
    assert b"keras" not in pickle.dumps(fitted)


@pytest.mark.slow
def test_a_new_process_predicts_with_a_pickle(fitted, unseen, tmp_path):
    joblib.dump((fitted, unseen[0]), tmp_path / "dump")
    program = (
        "import sys, joblib\n"
        f"recognizer, X = joblib.load({str(tmp_path / 'dump')!r})\n"
        "assert 'keras' not in sys.modules\n"
        "print(*recognizer.predict(X))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert run.stdout.decode().split() == fitted.predict(unseen[0]).tolist()


def test_import_loads_no_keras():
    program = (
        "import sys, sklearn_lpr, sklearn_lpr.preprocessing, sklearn_lpr.metrics\n"
        "sklearn_lpr.LPRNetCTC().get_params()\n"
        "print([name for name in ('keras', 'tensorflow', 'torch', 'jax') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert run.stdout.decode().strip() == "[]"


def test_missing_backend_names_what_to_install():
    program = (
        "import sys\n"
        "sys.modules['tensorflow'] = None\n"
        "from sklearn_lpr.networks import borrow_network\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env={"KERAS_BACKEND": "tensorflow", "PATH": ""},
    )
    assert run.returncode == 1
    assert "pip install 'sklearn-lpr[tensorflow]'" in run.stderr.decode()


def test_threads_share_a_fitted_recognizer(fitted, unseen):
    X, _ = unseen
    expected = fitted.predict(X).tolist()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: fitted.predict(X).tolist(), range(12)))
    assert all(result == expected for result in results)


def test_recognizers_of_one_architecture_do_not_mix_their_weights(fitted, brief, plates, unseen):
    X, _ = unseen
    expected = fitted.score_samples(X)
    other = brief(random_state=5).fit(*plates)
    for _ in range(2):
        other.predict(X)
        np.testing.assert_array_equal(fitted.score_samples(X), expected)


@pytest.mark.slow
@pytest.mark.parametrize("random_state", [2**32 - 1, 2**32 - 2])
def test_the_largest_random_states(random_state, glyph_plates):
    X, y = glyph_plates(8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        recognizer = LPRNetCTC(n_filters=2, max_iter=1, random_state=random_state).fit(X, y)
    assert recognizer.n_iter_ == 1


def test_a_batch_size_of_a_small_integer_type(glyph_plates):
    X, y = glyph_plates(40)
    fits = []
    for number in (int, np.uint8):
        recognizer = LPRNetCTC(n_filters=2, batch_size=number(8), max_iter=number(1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fits.append(recognizer.set_params(random_state=0).fit(X, y))
    assert fits[0].loss_curve_ == fits[1].loss_curve_


def test_an_exchanged_array_of_weights_takes_effect(draw_weights, glyph_plates):
    X, _ = glyph_plates(2)
    recognizer = draw_weights(LPRNetCTC(n_filters=4), (8, 32, 1))
    before = recognizer.log_proba(X)
    bias = recognizer.weights_["head/bias"]
    recognizer.weights_["head/bias"] = bias + np.float32([3, 0, 0, 0, 0])
    after = recognizer.log_proba(X)
    np.testing.assert_array_equal(after, copy.deepcopy(recognizer).log_proba(X))
    assert np.abs(after - before).max() > 0.1
    with pytest.raises(ValueError, match="read-only"):
        recognizer.weights_["head/bias"][0] += 1
