"""CornerRefiner on photos of bright rectangles: windows, training, beside a detector, export."""

import pickle
import warnings

import numpy as np
import pytest
from bright_photos import photo_with
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr._detection._corner_window import EXPECTED, WINDOW_SIZE, corner_target
from sklearn_lpr.augmentation import SceneAugmenter
from sklearn_lpr.detection import CornerRefiner, OnnxPlateDetector, PlateDetector
from sklearn_lpr.detection._corner_examples import CornerExamples, _draw_quad, disturb
from sklearn_lpr.images import box_corners
from sklearn_lpr.images._quads import plate_size

SETTINGS = {"n_filters": 4, "batch_size": 8, "learning_rate_init": 0.01, "random_state": 0}


def bright_photos(n_photos=16):
    """Return small photos with one bright plate each, one without, and the corners."""
    boxes = [(20 + index % 5, 14 + index, 40, 12) for index in range(n_photos)]
    photos = [photo_with(box, height=64, width=96) for box in boxes]
    corners = [box_corners(*box)[np.newaxis] for box in boxes]
    return [*photos, photo_with(height=64, width=96)], [*corners, np.empty((0, 4, 2))]


@pytest.fixture(scope="module")
def fitted():
    return CornerRefiner(**SETTINGS, max_iter=60).fit(*bright_photos())


def test_plates_have_high_scores_after_training(fitted):
    photos, corners = bright_photos()
    found = fitted.refine(photos, corners)
    assert all((scores > 0.5).all() for _, scores in found)
    assert [quads.shape for quads, _ in found] == [(1, 4, 2)] * 16 + [(0, 4, 2)]
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0] / 2


# Each unit is 12 pixels of the window, in which the plate is 24 pixels high. The distance is
# rounded off at 0, where it is 0.01.
@pytest.mark.parametrize(
    ("offsets", "is_box", "distance"),
    [
        (np.zeros((4, 2)), False, 0),
        (np.tile([1, 0], (4, 1)), False, 12 / 24),
        (np.tile([0, 0.5], (4, 1)), True, 6 / 24),
        ([[0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]], False, 6 / 24),
        ([[0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]], True, 0),  # inside of the same box
    ],
)
def test_the_loss_is_the_distance_by_plate_height(offsets, is_box, distance):
    pytest.importorskip("keras")
    from sklearn_lpr.networks._corner_loss import corner_loss

    target = corner_target(EXPECTED, is_box, np.eye(2))
    output = np.array([[0, *np.reshape(offsets, 8)]], np.float32)
    expected = np.log(2) + 8 * np.sqrt(distance**2 + 1e-4)
    assert float(corner_loss({"plate": target[np.newaxis]}, output)[0]) == pytest.approx(expected)
    nothing = corner_target(None, False, np.eye(2))
    loss = corner_loss({"plate": nothing[np.newaxis]}, output)
    assert float(loss[0]) == pytest.approx(np.log(2))


def test_what_is_no_plate_has_a_low_score(fitted):
    photos, _ = bright_photos()
    ((_, scores),) = fitted.refine(photos[-1:], [[box_corners(30, 20, 40, 12)]])
    assert scores < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("make", [clone, lambda refiner: pickle.loads(pickle.dumps(refiner))])
def test_fits_and_pickles_are_alike(fitted, make):
    photos, corners = bright_photos()
    copy = make(fitted)
    if not hasattr(copy, "weights_"):
        copy.fit(photos, corners)
    for (quads, scores), (others, other_scores) in zip(
        fitted.refine(photos, corners), copy.refine(photos, corners), strict=True
    ):
        np.testing.assert_array_equal(quads, others)
        np.testing.assert_array_equal(scores, other_scores)


@pytest.mark.parametrize("is_box", [True, False])
def test_corners_move_along_with_the_window(is_box):
    photo = np.full((120, 200, 3), 40, np.uint8)
    quad = box_corners(70, 45, 60, 30)
    if not is_box:
        quad = quad + np.array([[-3, -2], [4, 1], [2, 3], [-2, 4]])
    cv2.fillConvexPoly(photo, quad.astype(np.int32), (230, 230, 230))
    draw = CornerExamples([PlateImage(photo)], [quad[np.newaxis]], [np.empty((0, 4, 2))]).prepare()
    n_plates = 0
    for seed in range(40):
        window, targets = draw(0, np.random.default_rng(seed))
        target = targets["plate"]
        assert window.shape == (*WINDOW_SIZE[::-1], 3)
        assert target[1] == (is_box and target[0] == 1)
        if target[0]:
            n_plates += 1
            inside = np.zeros(window.shape[:2], np.uint8)
            corners = target[6:].reshape(4, 2)
            assert np.abs(corners - EXPECTED).max() < 40
            cv2.fillConvexPoly(inside, corners.round().astype(np.int32), 1)
            # The centre of the plate is brighter than what lies directly around it.
            core = cv2.erode(inside, np.ones((5, 5))) == 1
            ring = (cv2.dilate(inside, np.ones((9, 9))) == 1) & (
                cv2.dilate(inside, np.ones((5, 5))) == 0
            )
            assert window[core].mean() > window[ring].mean()
    assert 10 < n_plates < 40


