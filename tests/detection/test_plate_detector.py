"""PlateDetector on photos of bright rectangles: training, scikit-learn's contract, export."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from bright_photos import photo_with
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

from sklearn_lpr import PlateImage
from sklearn_lpr._detection._base import most_prominent
from sklearn_lpr.augmentation import SceneAugmenter
from sklearn_lpr.detection import OnnxPlateDetector, PlateDetector
from sklearn_lpr.images import box_corners
from sklearn_lpr.metrics import detection_average_precision

CROPS = SceneAugmenter(size=64, width_range=(20, 50), max_rotation=0, grey_p=0, p=0)
SETTINGS = {
    "n_filters": 4,
    "augmentation": CROPS,
    "batch_size": 8,
    "learning_rate_init": 0.01,
    "random_state": 0,
    "refine": False,  # plates are larger in the refinement than in these crops
}


def bright_photos(n_photos=16):
    """Return small photos with one bright plate each, and the corners."""
    boxes = [(20 + index % 5, 14 + index, 40, 12) for index in range(n_photos)]
    photos = [photo_with(box, height=64, width=96) for box in boxes]
    return photos, [box_corners(*box)[np.newaxis] for box in boxes]


def brief(**changes):
    return PlateDetector(**{**SETTINGS, "max_iter": 2, **changes})


def fit_quietly(detector, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return detector.fit(*arguments, **options)


@pytest.fixture(scope="module")
def fitted():
    return PlateDetector(**SETTINGS, max_iter=150).fit(*bright_photos())


def test_it_finds_what_it_was_trained_on(fitted):
    photos, corners = bright_photos()
    found = fitted.detect_all(photos)
    assert detection_average_precision(corners, found) > 0.95
    assert fitted.score(photos, corners) == detection_average_precision(corners, found)
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0] / 4
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 150


@pytest.mark.parametrize(
    ("widths", "scores", "chosen"),
    [
        ([40], [0.3], 0),
        ([20, 60, 40], [0.8, 0.73, 0.5], 1),  # 0.72 is nine tenths of the highest score
        ([20, 60, 40], [0.8, 0.71, 0.5], 0),
        ([20, 40, 60], [0.8, 0.79, 0.73], 2),
        ([40, 20], [0.8, 0.8], 0),
    ],
)
def test_the_largest_of_the_plates_with_almost_the_highest_score_is_chosen(widths, scores, chosen):
    corners = np.stack([box_corners(0, 0, width, 10) for width in widths])
    np.testing.assert_array_equal(most_prominent(corners, np.array(scores)), corners[chosen])


def test_no_plate_is_chosen_without_a_detection():
    assert most_prominent(np.empty((0, 4, 2)), np.empty(0)) is None


def test_methods_agree(fitted):
    photos, _ = bright_photos()
    photos.append(np.full((64, 96, 3), 40, np.uint8))
    all_found, best, predicted = (
        fitted.detect_all(photos),
        fitted.detect(photos),
        fitted.predict(photos),
    )
    assert predicted.dtype == object
    for (corners, scores), one, array in zip(all_found, best, predicted, strict=True):
        np.testing.assert_array_equal(corners, array)
        assert corners.dtype == scores.dtype == np.float64
        assert (np.diff(scores) <= 0).all()
        if len(corners):
            np.testing.assert_array_equal(most_prominent(corners, scores), one)
        else:
            assert one is None
    assert best[-1] is None  # a blank photo


def test_results_do_not_depend_on_the_batch_or_the_number_of_threads(fitted):
    photos, _ = bright_photos()
    together = fitted.predict(photos)
    for index in (0, 7):
        np.testing.assert_array_equal(fitted.predict([photos[index]])[0], together[index])
    threads = clone(fitted).set_params(n_jobs=2)
    threads.weights_, threads.architecture_ = fitted.weights_, fitted.architecture_
    for alone, parallel in zip(together, threads.predict(photos), strict=True):
        np.testing.assert_array_equal(alone, parallel)


def test_grey_photos_are_searched(fitted):
    photos, corners = bright_photos()
    grey = [photo[:, :, 0] for photo in photos]
    assert fitted.score(grey, corners) > 0.95


def test_pickles_find_the_same(fitted):
    photos, _ = bright_photos()
    loaded = pickle.loads(pickle.dumps(fitted))
    for before, after in zip(fitted.predict(photos), loaded.predict(photos), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.slow
def test_corners_may_travel_in_the_samples(fitted):
    photos, corners = bright_photos()
    samples = [PlateImage(photo, quad) for photo, (quad,) in zip(photos, corners, strict=True)]
    assert fitted.score(samples) == fitted.score(photos, corners)
    by_y, by_samples = fit_quietly(brief(), photos, corners), fit_quietly(brief(), samples)
    assert by_y.loss_curve_ == by_samples.loss_curve_


@pytest.mark.parametrize(
    "changes",
    [
        {},
        pytest.param({"ema_decay": 0.9}, marks=pytest.mark.slow),
        pytest.param({"solver": "adam"}, marks=pytest.mark.slow),
    ],
)
def test_fits_are_reproducible_and_leave_the_global_state_alone(changes):
    photos, corners = bright_photos()
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (fit_quietly(brief(**changes), photos, corners) for _ in range(2))
    assert first.loss_curve_ == second.loss_curve_
    for name, weights in first.weights_.items():
        np.testing.assert_array_equal(weights, second.weights_[name])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.slow
def test_training_resumes_to_the_bit(tmp_path, monkeypatch):
    photos, corners = bright_photos()
    whole = fit_quietly(brief(max_iter=3), photos, corners)
    monkeypatch.setattr("sklearn_lpr.training._checkpoint._SECONDS_BETWEEN", 0)

    class BrokenError(Exception):
        pass

    def break_off(self, *arguments, **options):
        raise BrokenError

    resumable = brief(max_iter=3, checkpoint_dir=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("sklearn_lpr.training._callbacks.EpochTasks.end", break_off)
        with pytest.raises(BrokenError):
            fit_quietly(resumable, photos, corners)
    assert list(tmp_path.iterdir())
    fit_quietly(resumable, photos, corners)
    assert resumable.loss_curve_ == whole.loss_curve_
    for name, weights in whole.weights_.items():
        np.testing.assert_array_equal(weights, resumable.weights_[name])


@pytest.mark.slow
def test_early_stopping_scores_held_out_photos():
    detector = fit_quietly(brief(early_stopping=True, max_iter=3), *bright_photos())
    assert len(detector.validation_scores_) == 3
    assert detector.best_validation_score_ == max(detector.validation_scores_)


def test_initial_weights_and_warm_start_continue(fitted, tmp_path):
    photos, corners = bright_photos()
    fitted.save_weights(tmp_path / "weights.npz")
    slow = {"learning_rate_init": 1e-8, "max_iter": 1}
    started = brief(initial_weights=tmp_path / "weights.npz", **slow).fit(photos, corners)
    assert started.score(photos, corners) > 0.9
    started.set_params(warm_start=True, initial_weights=None).fit(photos, corners)
    assert started.score(photos, corners) > 0.9


def test_sample_weights_count():
    photos, corners = bright_photos()
    plain = fit_quietly(brief(), photos, corners)
    alike = fit_quietly(brief(), photos, corners, sample_weight=np.ones(16))
    first_half = fit_quietly(brief(), photos, corners, sample_weight=[1] * 8 + [0] * 8)
    assert plain.loss_curve_ == alike.loss_curve_ != first_half.loss_curve_
    with pytest.raises(ValueError, match="Negative"):
        brief().fit(photos, corners, sample_weight=[-1] * 16)


def test_augmented_crops_are_rgb_images_of_uint8():
    class Floats:
        def prepare(self, photos, corners):
            draw = CROPS.prepare(photos, corners)

            def build(index, rng):
                crop = draw(index, rng)
                return replace(crop, image=crop.image / np.float32(255))

            return build

    with pytest.raises(ValueError, match=r"augmentation=.* dtype float32; .*\(64, 64, 3\)"):
        brief(augmentation=Floats()).fit(*bright_photos())


@pytest.mark.slow
def test_crops_of_several_sizes_train_in_one_process():
    photos, corners = bright_photos()
    for size in (64, 96, 128):
        crops = SceneAugmenter(size=size, width_range=(20, 50), grey_p=0, p=0)
        detector = fit_quietly(brief(augmentation=crops, max_iter=1), photos, corners)
        assert np.isfinite(detector.loss_curve_).all()


def test_it_is_cross_validated():
    photos, corners = bright_photos()
    truth = np.empty(len(corners), dtype=object)
    truth[:] = corners
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores = cross_val_score(brief(max_iter=1), photos, truth, cv=2)
    assert scores.shape == (2,)


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        (None, "no sample has corners"),
        ([np.empty((0, 4, 2))] * 2, "None of the 2 photos has a plate"),
        ([box_corners(1, 1, 9, 9), box_corners(1, 1, 9, 9)], r"y\[0\] must hold finite corners"),
        ([[box_corners(1, 1, 9, 9) * np.nan], []], r"y\[0\] must hold finite corners"),
        ([[], [box_corners(1, 1, 9, 9)[::-1]]], r"y\[1\]\[0\]: .*convex"),
        ([[], [box_corners(0.1, 0.1, 0.3, 0.1)]], "fractions of the photos' sizes"),
        ([[box_corners(1, 1, 9, 9)]], "inconsistent numbers of samples"),
    ],
)
def test_impossible_corners_are_errors(corners, message):
    photos, _ = bright_photos(2)
    with pytest.raises(ValueError, match=message):
        brief().fit(photos, corners)


def test_a_network_that_finds_nothing_is_warned_about():
    with pytest.warns(ConvergenceWarning, match="finds no plate in the first 16 training photos"):
        brief(max_iter=1, learning_rate_init=1e-9).fit(*bright_photos())


def test_it_must_be_fitted():
    with pytest.raises(NotFittedError):
        PlateDetector().predict(bright_photos()[0])


@pytest.mark.parametrize(
    ("name", "value"), [("n_filters", 1), ("threshold", 0), ("working_size", 10), ("refine", 3)]
)
def test_impossible_parameters_are_errors(name, value):
    with pytest.raises(ValueError, match=name):
        brief(**{name: value}).fit(*bright_photos())


def test_an_exported_detector_finds_the_same(fitted, tmp_path):
    pytest.importorskip("onnx")
    from sklearn_lpr.export import to_onnx

    photos, _ = bright_photos()
    path = to_onnx(fitted, tmp_path / "detector.onnx")
    served = OnnxPlateDetector(path, refine=False)
    for (corners, scores), (others, other_scores) in zip(
        fitted.detect_all(photos), served.detect_all(photos), strict=True
    ):
        np.testing.assert_allclose(others, corners, atol=1e-3)
        np.testing.assert_allclose(other_scores, scores, atol=1e-5)
    copies = pickle.loads(pickle.dumps(served)), clone(served)
    path.unlink()
    for copy in copies:
        np.testing.assert_array_equal(copy.predict(photos)[0], served.predict(photos)[0])


def test_an_int8_detector_finds_nearly_the_same(fitted, tmp_path):
    pytest.importorskip("onnx")
    from sklearn_lpr.export import to_onnx

    photos, truth = bright_photos()
    sizes = [*photos, photo_with((20, 20, 40, 12), height=40, width=70)]  # of any size
    blank = np.zeros((8, 8, 3), np.uint8)
    with pytest.warns(UserWarning, match="calibration= has 17 photos, too few") as caught:
        path = to_onnx(fitted, tmp_path / "int8.onnx", "int8", [blank, *sizes])
    assert caught[0].filename == __file__
    served = OnnxPlateDetector(path, refine=False)
    assert path.stat().st_size < to_onnx(fitted, tmp_path / "float.onnx").stat().st_size
    assert served.score(photos, truth) > 0.95
    for found, (corners, _) in zip(
        served.detect_all(photos), fitted.detect_all(photos), strict=True
    ):
        np.testing.assert_allclose(found[0][0], corners[0], atol=2)


def test_calibration_photos_of_an_int8_detector_are_checked(fitted, tmp_path):
    pytest.importorskip("onnx")
    from sklearn_lpr.export import to_onnx

    path = tmp_path / "int8.onnx"
    with pytest.raises(ValueError, match="All 2 photos of calibration= are blank"):
        to_onnx(fitted, path, "int8", np.zeros((2, 8, 8, 3), np.uint8))
    with pytest.raises(ValueError, match=r"^Sample 1: "):
        to_onnx(fitted, path, "int8", [bright_photos()[0][0], tmp_path / "absent.png"])
    assert not path.exists()


@pytest.mark.slow
def test_a_file_of_another_network_is_refused(tmp_path, tiny_recognizer_file):
    with pytest.raises(ValueError, match="it is not a plate detector"):
        OnnxPlateDetector(tiny_recognizer_file).predict(bright_photos()[0])


@pytest.fixture
def tiny_recognizer_file(tmp_path):
    pytest.importorskip("onnx")
    from sklearn_lpr import LPRNetCTC
    from sklearn_lpr.export import to_onnx

    X = np.random.default_rng(0).integers(0, 255, (8, 8, 32, 3), dtype=np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0).fit(X, ["A"] * 8)
    return to_onnx(recognizer, tmp_path / "recognizer.onnx")


@pytest.mark.slow
@pytest.mark.parametrize("frozen", [False, True])
def test_a_pipeline_that_detects_is_one_file(fitted, frozen, tmp_path):
    pytest.importorskip("onnx")
    from sklearn.frozen import FrozenEstimator
    from sklearn.pipeline import make_pipeline

    from sklearn_lpr import LPRNetCTC
    from sklearn_lpr.export import load_pipeline, to_onnx
    from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

    photos, _ = bright_photos()
    chain = make_pipeline(
        PlateCropper(
            locate="detect",
            detector=FrozenEstimator(fitted) if frozen else fitted,
            missing="blank",
        ),
        PlateNormalizer(height=16, width=48),
        LPRNetCTC(n_filters=4, max_iter=1, random_state=0),
    )
    noisy = [photo + np.uint8(index) for index, photo in enumerate(photos)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain.fit(noisy, ["AB"] * len(noisy))
        served = load_pipeline(to_onnx(chain, tmp_path / "chain.onnx"), n_threads=1)
        assert isinstance(served[0].detector, OnnxPlateDetector)
        np.testing.assert_array_equal(served.predict(noisy), chain.predict(noisy))

    assert served[0].detector.threshold == fitted.threshold


def test_the_warning_counts_the_searched_photos():
    photos, corners = bright_photos()
    corners = [*corners[:3], *[[]] * 13]
    with pytest.warns(ConvergenceWarning, match="in the first 3 training photos with plates"):
        brief(max_iter=1, learning_rate_init=1e-9).fit(photos, corners)


@pytest.mark.parametrize("n_plates", [1, 2])
def test_early_stopping_needs_plates_on_both_sides(n_plates):
    photos, corners = bright_photos(4)
    corners = [*corners[:n_plates], *[[]] * (4 - n_plates)]
    refused = 0
    for seed in range(8):
        detector = brief(early_stopping=True, random_state=seed, max_iter=1)
        try:
            fit_quietly(detector, photos, corners)
        except ValueError as error:
            assert "photos has a plate" in str(error)  # noqa: PT017
            refused += 1
        else:
            assert detector.weights_
            assert detector.best_validation_score_ >= 0
    assert refused == 8 if n_plates == 1 else refused > 0


def test_photos_of_one_channel_teach_the_same_as_grey_ones():
    photos, corners = bright_photos()
    grey = [photo[:, :, 0] for photo in photos]
    one_channel = [photo[:, :, :1] for photo in photos]
    options = {"early_stopping": True, "max_iter": 1}
    first, second = (fit_quietly(brief(**options), shown, corners) for shown in (grey, one_channel))
    assert first.loss_curve_ == second.loss_curve_
    assert first.validation_scores_ == second.validation_scores_


def test_parameters_of_the_search_change_without_another_fit(fitted):
    photos, corners = bright_photos()
    detector = clone(fitted).set_params(threshold=0.999999)
    detector.weights_, detector.architecture_ = fitted.weights_, fitted.architecture_
    assert not any(map(len, detector.predict(photos)))
    assert detector.set_params(threshold=0.35).score(photos, corners) > 0.95


def test_the_working_size_is_searched_by_cross_validation():
    photos, corners = bright_photos()
    search = GridSearchCV(brief(max_iter=1), {"working_size": [64, 96]}, cv=2, error_score="raise")
    fit_quietly(search, photos, corners)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.working_size == search.best_params_["working_size"]
