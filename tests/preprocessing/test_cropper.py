import warnings

import numpy as np
import pytest
from geometry import coordinates, homography

from sklearn_lpr import PlateImage
from sklearn_lpr._compat import cv2
from sklearn_lpr._detection import _onnx_detector
from sklearn_lpr.images import SampleError, box_corners
from sklearn_lpr.preprocessing import PlateCropper

# Neither a rectangle nor a parallelogram: its longer edges are 84.119 and 40.050 long.
TILTED = np.array([[50.0, 60.0], [130.0, 78.0], [128.0, 118.0], [48.0, 92.0]])


def crop_of(scene, corners, **params):
    (crop,) = PlateCropper(**params).transform([PlateImage(scene, corners=corners)])
    return crop


@pytest.mark.parametrize("rectify", [True, False])
def test_an_upright_box_is_cut_exactly(rectify):
    scene = np.random.default_rng(0).integers(0, 256, (80, 160, 3), dtype=np.uint8)
    crop = crop_of(scene, box_corners(40, 30, 94, 24), rectify=rectify)
    np.testing.assert_array_equal(crop, scene[30:54, 40:134])


@pytest.mark.parametrize("rectify", [True, False])
def test_a_margin_shows_pixels_of_the_scene(rectify):
    scene = np.random.default_rng(0).integers(0, 256, (80, 160, 3), dtype=np.uint8)
    crop = crop_of(scene, box_corners(50, 30, 80, 20), rectify=rectify, margin=(0.1, 0.25))
    np.testing.assert_array_equal(crop, scene[25:55, 42:138])


@pytest.mark.parametrize("margin", [0.0, 0.2, (0.3, 0.1)])
def test_rectified_pixels_follow_the_perspective_map(margin):
    across, down = margin if isinstance(margin, tuple) else (margin, margin)
    crop = crop_of(coordinates(), TILTED, margin=margin)
    height, width = crop.shape[:2]
    assert width == round(84.119 * (1 + 2 * across))
    assert height == round(40.050 * (1 + 2 * down))
    # The plate's corners lie at the fraction m / (1 + 2 m) of the crop.
    left, top = width * across / (1 + 2 * across), height * down / (1 + 2 * down)
    inner = box_corners(left, top, width - 2 * left, height - 2 * top)
    matrix = homography(inner, TILTED)
    rows, columns = np.mgrid[:height, :width]
    u, v = columns.ravel() + 0.5, rows.ravel() + 0.5
    x, y, depth = matrix @ np.stack([u, v, np.ones_like(u)])
    np.testing.assert_allclose(crop[..., 0].ravel(), x / depth - 0.5, atol=0.6)
    np.testing.assert_allclose(crop[..., 1].ravel(), y / depth - 0.5, atol=0.6)
    np.testing.assert_array_equal(crop[..., 2], 77)


