import pickle

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr._detection import _contour_detector
from sklearn_lpr._detection._plate_candidates import RotatedBox
from sklearn_lpr._detection._plate_score import plate_probability
from sklearn_lpr.detection import ContourPlateDetector
from sklearn_lpr.images import SampleError, box_corners, check_corners
from sklearn_lpr.images._warp import warp_quad
from sklearn_lpr.preprocessing import PlateCropper

BLUE, WHITE, YELLOW, BLACK = (20, 60, 200), (235, 235, 230), (230, 190, 30), (15, 15, 15)


def drawn_plate(ground, ink, text="AB12345"):
    """Draw a plate of 188 x 48 pixels."""
    pixels = np.full((48, 188, 3), ground, np.uint8)
    for place, character in enumerate(text):
        x = 10 + 25 * place
        cv2.putText(pixels, character, (x, 37), cv2.FONT_HERSHEY_SIMPLEX, 1.1, ink, 3)
    return pixels


def drawn_scene(corners, ground=BLUE, ink=WHITE, height=400, width=600):
    """Draw a car's back with a plate in it, on a noisy street."""
    rng = np.random.default_rng(0)
    scene = rng.normal(110, 12, (height, width, 3)).clip(0, 255).astype(np.uint8)
    scene = cv2.GaussianBlur(scene, (0, 0), 2)
    cv2.rectangle(scene, (60, 60), (540, 360), (150, 40, 40), -1)
    cv2.rectangle(scene, (110, 80), (490, 160), (40, 50, 55), -1)
    cv2.circle(scene, (300, 185), 14, (200, 200, 200), 3)
    plate = drawn_plate(ground, ink)
    source = box_corners(-0.5, -0.5, 188, 48).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.float32(corners) - 0.5)
    mask = cv2.warpPerspective(np.full(plate.shape[:2], 255, np.uint8), matrix, (width, height))
    scene[mask > 127] = cv2.warpPerspective(plate, matrix, (width, height))[mask > 127]
    return scene


def overlap(first, second):
    a, b = np.float32(first), np.float32(second)
    common = cv2.intersectConvexConvex(a, b)[0]
    return common / (cv2.contourArea(a) + cv2.contourArea(b) - common)


TURNED = RotatedBox(300, 280, 188, 48, 10).corners()


@pytest.mark.parametrize(("ground", "ink"), [(BLUE, WHITE), (WHITE, BLACK), (YELLOW, BLACK)])
@pytest.mark.parametrize(
    "corners", [box_corners(206, 240, 188, 48), TURNED], ids=["flat", "turned"]
)
def test_a_drawn_plate_is_found(corners, ground, ink):
    (found,) = ContourPlateDetector().detect([drawn_scene(corners, ground, ink)])
    assert found.shape == (4, 2)
    assert found.dtype == np.float64
    assert overlap(found, corners) > 0.7
    # The order is top left, top right, bottom right, bottom left.
    assert np.abs(found - corners).max() < 25


def test_a_grey_photo():
    scene = cv2.cvtColor(drawn_scene(TURNED, WHITE, BLACK), cv2.COLOR_RGB2GRAY)
    (found,) = ContourPlateDetector().detect([scene])
    assert overlap(found, TURNED) > 0.6


def test_corners_are_in_pixels_of_the_photo_at_any_working_size():
    scene = cv2.resize(drawn_scene(TURNED), None, fx=3, fy=3)
    for working_size in (600, 1024):
        (found,) = ContourPlateDetector(working_size=working_size).detect([scene])
        assert overlap(found, 3 * TURNED) > 0.7


def test_no_plate_is_found_in_photos_without_plates():
    empty = drawn_scene(TURNED)
    cv2.fillConvexPoly(
        empty, np.rint(RotatedBox(300, 280, 210, 60, 10).corners()).astype(int), (150, 40, 40)
    )
    blank = np.full((50, 50), 9, np.uint8)
    assert ContourPlateDetector(threshold=0.5).detect([empty, blank]) == [None, None]


