import numpy as np
import pytest

from sklearn_lpr._compat import cv2
from sklearn_lpr.preprocessing import PlateNormalizer


def plate(height=40, width=130, seed=0):
    """Draw light characters on a blue background."""
    pixels = np.full((height, width, 3), (20, 60, 170), np.uint8)
    cv2.putText(
        pixels, "AB123", (5, height - 8), cv2.FONT_HERSHEY_SIMPLEX, height / 30, (220,) * 3, 2
    )
    noise = np.random.default_rng(seed).integers(0, 12, pixels.shape, dtype=np.uint8)
    return pixels + noise


def normalized(pixels, **params):
    (result,) = PlateNormalizer(**params).transform([pixels])
    return result


def test_the_default_size_is_that_of_lprnet():
    result = PlateNormalizer().fit_transform([plate(), plate(31, 62), plate(200, 700)])
    assert result.shape == (3, 24, 94, 3)
    assert result.dtype == np.uint8


def test_pixels_of_the_right_size_do_not_change():
    pixels = plate(24, 94)
    np.testing.assert_array_equal(normalized(pixels), pixels)


def test_reducing_averages_areas():
    pixels = np.random.default_rng(0).integers(0, 256, (48, 282, 3), dtype=np.uint8)
    means = pixels.reshape(24, 2, 94, 3, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(normalized(pixels), means, atol=0.51)


def test_width_and_height_are_resized_separately():
    # Stripes of one pixel must become grey if the width is halved, even if the height grows.
    stripes = np.zeros((12, 188), np.uint8)
    stripes[:, ::2] = 255
    result = normalized(stripes, color="grey")
    assert set(np.unique(result)) <= {127, 128}


def test_enlarging_keeps_a_ramp_linear():
    ramp = np.tile(np.arange(47, dtype=np.uint8) * 5, (12, 1))
    row = normalized(ramp, color="grey")[12, 4:-4, 0].astype(int)
    np.testing.assert_allclose(np.diff(row), 2.5, atol=0.51)


@pytest.mark.parametrize(
    ("channel", "luminance"), [(0, 0.299), (1, 0.587), (2, 0.114)], ids=["red", "green", "blue"]
)
def test_grey_is_the_luminance_of_rgb(channel, luminance):
    pixels = np.zeros((24, 94, 3), np.uint8)
    pixels[:, :47, channel] = 200
    result = normalized(pixels, color="grey")
    assert result.shape == (24, 94, 1)
    assert result[0, 0, 0] == round(200 * luminance)
    assert result[0, -1, 0] == 0


def test_grey_crops_become_three_equal_channels():
    grey = plate()[:, :, 1].copy()
    result = normalized(grey)
    for channel in range(3):
        np.testing.assert_array_equal(result[..., channel], normalized(grey, color="grey")[..., 0])


def test_channel_order_applies_to_the_result():
    pixels = plate()
    np.testing.assert_array_equal(
        normalized(pixels, channel_order="bgr"), normalized(pixels)[..., ::-1]
    )
    np.testing.assert_array_equal(
        normalized(pixels, channel_order="bgr", color="grey"), normalized(pixels, color="grey")
    )


def test_padding_keeps_the_aspect_of_a_narrow_plate():
    pixels = np.random.default_rng(0).integers(0, 256, (24, 48, 3), dtype=np.uint8)
    result = normalized(pixels, aspect="pad")
    np.testing.assert_array_equal(result[:, 23:71], pixels)
    np.testing.assert_array_equal(result[:, :23], np.repeat(pixels[:, :1], 23, axis=1))
    np.testing.assert_array_equal(result[:, 71:], np.repeat(pixels[:, -1:], 23, axis=1))


def test_padding_keeps_the_aspect_of_a_wide_plate():
    pixels = np.random.default_rng(0).integers(0, 256, (10, 94), dtype=np.uint8)
    result = normalized(pixels, aspect="pad", color="grey")[..., 0]
    np.testing.assert_array_equal(result[7:17], pixels)
    assert (result[:7] == pixels[0]).all()
    assert (result[17:] == pixels[-1]).all()


@pytest.mark.parametrize("shape", [(1, 500), (500, 1), (2, 3), (300, 20)])
@pytest.mark.parametrize("aspect", ["stretch", "pad"])
@pytest.mark.parametrize("contrast", [None, "equalize", "clahe", "stretch"])
@pytest.mark.parametrize("size", [(24, 94), (64, 8), (1, 1)])
def test_unusual_shapes_get_the_requested_size(shape, aspect, contrast, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    height, width = size
    result = normalized(pixels, aspect=aspect, contrast=contrast, height=height, width=width)
    assert result.shape == (height, width, 3)


def test_stretched_contrast_reaches_from_black_to_white():
    ramp = np.tile(np.linspace(100, 150, 101).astype(np.uint8), (24, 1))
    result = normalized(ramp, width=101, color="grey", contrast="stretch")[0, :, 0]
    # One per cent on each side is clipped: about 101 becomes 0 and 149 becomes 255.
    assert result[0] == 0
    assert result[-1] == 255
    assert result[50] == pytest.approx(127.5, abs=6)


def test_stretching_does_not_change_an_almost_constant_plate():
    pixels = np.full((24, 94), 90, np.uint8)
    pixels[3, 5] = 91
    np.testing.assert_array_equal(
        normalized(pixels, color="grey", contrast="stretch")[..., 0], pixels
    )


def test_equalized_contrast_makes_levels_equally_frequent():
    pixels = np.random.default_rng(0).normal(120, 8, (24, 94)).astype(np.uint8)
    result = normalized(pixels, color="grey", contrast="equalize")
    counts, _ = np.histogram(result, bins=4, range=(0, 256))
    np.testing.assert_allclose(counts / result.size, 0.25, atol=0.08)


def test_clahe_brightens_the_half_of_a_plate_in_shadow():
    rng = np.random.default_rng(0)
    pixels = rng.normal(60, 6, (24, 94))
    pixels[4:20, ::4] += 150
    pixels[:, 47:] /= 5
    pixels = pixels.clip(0, 255).astype(np.uint8)
    before = normalized(pixels, color="grey")
    after = normalized(pixels, color="grey", contrast="clahe")
    assert after[:, 55:].std() > 1.25 * before[:, 55:].std()
    assert after[:, :40].std() == pytest.approx(before[:, :40].std(), rel=0.1)


@pytest.mark.parametrize("contrast", ["equalize", "clahe", "stretch"])
def test_contrast_changes_luminance_and_keeps_the_colour(contrast):
    result = normalized(plate(), contrast=contrast).astype(int)
    before = normalized(plate()).astype(int)
    assert not np.array_equal(result, before)
    ground = before[..., 2] - before[..., 0] > 60
    assert (result[ground][:, 2] > result[ground][:, 0]).mean() > 0.95


@pytest.mark.parametrize("contrast", [None, "equalize", "clahe", "stretch"])
@pytest.mark.parametrize("aspect", ["stretch", "pad"])
def test_blank_crops_keep_their_colour(contrast, aspect):
    blank = np.full((1, 1, 3), (10, 200, 30), np.uint8)
    rgb = normalized(blank, contrast=contrast, aspect=aspect)
    assert rgb.shape == (24, 94, 3)
    assert (rgb == (10, 200, 30)).all()
    bgr = normalized(blank, contrast=contrast, aspect=aspect, channel_order="bgr")
    assert (bgr == (30, 200, 10)).all()
    grey = normalized(blank, contrast=contrast, aspect=aspect, color="grey")
    # 0.299 * 10 + 0.587 * 200 + 0.114 * 30 = 123.81
    assert (grey == 124).all()


def test_real_crops_of_any_size(shared_data):
    from sklearn_lpr.datasets import load_plates

    crops = load_plates(shared_data / "crops" / "eu_mixed").data[:20]
    result = PlateNormalizer(aspect="pad", contrast="clahe").transform(crops)
    assert result.shape == (20, 24, 94, 3)
    assert (result.reshape(20, -1).std(axis=1) > 10).all()
