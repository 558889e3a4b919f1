"""Augmentation, cached training runs and training parameters, on tiny plates."""

from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV

from sklearn_lpr import SegmentCNN
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.decoding import EMPTY_PREDICTION, BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.recognition._ctc_training import PlateExamples
from sklearn_lpr.syntax import CHINA
from sklearn_lpr.training import TrainingSet, _fit_network
from sklearn_lpr.training._moving_average import MovingAverage

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def plates(glyph_plates):
    return glyph_plates(96)


@pytest.fixture
def brief(tiny_lprnet):
    """Return a function that builds recognizers that train for two epochs."""
    return lambda **params: tiny_lprnet(**{"max_iter": 2, **params})


def same_weights(a, b):
    return all(np.array_equal(a.weights_[name], b.weights_[name]) for name in a.weights_)


def training_set(augmentation, n_samples=10, **changes):
    examples = PlateExamples(
        np.arange(n_samples * 6, dtype=np.uint8).reshape(n_samples, 2, 3, 1),
        np.array(["AB"[index % 2] * (1 + index % 3) for index in range(n_samples)]),
        alphabet="AB",
        longest_text=3,
        augmentation=augmentation,
    )
    settings = {
        "examples": examples,
        "sample_weight": np.ones(n_samples, np.float32),
        "batch_size": 4,
        "shuffle": True,
        "seed": 0,
    }
    return TrainingSet(**{**settings, **changes})


class Stamp(BaseEstimator):
    """Fill a plate with the first random number of its generator, and count the calls."""

    def __init__(self, text=None):
        self.text = text

    def prepare(self, images, texts):
        self.drawn_ = np.zeros(len(images), int)

        def draw(index, rng):
            self.drawn_[index] += 1
            stamped = np.full_like(images[index], rng.integers(256))
            return stamped, self.text or str(texts[index])

        return draw


@pytest.mark.parametrize("augmentation", [None, Stamp()], ids=["plain", "augmented"])
def test_each_epoch_has_each_plate_once_in_a_different_order(augmentation):
    data = training_set(augmentation, sample_weight=np.arange(10, dtype=np.float32))
    assert data.n_batches == 3
    batches = list(data.batches(4))
    assert [len(batch.images) for batch in batches] == [4, 3, 3] * 4
    orders = [
        np.concatenate([batch.sample_weight for batch in batches[start : start + 3]]).astype(int)
        for start in range(0, 12, 3)
    ]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    symbols = np.concatenate([batch.targets["symbols"] for batch in batches[:3]])
    expected = [[1 + index % 2] * (1 + index % 3) + [0] * (2 - index % 3) for index in orders[0]]
    assert symbols.tolist() == expected


def test_augmented_plates_differ_by_epoch_and_index_and_repeat():
    first, second = (
        np.concatenate([batch.images[:, 0, 0, 0] for batch in training_set(Stamp()).batches(3)])
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert len(np.unique(first)) > 20  # of 30 draws out of 256


def test_training_that_ends_early_leaves_no_thread_behind():
    stamp = Stamp()
    batches = training_set(stamp, n_samples=100, batch_size=1).batches(50)
    next(batches)
    batches.close()
    assert stamp.drawn_.sum() < 20


def test_an_error_in_the_augmentation_reaches_the_caller(brief, plates):
    expected = r"augmentation=.* returned the text 'XYZ'.*outside the alphabet 'ABCD'"
    with pytest.raises(ValueError, match=expected):
        brief(augmentation=Stamp("XYZ")).fit(*plates)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda image: image / np.float32(255), "dtype float32"),
        (lambda image: image[:-1], "shape"),
        (lambda image: image[..., 0], "shape"),
    ],
)
def test_augmented_images_have_the_shape_and_dtype_of_the_plates(brief, plates, change, found):
    class Changing:
        def prepare(self, images, texts):
            return lambda index, rng: (change(images[index]), str(texts[index]))

    with pytest.raises(ValueError, match=f"augmentation=.*{found}.*dtype uint8"):
        brief(augmentation=Changing()).fit(*plates)


def test_augmented_fits_repeat_exactly(brief, plates):
    augmenter = PlateAugmenter(max_shift=0.1)
    first, second = (brief(augmentation=augmenter).fit(*plates) for _ in range(2))
    assert same_weights(first, second)
    assert not same_weights(first, brief().fit(*plates))
    other = brief(augmentation=PlateAugmenter(max_shift=0.2)).fit(*plates)
    assert not same_weights(first, other)


@pytest.mark.slow
def test_augmented_fit_recognizes_unseen_plates(tiny_lprnet, plates, glyph_plates):
    augmenter = PlateAugmenter(max_shift=0.05, p=0.1, permutation=CharacterPermuter("even", p=0.3))
    recognizer = tiny_lprnet(augmentation=augmenter, max_iter=30).fit(*plates)
    assert recognizer.score(*glyph_plates(60, random_state=1)) > 0.7