@pytest.mark.parametrize("shape", [(1, 2), (3, 4), (11, 300), (300, 11), (2, 2000), (50, 1)])
def test_unusual_shapes(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    ContourPlateDetector(threshold=0).detect([noise])
    assert ContourPlateDetector().detect([noise[:2, :2]]) == [None]


def test_the_threshold_decides_whether_a_plate_is_found():
    scene = drawn_scene(TURNED)
    assert ContourPlateDetector(threshold=0).detect([scene])[0] is not None
    assert ContourPlateDetector(threshold=1).detect([scene])[0] is None


@pytest.mark.parametrize(
    "params",
    [{"aspect_range": (1.3, 2.0)}, {"area_range": (0.2, 0.5)}, {"max_angle": 3}],
    ids=lambda params: next(iter(params)),
)
def test_plates_beyond_the_limits_are_not_found(params):
    limited = ContourPlateDetector(threshold=0, **params)
    (found,) = limited.detect([drawn_scene(TURNED)])
    assert found is None or overlap(found, TURNED) < 0.7


def test_samples_do_not_depend_on_each_other_or_on_threads():
    scenes = [drawn_scene(TURNED), np.zeros((40, 60, 3), np.uint8), drawn_scene(TURNED - 30)]
    together = ContourPlateDetector().detect(scenes)
    threaded = ContourPlateDetector(n_jobs=3).detect(scenes)
    for index, scene in enumerate(scenes):
        (alone,) = ContourPlateDetector().detect([scene])
        np.testing.assert_array_equal(alone, together[index])
        np.testing.assert_array_equal(alone, threaded[index])


def test_paths_and_annotated_photos(tmp_path):
    scene = drawn_scene(TURNED)
    cv2.imwrite(str(tmp_path / "scene.png"), scene[:, :, ::-1])
    expected = ContourPlateDetector().detect([scene])[0]
    X = [tmp_path / "scene.png", PlateImage(scene, corners=box_corners(0, 0, 9, 9))]
    for found in ContourPlateDetector().detect(X):
        np.testing.assert_array_equal(found, expected)


def test_the_photo_is_not_modified():
    scene = drawn_scene(TURNED)
    before = scene.copy()
    scene.flags.writeable = False
    ContourPlateDetector().detect([scene])
    np.testing.assert_array_equal(scene, before)


def test_corners_lie_inside_the_photo():
    scene = drawn_scene(box_corners(206, 240, 188, 48))[:, 210:]
    (found,) = ContourPlateDetector(threshold=0).detect([scene])
    check_corners(found, *scene.shape[:2])
    assert found.min() >= 0
    assert (found <= scene.shape[1::-1]).all()


def test_clone_pickle_and_parameters():
    detector = ContourPlateDetector(max_angle=12, aspect_range=(2, 6))
    assert clone(detector).get_params() == detector.get_params()
    assert pickle.loads(pickle.dumps(detector)).max_angle == 12
    assert repr(detector) == "ContourPlateDetector(aspect_range=(2, 6), max_angle=12)"


def test_a_pickle_of_version_0_1_0_loads():
    detector = ContourPlateDetector(max_angle=12)
    pickled = pickle.dumps(detector, protocol=0)
    old = pickled.replace(
        b"sklearn_lpr._detection._contour_detector", b"sklearn_lpr.preprocessing._contour_detector"
    )
    assert old != pickled
    loaded = pickle.loads(old)
    assert type(loaded) is ContourPlateDetector
    assert loaded.max_angle == 12


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"working_size": 10}, "The 'working_size' parameter of ContourPlateDetector must be"),
        ({"threshold": 1.5}, "The 'threshold' parameter of ContourPlateDetector must be"),
        ({"max_angle": -1}, "The 'max_angle' parameter of ContourPlateDetector must be"),
        ({"aspect_range": 3}, "The 'aspect_range' parameter of ContourPlateDetector must be"),
        ({"aspect_range": (5, 2)}, "The 'aspect_range' parameter of ContourPlateDetector must be"),
        ({"area_range": (0.1, 2)}, "The 'area_range' parameter of ContourPlateDetector must be"),
        ({"area_range": ("a", "b")}, "The 'area_range' parameter of ContourPlateDetector must be"),
        ({"area_range": (0.1,)}, "The 'area_range' parameter of ContourPlateDetector must be"),
    ],
)
def test_invalid_parameters_are_refused(params, message):
    with pytest.raises(ValueError, match=message):
        ContourPlateDetector(**params).detect([np.zeros((9, 9), np.uint8)])


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    with pytest.raises(SampleError, match=r"Sample 0: .*broken\.jpg"):
        ContourPlateDetector().detect([tmp_path / "broken.jpg"])


def test_a_plate_is_more_probable_than_boxes_beside_it():
    scene = drawn_scene(TURNED)
    plate = RotatedBox(300, 280, 188, 48, 10)
    here = plate_probability(scene, plate)
    assert here > 0.5
    for other in (
        plate._replace(x=200),
        plate._replace(y=240),
        plate._replace(angle=-10),
        plate._replace(width=90),
        RotatedBox(300, 120, 188, 48, 0),
    ):
        assert plate_probability(scene, other) < here


def test_positive_angles_are_clockwise():
    corners = RotatedBox(10, 20, 8, 4, 90).corners()
    np.testing.assert_allclose(corners, [[12, 16], [12, 24], [8, 24], [8, 16]], atol=1e-12)
    np.testing.assert_allclose(
        RotatedBox(10, 20, 8, 4, 0).scaled(2).corners(), box_corners(12, 36, 16, 8)
    )


def test_the_cropper_takes_it_as_detector():
    scene = drawn_scene(TURNED)
    cropper = PlateCropper(locate="detect", detector=ContourPlateDetector())
    (crop,) = cropper.fit_transform([scene])
    expected = warp_quad(scene, TURNED, (crop.shape[1], crop.shape[0]))
    # The crop shows the blue background, about as much of it as the true crop.
    is_blue = [(pixels == BLUE).all(axis=2).mean() for pixels in (crop, expected)]
    assert is_blue[0] == pytest.approx(is_blue[1], abs=0.15)
    noise = np.random.default_rng(0).integers(0, 256, (3, 4, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="Sample 0: The detector finds no plate"):
        cropper.transform([noise])


def test_most_ccpd_plates_are_found(shared_data):
    from sklearn_lpr.datasets import load_ccpd

    scenes = load_ccpd(shared_data / "ccpd" / "scenes").data[1:33:8]
    found = ContourPlateDetector(n_jobs=2).detect(scenes)
    hits = [
        corners is not None and overlap(corners, scene.corners) >= 0.5
        for corners, scene in zip(found, scenes, strict=True)
    ]
    assert sum(hits) >= 3


@pytest.mark.parametrize(("width", "searched"), [(1024, (40, 1024)), (2048, (20, 1024))])
def test_photos_wider_than_1024_pixels_are_reduced(monkeypatch, width, searched):
    shapes = []

    def find(rgb, *_):
        shapes.append(rgb.shape)
        return []

    monkeypatch.setattr(_contour_detector, "find_plate_candidates", find)
    photo = np.zeros((40, width, 3), np.uint8)
    photo[0, 0] = 1
    assert ContourPlateDetector().detect([photo]) == [None]
    assert shapes == [(*searched, 3)]
