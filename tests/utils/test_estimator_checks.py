"""Checks of all public estimators, and of faulty ones that the checks must detect."""

import os
import random
import tempfile
import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
import sklearn
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
from sklearn_lpr.networks import SegmentedPlates, get_network
from sklearn_lpr.preprocessing import PlateNormalizer
from sklearn_lpr.recognition._base_neural import BaseNeuralRecognizer
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
    missing, unknown = public_estimators() - checked, checked - public_estimators()
    assert not missing, f"add {sorted(missing)} to the estimators of tests/utils/estimators.py"
    assert not unknown, f"{sorted(unknown)} are not public"


@pytest.mark.parametrize("name", sorted({**TRANSFORMERS, **RECOGNIZERS, **META_RECOGNIZERS}))
def test_every_parameter_has_a_constraint(name):
    kind = type({**TRANSFORMERS, **RECOGNIZERS, **META_RECOGNIZERS}[name])
    assert set(kind._parameter_constraints) == set(kind._get_param_names())


@pytest.mark.parametrize("check", cases(TRANSFORMERS, scenes()))
def test_transformers_pass(check):
    check()


@pytest.mark.filterwarnings("ignore:The maps of method=:UserWarning")  # there are few plates
@pytest.mark.parametrize("check", cases(META_RECOGNIZERS))
def test_meta_recognizers_pass(check):
    check()


@pytest.fixture(scope="module")
def onnx_checks(draw_weights, tmp_path_factory):
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    from sklearn_lpr.export import to_onnx

    network = draw_weights(clone(RECOGNIZERS["LPRNetCTC"]), (24, 94, 3), "0123456789ABCDEF")
    path = to_onnx(network, tmp_path_factory.mktemp("export") / "recognizer.onnx")
    recognizer = clone(RECOGNIZERS["OnnxRecognizer"]).set_params(path=path)
    return dict(plate_estimator_checks(recognizer))


@pytest.mark.parametrize(
    "name", [name for name, _ in plate_estimator_checks(RECOGNIZERS["OnnxRecognizer"])]
)
def test_onnx_recognizer_passes(name, onnx_checks):
    onnx_checks[name]()


def segmented_plates():
    rng = np.random.default_rng(0)
    X = [rng.integers(0, 256, (4, 12, 8, 1), dtype=np.uint8) for _ in range(8)]
    return X, ["AB12", "CD34"] * 4


def takes_segments(recognizer):
    return isinstance(recognizer, BaseNeuralRecognizer) and isinstance(
        get_network(recognizer._network).input_form, SegmentedPlates
    )


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=f"{name}-{title}")
        for name, recognizer in RECOGNIZERS.items()
        if name != "OnnxRecognizer"  # which needs a file
        for title, check in plate_estimator_checks(
            recognizer, *(segmented_plates() if takes_segments(recognizer) else ())
        )
    ],
)
def test_recognizers_pass(check):
    check()


# --- Faulty transformers, each with one fault.


class CorrectTransformer(TransformerMixin, BaseEstimator):
    """Correct transformer; each subclass has one fault."""

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


class Drops(CorrectTransformer):
    def transform(self, X):
        return object_array(list(super().transform(X))[:-1])


class Reorders(CorrectTransformer):
    def transform(self, X):
        return super().transform(X)[::-1]


class DependsOnTheBatch(CorrectTransformer):
    def transform(self, X):
        brightest = max(pixels.max() for pixels in self._pixels(X))
        return object_array([np.minimum(item, brightest - 60) for item in super().transform(X)])


class DependsOnEarlierCalls(CorrectTransformer):
    def transform(self, X):
        self.calls_ = getattr(self, "calls_", 0) + 1
        return object_array([np.maximum(item, 30 * self.calls_) for item in super().transform(X)])


class WritesInPlace(CorrectTransformer):
    def transform(self, X):
        for sample in X:
            if isinstance(sample, np.ndarray):
                sample[0, 0] = 0
        return super().transform(X)