def test_parameters_of_the_augmentation_are_nested(brief):
    recognizer = clone(brief(augmentation=PlateAugmenter()))
    recognizer.set_params(augmentation__max_rotation=9.0)
    assert recognizer.augmentation.max_rotation == 9.0


def test_segments_are_augmented(plates):
    rng = np.random.default_rng(0)
    X = np.empty(40, dtype=object)
    y = ["".join(rng.choice(["A", "B"], 2)) for _ in range(40)]
    for index, text in enumerate(y):
        X[index] = rng.integers(0, 99, (2, 8, 8, 1), dtype=np.uint8)
        for segment, character in zip(X[index], text, strict=True):
            segment[: 4 if character == "A" else 8, 2:6] = 255
    recognizer = SegmentCNN(
        n_filters=4,
        max_iter=15,
        batch_size=8,
        random_state=0,
        augmentation=PlateAugmenter(permutation=CharacterPermuter()),
    )
    assert recognizer.fit(X, y).score(X, y) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"solver": "adam", "weight_decay": 0.01},
        {"gradient_noise": 0.1},
        {"ema_decay": 0.9},
        {"label_noise_fraction": 0.5},
        {"learning_rate": "step"},
        {"learning_rate": "constant"},
    ],
    ids=lambda change: next(iter(change.items())),
)
def test_ways_to_train_differ_and_repeat(brief, plates, change):
    first, second = (brief(**change).fit(*plates) for _ in range(2))
    assert same_weights(first, second)
    assert not same_weights(first, brief().fit(*plates))


@pytest.mark.slow
def test_gradient_noise_depends_on_the_seed(brief, plates):
    # One step without dropout, whose direction is that of the noise.
    first, second = (
        brief(gradient_noise=1e3, max_iter=1, dropout=0.0, random_state=seed).fit(*plates)
        for seed in (0, 1)
    )
    assert not same_weights(first, second)


def test_the_moving_average_is_that_of_all_steps():
    average = MovingAverage(0.8)
    values = [3.0, -1.0, 4.0, 1.0]
    for value in values:
        average.update({"kernel": np.float32([value])})
    weights = 0.8 ** np.arange(3, -1, -1)
    expected = (weights * values).sum() / weights.sum()
    np.testing.assert_allclose(average.weights["kernel"], [expected], rtol=1e-6)


@pytest.mark.slow
def test_averaged_weights_are_the_ones_validated(tiny_lprnet, plates):
    recognizer = tiny_lprnet(
        ema_decay=0.9, early_stopping=True, validation_fraction=0.3, max_iter=6
    ).fit(*plates)
    assert recognizer.best_validation_score_ == max(recognizer.validation_scores_)
    assert len(recognizer.validation_scores_) == recognizer.n_iter_


@pytest.mark.slow
def test_the_trimmed_loss_resists_wrong_texts(tiny_lprnet, glyph_plates):
    X, y = glyph_plates(200)
    rng = np.random.default_rng(0)
    y = y.copy()
    wrong = rng.choice(200, 60, replace=False)
    y[wrong] = y[rng.permutation(wrong)]
    unseen = glyph_plates(100, random_state=1)
    plain, trimmed = (
        tiny_lprnet(label_noise_fraction=fraction, max_iter=25).fit(X, y).score(*unseen)
        for fraction in (0.0, 0.3)
    )
    assert trimmed > plain


class Reverse(GreedyDecoder):
    """Decode from right to left."""

    def decode(self, log_proba, alphabet):
        return super().decode(log_proba[:, ::-1], alphabet)


@pytest.fixture
def training_runs(monkeypatch):
    """Count the training runs."""
    count = SimpleNamespace(n=0)
    train = _fit_network.train

    def counted(*args, **kwargs):
        count.n += 1
        return train(*args, **kwargs)

    monkeypatch.setattr(_fit_network, "train", counted)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("as_path", [True, False], ids=["path", "Memory"])
def test_another_decoder_needs_no_training(brief, plates, tmp_path, training_runs, as_path):
    memory = tmp_path if as_path else joblib.Memory(tmp_path, verbose=0)
    first = brief(memory=memory).fit(*plates)
    second = brief(memory=memory, decoder=Reverse(), verbose=True).fit(*plates)
    assert training_runs.n == 1
    assert same_weights(first, second)
    assert second.predict(plates[0]).tolist() == [text[::-1] for text in first.predict(plates[0])]
    brief(memory=memory, dropout=0.0).fit(*plates)
    brief(memory=memory, augmentation=PlateAugmenter()).fit(*plates)
    brief(memory=memory, random_state=5).fit(*plates)
    brief(memory=memory).fit(plates[0][::-1], plates[1][::-1])
    assert training_runs.n == 5
    again = brief(memory=memory).fit(*plates)
    assert training_runs.n == 5
    assert (again.loss_curve_, again.n_iter_) == (first.loss_curve_, first.n_iter_)


