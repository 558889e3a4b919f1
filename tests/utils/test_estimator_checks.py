"""The contract of every public estimator; and that each check of it can fail."""

import random
import threading

import numpy as np
import pytest
from estimators import (
    META_RECOGNIZERS,
    RECOGNIZERS,
    TRANSFORMERS,
    public_estimators,
    scenes,
)
from sklearn.base import BaseEstimator, TransformerMixin, clone

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import is_blank, object_array, stack_images
from sklearn_lpr.preprocessing import PlateNormalizer
from sklearn_lpr.utils.estimator_checks import check_plate_estimator, plate_estimator_checks


def cases(estimators, *plates):
    return [
        pytest.param(check, id=f"{name}-{title}")
        for name, estimator in estimators.items()
        for title, check in plate_estimator_checks(
            estimator, *(plates if name in ("PlateCropper", "PlateRedactor") else ())
        )
    ]


def test_every_public_estimator_is_checked():
    checked = {
        type(each).__name__ for each in (TRANSFORMERS | RECOGNIZERS | META_RECOGNIZERS).values()
    }
    assert public_estimators() == checked


@pytest.mark.parametrize("check", cases(TRANSFORMERS, scenes()))
def test_transformers_keep_the_contract(check):
    check()


@pytest.mark.parametrize("check", cases({"LPRNetCTC": RECOGNIZERS["LPRNetCTC"]}))
def test_lprnet_keeps_the_contract(check):
    check()


@pytest.mark.parametrize("check", cases({"VotingRecognizer": RECOGNIZERS["VotingRecognizer"]}))
def test_voting_recognizer_keeps_the_contract(check):
    check()


@pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning")  # of so few plates
@pytest.mark.parametrize("check", cases(META_RECOGNIZERS))
def test_meta_recognizers_keep_the_contract(check):
    check()


@pytest.fixture(scope="module")
def onnx_checks(draw_weights, tmp_path_factory):
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")
    from sklearn_lpr.export import to_onnx

    network = draw_weights(clone(RECOGNIZERS["LPRNetCTC"]), (24, 94, 3), "0123456789ABCDEF")
    path = to_onnx(network, tmp_path_factory.mktemp("export") / "reader.onnx")
    reader = clone(RECOGNIZERS["OnnxRecognizer"]).set_params(path=path)
    return dict(plate_estimator_checks(reader))


@pytest.mark.parametrize(
    "name", [name for name, _ in plate_estimator_checks(RECOGNIZERS["OnnxRecognizer"])]
)
def test_onnx_recognizer_keeps_the_contract(name, onnx_checks):
    onnx_checks[name]()


def segmented_plates():
    rng = np.random.default_rng(0)
    X = [rng.integers(0, 256, (4, 12, 8, 1), dtype=np.uint8) for _ in range(8)]
    return X, ["AB12", "CD34"] * 4


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=title)
        for title, check in plate_estimator_checks(RECOGNIZERS["SegmentCNN"], *segmented_plates())
    ],
)
def test_segment_cnn_keeps_the_contract(check):
    check()


# --- What an estimator may do wrong, one class each. All of them would be right otherwise.


class Right(TransformerMixin, BaseEstimator):
    """Darkens; the subclasses say what is wrong with them."""

    def __init__(self, amount=20, random_state=None):
        self.amount = amount
        self.random_state = random_state

    def fit(self, X, y=None):
        object_array(self._pixels(X))
        self.fitted_ = True
        return self

    def transform(self, X):
        return object_array([self.one(pixels) for pixels in self._pixels(X)])

    def one(self, pixels):
        return pixels.copy() if is_blank(pixels) else np.maximum(pixels, self.amount)

    def _pixels(self, X):
        return list(PlateNormalizer(height=12, width=40).transform(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        return tags


class Drops(Right):
    def transform(self, X):
        return object_array(list(super().transform(X))[:-1])


class Reorders(Right):
    def transform(self, X):
        return super().transform(X)[::-1]


class DependsOnTheBatch(Right):
    def transform(self, X):
        brightest = max(pixels.max() for pixels in self._pixels(X))
        return object_array([np.minimum(item, brightest - 60) for item in super().transform(X)])


class DependsOnEarlierCalls(Right):
    def transform(self, X):
        self.calls_ = getattr(self, "calls_", 0) + 1
        return object_array([np.maximum(item, 30 * self.calls_) for item in super().transform(X)])


class WritesInPlace(Right):
    def transform(self, X):
        for sample in X:
            if isinstance(sample, np.ndarray):
                sample[0, 0] = 0
        return super().transform(X)


class IgnoresItsSeed(Right):
    def fit(self, X, y=None):
        self.level_ = np.random.default_rng().integers(100, 200)
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), self.level_)


