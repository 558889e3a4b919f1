"""Check what all image transformers have in common."""

import os
import pickle
import weakref

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr import PlateImage, read_plates
from sklearn_lpr._compat import cv2
from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.detection import ContourPlateDetector
from sklearn_lpr.images import SampleError, box_corners, object_array
from sklearn_lpr.preprocessing import (
    CharacterSegmenter,
    PlateCropper,
    PlateNormalizer,
    RowJoiner,
)
from sklearn_lpr.privacy import PlateRedactor

# All transformers get the same photos, with the corners that some of them need.
pytestmark = pytest.mark.filterwarnings("ignore:.* samples have corners:UserWarning")

TRANSFORMERS = [
    PlateCropper(missing="whole", margin=0.1),
    PlateCropper(missing="whole", rectify=False),
    PlateNormalizer(),
    PlateNormalizer(color="grey", aspect="pad", contrast="clahe"),
    RowJoiner(),
    RowJoiner(rows=2),
    CharacterSegmenter(),
    CharacterSegmenter(n_characters=3, color="rgb", aspect="pad"),
]
QUAD = [[20.5, 10.0], [70.0, 12.0], [69.0, 30.0], [20.0, 27.5]]


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def assert_same(actual, expected):
    assert actual.dtype == expected.dtype
    assert len(actual) == len(expected)
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(params=TRANSFORMERS, ids=str)
def transformer(request):
    return clone(request.param)


@pytest.fixture
def mixed():
    return [
        PlateImage(noise(48, 96, 3), corners=QUAD),
        noise(31, 62, seed=1),
        noise(24, 94, 1, seed=2),
        PlateImage(noise(60, 90, seed=3), corners=QUAD),
        np.full((10, 20, 3), 7, np.uint8),
    ]


def test_fit_returns_self_and_keeps_the_parameters(transformer, mixed):
    before = transformer.get_params()
    assert transformer.fit(mixed) is transformer
    assert transformer.get_params() == before
    assert set(vars(transformer)) == set(before)


def test_fit_transform_equals_transform_without_fit(transformer, mixed):
    assert_same(clone(transformer).fit_transform(mixed), transformer.transform(mixed))


def test_threads_do_not_change_the_result(transformer, mixed):
    alone = transformer.transform(mixed * 4)
    assert_same(transformer.set_params(n_jobs=3).transform(mixed * 4), alone)


def test_a_sample_does_not_depend_on_the_batch(transformer, mixed):
    together = transformer.transform(mixed)
    for index, sample in enumerate(mixed):
        np.testing.assert_array_equal(transformer.transform([sample])[0], together[index])


def test_containers_give_equal_results(transformer):
    batch = noise(3, 24, 94, 3)
    expected = transformer.transform(batch)
    for X in (list(batch), object_array(list(batch)), pd.Series(list(batch)), batch[::1, ::1]):
        assert_same(transformer.transform(X), expected)


def test_paths_equal_pixels(transformer, tmp_path):
    rgb = noise(2, 24, 94, 3)
    paths = [tmp_path / f"{index}.png" for index in range(2)]
    for path, pixels in zip(paths, rgb, strict=True):
        cv2.imwrite(str(path), pixels[:, :, ::-1])
    expected = transformer.transform(rgb)
    assert_same(transformer.transform(paths), expected)
    assert_same(transformer.transform(pd.Series(paths).astype(str)), expected)


def test_one_channel_equals_none(transformer):
    grey = noise(2, 24, 94)
    assert_same(transformer.transform(grey[..., np.newaxis]), transformer.transform(list(grey)))


@pytest.mark.parametrize(
    "view",
    [
        lambda rgb: rgb[:, :, ::-1],
        lambda rgb: rgb[:, ::-1],
        lambda rgb: rgb[::2, ::3],
        lambda rgb: np.asfortranarray(rgb),
        lambda rgb: rgb[:, :, 1],
    ],
    ids=["bgr", "mirrored", "strided", "fortran", "channel"],
)
def test_layout_in_memory_does_not_matter(transformer, view):
    pixels = view(noise(48, 120, 3))
    assert_same(transformer.transform([pixels]), transformer.transform([pixels.copy(order="C")]))