@pytest.mark.parametrize(
    "place", ["sklearn_lpr.__version__", "sklearn_lpr.networks.describe_backend"]
)
def test_weights_of_another_version_or_backend_are_not_used(
    brief, plates, tmp_path, training_runs, monkeypatch, place
):
    brief(memory=tmp_path).fit(*plates)
    monkeypatch.setattr(place, "9.9" if place.endswith("__") else lambda: "another backend")
    brief(memory=tmp_path).fit(*plates)
    assert training_runs.n == 2


def test_a_search_over_decoders_trains_once_a_fold(brief, plates, tmp_path, training_runs):
    search = GridSearchCV(
        brief(memory=str(tmp_path)),
        {"decoder": [None, Reverse(), GreedyDecoder()]},
        cv=PlateKFold(2),
    )
    search.fit(*plates)
    assert training_runs.n == 3  # two folds and the refit


def test_fresh_entropy_is_not_cached(brief, plates, tmp_path, training_runs):
    for _ in range(2):
        brief(memory=str(tmp_path), random_state=None).fit(*plates)
    assert training_runs.n == 2
    assert not any(tmp_path.iterdir())


def test_a_blank_plate_has_no_text_with_augmentation(brief, plates):
    recognizer = brief(augmentation=PlateAugmenter()).fit(*plates)
    assert recognizer.read(np.zeros((1, 8, 32, 1), np.uint8)) == [EMPTY_PREDICTION]


def test_the_spatial_transformer_is_activated_in_training(brief, plates, tmp_path):
    plain = brief(max_iter=1).fit(*plates)
    plain.save_weights(tmp_path / "plain.npz")
    aligned = brief(spatial_transformer=True, initial_weights=tmp_path / "plain.npz", max_iter=5)
    aligned.fit(*plates)
    assert aligned.weights_["align/openness"] == 1
    assert (aligned.weights_["align/correction"] != 0).any()
    again = brief(spatial_transformer=True, initial_weights=tmp_path / "plain.npz", max_iter=5)
    assert same_weights(aligned, again.fit(*plates))


def test_weights_that_the_network_lacks_are_not_dropped(brief, plates, tmp_path):
    brief(spatial_transformer=True, max_iter=1).fit(*plates).save_weights(tmp_path / "both.npz")
    with pytest.raises(ValueError, match=r"it has '.+', which this network lacks"):
        brief(initial_weights=tmp_path / "both.npz").fit(*plates)


@pytest.mark.slow
def test_weights_of_another_time_stride_and_image_width_fit(brief, plates, tmp_path):
    X, y = plates
    first = brief(max_iter=1, time_stride=1).fit(X, y)
    first.save_weights(tmp_path / "first.npz")
    wide = np.pad(X, [(0, 0), (0, 0), (0, 8), (0, 0)], "edge")
    second = brief(time_stride=2, initial_weights=tmp_path / "first.npz", max_iter=1)
    assert second.fit(wide, y).image_shape_ == (8, 40, 1)


@pytest.mark.slow
def test_an_active_transformer_stays_active(brief, plates, tmp_path):
    aligned = brief(spatial_transformer=True).fit(*plates)
    # One step, in which a new transformer would be inactive.
    aligned.set_params(warm_start=True, max_iter=1, batch_size=100).fit(*plates)
    assert aligned.weights_["align/openness"] == 1


@pytest.mark.slow
def test_noise_and_decay_do_not_change_unused_weights(brief, plates):
    # One step, in which the transformer is inactive and its weights are unused.
    X, y = plates
    settings = {"spatial_transformer": True, "max_iter": 1, "batch_size": 96, "shuffle": False}
    noisy = brief(solver="adam", weight_decay=0.1, gradient_noise=0.1, **settings).fit(X, y)
    plain = brief(solver="adam", weight_decay=0.0, **settings).fit(X, y)
    located = [name for name in plain.weights_ if name.endswith("locate_features/kernel")]
    assert len(located) == 1
    np.testing.assert_array_equal(noisy.weights_[located[0]], plain.weights_[located[0]])
    other = "stem/kernel"
    assert (noisy.weights_[other] != plain.weights_[other]).any()


def test_an_unsuitable_decoder_raises_before_training(brief, plates, training_runs):
    foreign = BeamSearchDecoder(syntax=CHINA)
    with pytest.raises(ValueError, match="can be written with alphabet='ABCD'"):
        brief(decoder=foreign).fit(*plates)
    assert training_runs.n == 0
    fitted = brief().fit(*plates)
    with pytest.raises(ValueError, match=r"'decoder' parameter of LPRNetCTC.*'beam'"):
        fitted.set_params(decoder="beam").predict(plates[0])


def test_a_pattern_is_a_syntax(brief, plates):
    recognizer = brief(decoder=BeamSearchDecoder(syntax="[AB][CD]", syntax_weight=np.inf))
    texts = recognizer.fit(*plates).predict(plates[0])
    assert all(text[0] in "AB" and text[1] in "CD" and len(text) == 2 for text in texts)