class IgnoresItsSeed(CorrectTransformer):
    def fit(self, X, y=None):
        # Of one small number, two draws would be equal now and then.
        self.pattern_ = np.random.default_rng().integers(0, 256, 64, dtype=np.uint8)
        return super().fit(X)

    def one(self, pixels):
        result = super().one(pixels)
        return result ^ np.resize(self.pattern_, result.shape)


class DrawsFromTheGlobalState(CorrectTransformer):
    def fit(self, X, y=None):
        random.random()
        return super().fit(X)


class DiffersInFitTransform(CorrectTransformer):
    def fit_transform(self, X, y=None):
        return object_array([item + 1 for item in self.fit(X).transform(X)])


class DiffersByContainer(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        return result if isinstance(X, list) else object_array([255 - item for item in result])


class OutputFollowsTheData(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        return np.stack(result) if len(result) > 1 else result


class ReturnsAList(CorrectTransformer):
    def transform(self, X):
        return list(super().transform(X))


class FitReturnsNothing(CorrectTransformer):
    def fit(self, X, y=None):
        super().fit(X)


class FitChangesParameters(CorrectTransformer):
    def fit(self, X, y=None):
        self.amount = self.amount + 1
        return super().fit(X)


class InitChecks(CorrectTransformer):
    def __init__(self, amount=20, random_state=None):
        super().__init__(int(amount) + 0, random_state)
        self.table = np.arange(256)


class InitCopies(CorrectTransformer):
    def __init__(self, amount=(20,), random_state=None):
        super().__init__(list(amount), random_state)

    def one(self, pixels):
        return pixels.copy() if is_blank(pixels) else np.maximum(pixels, self.amount[0])


class CannotBePickled(CorrectTransformer):
    def fit(self, X, y=None):
        self.lock_ = threading.Lock()
        return super().fit(X)


class PicklesWithoutState(CorrectTransformer):
    def fit(self, X, y=None):
        self.extra_ = 100
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), getattr(self, "extra_", 0))

    def __getstate__(self):
        return {name: value for name, value in super().__getstate__().items() if name != "extra_"}


class MustBeFittedAfterAll(CorrectTransformer):
    def fit(self, X, y=None):
        self.level_ = 100
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), getattr(self, "level_", 0))


class IsNotThreadSafe(CorrectTransformer):
    def transform(self, X):
        self.level_ = threading.get_ident() % 251
        threading.Event().wait(0.001)
        return object_array([np.maximum(item, self.level_ % 99) for item in super().transform(X)])


class SaysItTakesTables(CorrectTransformer):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class TakesAnything(CorrectTransformer):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except (ValueError, TypeError):
            return [np.zeros((12, 40, 3), np.uint8)]


class DoesNotNameTheSample(CorrectTransformer):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except ValueError:
            raise ValueError("bad image") from None


class RaisesItsOwn(CorrectTransformer):
    def _pixels(self, X):
        try:
            return super()._pixels(X)
        except (ValueError, TypeError):
            raise RuntimeError("bad batch") from None


class FillsBlanks(CorrectTransformer):
    def one(self, pixels):
        result = super().one(pixels)
        result[0, 0] = 77
        return result


class NeedsOneSize(CorrectTransformer):
    def _pixels(self, X):
        largest = max(np.shape(sample) for sample in X if isinstance(sample, np.ndarray))
        return [np.minimum(pixels, largest[0]) for pixels in super()._pixels(X)]


class HasFeatureNames(CorrectTransformer):
    def get_feature_names_out(self, names=None):
        return np.array(["pixels"])


class ReturnsFloats(CorrectTransformer):
    def one(self, pixels):
        return super().one(pixels).astype(np.float32)


class ReturnsAnotherRank(CorrectTransformer):
    def one(self, pixels):
        return super().one(pixels).ravel()