def test_read_only_memmaps_are_not_modified(transformer, tmp_path):
    batch = noise(3, 24, 94, 3)
    np.save(tmp_path / "batch.npy", batch)
    memmap = np.load(tmp_path / "batch.npy", mmap_mode="r")
    result = transformer.transform(memmap)
    assert_same(result, transformer.transform(batch))
    assert all(type(item) is np.ndarray for item in result)
    np.testing.assert_array_equal(memmap, batch)


def test_results_share_no_memory_with_the_input(transformer):
    batch = noise(3, 24, 94, 3)
    batch[2] = 9
    before = batch.copy()
    for item in transformer.transform(batch):
        assert not np.shares_memory(item, batch)
        item[:] = 0
    np.testing.assert_array_equal(batch, before)


@pytest.mark.parametrize("value", [0, 130, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (40, 90, 3), (40, 90)])
def test_blank_stays_blank(transformer, shape, value):
    (result,) = transformer.transform([np.full(shape, value, np.uint8)])
    np.testing.assert_array_equal(result, value)


def test_a_blank_sample_needs_no_corners():
    blank = np.full((5, 8, 3), (1, 2, 3), np.uint8)
    (result,) = PlateCropper(missing="raise").transform([blank])
    np.testing.assert_array_equal(result, blank)


def test_files_are_read_one_at_a_time(transformer, monkeypatch):
    read = []

    def pixels(sample):
        # CPython frees an array when its last reference is deleted.
        assert all(reference() is None for reference in read)
        result = noise(30, 60, 3)
        read.append(weakref.ref(result))
        return result

    monkeypatch.setattr(PlateImage, "pixels", pixels)
    transformer.transform([PlateImage(np.zeros((2, 2, 3), np.uint8))] * 5)
    assert len(read) == 5


def test_tags_and_names(transformer):
    tags = get_tags(transformer)
    assert not tags.requires_fit
    assert not tags.input_tags.two_d_array
    assert not hasattr(transformer, "get_feature_names_out")


def test_clone_and_pickle(transformer, mixed):
    copy = pickle.loads(pickle.dumps(transformer))
    assert copy.get_params() == transformer.get_params()
    assert_same(copy.transform(mixed), transformer.transform(mixed))


def test_repr_shows_what_differs():
    assert repr(PlateCropper(margin=0.2)) == "PlateCropper(margin=0.2)"
    assert repr(PlateNormalizer(height=32)) == "PlateNormalizer(height=32)"


def test_a_pipeline_of_both_needs_no_fit():
    scenes = [PlateImage(noise(60, 120, 3, seed=seed), corners=QUAD) for seed in range(3)]
    pipeline = make_pipeline(PlateCropper(), PlateNormalizer(width=60))
    assert pipeline.transform(scenes).shape == (3, 24, 60, 3)
    pipeline.set_params(platenormalizer__color="grey", platecropper__margin=0.1)
    assert pipeline.fit_transform(scenes).shape == (3, 24, 60, 1)


def test_nested_detector_parameters_are_reached_and_cloned():
    cropper = PlateCropper(locate="detect", detector=ContourPlateDetector(max_angle=10))
    copy = clone(cropper).set_params(detector__max_angle=20)
    assert copy.get_params()["detector__max_angle"] == 20
    assert cropper.detector.max_angle == 10


class TrainedDetector(BaseEstimator):
    """Find, once it is fitted, a plate whose place is a parameter."""

    def __init__(self, left=0, helper=None):
        self.left = left
        self.helper = helper

    def fit(self, X, y=None):
        self.width_ = 20
        return self

    def detect(self, X):
        check_is_fitted(self)
        return [box_corners(self.left, 0, self.width_, 10)] * len(X)