def test_a_drawn_plate_fills_its_crop():
    scene = np.zeros((180, 200, 3), np.uint8)
    cv2.fillConvexPoly(scene, np.rint(TILTED - 0.5).astype(int), (20, 60, 200))
    crop = crop_of(scene, TILTED)
    assert (crop[3:-3, 3:-3] == (20, 60, 200)).all()
    around = crop_of(scene, TILTED, margin=0.5)
    height, width = around.shape[:2]
    plate = (around == (20, 60, 200)).all(axis=2)
    # With a margin of a half the plate takes the middle quarter.
    assert plate.mean() == pytest.approx(0.25, abs=0.04)
    assert plate[height // 4 + 3 : -height // 4 - 3, width // 4 + 3 : -width // 4 - 3].all()


@pytest.mark.parametrize("top", [59.5, 60.5])
def test_half_pixels_are_rounded_the_same_way_everywhere(top):
    corners = box_corners(48.5, top, 20, 5)
    crop = crop_of(coordinates(), corners, rectify=False)
    start = int(top + 0.5)
    np.testing.assert_array_equal(crop, coordinates()[start : start + 5, 49:69])


def test_box_mode_encloses_the_corners():
    crop = crop_of(coordinates(), TILTED, rectify=False)
    np.testing.assert_array_equal(crop, coordinates()[60:118, 48:130])


@pytest.mark.parametrize("rectify", [True, False])
def test_grey_stays_grey(rectify):
    scene = coordinates()
    grey = crop_of(scene[:, :, 0].copy(), TILTED, rectify=rectify, margin=0.1)
    assert grey.ndim == 2
    np.testing.assert_array_equal(grey, crop_of(scene, TILTED, rectify=rectify, margin=0.1)[..., 0])


@pytest.mark.parametrize("rectify", [True, False])
@pytest.mark.parametrize(
    ("border", "expected"),
    [
        ("replicate", [0, 0, 0, 0, 0]),
        ("reflect", [4, 3, 2, 1, 0]),
        ("constant", [0, 0, 0, 0, 0]),
    ],
)
def test_border_fills_what_lies_outside(border, expected, rectify):
    # A margin of 5 pixels to the left of the photo; red is the column.
    crop = crop_of(
        coordinates(), box_corners(0, 50, 50, 20), margin=(0.1, 0), border=border, rectify=rectify
    )
    assert crop[10, :5, 0].tolist() == expected
    assert crop[10, 5:, 0].tolist() == list(range(55))
    assert (crop[10, :5, 2] == (0 if border == "constant" else 77)).all()


def test_reflection_uses_as_much_of_the_inside_as_lies_outside():
    crop = crop_of(coordinates(), box_corners(0, 50, 10, 6), margin=(2, 0), border="reflect")
    assert crop[3, :, 0].tolist() == [*range(19, -1, -1), *range(30)]


def test_reflection_uses_pixels_beyond_the_region_of_the_plate():
    # Nine of the plate's ten rows lie above the photo; green is the row.
    crop = crop_of(coordinates(), box_corners(20, -9, 100, 10), border="reflect")
    assert crop[:, 50, 1].tolist() == [*range(8, -1, -1), 0]


def test_corners_slightly_outside_are_accepted():
    crop = crop_of(coordinates(), box_corners(-4, 50, 60, 20))
    assert crop[10, :, 0].tolist() == [0] * 4 + list(range(56))


def test_only_the_region_of_the_plate_is_warped(monkeypatch):
    sizes = []
    warp = cv2.warpPerspective

    def spy(pixels, *args, **kwargs):
        sizes.append(pixels.shape)
        return warp(pixels, *args, **kwargs)

    monkeypatch.setattr(cv2, "warpPerspective", spy)
    crop_of(np.tile(coordinates(), (15, 15, 1)), TILTED + 1000)
    assert sizes[0][0] < 70
    assert sizes[0][1] < 95


def test_a_margin_beyond_the_horizon_is_rejected():
    wedge = [[80, 80], [90, 80], [120, 120], [50, 120]]
    with pytest.raises(ValueError, match=r"Sample 0: The plate with corners .* lower the margin"):
        crop_of(coordinates(), wedge, margin=1.0)
    assert crop_of(coordinates(), wedge).size > 0


@pytest.mark.parametrize("rectify", [True, False])
@pytest.mark.parametrize(("width", "margin"), [(40000, 0.0), (10000, 2.0)])
def test_a_side_too_long_for_opencv_is_rejected_before_the_warp(width, margin, rectify):
    scene = np.tile(np.arange(8, dtype=np.uint8), (4, 5000))
    plate = PlateImage(scene, box_corners(0, 0, width, 4))
    side = round(width * (1 + 2 * margin))
    expected = f"Sample 1: The plate .* side of {side} pixels, but OpenCV warps"
    with pytest.raises(SampleError, match=expected):
        PlateCropper(margin=margin, rectify=rectify).transform([scene * 0, plate])


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        (np.add(TILTED, [100, 0]), r"Sample 1: Corner \[.*\] lies outside"),
        (TILTED[::-1], "Sample 1: Corners .* do not bound a convex"),
        (TILTED * np.nan, "Sample 1: Corners must be finite"),
        (np.zeros((4, 2)), "Sample 1: Corners .* do not bound"),
    ],
)
def test_invalid_corners_name_the_sample(corners, message):
    X = [PlateImage(coordinates(), TILTED), PlateImage(coordinates(), corners)]
    with pytest.raises(ValueError, match=message):
        PlateCropper().transform(X)