class ReturnsRankByContent(CorrectTransformer):
    def one(self, pixels):
        result = super().one(pixels)
        return result[:, :, 0] if result.sum() % 2 else result


class ReturnsListsOfRows(CorrectTransformer):
    def one(self, pixels):
        return super().one(pixels).tolist()


class ReturnsFourChannels(CorrectTransformer):
    def one(self, pixels):
        return np.dstack([super().one(pixels), pixels[:, :, :1]])


class TransformChangesParameters(CorrectTransformer):
    def transform(self, X):
        self.amount = 21
        return super().transform(X)


class TransformChangesNestedParameters(CorrectTransformer):
    def __init__(self, amount=20, random_state=None, inner=None):
        super().__init__(amount, random_state)
        self.inner = inner

    def transform(self, X):
        if self.inner is not None:
            self.inner.height = 13
        return super().transform(X)


class ChangesPlainParameterObjects(CorrectTransformer):
    def __init__(self, amount=20, random_state=None, table=None):
        super().__init__(amount, random_state)
        self.table = table

    def transform(self, X):
        if self.table is not None:
            self.table.append(len(X))
        return super().transform(X)


class UsesTheGlobalStateWithoutASeed(CorrectTransformer):
    def fit(self, X, y=None):
        generator = np.random if self.random_state is None else np.random.default_rng(0)
        generator.normal()
        return super().fit(X)


class RestoresTheGlobalState(IgnoresItsSeed):
    def fit(self, X, y=None):
        state = np.random.get_state()  # noqa: NPY002
        self.pattern_ = np.random.randint(0, 256, 64, np.uint8)  # noqa: NPY002
        np.random.set_state(state)  # noqa: NPY002
        return CorrectTransformer.fit(self, X)


class InvertsGrey(CorrectTransformer):
    def _pixels(self, X):
        grey = [np.ndim(_pixels_of(sample)) == 2 for sample in X]
        return [
            255 - pixels if inverted and not is_blank(pixels) else pixels
            for pixels, inverted in zip(super()._pixels(X), grey, strict=True)
        ]


class DarkensASingleChannel(CorrectTransformer):
    def _pixels(self, X):
        single = [_pixels_of(sample).shape[2:] == (1,) for sample in X]
        return [
            pixels // 2 if dark else pixels
            for pixels, dark in zip(super()._pixels(X), single, strict=True)
        ]


def _pixels_of(sample):
    return sample.pixels() if hasattr(sample, "pixels") else np.asarray(sample)


