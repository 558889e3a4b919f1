"""Read the size of image files from their headers."""

import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.images import ImageReadError, read_image, read_image_size


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tif", "gif", "ppm"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_size_is_that_of_the_pixels(tmp_path, suffix, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(np.full((20, 30, 3), 99, np.uint8)).save(path, exif=exif)
    assert read_image_size(path) == read_image(path).shape[:2]


def test_orientation_6_exchanges_width_and_height(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(tmp_path / "image.jpg", exif=exif)
    assert read_image_size(tmp_path / "image.jpg") == (30, 20)


def test_files_that_are_not_images(tmp_path):
    (tmp_path / "image.jpg").write_bytes(b"text")
    with pytest.raises(ImageReadError, match=r"image\.jpg' \(4 bytes\) is not an image"):
        read_image_size(tmp_path / "image.jpg")
    with pytest.raises(ImageReadError, match="cannot be opened"):
        read_image_size(tmp_path / "missing.jpg")
    with pytest.raises(ImageReadError, match=r"not a regular file|Is a directory"):
        read_image_size(tmp_path)
