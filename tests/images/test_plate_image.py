"""Check PlateImage, a sample with the corners of its plate."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.images import ImageReadError, PlateImage, SampleError, check_images

PIXELS = np.arange(60 * 120 * 3, dtype=np.uint32).reshape(60, 120, 3).astype(np.uint8)
CORNERS = [[10, 20], [104, 20], [104, 44], [10, 44]]


def test_pixels_returns_the_array_itself():
    assert PlateImage(PIXELS).pixels() is PIXELS
    assert PlateImage(PIXELS).corners is None


def test_a_file_is_read_by_pixels(tmp_path):
    path = tmp_path / "scene.png"
    sample = PlateImage(path)
    with pytest.raises(ImageReadError, match=r"scene\.png' cannot be opened"):
        sample.pixels()
    Image.fromarray(PIXELS).save(path)
    np.testing.assert_array_equal(sample.pixels(), PIXELS)


def test_corners_are_a_read_only_copy():
    corners = np.array(CORNERS, np.float64)
    sample = PlateImage(PIXELS, corners)
    corners[0, 0] = 99
    assert sample.corners.tolist() == CORNERS
    with pytest.raises(ValueError, match="read-only"):
        sample.corners[0, 0] = 99


@pytest.mark.parametrize("corners", [CORNERS[:3], np.ravel(CORNERS), [CORNERS[:3]]])
def test_corners_of_another_shape(corners):
    with pytest.raises(ValueError, match=r"corners must have shape \(4, 2\), got shape"):
        PlateImage(PIXELS, corners)


@pytest.mark.parametrize("corners", [[[1, 2], [3, 4], [5]], [["a", "b"]] * 4, object()])
def test_corners_that_are_not_numbers(corners):
    with pytest.raises(ValueError, match=r"corners must be four points \(x, y\), got"):
        PlateImage(PIXELS, corners)


def test_corners_of_several_plates():
    with pytest.raises(
        ValueError, match=r"\(2, 4, 2\).* one plate; create one per plate, as find_pl"
    ):
        PlateImage(PIXELS, [CORNERS, CORNERS])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "source: None of type NoneType is not an image; pass a uint8 array, a path"),
        (PIXELS.tolist(), r"source: .* of type list is not an image"),
        (b"a.png", "source: b'a.png' of type bytes is not an image"),
        (PlateImage(PIXELS), "source: it is a PlateImage already"),
    ],
    ids=["none", "list", "bytes", "nested"],
)
def test_invalid_sources(source, message):
    with pytest.raises(ValueError, match=message):
        PlateImage(source)


@pytest.mark.parametrize("field", ["source", "corners", "other"])
def test_frozen(field):
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(PlateImage(PIXELS), field, None)


@pytest.mark.parametrize("source", [PIXELS, "scene.png"], ids=["array", "path"])
@pytest.mark.parametrize("corners", [None, CORNERS], ids=["whole", "corners"])
@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda sample: pickle.loads(pickle.dumps(sample))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies(source, corners, duplicate):
    sample = PlateImage(source, corners)
    other = duplicate(sample)
    assert type(other) is PlateImage
    assert repr(other) == repr(sample)
    np.testing.assert_array_equal(other.source, sample.source)
    if corners is not None:
        assert not other.corners.flags.writeable


def test_numpy_does_not_split_it():
    samples = np.array([PlateImage(PIXELS), PlateImage(PIXELS)])
    assert samples.shape == (2,)
    assert samples.dtype == object


def test_a_sample_equals_only_itself():
    sample = PlateImage(PIXELS, CORNERS)
    assert sample == sample
    assert sample != PlateImage(PIXELS, CORNERS)
    assert sample in {sample}


def test_repr_shows_no_pixels():
    assert repr(PlateImage(PIXELS)) == "PlateImage(<array of shape (60, 120, 3)>, corners=None)"
    assert repr(PlateImage("a.png", CORNERS)) == (
        "PlateImage('a.png', corners=[[10.0, 20.0], [104.0, 20.0], [104.0, 44.0], [10.0, 44.0]])"
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_threads_share_a_pillow_image(tmp_path, suffix):
    path = tmp_path / f"noise.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (400, 600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    expected = PlateImage(Image.open(path)).pixels()
    for _ in range(5):
        with Image.open(path) as photo, ThreadPoolExecutor(4) as threads:
            samples = [PlateImage(photo)] * 4
            for pixels in threads.map(PlateImage.pixels, samples):
                np.testing.assert_array_equal(pixels, expected)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_damaged_exif_data_do_not_matter(tmp_path, suffix):
    path = tmp_path / f"photo.{suffix}"
    Image.new("RGB", (8, 4), (200, 10, 10)).save(path, exif=b"Exif\0\0garbage")
    for source in (path, path.read_bytes(), Image.open(path)):
        assert PlateImage(source).pixels().shape == (4, 8, 3)


@pytest.mark.parametrize("size", [(0, 15), (20, 0)])
def test_a_pillow_image_without_pixels_is_an_error(size):
    with pytest.raises(SampleError, match=rf"Sample 1: the size is \({size[0]}, {size[1]}\)"):
        check_images([Image.new("RGB", (4, 4)), Image.new("RGB", size)])