@pytest.mark.parametrize("kind", [PlateCropper, PlateRedactor])
def test_clones_keep_a_fitted_detector(kind):
    detector = TrainedDetector(helper=ContourPlateDetector(max_angle=10)).fit(None)
    original = kind(locate="detect", detector=detector)
    copy = clone(original).set_params(detector__left=40, detector__helper__max_angle=20)
    photo = noise(30, 80)
    assert not np.array_equal(copy.transform([photo])[0], original.transform([photo])[0])
    assert (detector.left, detector.helper.max_angle) == (0, 10)
    assert not hasattr(clone(detector), "width_")
    with pytest.raises(SampleError, match="not fitted"):
        clone(kind(locate="detect", detector=TrainedDetector())).transform([photo])


class LevelReader(RecognizerMixin, BaseEstimator):
    """Recognizer that predicts the median grey level of each plate."""

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def read(self, X):
        return [PlateReading(str(int(np.median(crop))), 1.0) for crop in X]


def test_a_parameter_of_a_fitted_detector_is_searched():
    photos = [noise(30, 80, seed=seed) for seed in range(4)]
    for photo in photos:
        photo[:10, 40:60] = 200
        photo[0, 40] = 0  # a crop of one colour is blank
    cropper = PlateCropper(locate="detect", detector=TrainedDetector().fit(None))
    search = GridSearchCV(
        make_pipeline(cropper, LevelReader()),
        {"platecropper__detector__left": [0, 40]},
        cv=2,
        error_score="raise",
    )
    search.fit(photos, ["200"] * 4)
    assert search.best_params_ == {"platecropper__detector__left": 40}
    assert search.cv_results_["mean_test_score"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("transformer", "name"),
    [
        (PlateCropper(locate="guess"), "locate"),
        (PlateCropper(missing="drop"), "missing"),
        (PlateCropper(margin=-0.1), "margin"),
        (PlateCropper(margin=20), "margin"),
        (PlateCropper(margin=float("nan")), "margin"),
        (PlateCropper(margin=(0.1, 0.2, 0.3)), "margin"),
        (PlateCropper(margin=(0.1, "0.2")), "margin"),
        (PlateCropper(margin=(0.1, -0.2)), "margin"),
        (PlateCropper(border="wrap"), "border"),
        (PlateCropper(rectify="yes"), "rectify"),
        (PlateCropper(detector=3), "detector"),
        (PlateCropper(n_jobs=1.5), "n_jobs"),
        (PlateNormalizer(height=0), "height"),
        (PlateNormalizer(width=94.0), "width"),
        (PlateNormalizer(color="gray"), "color"),
        (PlateNormalizer(aspect="crop"), "aspect"),
        (PlateNormalizer(contrast="gamma"), "contrast"),
        (PlateNormalizer(channel_order="hsv"), "channel_order"),
    ],
)
def test_invalid_parameters_are_rejected_in_fit_and_transform(transformer, name):
    X, kind = noise(1, 24, 94, 3), type(transformer).__name__
    for method in (transformer.fit, transformer.transform):
        with pytest.raises(ValueError, match=f"'{name}' parameter of {kind} must be"):
            method(X)


def test_parameter_errors_are_those_of_scikit_learn():
    with pytest.raises(ValueError, match="height") as raised:
        PlateNormalizer(height=-1).fit(noise(1, 24, 94, 3))
    assert type(raised.value).__name__ == "InvalidParameterError"


@pytest.mark.parametrize("method", ["fit", "transform"])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([], ValueError, "X is empty"),
        (np.zeros((2, 24, 94, 3)), ValueError, "dtype is float64"),
        (np.zeros((24, 94, 3), np.uint8), ValueError, r"X has shape \(24, 94, 3\)"),
        ([np.ones((4, 4), np.uint8), None], ValueError, "Sample 1: None of type"),
        ([np.ones((4, 4, 4), np.uint8)], ValueError, "Sample 0: there are 4 channels"),
        ([np.ones((4, 4), np.uint8), "none.png"], SampleError, "Sample 1: there is no file"),
    ],
)
def test_invalid_batches_are_rejected(transformer, method, X, error, message):
    with pytest.raises(error, match=message):
        getattr(transformer, method)(X)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_damaged_file_is_named_with_its_index(transformer, tmp_path, n_jobs):
    path = tmp_path / "damaged.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n....")
    with pytest.raises(SampleError, match=r"Sample 1: .*damaged\.png"):
        transformer.set_params(n_jobs=n_jobs).transform([noise(24, 94, 3), path])