class IsWrongBeyondThe32nd(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        for index in range(32, len(result)):
            result[index] = 255 - result[index]
        return result


class IsWrongInLargeBatches(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        return object_array([255 - item for item in result]) if len(X) > 256 else result


class DependsOnVerbose(CorrectTransformer):
    def __init__(self, amount=20, random_state=None, verbose=False):
        super().__init__(amount, random_state)
        self.verbose = verbose

    def one(self, pixels):
        return super().one(pixels) // (2 if self.verbose else 1)


class WritesAFile(CorrectTransformer):
    def fit(self, X, y=None):
        with open("cache-of-a-faulty-estimator.txt", "w") as file:
            file.write(str(len(X)))
        return super().fit(X)


class ChangesErrorHandling(CorrectTransformer):
    def transform(self, X):
        np.seterr(all="ignore")
        return super().transform(X)


class ChangesConfiguration(CorrectTransformer):
    def fit(self, X, y=None):
        sklearn.set_config(working_memory=64)
        return super().fit(X)


class ChangesThreads(CorrectTransformer):
    def fit(self, X, y=None):
        cv2.setNumThreads(1)
        return super().fit(X)


class ChangesTheEnvironment(CorrectTransformer):
    def fit(self, X, y=None):
        os.environ["FAULTY_ESTIMATOR"] = "1"
        return super().fit(X)


class ChangesTheFolder(CorrectTransformer):
    def fit(self, X, y=None):
        os.chdir(tempfile.gettempdir())
        return super().fit(X)


class ReusesABuffer(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        if not hasattr(self, "buffer_"):
            self.buffer_ = np.zeros((1000, *result[0].shape), np.uint8)
        for index, item in enumerate(result):
            self.buffer_[index] = item
        return object_array(list(self.buffer_[: len(result)]))


class SharesStateBetweenInstances(CorrectTransformer):
    level = 0

    def fit(self, X, y=None):
        type(self).level = int(np.asarray(X[0]).mean())
        return super().fit(X)

    def one(self, pixels):
        return np.maximum(super().one(pixels), self.level)


class NeedsContiguousArrays(CorrectTransformer):
    def _pixels(self, X):
        return super()._pixels(
            [
                np.frombuffer(sample.base, np.uint8)[: sample.size].reshape(sample.shape)
                if isinstance(sample, np.ndarray) and not sample.flags.c_contiguous
                else sample
                for sample in X
            ]
        )


class ModifiesTheList(CorrectTransformer):
    def transform(self, X):
        result = super().transform(X)
        if isinstance(X, list):
            X[0] = result[0]
        return result


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (ReturnsFloats, "output_is_a_batch"),
        (ReturnsAnotherRank, "output_is_a_batch"),
        (ReturnsRankByContent, "output_is_a_batch"),
        (ReturnsListsOfRows, "output_is_a_batch"),
        (ReturnsFourChannels, "output_is_a_batch"),
        (TransformChangesParameters, "fit_returns_self"),
        (lambda: TransformChangesNestedParameters(inner=PlateNormalizer()), "fit_returns_self"),
        (lambda: ChangesPlainParameterObjects(table=[]), "fit_returns_self"),
        (UsesTheGlobalStateWithoutASeed, "global_state"),
        (RestoresTheGlobalState, "fits_repeat"),
        (InvertsGrey, "grey_equals_color"),
        (DarkensASingleChannel, "grey_equals_color"),
        (IsWrongBeyondThe32nd, "order_and_number"),
        (IsWrongInLargeBatches, "order_and_number"),
        (DependsOnVerbose, "verbose"),
        (WritesAFile, "global_state"),
        (ChangesErrorHandling, "global_state"),
        (ChangesConfiguration, "global_state"),
        (ChangesThreads, "global_state"),
        (ChangesTheEnvironment, "global_state"),
        (ChangesTheFolder, "global_state"),
        (ReusesABuffer, "earlier_calls"),
        (SharesStateBetweenInstances, "fits_repeat"),
        (NeedsContiguousArrays, "containers"),
        (ModifiesTheList, "inputs_are_not_modified"),
        (Drops, "order_and_number"),
        (Reorders, "order_and_number"),
        (DependsOnTheBatch, "order_and_number"),
        (DependsOnEarlierCalls, "earlier_calls"),
        (WritesInPlace, "inputs_are_not_modified"),
        (IgnoresItsSeed, "fits_repeat"),
        (DrawsFromTheGlobalState, "global_state"),
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
        (TakesAnything, "invalid_batches"),
        (RaisesItsOwn, "invalid_batches"),
        (DoesNotNameTheSample, "invalid_samples"),
        (FillsBlanks, "blank_samples"),
        (NeedsOneSize, "ragged"),
        (HasFeatureNames, "global_output_setting"),
    ],
)
def test_faulty_transformers_fail(faulty, check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some faulty transformers write files
    assert failures(faulty(), check)


# --- Faulty recognizers, each with one fault.


class CorrectRecognizer(RecognizerMixin, BaseEstimator):
    """Correct recognizer of brightness; each subclass has one fault."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        images = stack_images(X)
        texts = self.checked(y)
        if len(images) != len(texts):
            raise ValueError(f"{len(images)} images and {len(texts)} texts")
        if sample_weight is not None and len(sample_weight) != len(texts):
            raise ValueError("one weight a plate")
        brightness = [image.mean() for image in images]
        self.offset_ = float(np.average(brightness, weights=sample_weight))
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
        text = chr(65 + int(image.mean()) % 26)
        confidence = float(1 / (1 + np.exp((image.mean() - self.offset_) / 32)))
        return PlateReading(text, confidence, (confidence,), ((text, confidence),))


class PredictsOther(CorrectRecognizer):
    def predict(self, X):
        return np.array([text + "X" for text in super().predict(X)])


class ScoresWithoutWeights(CorrectRecognizer):
    def score(self, X, y, sample_weight=None):
        return super().score(X, y)


class IsOverconfident(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return prediction if not prediction.text else PlateReading(prediction.text, 1.5, (1.5,), ())


class IsSureOfNothing(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return PlateReading("", 0.3, (), ()) if prediction.text else prediction


class ReadsBlanks(CorrectRecognizer):
    def one(self, image):
        return PlateReading("A", 0.5, (0.5,), ())


class CountsBlanks(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return PlateReading(prediction.text, prediction.confidence, (0.5, 0.9), ())


class TakesAnyText(CorrectRecognizer):
    def checked(self, y):
        return [str(text) for text in y]


class IgnoresWeights(CorrectRecognizer):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y)


class IsAClassifier(CorrectRecognizer):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier"
        return tags


class ReadsUnfitted(CorrectRecognizer):
    def _check(self):
        self.offset_ = getattr(self, "offset_", 0.0)


class ScoresOnlyWhatItPredicts(CorrectRecognizer):
    def score(self, X, y, sample_weight=None):
        chosen = np.flatnonzero(self.predict(X) != "")
        weight = None if sample_weight is None else np.asarray(sample_weight)[chosen]
        return super().score([X[index] for index in chosen], np.asarray(y)[chosen], weight)


class PredictsOtherwiseFromPaths(CorrectRecognizer):
    def predict(self, X):
        return np.array(["P" if isinstance(X[0], str) else text for text in super().predict(X)])


class ScoresOtherwiseFromPaths(CorrectRecognizer):
    def score_samples(self, X):
        return super().score_samples(X) / (2 if isinstance(X[0], str) else 1)


class IgnoresTheValuesOfWeights(CorrectRecognizer):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        return super().fit(X, y)


class ModifiesWeights(CorrectRecognizer):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        if sample_weight is not None:
            sample_weight /= sample_weight.sum()
        return self


class HasImpossibleCandidates(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return replace(prediction, candidates=((prediction.text, 1.5),))


class HasNegativeCandidates(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return replace(prediction, candidates=(*prediction.candidates, ("ZZ", -0.1)))


class RepeatsCandidates(CorrectRecognizer):
    def one(self, image):
        prediction = super().one(image)
        return replace(prediction, candidates=prediction.candidates * 2)


class ModifiesTexts(CorrectRecognizer):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        if isinstance(y, np.ndarray) and y.flags.writeable:
            y.sort()
        return self


class IsFittedAfterAnError(CorrectRecognizer):
    def fit(self, X, y, sample_weight=None):
        self.offset_ = 0.0
        return super().fit(X, y, sample_weight)


class IsFittedAfterInvalidTexts(CorrectRecognizer):
    def checked(self, y):
        self.offset_ = 0.0
        return super().checked(y)


class ReadChangesParameters(CorrectRecognizer):
    def read(self, X):
        self.random_state = 7
        return super().read(X)


class CandidatesDependOnTheBatch(CorrectRecognizer):
    def read(self, X):
        return [
            replace(prediction, candidates=(("A", 1 / len(X)),)) if prediction.text else prediction
            for prediction in super().read(X)
        ]


class ReturnsATuple(CorrectRecognizer):
    def read(self, X):
        return tuple(super().read(X))


class HasLogProba(CorrectRecognizer):
    symbols = np.array([np.log([0.5, 0.25, 0.25]), [np.log(0.125), np.log(0.875), -np.inf]])

    def log_proba(self, X):
        return np.tile(self.symbols, (len(X), 1, 1))


class ReturnsProbabilities(HasLogProba):
    symbols = np.exp(HasLogProba.symbols)


class ReturnsLogits(HasLogProba):
    symbols = HasLogProba.symbols - 1


class ReturnsNoNumbers(HasLogProba):
    symbols = HasLogProba.symbols * np.nan


class ReturnsOneTimeStep(HasLogProba):
    def log_proba(self, X):
        return super().log_proba(X)[:, 0]


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (ReturnsProbabilities, "log_proba"),
        (ReturnsLogits, "log_proba"),
        (ReturnsNoNumbers, "log_proba"),
        (ReturnsOneTimeStep, "log_proba"),
        (ScoresOnlyWhatItPredicts, "methods_agree"),
        (PredictsOtherwiseFromPaths, "containers"),
        (ScoresOtherwiseFromPaths, "containers"),
        (IgnoresTheValuesOfWeights, "sample_weight"),
        (ModifiesWeights, "sample_weight"),
        (HasImpossibleCandidates, "confidences"),
        (HasNegativeCandidates, "confidences"),
        (RepeatsCandidates, "confidences"),
        (ModifiesTexts, "inputs_are_not_modified"),
        (IsFittedAfterAnError, "invalid_batches"),
        (IsFittedAfterInvalidTexts, "invalid_texts"),
        (ReadChangesParameters, "fit_returns_self"),
        (CandidatesDependOnTheBatch, "order_and_number"),
        (ReturnsATuple, "confidences"),
        (PredictsOther, "methods_agree"),
        (ScoresWithoutWeights, "methods_agree"),
        (IsOverconfident, "confidences"),
        (IsSureOfNothing, "confidences"),
        (CountsBlanks, "confidences"),
        (ReadsBlanks, "blank_samples"),
        (TakesAnyText, "invalid_texts"),
        (IgnoresWeights, "sample_weight"),
        (IsAClassifier, "tags"),
        (ReadsUnfitted, "clone_is_not_fitted"),
    ],
)
def test_faulty_recognizers_fail(faulty, check):
    assert failures(faulty(), check)


@pytest.mark.parametrize(
    "correct",
    [CorrectTransformer(), CorrectRecognizer(), HasLogProba()],
    ids=["transformer", "recognizer", "log_proba"],
)
def test_correct_estimators_pass(correct):
    assert failures(correct) == []


class ImportsALibrary(CorrectTransformer):
    """Its first fit imports a library that sets a variable and draws random numbers."""

    imported = False

    def fit(self, X, y=None):
        if not self.imported:
            type(self).imported = True
            os.environ["A_LIBRARY_WAS_IMPORTED"] = "1"
            random.random()
        return super().fit(X)


def test_what_an_import_changes_is_no_failure():
    assert failures(ImportsALibrary(), "global_state") == []
    assert "A_LIBRARY_WAS_IMPORTED" not in os.environ


def failures(estimator, part=""):
    """Return the names of failed checks, among those that contain a part in their name."""
    failed = []
    for name, check in plate_estimator_checks(estimator):
        if part in name:
            try:
                check()
            except AssertionError:
                failed.append(name)
    return failed


# --- Invalid arguments.


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((PlateNormalizer,), TypeError, "is a class"),
        ((BaseEstimator(),), TypeError, "neither a method transform nor a method read"),
        ((PlateNormalizer(), [1, 2]), ValueError, "at least four"),
        ((PlateNormalizer(), None, ["A"]), ValueError, "pass both or neither"),
        ((CorrectRecognizer(), segmented_plates()[0]), ValueError, "y is None"),
    ],
)
def test_invalid_arguments_are_rejected(arguments, error, message):
    with pytest.raises(error, match=message):
        check_plate_estimator(*arguments)


def test_the_first_failure_is_raised():
    with pytest.raises(AssertionError, match="drop none"):
        check_plate_estimator(Drops())
