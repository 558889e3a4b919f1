"""Check what augmentation changes, what it keeps, and what it depends on."""

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.augmentation._geometry import ViewJitter

OFF = {
    "corner_jitter": 0.0,
    "max_rotation": 0.0,
    "max_shear": 0.0,
    "max_shift": 0.0,
    "max_scale": 0.0,
    "max_brightness": 0.0,
    "max_contrast": 0.0,
    "max_color_cast": 0.0,
    "p": 0.0,
}
TEXTS = np.array(["AB1", "CD2", "EF3", "GH4"])


def plates(channels=3, n_plates=4):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n_plates, 24, 94, channels), dtype=np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_augmented_plates_keep_their_shape_and_text(channels):
    X = plates(channels)
    X.flags.writeable = False
    drawn, texts = PlateAugmenter(p=1.0).augment(X, TEXTS, random_state=0)
    assert drawn.shape == X.shape
    assert drawn.dtype == np.uint8
    assert all((one != other).mean() > 0.5 for one, other in zip(drawn, X, strict=True))
    assert texts.tolist() == TEXTS.tolist()


def test_with_all_bounds_disabled_plates_do_not_change():
    drawn, _ = PlateAugmenter(**OFF).augment(plates(), TEXTS, random_state=0)
    np.testing.assert_array_equal(drawn, plates())


@pytest.mark.parametrize(
    "switched_on",
    [
        *({name: 0.3} for name in ("corner_jitter", "max_shear", "max_shift", "max_scale")),
        *({name: 0.3} for name in ("max_brightness", "max_contrast", "max_color_cast")),
        {"max_rotation": 10.0},
    ],
    ids=lambda switched_on: next(iter(switched_on)),
)
def test_each_bound_enables_its_change(switched_on):
    drawn, _ = PlateAugmenter(**{**OFF, **switched_on}).augment(plates(), TEXTS, random_state=0)
    assert all((one != other).any() for one, other in zip(drawn, plates(), strict=True))


NEUTRAL = {
    "max_blur": 0.0,
    "max_motion_blur": 0.0,
    "min_resolution": 1.0,
    "min_jpeg_quality": 100,
    "max_shadow": 0.0,
    "max_noise": 0.0,
    "max_occlusion": 0.0,
}


@pytest.mark.parametrize("name", [None, *NEUTRAL])
def test_each_degradation_can_be_disabled(name):
    bounds = {**OFF, **NEUTRAL, "p": 1.0}
    if name is not None:
        bounds[name] = PlateAugmenter().get_params()[name]
    drawn, _ = PlateAugmenter(**bounds).augment(plates(), TEXTS, random_state=0)
    assert (drawn != plates()).any() == (name is not None)


def test_the_result_depends_on_seed_and_index_only():
    augmenter = PlateAugmenter()
    drawn, _ = augmenter.augment(plates(), TEXTS, random_state=3)
    fewer, _ = augmenter.augment(plates()[:2], TEXTS[:2], random_state=3)
    other, _ = augmenter.augment(plates(), TEXTS, random_state=4)
    np.testing.assert_array_equal(drawn[:2], fewer)
    assert (drawn != other).any()


@pytest.mark.parametrize("seed", [-1, 1.5, "a"])
def test_a_wrong_random_state_is_an_error(seed):
    with pytest.raises(ValueError, match=f"'random_state' parameter.*Got {seed!r} instead"):
        PlateAugmenter().augment(plates(), TEXTS, random_state=seed)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda image: image / np.float32(255), "dtype float32"),
        (lambda image: image.astype(np.int16), "dtype int16"),
        (lambda image: image[:12], r"shape \(12, 94, 3\)"),
        (lambda image: image[..., 0], r"shape \(24, 94\)"),
        (lambda image: image.tolist(), "of type list"),
    ],
)
def test_a_permutation_returns_images_like_its_own(change, found):
    class Changing:
        def prepare(self, images, texts):
            return lambda index, rng: (change(images[index]), str(texts[index]))

    augmenter = PlateAugmenter(permutation=Changing())
    with pytest.raises(ValueError, match=f"permutation=.*{found}.*dtype uint8"):
        augmenter.augment(plates(), TEXTS)


def test_the_global_random_state_does_not_change():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    PlateAugmenter().augment(plates(), TEXTS)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def corner_pixels(margin):
    """Return a crop with a white plate and a black margin, and the plate's box."""
    image = np.zeros((60, 150, 1), np.uint8)
    inset = margin / (1 + 2 * margin)
    x, y = round(150 * inset), round(60 * inset)
    image[y : 60 - y, x : 150 - x] = 255
    return image, (x, y, 150 - x, 60 - y)


