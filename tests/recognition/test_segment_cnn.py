"""SegmentCNN on tiny plates that are cut into segments; the shared base is tested elsewhere."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_lpr import SegmentCNN, read_plates
from sklearn_lpr.decoding import EMPTY_PREDICTION, BeamSearchDecoder
from sklearn_lpr.images import object_array
from sklearn_lpr.networks import _network
from sklearn_lpr.syntax import PlateSyntax

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SHAPE = (8, 8, 1)


def cut(X, y, surplus=0, seed=0):
    """Cut tiny plates at their characters; add as many segments that show none."""
    rng = np.random.default_rng(seed)
    plates = []
    for image, text in zip(X, y, strict=True):
        centres = ((np.arange(len(text)) + 0.5) * 32 / len(text)).astype(int)
        padded = np.pad(image, [(0, 0), (4, 4), (0, 0)])
        segments = [padded[:, centre : centre + 8] for centre in centres]
        for _ in range(surplus):
            noise = rng.integers(0, 60, SHAPE, dtype=np.uint8)
            segments.insert(rng.integers(len(segments) + 1), noise)
        plates.append(np.array(segments))
    return object_array(plates)


def recognizer(**params):
    small = {"n_filters": 4, "batch_size": 16, "learning_rate_init": 0.01, "dropout": 0.1}
    return SegmentCNN(**{**small, "max_iter": 12, "random_state": 0, **params})


@pytest.fixture(scope="module")
def plates(glyph_plates):
    X, y = glyph_plates(96)
    return cut(X, y, surplus=1), y


@pytest.fixture(scope="module")
def unseen(glyph_plates):
    X, y = glyph_plates(60, random_state=1)
    return cut(X, y, surplus=1, seed=1), y


@pytest.fixture(scope="module")
def fitted(plates):
    return recognizer().fit(*plates)


def same_weights(a, b):
    return all(np.array_equal(a.weights_[name], b.weights_[name]) for name in a.weights_)


def test_recognizes_plates_with_surplus_segments(fitted, unseen):
    X, y = unseen
    assert fitted.score(X, y) > 0.9
    assert fitted.image_shape_ == SHAPE


def test_prediction_of_a_plate_does_not_depend_on_its_batch(fitted, unseen):
    X, _ = unseen
    together = fitted.predict(X)
    assert together.tolist() == [fitted.predict(X[i : i + 1])[0] for i in range(len(X))]


def test_a_syntax_changes_predictions_without_another_fit(fitted, unseen):
    X, _ = unseen
    # Tiny plates have two to four characters; a segment more shows none.
    syntax = PlateSyntax("[ABCD][CD][ABCD]")
    hard = BeamSearchDecoder(syntax=syntax, syntax_weight=np.inf)
    strict = clone(fitted).set_params(decoder=hard)
    strict.__dict__ |= {name: value for name, value in vars(fitted).items() if name[-1] == "_"}
    predictions = strict.read(X)
    assert all(
        prediction.text == "" or syntax.matches(prediction.text) for prediction in predictions
    )
    # Two segments are too few, three are enough.
    for prediction, segments in zip(predictions, X, strict=True):
        assert (prediction.text != "") == (len(segments) >= 3)
    for prediction, plain in zip(predictions, fitted.read(X), strict=True):
        if syntax.matches(plain.text):
            assert prediction.text == plain.text
            assert prediction.confidence == pytest.approx(plain.confidence, rel=1e-4)


def test_plates_with_more_segments_than_any_in_training_are_recognized(fitted, glyph_plates):
    X, y = glyph_plates(30, random_state=3)
    assert fitted.score(cut(X, y, surplus=3), y) > 0.5
    few = cut(X, y, surplus=0)
    many = cut(X[:1], y[:1], surplus=6)
    mixed = object_array([*few, *many])
    assert fitted.predict(mixed)[:-1].tolist() == fitted.predict(few).tolist()


def test_few_networks_serve_any_number_of_segments(fitted, monkeypatch):
    built = []
    network = _network.Network
    monkeypatch.setattr(_network, "Network", lambda *a: built.append(a) or network(*a))
    rng = np.random.default_rng(0)
    for n_segments in range(1, 5 * fitted.architecture_["n_segments"]):
        segments = rng.integers(0, 256, (n_segments, *SHAPE), dtype=np.uint8)
        assert fitted.predict([segments]).shape == (1,)
    assert len(built) <= 3  # of twice, four and eight times the width


def test_confidences_belong_to_characters(fitted, unseen):
    for prediction in fitted.read(unseen[0]):
        assert len(prediction.character_confidences) == len(prediction.text)
        assert 0 <= prediction.confidence <= 1


def test_fit_is_deterministic_and_survives_clone_and_pickle(plates):
    first = recognizer(max_iter=2).fit(*plates)
    assert same_weights(first, clone(first).fit(*plates))
    loaded = pickle.loads(pickle.dumps(first))
    assert loaded.predict(plates[0]).tolist() == first.predict(plates[0]).tolist()


def test_inputs_are_left_alone(plates):
    before = [segments.copy() for segments in plates[0]]
    recognizer(max_iter=1).fit(*plates)
    assert all(np.array_equal(a, b) for a, b in zip(before, plates[0], strict=True))


@pytest.mark.parametrize(
    "hopeless",
    [
        np.zeros((0, *SHAPE), np.uint8),
        np.zeros((1, *SHAPE), np.uint8),
        np.full((3, *SHAPE), 255, np.uint8),
    ],
)
def test_hopeless_plates_read_nothing_with_confidence_zero(fitted, unseen, hopeless):
    X = object_array([unseen[0][0], hopeless])
    assert fitted.read(X)[1] == EMPTY_PREDICTION
    assert fitted.predict(X)[0] == fitted.predict(unseen[0][:1])[0]
    assert fitted.predict(object_array([hopeless])).tolist() == [""]


def test_plates_with_too_few_segments_are_left_out_and_counted(plates):
    X, y = plates
    short = object_array([*X, X[0][:1], X[1][:1]])
    with pytest.warns(UserWarning, match=r"^2 of 98 plates have fewer segments than characters"):
        partly = recognizer(max_iter=2).fit(short, [*y, "ABC", "BCD"])
    assert same_weights(partly, recognizer(max_iter=2).fit(X, y))


def test_plates_without_segments_are_left_out_and_counted(plates):
    X, y = plates
    lost = object_array([*X, np.zeros((0, *SHAPE), np.uint8)])
    with pytest.warns(UserWarning, match="1 of 97 images are blank") as caught:
        recognizer(max_iter=1).fit(lost, [*y, "AB"])
    assert not [each for each in caught if "fewer segments" in str(each.message)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda X: np.zeros((96, 24, 94, 3), np.uint8), ValueError, "put a CharacterSegmenter"),
        (lambda X: [list(segments) for segments in X], ValueError, "Sample 0: it is of type list"),
        (lambda X: [s.astype(float) for s in X], ValueError, "Sample 0: the dtype is float64"),
        (lambda X: [*X[:-1], X[-1][:, :, :5]], ValueError, "Sample 95: its segments have shape"),
        (lambda X: [s[..., [0, 0]] for s in X], ValueError, "Sample 0: the shape is"),
        (lambda X: [s[:, :0] for s in X], ValueError, "have no pixels"),
        (lambda X: [s[:1] for s in X], ValueError, "All 96 plates have fewer segments"),
        (lambda X: X[:0], ValueError, "X is empty"),
        (lambda X: "plates", TypeError, "X is a str"),
    ],
)
def test_unusable_segments_are_rejected(plates, change, error, message):
    X, y = plates
    with pytest.raises(error, match=message):
        recognizer().fit(change(X), y)


def test_segments_of_another_size_are_rejected_at_predict(fitted):
    with pytest.raises(ValueError, match=r"shape \(9, 8, 1\), but SegmentCNN is expecting"):
        fitted.predict([np.zeros((2, 9, 8, 1), np.uint8)])


def test_read_plates_gives_what_read_gives(fitted, unseen):
    X, _ = unseen
    assert read_plates(fitted, X) == fitted.read(X)


def test_warm_start_goes_on_with_another_number_of_segments(fitted, glyph_plates):
    X, y = glyph_plates(48, random_state=4)
    longer = cut(X, y, surplus=2)
    recognizer = pickle.loads(pickle.dumps(fitted)).set_params(
        warm_start=True, max_iter=2, learning_rate_init=1e-4
    )
    assert recognizer.fit(longer, y).loss_curve_[0] < fitted.loss_curve_[0] / 2
