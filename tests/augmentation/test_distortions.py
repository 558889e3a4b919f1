"""Check each distortion against a result computed by hand."""

import numpy as np
import pytest

from sklearn_lpr.augmentation._distortions import (
    add_noise,
    blur,
    compress,
    cover,
    illuminate,
    lower_resolution,
    motion_blur,
    shadow,
)


def dot(channels, shape=(15, 21)):
    image = np.zeros((*shape, channels), np.uint8)
    image[shape[0] // 2, shape[1] // 2] = 240
    return image


def noise(channels):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (16, 40, channels), dtype=np.uint8)


def standard_normal(shape):
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "distort",
    [
        lambda image: blur(image, 1.0),
        lambda image: motion_blur(image, 4.0, 0.3),
        lambda image: lower_resolution(image, 0.5),
        lambda image: compress(image, 30),
        lambda image: illuminate(image, np.full(image.shape[:2], 1.5, np.float32), -20.0),
        lambda image: add_noise(image, standard_normal(image.shape[:2]), 20.0),
        lambda image: cover(image, (2, 1, 7, 9), image[0, 0]),
    ],
    ids=["blur", "motion", "resolution", "jpeg", "light", "noise", "cover"],
)
def test_a_distortion_keeps_shape_and_dtype_and_does_not_modify_its_input(distort, channels):
    image = noise(channels)
    before = image.copy()
    image.flags.writeable = False
    distorted = distort(image)
    assert distorted.shape == image.shape
    assert distorted.dtype == np.uint8
    assert (distorted != before).any()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    ("angle", "rows", "columns"),
    [(0.0, [7], range(8, 13)), (np.pi / 2, range(5, 10), [10])],
    ids=["along the row", "along the column"],
)
def test_motion_smears_a_dot_along_its_direction(angle, rows, columns):
    smeared = motion_blur(dot(1), 4.0, angle)[:, :, 0]
    touched = np.zeros(smeared.shape, bool)
    touched[np.ix_(list(rows), list(columns))] = True
    assert (smeared[touched] > 0).all()
    assert (smeared[~touched] == 0).all()
    assert smeared.sum() == pytest.approx(240, abs=5)


def test_lower_resolution_averages_blocks():
    image = np.zeros((2, 4, 1), np.uint8)
    image[:, :2] = [[[100], [0]], [[0], [100]]]
    # Two blocks of 50 and 0, enlarged linearly.
    assert lower_resolution(image, 0.5)[0, :, 0] == pytest.approx([50, 37.5, 12.5, 0], abs=1)


def test_illuminate_multiplies_per_pixel_and_per_channel():
    image = np.full((2, 2, 3), 100, np.uint8)
    light = np.array([[1, 0.5], [2, 3]], np.float32)
    assert illuminate(image, light)[..., 0].tolist() == [[100, 50], [200, 255]]
    by_channel = np.ones((2, 2, 3), np.float32) * np.float32([1, 0.5, 0])
    assert illuminate(image, by_channel, offset=10)[0, 0].tolist() == [110, 60, 10]


def test_a_shadow_darkens_one_side():
    light = shadow((3, 5), angle=0.0, offset=0.0, depth=0.4, sharpness=100.0)
    np.testing.assert_allclose(light, [[1, 1, 1, 0.6, 0.6]] * 3, rtol=1e-6)


def test_noise_has_the_given_standard_deviation():
    image = np.full((200, 200, 3), 128, np.uint8)
    noisy = add_noise(image, standard_normal((200, 200)), 10.0).astype(float)
    # The noise is smoothed by a separable 3 x 3 kernel with weights (0.107, 0.787, 0.107).
    kernel = np.array([0.1065, 0.787, 0.1065])
    assert noisy.std() == pytest.approx(10 * (kernel**2).sum(), rel=0.05)
    assert noisy.mean() == pytest.approx(128, abs=0.2)
    np.testing.assert_array_equal(noisy[..., 0], noisy[..., 2])


def test_cover_fills_only_its_box():
    covered = cover(dot(3), (3, 2, 6, 5), np.uint8([9, 8, 7]))
    assert (covered[2:5, 3:6] == [9, 8, 7]).all()
    covered[2:5, 3:6] = 0
    np.testing.assert_array_equal(covered, dot(3))