class DrawsFromTheGlobalState(Right):
    def fit(self, X, y=None):
        random.random()
        return super().fit(X)


class DiffersInFitTransform(Right):
    def fit_transform(self, X, y=None):
        return object_array([item + 1 for item in self.fit(X).transform(X)])


class DiffersByContainer(Right):
    def transform(self, X):
        result = super().transform(X)
        return result if isinstance(X, list) else object_array([255 - item for item in result])


class OutputFollowsTheData(Right):
    def transform(self, X):
        result = super().transform(X)
        return np.stack(result) if len(result) > 1 else result


class ReturnsAList(Right):
    def transform(self, X):
        return list(super().transform(X))


class FitReturnsNothing(Right):
    def fit(self, X, y=None):
        super().fit(X)


class FitChangesParameters(Right):
    def fit(self, X, y=None):
        self.amount = self.amount + 1
        return super().fit(X)


class InitChecks(Right):
    def __init__(self, amount=20, random_state=None):
        super().__init__(int(amount) + 0, random_state)
        self.table = np.arange(256)


class InitCopies(Right):
    def __init__(self, amount=(20,), random_state=None):
        super().__init__(list(amount), random_state)

    def one(self, pixels):
        return pixels.copy() if is_blank(pixels) else np.maximum(pixels, self.amount[0])


class CannotBePickled(Right):
    def fit(self, X, y=None):
        self.lock_ = threading.Lock()
        return super().fit(X)


class PicklesWithoutState(Right):
    def fit(self, X, y=None):
        self.extra_ = 100
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), getattr(self, "extra_", 0))

    def __getstate__(self):
        return {name: value for name, value in super().__getstate__().items() if name != "extra_"}


class MustBeFittedAfterAll(Right):
    def fit(self, X, y=None):
        self.level_ = 100
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), getattr(self, "level_", 0))


class IsNotThreadSafe(Right):
    def transform(self, X):
        self.level_ = threading.get_ident() % 251
        threading.Event().wait(0.001)
        return object_array([np.maximum(item, self.level_ % 99) for item in super().transform(X)])


class SaysItTakesTables(Right):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class TakesAnything(Right):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except (ValueError, TypeError):
            return [np.zeros((12, 40, 3), np.uint8)]


class DoesNotNameTheSample(Right):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except ValueError:
            raise ValueError("bad image") from None


class RaisesItsOwn(Right):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except (ValueError, TypeError):
            raise RuntimeError("bad batch") from None


class FillsBlanks(Right):
    def one(self, pixels):
        result = super().one(pixels)
        result[0, 0] = 77
        return result


class NeedsOneSize(Right):
    def _pixels(self, X):
        largest = max(np.shape(sample) for sample in X if isinstance(sample, np.ndarray))
        return [np.minimum(pixels, largest[0]) for pixels in super()._pixels(X)]


class HasFeatureNames(Right):
    def get_feature_names_out(self, names=None):
        return np.array(["pixels"])


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (Drops, "order_and_number"),
        (Reorders, "order_and_number"),
        (DependsOnTheBatch, "order_and_number"),
        (DependsOnEarlierCalls, "earlier_calls"),
        (WritesInPlace, "inputs_are_left_alone"),
        (IgnoresItsSeed, "fits_repeat"),
        (DrawsFromTheGlobalState, "global_random_states"),
        (DiffersInFitTransform, "fit_transform"),
        (DiffersByContainer, "containers"),
        (OutputFollowsTheData, "output_is_a_batch"),
        (ReturnsAList, "output_is_a_batch"),
        (FitReturnsNothing, "fit_returns_self"),
        (FitChangesParameters, "fit_returns_self"),
        (InitChecks, "init_only_stores"),
        (InitCopies, "init_only_stores"),
        (CannotBePickled, "pickles"),
        (PicklesWithoutState, "pickles"),
        (MustBeFittedAfterAll, "clone_is_not_fitted"),
        (IsNotThreadSafe, "threads"),
        (SaysItTakesTables, "tags"),
        (TakesAnything, "bad_batches"),
        (RaisesItsOwn, "bad_batches"),
        (DoesNotNameTheSample, "bad_samples"),
        (FillsBlanks, "blank_samples"),
        (NeedsOneSize, "ragged"),
        (HasFeatureNames, "global_output_setting"),
    ],
)
def test_a_transformer_that_is_wrong_fails(wrong, check):
    assert failures(wrong(), check)