class FixedDetector:
    """Detector that finds a fixed plate in RGB photos and none in grey photos."""

    def __init__(self, corners=TILTED):
        self.corners = corners

    def detect(self, X):
        return [None if pixels.ndim == 2 else self.corners for pixels in X]


def test_missing_raise_names_the_first_and_counts():
    scene = coordinates()
    X = [PlateImage(scene, TILTED), np.full((9, 9), 3, np.uint8), scene, PlateImage(scene)]
    with pytest.raises(
        ValueError, match=r"Sample 2: it has no corners \(3 of 4 have none\).*missing"
    ):
        PlateCropper().transform(X)


def test_missing_raise_precedes_reading_files_with_corners(monkeypatch):
    scene = coordinates()
    annotated = PlateImage(scene, TILTED)
    read = []
    pixels = PlateImage.pixels
    monkeypatch.setattr(PlateImage, "pixels", lambda self: read.append(self) or pixels(self))
    with pytest.raises(ValueError, match="Sample 1: it has no corners"):
        PlateCropper().transform([annotated, scene])
    assert annotated not in read


def test_a_damaged_file_without_corners_is_named(tmp_path):
    path = tmp_path / "damaged.png"
    path.write_bytes(b"nothing")
    with pytest.raises(SampleError, match=r"Sample 1: .*damaged\.png"):
        PlateCropper().transform([PlateImage(coordinates(), TILTED), path])


def test_missing_whole_returns_the_image():
    scene = coordinates()
    X = [PlateImage(scene, TILTED), scene, scene[:, :, 0]]
    crops = PlateCropper(missing="whole", margin=0.2).transform(X)
    np.testing.assert_array_equal(crops[0], crop_of(scene, TILTED, margin=0.2))
    np.testing.assert_array_equal(crops[1], scene)
    np.testing.assert_array_equal(crops[2], scene[:, :, 0])


def test_missing_blank_warns_once_with_the_count():
    scene = coordinates()
    with pytest.warns(UserWarning, match="No plate was found in 2 of 3 samples") as caught:
        crops = PlateCropper(missing="blank").transform([scene, PlateImage(scene, TILTED), scene])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert crops[0].shape == crops[2].shape == (1, 1, 3)
    assert crops[0].dtype == np.uint8
    assert crops[0].sum() == crops[2].sum() == 0
    np.testing.assert_array_equal(crops[1], crop_of(scene, TILTED))


def test_missing_detect_calls_the_detector_only_without_corners():
    scene, box = coordinates(), box_corners(10, 10, 60, 20)
    cropper = PlateCropper(missing="detect", detector=FixedDetector())
    crops = cropper.transform([PlateImage(scene, box), scene])
    np.testing.assert_array_equal(crops[0], crop_of(scene, box))
    np.testing.assert_array_equal(crops[1], crop_of(scene, TILTED))
    with pytest.warns(UserWarning, match="No plate was found in 1 of 1 samples"):
        (crop,) = cropper.transform([scene[:, :, 0]])
    assert crop.shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("height", "width", "whole"), [(60, 320, True), (60, 321, False), (321, 60, False)]
)
def test_missing_detect_or_whole_returns_small_images(height, width, whole):
    scene, box = coordinates(), box_corners(10, 10, 60, 20)
    large = np.tile(scene, (1, 2, 1))
    grey = np.arange(height * width, dtype=np.uint8).reshape(height, width)
    cropper = PlateCropper(missing="detect_or_whole", detector=FixedDetector())
    X = [PlateImage(scene, box), large, grey]
    if whole:
        crops = cropper.transform(X)
        np.testing.assert_array_equal(crops[2], grey)
    else:
        with pytest.warns(UserWarning, match="in 1 of 3 samples"):
            crops = cropper.transform(X)
        assert crops[2].shape == (1, 1, 3)
    np.testing.assert_array_equal(crops[0], crop_of(scene, box))
    np.testing.assert_array_equal(crops[1], crop_of(large, TILTED))


