"""Samples and batches of images: read, check and stack them."""

# These functions are called once per image or sample, where scikit-learn's validate_params would
# take longer than the work itself. They check their arguments directly.
from ._batch import check_images, object_array, read_samples
from ._boxes import corners_from_box
from ._corners import box_corners, check_corners
from ._decoding import is_blank
from ._errors import SampleError, naming_sample
from ._plate_image import PlateImage
from ._reading import ImageReadError, read_image, read_image_size
from ._stack import find_blank, stack_images

__all__ = [
    "ImageReadError",
    "PlateImage",
    "SampleError",
    "box_corners",
    "check_corners",
    "check_images",
    "corners_from_box",
    "find_blank",
    "is_blank",
    "naming_sample",
    "object_array",
    "read_image",
    "read_image_size",
    "read_samples",
    "stack_images",
]