def test_a_shift_moves_the_plate_by_a_fraction_of_its_own_size():
    image, (left, top, right, bottom) = corner_pixels(0.25)
    moves = set()
    for seed in range(20):
        view = ViewJitter(0.25, "corners", 0, 0, 0, max_shift=0.1, max_scale=0)
        drawn = view.apply(image, np.random.default_rng(seed))[..., 0] > 127
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        assert abs(columns[0] - left) <= 0.1 * (right - left) + 1
        assert abs(rows[0] - top) <= 0.1 * (bottom - top) + 1
        assert columns[-1] - columns[0] + 1 == pytest.approx(right - left, abs=1)
        moves.add((columns[0], rows[0]))
    assert len(moves) > 5


class LargestMoves:
    """A generator that draws the upper bound of each uniform distribution, and ones."""

    def uniform(self, low, high, size=None):
        return np.full(size, high) if size else high

    def standard_normal(self, size):
        return np.ones(size)


@pytest.mark.parametrize(
    ("margin", "changes", "right", "down"),
    [
        # In a crop of 160 x 80 pixels with a margin of half the plate, the plate has 80 x 40.
        (0.5, {"max_shift": 0.25}, 20, 10),
        (0.0, {"max_shift": 0.25}, 40, 20),
        (0.5, {"corner_jitter": 0.1}, 4, 4),  # 0.1 of the plate's height in both directions
        (0.0, {"corner_jitter": 0.1}, 8, 8),
    ],
)
def test_distances_are_fractions_of_the_plate_without_its_margin(margin, changes, right, down):
    bounds = {"corner_jitter": 0, "max_shift": 0, **changes}
    view = ViewJitter(margin, "corners", max_rotation=0, max_shear=0, max_scale=0, **bounds)
    image = np.zeros((80, 160, 1), np.uint8)
    image[30:50, 60:100] = 200
    expected = np.roll(image, (down, right), axis=(0, 1))
    np.testing.assert_allclose(view.apply(image, LargestMoves()), expected, atol=2)


def test_pixels_of_the_margin_become_visible():
    image, _ = corner_pixels(0.25)
    view = ViewJitter(0.25, "corners", 0, 0, 0, max_shift=0, max_scale=0.2)
    widths = []
    for seed in range(20):
        drawn = view.apply(image, np.random.default_rng(seed))[30, :, 0] > 127
        widths.append(drawn.sum())
    assert min(widths) < 90 < 110 < max(widths)  # the plate is 100 wide in the crop


@pytest.mark.parametrize("crop", ["corners", "box"])
def test_a_box_fits_the_tilted_plate(crop):
    image, (left, top, right, bottom) = corner_pixels(0.25)
    view = ViewJitter(0.25, crop, 0, max_rotation=20, max_shear=0.2, max_shift=0, max_scale=0)
    outside = 0
    for seed in range(10):
        drawn = view.apply(image, np.random.default_rng(seed))[..., 0] > 127
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
        outside += np.abs(box - [left, top, right, bottom]).max() > 2
        assert drawn.sum() < 0.97 * (right - left) * (bottom - top) or crop == "corners"
    assert (outside > 5) if crop == "corners" else (outside == 0)


def segmented(n_segments=3):
    rng = np.random.default_rng(0)
    segments = np.zeros((2, 5, 32, 24, 1), np.uint8)
    segments[:, :n_segments] = rng.integers(0, 256, (2, n_segments, 32, 24, 1))
    return segments


def test_segments_are_augmented_and_padding_stays_blank():
    X = segmented()
    draw = PlateAugmenter(p=1.0).prepare(X, np.array(["ABC", "DEF"]))
    for seed in range(10):
        drawn, text = draw(1, np.random.default_rng(seed))
        assert text == "DEF"
        assert drawn.shape == X[1].shape
        assert (drawn[3:] == 0).all()
        assert (drawn[:3] != X[1, :3]).any(axis=(1, 2, 3)).all()
        assert (drawn[:3] != drawn[:3, :1, :1]).any(axis=(1, 2, 3)).all()


def test_a_plate_without_segments_does_not_change():
    X = segmented(0)
    drawn, _ = PlateAugmenter().prepare(X, np.array(["ABC", "DEF"]))(0, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn, X[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("margin", -0.1), ("p", 1.5), ("min_resolution", 0.0), ("min_jpeg_quality", 0)],
)
def test_an_invalid_parameter_is_named(name, value):
    with pytest.raises(ValueError, match=rf"'{name}' parameter of PlateAugmenter.*Got {value!r}"):
        PlateAugmenter(**{name: value}).augment(plates(), TEXTS)


def test_nested_parameters_are_reached():
    augmenter = clone(PlateAugmenter(max_rotation=2.0))
    assert augmenter.set_params(max_rotation=7.0).get_params()["max_rotation"] == 7.0