@pytest.mark.parametrize("locate", ["annotation", "detect"])
@pytest.mark.parametrize("grey", [False, True])
def test_a_small_image_is_padded_for_detection(locate, grey):
    scene = coordinates(height=80, width=101)
    scene = scene[:, :, 0].copy() if grey else scene
    seen = []

    class Seeing:
        def detect(self, X):
            seen.extend(X)
            return [box_corners(50, 60, 40, 30)]

    cropper = PlateCropper(locate=locate, missing="detect_or_whole", detector=Seeing())
    (crop,) = cropper.transform([scene])
    # 40 pixels above and below, 30 at the sides.
    padding = [(40, 40), (30, 30)] if grey else [(40, 40), (30, 30), (0, 0)]
    np.testing.assert_array_equal(seen[0], np.pad(scene, padding, mode="edge"))
    np.testing.assert_array_equal(crop, scene[20:50, 20:60])


@pytest.mark.parametrize(("height", "whole"), [(49, False), (50, True), (150, True)])
def test_a_small_image_is_whole_if_the_plate_covers_half_of_it(height, whole):
    # 100 x 100 pixels, with 50 above and 30 at the left.
    scene = coordinates(height=100, width=100)
    detector = FixedDetector(box_corners(30, 50, 100, height))
    cropper = PlateCropper(missing="detect_or_whole", detector=detector, margin=0.1)
    (crop,) = cropper.transform([scene])
    expected = scene if whole else crop_of(scene, box_corners(0, 0, 100, height), margin=0.1)
    np.testing.assert_array_equal(crop, expected)


@pytest.mark.parametrize(
    ("score", "height", "whole"),
    [(0.59, 40, True), (0.61, 40, False), (0.59, 10, True), (0.59, 9, False), (np.nan, 40, False)],
)
def test_a_small_image_is_whole_if_the_detection_is_doubtful(score, height, whole):
    # A row of a plate that fills the crop, which covers at least a tenth of it.
    scene = coordinates(height=100, width=100)
    row = box_corners(30, 60, 100, height)

    class Doubting(FixedDetector):
        def detect_all(self, X):
            assert len(X) == 1
            return [(np.stack([row, box_corners(0, 0, 100, 10)]), np.array([score, 0.2]))]

    detector = FixedDetector(row) if np.isnan(score) else Doubting()
    (crop,) = PlateCropper(missing="detect_or_whole", detector=detector).transform([scene])
    expected = scene if whole else scene[10 : 10 + height]
    np.testing.assert_array_equal(crop, expected)


@pytest.mark.parametrize(("border", "filled"), [("replicate", 77), ("constant", 0)])
def test_a_plate_beyond_the_edge_of_a_small_image(border, filled):
    scene = coordinates(height=100, width=100)
    detector = FixedDetector(box_corners(0, 40, 60, 30))  # x from -30 to 30, y from -10 to 20
    cropper = PlateCropper(missing="detect_or_whole", detector=detector, border=border)
    (crop,) = cropper.transform([scene])
    assert crop.shape == (30, 60, 3)
    np.testing.assert_array_equal(crop[10:, 30:], scene[:20, :30])
    assert (crop[:10, :, 2] == filled).all()
    assert (crop[:, :30, 2] == filled).all()


@pytest.mark.parametrize("missing", ["detect", "blank"])
def test_other_small_images_are_photos(missing):
    scene = coordinates(height=100, width=100)
    cropper = PlateCropper(locate="detect", missing=missing, detector=FixedDetector(TILTED / 2))
    np.testing.assert_array_equal(cropper.transform([scene])[0], crop_of(scene, TILTED / 2))


def test_detected_corners_with_a_margin_beyond_the_horizon_become_a_box():
    scene = coordinates()
    detector = FixedDetector(np.array([[80.0, 80], [90, 80], [120, 120], [50, 120]]))
    (crop,) = PlateCropper(locate="detect", detector=detector, margin=1.0).transform([scene])
    np.testing.assert_array_equal(crop, crop_of(scene, box_corners(50, 80, 70, 40), margin=1.0))
    # A margin before the horizon leaves the corners.
    (crop,) = PlateCropper(locate="detect", detector=detector).transform([scene])
    np.testing.assert_array_equal(crop, crop_of(scene, detector.corners))