class CountingRecognizer(RecognizerMixin, BaseEstimator):
    """Recognizer that predicts the mean grey level of each plate."""

    def read(self, X):
        return [PlateReading(str(int(images.mean())), 1.0, (1.0,) * 3, ()) for images in X]


@pytest.mark.parametrize("container", [list, pd.Series, object_array])
def test_read_plates_checks_each_sample_once(tmp_path, monkeypatch, container):
    paths = [tmp_path / f"{index}.png" for index in range(5)]
    for index, path in enumerate(paths):
        cv2.imwrite(str(path), noise(24, 94, 3, seed=index))
    checked = []
    is_file = os.path.isfile
    monkeypatch.setattr(os.path, "isfile", lambda path: checked.append(path) or is_file(path))
    model = make_pipeline(PlateCropper(missing="whole"), PlateNormalizer(), CountingRecognizer())
    predictions = read_plates(model, container(paths), batch_size=2)
    assert checked == paths
    assert [prediction.text for prediction in predictions] == [
        str(int(pixels.mean())) for pixels in model[:-1].transform(container(paths))
    ]


def test_read_plates_passes_samples_unchanged_to_other_transformers():
    received = []
    model = make_pipeline(FunctionTransformer(lambda X: received.append(X) or X), PlateNormalizer())
    model.steps.append(("recognizer", CountingRecognizer()))
    X = noise(3, 24, 94, 3)
    read_plates(model, X, batch_size=2)
    assert [type(chunk) for chunk in received] == [np.ndarray] * 2
    np.testing.assert_array_equal(np.concatenate(received), X)


def test_read_plates_names_the_type_of_an_iterator():
    with pytest.raises(TypeError, match="X is a generator; pass a list or an array"):
        read_plates(CountingRecognizer(), (image for image in noise(3, 24, 94, 3)))


def test_read_plates_finds_a_missing_file_before_any_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(PlateImage, "pixels", pytest.fail)
    model = make_pipeline(PlateNormalizer(), CountingRecognizer())
    path = tmp_path / "plate.png"
    path.touch()
    with pytest.raises(SampleError, match="Sample 3: there is no file"):
        read_plates(model, [path, path, path, tmp_path / "gone.png"], batch_size=2)


@pytest.mark.parametrize("transform", [None, "default"])
def test_the_default_output_can_be_set_in_a_pipeline(transformer, mixed, transform):
    pipeline = make_pipeline(transformer, CountingRecognizer())
    assert pipeline.set_output(transform=transform) is pipeline
    assert_same(
        transformer.set_output(transform=transform).transform(mixed), transformer.transform(mixed)
    )


@pytest.mark.parametrize("transform", ["pandas", "polars"])
def test_data_frames_are_rejected_as_output(transformer, transform):
    with pytest.raises(ValueError, match=f"{type(transformer).__name__} returns images"):
        make_pipeline(transformer).set_output(transform=transform)


@pytest.mark.filterwarnings("default:.* samples have corners:UserWarning")
@pytest.mark.parametrize("transformer", [PlateNormalizer(), RowJoiner(), CharacterSegmenter()])
def test_corners_that_are_not_used_are_warned_of(transformer):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 120, 3), dtype=np.uint8)
    located = PlateImage(pixels, box_corners(20, 20, 60, 20))
    name = type(transformer).__name__
    message = f"1 of 2 samples have corners, which {name} does not use"
    with pytest.warns(UserWarning, match=message) as caught:
        transformer.transform([pixels, located])
    if not isinstance(transformer, CharacterSegmenter):  # its own `transform` is one call more
        assert caught[0].filename == __file__
    transformer.transform(PlateCropper(missing="whole").transform([pixels, located]))