# --- The same for recognizers.


class Reads(RecognizerMixin, BaseEstimator):
    """Reads the brightness of plates as letters; the subclasses say what is wrong with them."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        images = stack_images(X)
        texts = self.checked(y)
        if len(images) != len(texts):
            raise ValueError(f"{len(images)} images and {len(texts)} texts")
        if sample_weight is not None and len(sample_weight) != len(texts):
            raise ValueError("one weight a plate")
        self.offset_ = int(np.mean([len(text) for text in texts]))
        return self

    def checked(self, y):
        if y is None:
            raise ValueError("y is None")
        for index, text in enumerate(y):
            if not isinstance(text, str):
                raise ValueError(f"y[{index}] is {text!r}")
        return list(y)

    def read(self, X):
        self._check()
        return [self.one(image) for image in stack_images(X)]

    def _check(self):
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)

    def one(self, image):
        if is_blank(image):
            return PlateReading("", 0.0, (), ())
        text = chr(65 + (int(image.mean()) + self.offset_) % 26)
        return PlateReading(text, 0.5, (0.5,), ((text, 0.5),))


class PredictsOther(Reads):
    def predict(self, X):
        return np.array([text + "X" for text in super().predict(X)])


class ScoresWithoutWeights(Reads):
    def score(self, X, y, sample_weight=None):
        return super().score(X, y)


class IsOverconfident(Reads):
    def one(self, image):
        reading = super().one(image)
        return reading if not reading.text else PlateReading(reading.text, 1.5, (1.5,), ())


class IsSureOfNothing(Reads):
    def one(self, image):
        reading = super().one(image)
        return PlateReading("", 0.3, (), ()) if reading.text else reading


class ReadsBlanks(Reads):
    def one(self, image):
        return PlateReading("A", 0.5, (0.5,), ())


class CountsBlanks(Reads):
    def one(self, image):
        reading = super().one(image)
        return PlateReading(reading.text, reading.confidence, (0.5, 0.9), ())


class TakesAnyText(Reads):
    def checked(self, y):
        return [str(text) for text in y]


class IgnoresWeights(Reads):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y)


class IsAClassifier(Reads):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier"
        return tags


class ReadsUnfitted(Reads):
    def _check(self):
        self.offset_ = getattr(self, "offset_", 0)


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (PredictsOther, "methods_agree"),
        (ScoresWithoutWeights, "methods_agree"),
        (IsOverconfident, "readings"),
        (IsSureOfNothing, "readings"),
        (CountsBlanks, "readings"),
        (ReadsBlanks, "blank_samples"),
        (TakesAnyText, "bad_texts"),
        (IgnoresWeights, "sample_weight"),
        (IsAClassifier, "tags"),
        (ReadsUnfitted, "clone_is_not_fitted"),
    ],
)
def test_a_recognizer_that_is_wrong_fails(wrong, check):
    assert failures(wrong(), check)


@pytest.mark.parametrize("right", [Right(), Reads()], ids=["transformer", "recognizer"])
def test_what_is_right_passes(right):
    assert failures(right) == []


def failures(estimator, part=""):
    """Give the names of the checks that an estimator fails, of those with a part in their name."""
    failed = []
    for name, check in plate_estimator_checks(estimator):
        if part in name:
            try:
                check()
            except AssertionError:
                failed.append(name)
    return failed


# --- What the function itself refuses.


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((PlateNormalizer,), TypeError, "is a class"),
        ((BaseEstimator(),), TypeError, "neither a method transform nor a method read"),
        ((PlateNormalizer(), [1, 2]), ValueError, "at least four"),
        ((PlateNormalizer(), None, ["A"]), ValueError, "pass both or neither"),
        ((Reads(), segmented_plates()[0]), ValueError, "y is None"),
    ],
)
def test_what_cannot_be_checked_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        check_plate_estimator(*arguments)


def test_the_first_failure_is_raised():
    with pytest.raises(AssertionError, match="drop none"):
        check_plate_estimator(Drops())