def test_locate_detect_ignores_known_corners():
    scene = coordinates()
    X = [PlateImage(scene, box_corners(10, 10, 60, 20))]
    (crop,) = PlateCropper(locate="detect", detector=FixedDetector()).transform(X)
    np.testing.assert_array_equal(crop, crop_of(scene, TILTED))


@pytest.mark.parametrize("missing", ["raise", "whole", "detect", "blank"])
def test_a_detector_that_finds_nothing(missing):
    scene = coordinates()
    cropper = PlateCropper(locate="detect", detector=FixedDetector(), missing=missing)
    X = [scene, scene[:, :, 0]]
    if missing == "raise":
        with pytest.raises(ValueError, match="Sample 1: The detector finds no plate"):
            cropper.transform(X)
    elif missing == "whole":
        np.testing.assert_array_equal(cropper.transform(X)[1], X[1])
    else:
        with pytest.warns(UserWarning, match="in 1 of 2 samples"):
            assert cropper.transform(X)[1].shape == (1, 1, 3)


def test_an_error_of_the_detector_names_the_sample():
    class Refusing(FixedDetector):
        def detect(self, X):
            raise SampleError(0, "the photo is too dark.")

    scene = coordinates()
    cropper = PlateCropper(missing="detect", detector=Refusing())
    with pytest.raises(SampleError, match=r"Sample 1: the photo is too dark\."):
        cropper.transform([PlateImage(scene, TILTED), scene])


@pytest.mark.parametrize("found", [TILTED[:3], TILTED * np.nan, "none", 3, [TILTED]])
def test_an_invalid_result_of_a_detector_names_the_sample(found):
    class Wrong:
        def detect(self, X):
            return [found]

    with pytest.raises(SampleError, match="Sample 0: The 'detector' parameter of PlateCropper"):
        PlateCropper(locate="detect", detector=Wrong()).transform([coordinates()])


def test_corners_of_a_detector_are_checked():
    cropper = PlateCropper(locate="detect", detector=FixedDetector(TILTED + 500))
    with pytest.raises(ValueError, match=r"Sample 0: Corner .* lies outside"):
        cropper.transform([coordinates()])


def test_no_warning_without_a_blank_crop():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PlateCropper(missing="blank").transform([PlateImage(coordinates(), TILTED)])


@pytest.mark.parametrize("rectify", [True, False])
def test_ccpd_plates_are_blue_inside_their_corners(shared_data, rectify):
    from sklearn_lpr.datasets import load_ccpd

    scenes = load_ccpd(shared_data / "ccpd" / "scenes").data[:6]
    crops = PlateCropper(rectify=rectify).fit_transform(scenes)
    blueness = []
    for scene, crop in zip(scenes, crops, strict=True):
        edges = np.hypot(*np.diff(scene.corners, axis=0).T)
        if rectify:
            assert crop.shape[1] == pytest.approx(max(edges[0], edges[2]), abs=0.51)
        red, _, blue = np.median(crop.reshape(-1, 3), axis=0)
        blueness.append(blue - red)
    assert np.median(blueness) > 30


def test_the_bundled_detector_is_opened_once(monkeypatch):
    opened = []
    open_session = _onnx_detector.open_session
    monkeypatch.setattr(
        _onnx_detector,
        "open_session",
        lambda *arguments, **options: opened.append(1) or open_session(*arguments, **options),
    )
    _onnx_detector.default_detector.cache_clear()
    photos = [np.full((48, 64, 3), level, np.uint8) for level in range(3)]
    for photo in photos:
        photo[10:30] += 100
    PlateCropper(locate="detect", missing="whole").transform(photos)
    PlateCropper(locate="detect", missing="whole", n_jobs=2).transform(photos)
    assert len(opened) == 2  # the detection and the corner network