def test_errors_of_detections_are_drawn_by_plate_size():
    rng = np.random.default_rng(0)
    quad = box_corners(100, 100, 200, 50)
    drawn = np.array([disturb(quad, rng) for _ in range(500)])
    np.testing.assert_allclose(drawn.mean(axis=0), quad, atol=6)
    sizes = np.array([plate_size(each) for each in drawn])
    assert 0.05 < sizes[:, 0].std() / 200 < 0.2
    assert 0.05 < sizes[:, 1].std() / 50 < 0.3


def test_what_is_no_plate_has_the_shape_of_plates():
    rng = np.random.default_rng(0)
    drawn = np.array([_draw_quad((640, 480), rng) for _ in range(400)])
    width, height = np.array([plate_size(each) for each in drawn]).T
    assert 12 <= width.min() < 14
    assert 300 < width.max() <= 0.6 * 640
    # The logarithm of the aspect ratio is drawn from 0.1 to 1.6.
    np.testing.assert_allclose(
        np.quantile(np.log(width / height), [0, 0.5, 1]), [0.1, 0.85, 1.6], atol=0.1
    )
    centres = drawn.mean(axis=1)
    np.testing.assert_allclose(centres.min(axis=0), 0, atol=10)
    np.testing.assert_allclose(centres.max(axis=0), [640, 480], atol=10)


@pytest.mark.parametrize(
    ("corners", "candidates", "message"),
    [
        (None, None, "no sample has corners"),
        ([np.empty((0, 4, 2))] * 2, None, "None of the 2 photos has a plate"),
        ([[], [box_corners(1, 1, 9, 9)[::-1]]], None, r"y\[1\]\[0\]: .*convex"),
        ([[], [box_corners(0.1, 0.1, 0.3, 0.1)]], None, "fractions of the photos' sizes"),
        ([[], [box_corners(1, 1, 9, 9)]], [[]], "inconsistent numbers of samples"),
        ([[], [box_corners(1, 1, 9, 9)]], [[1], []], r"candidates\[0\] must hold finite corners"),
    ],
)
def test_impossible_corners_are_errors(corners, candidates, message):
    photos, _ = bright_photos()
    with pytest.raises(ValueError, match=message):
        CornerRefiner(**SETTINGS).fit(photos[:2], corners, candidates=candidates)


def test_impossible_arguments_of_refine_are_errors(fitted):
    photos, corners = bright_photos()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fitted.refine(photos, corners[:-1])
    with pytest.raises(ValueError, match=r"corners\[0\] must hold finite corners"):
        fitted.refine(photos[:1], [np.full((1, 4, 2), np.nan)])
    with pytest.raises(NotFittedError):
        CornerRefiner().refine(photos, corners)


@pytest.mark.slow
def test_a_detector_trains_it_and_exports_it(tmp_path):
    pytest.importorskip("onnx")
    from sklearn_lpr.export import to_onnx

    photos, corners = bright_photos()
    crops = SceneAugmenter(size=64, width_range=(20, 50), max_rotation=0, grey_p=0, p=0)
    detector = PlateDetector(
        refine=CornerRefiner(n_filters=4, batch_size=8, max_iter=2),
        augmentation=crops,
        max_iter=2,
        n_filters=4,
        batch_size=8,
        learning_rate_init=0.01,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        detector.fit(photos, corners)
    assert detector.refiner_.random_state == 0
    assert not hasattr(detector.refine, "weights_")
    # After so few epochs no plate is found: the outputs of the corner network are compared.
    windows = np.random.default_rng(0).integers(0, 255, (3, 48, 96, 3), dtype=np.uint8)
    expected = detector._corner_forward()(windows)
    assert np.ptp(expected) > 0
    served = OnnxPlateDetector(to_onnx(detector, tmp_path / "detector.onnx"))
    loaded = pickle.loads(pickle.dumps(detector))
    for copy, atol in ((served, 1e-3), (loaded, 0)):
        np.testing.assert_allclose(copy._corner_forward()(windows), expected, atol=atol)
