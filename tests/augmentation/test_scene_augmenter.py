"""Crops of photos: their plates must move along exactly, and repeat by their generator."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_lpr import PlateImage
from sklearn_lpr.augmentation import SceneAugmenter
from sklearn_lpr.augmentation._scene_augmenter import _without_horizon
from sklearn_lpr.augmentation._scene_geometry import (
    Canvas,
    SceneMap,
    _reduce,
    visible_fraction,
)
from sklearn_lpr.images import box_corners

# Nothing changes but the place and the size of the plate.
PLAIN = {
    "max_rotation": 0,
    "max_shear": 0,
    "max_stretch": 0,
    "max_perspective": 0,
    "flip_p": 0,
    "background_p": 0,
    "mosaic_p": 0,
    "grey_p": 0,
    "max_brightness": 0,
    "max_contrast": 0,
    "max_color_cast": 0,
    "p": 0,
}
QUAD = np.array([[60.0, 50.0], [138, 58], [136, 86], [58, 78]])
NONE = np.empty((0, 4, 2))


def photo(quad=QUAD, height=160, width=200, level=60):
    """Return a dark photo with a white plate, whose edges blend by the area that they cover."""
    return _photo(tuple(map(tuple, quad)), height, width, level).copy()


@lru_cache
def _photo(quad, height, width, level):
    y, x = (np.arange(16 * side) / 16 + 1 / 32 for side in (height, width))
    inside = np.ones((len(y), len(x)), bool)
    for (x0, y0), (x1, y1) in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        inside &= (x1 - x0) * (y[:, np.newaxis] - y0) >= (y1 - y0) * (x - x0)
    covered = inside.reshape(height, 16, width, 16).mean(axis=(1, 3))
    return np.repeat((level + (255 - level) * covered).round()[..., None], 3, 2).astype(np.uint8)


def draw(augmenter, photos, corners, index=0, seed=0):
    samples = [PlateImage(pixels) for pixels in photos]
    return augmenter.prepare(samples, corners)(index, np.random.default_rng(seed))


def bright_corners(image, quad):
    """Return the corners of the bright plate around a quadrilateral, from its moments."""
    near = np.zeros(image.shape[:2], np.uint8)
    middle = quad.mean(axis=0)
    cv2.fillConvexPoly(near, ((quad - middle) * 1.3 + middle).round().astype(np.int32), 1)
    weight = (image.mean(axis=2) - 60).clip(0) / 195 * near
    y, x = np.mgrid[: len(image), : image.shape[1]] + 0.5
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum(), weight.sum()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_corners_move_along_with_the_plate(seed):
    bounds = {**PLAIN, "max_rotation": 20, "max_shear": 0.2, "max_stretch": 0.3, "flip_p": 0.5}
    augmenter = SceneAugmenter(
        256,
        width_range=(60, 120),
        max_perspective=0.3,
        **{name: bound for name, bound in bounds.items() if name != "max_perspective"},
    )
    crop = draw(augmenter, [photo()], [QUAD[np.newaxis]], seed=seed)
    (quad,) = crop.corners
    area = cv2.contourArea(quad.astype(np.float32))
    if visible_fraction(quad, 256) < 0.999:
        return
    centroid, bright = bright_corners(crop.image, quad)
    assert bright == pytest.approx(area, rel=0.02)
    moments = cv2.moments(quad.astype(np.float32))
    expected = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    np.testing.assert_allclose(centroid, expected, atol=0.1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_corners_stay_in_their_order(seed):
    crop = draw(SceneAugmenter(256, max_rotation=30), [photo()], [QUAD[np.newaxis]], seed=seed)
    for quad in np.concatenate([crop.corners, crop.ignored]):
        edge = np.roll(quad, -1, axis=0) - quad
        after = np.roll(edge, -1, axis=0)
        assert (edge[:, 0] * after[:, 1] > edge[:, 1] * after[:, 0]).all()
        assert quad[0, 0] < quad[1, 0]  # left of it, unless the plate is turned by more than 45°


@pytest.mark.parametrize("seed", range(5))
def test_the_width_is_drawn_from_its_range(seed):
    crop = draw(SceneAugmenter(192, width_range=(30, 60), **PLAIN), [photo()], [[QUAD]], seed=seed)
    (quad,) = crop.corners
    width = np.linalg.norm(quad[1] - quad[0])
    assert 30 <= width <= 60 * 1.01
    assert quad.min() > 0
    assert quad.max() < 192


def test_draws_repeat_and_leave_photos_alone():
    pixels = photo()
    before = pixels.copy()
    first, second = (draw(SceneAugmenter(128), [pixels], [[QUAD]], seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.corners, second.corners)
    np.testing.assert_array_equal(pixels, before)
    other = draw(SceneAugmenter(128), [pixels], [[QUAD]], seed=4)
    assert (first.image != other.image).any()


@pytest.mark.parametrize("shape", [(160, 200), (160, 200, 1), (160, 200, 3)])
def test_grey_and_colour_photos_give_rgb_crops(shape):
    pixels = np.full(shape, 90, np.uint8)
    crop = draw(SceneAugmenter(64, width_range=(10, 40)), [pixels], [[QUAD]])
    assert crop.image.shape == (64, 64, 3)
    assert crop.image.dtype == np.uint8


def test_upright_rectangles_count_as_boxes():
    box = box_corners(60, 50, 80, 30)
    samples = [photo(), photo(box)]
    assert not draw(SceneAugmenter(256, **PLAIN), samples, [[QUAD], [box]], 0).is_box.any()
    assert draw(SceneAugmenter(256, **PLAIN), samples, [[QUAD], [box]], 1).is_box.all()


def test_boxes_are_turned_less():
    box = box_corners(60, 50, 80, 30)
    bounds = {**PLAIN, "max_rotation": 40}
    angles = {}
    for name, quad in (("corners", QUAD), ("box", box)):
        crops = [
            draw(
                SceneAugmenter(256, width_range=(40, 50), **bounds),
                [photo(quad)],
                [[quad]],
                0,
                seed,
            )
            for seed in range(40)
        ]
        edges = np.array([crop.corners[0, 1] - crop.corners[0, 0] for crop in crops])
        angles[name] = np.abs(np.rad2deg(np.arctan2(edges[:, 1], edges[:, 0]))).max()
    assert 25 < angles["corners"] < 48
    assert 6 < angles["box"] <= 12.01


def test_a_photo_without_a_plate_fills_what_is_uncovered():
    street = np.full((100, 100, 3), 200, np.uint8)
    small = photo(height=100, width=150)
    augmenter = SceneAugmenter(256, width_range=(20, 25), **PLAIN)
    alone = draw(augmenter, [small], [[QUAD]])
    beside = draw(augmenter, [small, street], [[QUAD], NONE])
    assert (beside.image == 200).all(axis=2).mean() > 0.5
    assert (alone.image == 200).all(axis=2).mean() < 0.5


def test_backgrounds_alone_have_no_plates():
    street = np.full((100, 100, 3), 200, np.uint8)
    augmenter = SceneAugmenter(128, **{**PLAIN, "background_p": 1})
    crop = draw(augmenter, [photo(), street], [[QUAD], NONE])
    assert (crop.image == 200).all()
    assert len(crop.corners) == len(crop.ignored) == 0


def test_mosaics_add_photos_where_there_is_room():
    small = photo(height=100, width=150)
    plain = {**PLAIN, "mosaic_p": 1}
    augmenter = SceneAugmenter(256, width_range=(20, 25), max_mosaic=4, **plain)
    counts = [
        len(crop.corners) + len(crop.ignored)
        for crop in (draw(augmenter, [small] * 3, [[QUAD]] * 3, seed=seed) for seed in range(20))
    ]
    assert max(counts) > 1
    assert max(counts) <= 4


def test_plates_that_are_covered_are_erased_and_forgotten():
    canvas = Canvas(np.zeros((100, 100, 3), np.uint8))
    white, quad = np.full((100, 100, 3), 255, np.uint8), box_corners(20, 20, 40, 20)
    identity = SceneMap(np.eye(3), False)
    canvas.lay(white, quad[np.newaxis], np.zeros(1, bool), identity)
    shifted = SceneMap(np.array([[1.0, 0, 40], [0, 1, 0], [0, 0, 1]]), False)
    covered = canvas.lay(np.full((100, 100, 3), 9, np.uint8), NONE, np.empty(0, bool), shifted)
    assert len(canvas.corners) == 0
    assert covered == pytest.approx(0.6)
    assert (canvas.image[:, 41:] == 9).all()


@pytest.mark.parametrize(
    ("shift", "fraction"), [((0, 0), 1.0), ((-30, 0), 0.75), ((-90, 0), 0.0), ((60, 80), 0.25)]
)
def test_visible_fraction_by_hand(shift, fraction):
    quad = box_corners(20, 10, 40, 20) + shift
    assert visible_fraction(quad, 100) == pytest.approx(fraction)


def test_plates_that_are_cut_off_or_tiny_are_ignored():
    pair = np.stack([QUAD, QUAD + np.array([100, 0])])
    tiny = box_corners(20, 20, 6, 3)
    wide = photo(width=300)
    bounds = {**PLAIN, "width_range": (70, 90)}
    crops = [draw(SceneAugmenter(128, **bounds), [wide], [pair], seed=s) for s in range(20)]
    assert any(len(crop.ignored) for crop in crops)
    for crop in crops:
        assert all(visible_fraction(quad, 128) >= 0.75 for quad in crop.corners)
        assert all(0 < visible_fraction(quad, 128) < 0.75 for quad in crop.ignored)
    crop = draw(SceneAugmenter(128, width_range=(60, 90), **PLAIN), [photo(tiny)], [[tiny]])
    assert len(crop.corners) == 0  # no photo is enlarged without limit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 100),
        ("size", 32),
        ("width_range", (50, 10)),
        ("width_range", (0, 10)),
        ("width_range", (10,)),
        ("width_range", ("10", "20")),
        ("width_range", (350, 400)),
        ("flip_p", 1.5),
        ("mosaic_p", -1),
        ("max_mosaic", 0),
    ],
)
def test_impossible_bounds_are_errors(name, value):
    with pytest.raises(ValueError, match=name):
        SceneAugmenter(**{name: value}).prepare([PlateImage(photo())], [[QUAD]])


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ([QUAD], r"corners\[0\] must hold .* for one plate pass \[corners\]"),
        ([None], r"corners\[0\] must hold finite corners"),
        ([[QUAD * np.nan]], r"corners\[0\] must hold finite corners"),
        ([[QUAD, QUAD[[0, 1, 3, 2]]]], r"corners\[0\]\[1\]: .*convex"),
    ],
)
def test_impossible_corners_are_errors(corners, message):
    with pytest.raises(ValueError, match=message):
        SceneAugmenter().prepare([PlateImage(photo())], corners)


@pytest.mark.parametrize("quad", [QUAD * 4, QUAD - 300])
def test_plates_outside_their_photo_are_errors(quad):
    with pytest.raises(ValueError, match="outside its photo of 200 x 160 pixels"):
        draw(SceneAugmenter(64, background_p=0), [photo()], [[quad]])


def test_photos_of_every_form_are_drawn():
    crops = [
        SceneAugmenter(64).prepare(photos, [[QUAD]])(0, np.random.default_rng(0)).image
        for photos in ([PlateImage(photo())], [photo()], photo()[np.newaxis])
    ]
    np.testing.assert_array_equal(crops[0], crops[1])
    np.testing.assert_array_equal(crops[0], crops[2])


def test_photos_of_one_channel_are_grey_photos():
    grey = photo()[:, :, 0]
    crops = [draw(SceneAugmenter(64), [pixels], [[QUAD]]) for pixels in (grey, grey[..., None])]
    np.testing.assert_array_equal(crops[0].image, crops[1].image)


def test_grey_crops_have_no_colour_cast():
    coloured = photo()
    coloured[..., 0] //= 2
    for grey_p in (0, 1):
        augmenter = SceneAugmenter(64, grey_p=grey_p)
        crops = [draw(augmenter, [coloured], [[QUAD]], seed=seed).image for seed in range(10)]
        assert {bool((np.ptp(crop, axis=2) == 0).all()) for crop in crops} == {grey_p == 1}


def test_as_many_corners_as_photos_are_needed():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        SceneAugmenter().prepare([PlateImage(photo())], [])


def test_a_photo_that_shrinks_to_less_than_half_is_reduced_to_twice_its_size_first():
    pixels = np.zeros((100, 240, 3), np.uint8)
    reduced, matrix = _reduce(pixels, np.diag([0.25, 0.25, 1]))
    assert reduced.shape == (50, 120, 3)
    np.testing.assert_allclose(matrix, np.diag([0.5, 0.5, 1]))
    same, matrix = _reduce(pixels, np.diag([0.5, 0.5, 1]))
    assert same is pixels
    np.testing.assert_allclose(matrix, np.diag([0.5, 0.5, 1]))


def test_a_photo_covers_the_fraction_of_the_canvas_that_it_lies_on():
    canvas = Canvas(np.zeros((80, 80, 3), np.uint8))
    pixels = np.full((40, 60, 3), 200, np.uint8)
    none = np.empty((0, 4, 2)), np.empty(0, np.bool_)
    inside, beyond = np.eye(3), np.eye(3)
    beyond[:2, 2] = 50, 60  # a part of 30 x 20 pixels is on the canvas
    assert canvas.lay(pixels, *none, SceneMap(inside, False)) == pytest.approx(2400 / 6400)
    assert canvas.lay(pixels, *none, SceneMap(beyond, False)) == pytest.approx(600 / 6400)
    assert (canvas.image == 200).all(axis=2).sum() == pytest.approx(3000, rel=0.05)


def test_no_corner_of_a_photo_is_beyond_the_horizon():
    outline = np.array([[0, 0], [720, 0], [720, 1160], [0, 1160]], float)
    linear = 2.5 * np.array([[0.98, -0.2], [0.2, 0.98]])
    for centre in ([360.0, 580.0], [20.0, 30.0]):
        for tilt in ([-6e-4, -6e-4], [2e-3, 0.0], [1e-5, -1e-5]):
            reduced = _without_horizon(np.array(tilt), linear, np.array(centre), (1160, 720, 3))
            matrix = SceneMap.around(centre, (190, 190), linear, reduced).matrix
            depths = outline @ matrix[2, :2] + matrix[2, 2]
            assert depths.min() > 0.0999
            if tilt[0] == 1e-5:
                np.testing.assert_array_equal(reduced, tilt)
    # The photo covers the whole canvas, and with it the plate.
    plate = box_corners(200, 250, 60, 20)[None]
    canvas = Canvas(np.zeros((384, 384, 3), np.uint8), plate, np.zeros(1, bool))
    tilt = _without_horizon(
        np.array([-6e-4, -6e-4]), 2.5 * np.eye(2), np.array([360.0, 580.0]), (1160, 720, 3)
    )
    scene_map = SceneMap.around((360, 580), (190, 190), 2.5 * np.eye(2), tilt)
    photo = np.full((1160, 720, 3), 200, np.uint8)
    covered = canvas.lay(photo, np.empty((0, 4, 2)), np.empty(0, bool), scene_map)
    assert covered == pytest.approx(1)
    assert len(canvas.corners) == 0
